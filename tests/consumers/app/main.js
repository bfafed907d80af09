import * as cartaResume from "carta-resume";
import { check } from "./check.js";

document.title = check(cartaResume);
