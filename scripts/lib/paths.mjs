// Where things are. All paths are absolute, so that no script depends on the folder that it is
// called from.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** What setup builds and installs for this project alone. */
export const tools = join(root, ".tools");
export const toolsBin = join(tools, "bin");

export const target = process.env.CARGO_TARGET_DIR
  ? resolve(root, process.env.CARGO_TARGET_DIR)
  : join(root, "target");
export const nativeBin = join(target, "debug");

export const dist = join(root, "dist");
export const www = join(root, "www");
export const wwwDist = join(www, "dist");
export const nodeModules = join(root, "node_modules");
export const nodeBin = join(nodeModules, ".bin");

export const wasmName = "carta_resume";
export const lavalinkWasmName = "carta_resume_lavalink";

const suffix = process.platform === "win32" ? ".exe" : "";
export const executable = (folder, name) => join(folder, name + suffix);
export const backendBinary = executable(nativeBin, "backend");
export const fastBackendBinary = executable(join(target, "fast"), "backend");
