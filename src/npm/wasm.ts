// The WebAssembly module: one for a page, whatever of the package the page uses.
import init, { useErrorClass, type WasmSource } from "./carta_resume.js";
import { ResumeError } from "./errors.js";

let loading: Promise<void> | undefined;

/**
 * Loads the module, once, from beside this file if `source` does not say otherwise.
 * After a failure the next call tries again.
 */
export function load(source?: WasmSource): Promise<void> {
  loading ??= init(source === undefined ? undefined : { module_or_path: source }).then(
    () => useErrorClass(ResumeError),
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
