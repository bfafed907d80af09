// `carta-resume`: ready to use as soon as it is imported. The module finds its
// WebAssembly by `new URL(…, import.meta.url)`, which bundlers understand.
import init from "./carta_resume.js";

await init();

export { ResumeClient, encodeFrame, decodeFrame, EventType } from "./carta_resume.js";
export { ResumeError } from "./errors.js";
