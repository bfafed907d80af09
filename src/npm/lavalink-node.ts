/**
 * `carta-resume/lavalink` in Node: with {@link fileStore}.
 *
 * @module carta-resume/lavalink
 */
import { readFile } from "node:fs/promises";
import { load } from "./lavalink/wasm.js";

await load(await readFile(new URL("./carta_resume_lavalink_bg.wasm", import.meta.url)));

export * from "./lavalink/api.js";
export { fileStore } from "./lavalink/file-store.js";
