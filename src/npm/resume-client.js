// The client that a viewer makes.
import { ResumeClient as Generated } from "./carta_resume.js";
import { clientOf } from "./client.js";

export const ResumeClient = clientOf(Generated);
