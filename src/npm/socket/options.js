// What a page gives to `install()` and to a `ResumableWebSocket`. What is inside
// the objects is judged by the client, when it is made.
import { ResumeError } from "../errors.js";

const FUNCTIONS = ["confirmResume", "onStatus", "onResumed", "onRebuilding", "onError"];
const OBJECTS = ["backoff", "heartbeat", "timeouts", "queue", "archive", "openFileAnswers"];
const KNOWN = [...FUNCTIONS, "rebuild", ...OBJECTS, "storage", "user"];

export const wrong = (message) => new ResumeError("invalid-option", message);

/** Gives the options; throws for what is no option, naming it. */
export function checked(options) {
  if (Object(options) !== options || typeof options === "function") {
    throw wrong("options must be an object.");
  }
  for (const name of Object.keys(options)) {
    if (!KNOWN.includes(name)) throw wrong(`${name} is not known. Known: ${KNOWN.join(" ")}.`);
  }
  for (const name of FUNCTIONS) {
    if (options[name] !== undefined && typeof options[name] !== "function") {
      throw wrong(`${name} must be a function.`);
    }
  }
  if (!["undefined", "boolean"].includes(typeof options.rebuild)) {
    throw wrong("rebuild must be true or false.");
  }
  return options;
}
