import * as cartaResume from "carta-resume";
import * as socket from "carta-resume/socket";
import { check, checkStorage } from "./check.js";
import { resume } from "./resume.js";

const storage = await checkStorage(cartaResume);
const checked = check(cartaResume);
document.title = JSON.stringify({ checked, storage, ...(await resume(cartaResume, socket)) });
