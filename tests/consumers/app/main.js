import * as cartaResume from "carta-resume";
import { check, checkStorage } from "./check.js";

const storage = await checkStorage(cartaResume);
document.title = `${check(cartaResume)} ${storage}`;
