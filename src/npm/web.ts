/**
 * carta-resume for pages without a bundler:
 *
 *     import init, { ResumeClient } from "…/carta-resume/web.js";
 *     await init();
 *
 * Nothing else may be called before `init` has resolved.
 *
 * @module carta-resume/web
 */
export * from "./api.js";

import { load } from "./wasm.js";

/**
 * Loads the WebAssembly module, by default from the file beside this module. It is
 * loaded once: later calls give the first one's outcome, and try again if that failed.
 */
export function init(
  module?:
    string | URL | Request | Response | BufferSource | WebAssembly.Module | Promise<Response>,
): Promise<void> {
  return load(module);
}
export default init;
