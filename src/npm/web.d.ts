/**
 * carta-resume for pages without a bundler:
 *
 *     import init, { ResumeClient } from "…/carta-resume/web.js";
 *     await init();
 *
 * Nothing else may be called before `init` has resolved.
 */
export * from "./index.js";

/**
 * Loads the WebAssembly module. Later calls give the first one's outcome.
 * Default: the file beside this module.
 */
export function init(
  module?:
    string | URL | Request | Response | BufferSource | WebAssembly.Module | Promise<Response>,
): Promise<void>;
export default init;
