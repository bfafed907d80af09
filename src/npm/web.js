// `carta-resume/web`: for pages without a bundler, and for those who want to
// choose when and from where the WebAssembly is loaded.
import load from "./carta_resume.js";

let loading;

export function init(module) {
  loading ??= load(module === undefined ? undefined : { module_or_path: module }).then(() => {});
  return loading;
}

export default init;
export { ResumeClient, encodeFrame, decodeFrame, EventType } from "./carta_resume.js";
export { ResumeError } from "./errors.js";
