import { ResumableWebSocket } from "carta-resume/socket";
import { begin } from "./viewer.js";

begin(ResumableWebSocket);
