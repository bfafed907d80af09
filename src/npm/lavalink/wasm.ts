// The WebAssembly module of this entry, which is not the one of `carta-resume`.
import type { WasmSource } from "../carta_resume.js";
import init from "../carta_resume_lavalink.js";

export const load = async (source?: WasmSource): Promise<void> => {
  await init(source === undefined ? undefined : { module_or_path: source });
};
