// Loading the WebAssembly: once per page, whichever entry point asks for it.
import init, { useErrorClass } from "./carta_resume.js";
import type { WasmSource } from "./carta_resume.js";
import { ResumeError } from "./errors.js";

let loading: Promise<void> | undefined;

/** From `source`, or else from the file beside this module. After a failure, tries again. */
export function load(source?: WasmSource): Promise<void> {
  loading ??= start(source).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function start(source: WasmSource | undefined): Promise<void> {
  await init(source === undefined ? undefined : { module_or_path: source });
  useErrorClass(ResumeError);
}
