// `carta-resume` in Node, where `fetch` reads no files: for server-side
// rendering and for tests. `connect()` needs a global WebSocket (Node 22).
import { readFile } from "node:fs/promises";
import { load } from "./wasm.js";

await load(await readFile(new URL("./carta_resume_bg.wasm", import.meta.url)));

export * from "./api.js";
