// `carta-resume/web`: for pages without a bundler, and for those who want to
// choose when and from where the WebAssembly is loaded.
import { load } from "./wasm.js";

let loading;

export function init(module) {
  loading ??= load(module);
  return loading;
}

export default init;
export { ResumeClient } from "./resume-client.js";
export { ResumeError } from "./errors.js";
export { EventType } from "./event-type.js";
export { decodeFrame, encodeFrame } from "./frames.js";
