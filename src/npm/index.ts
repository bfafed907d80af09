/**
 * `carta-resume`: {@link ResumeClient} in bundlers and in Node, ready to use as soon as
 * it is imported. The module finds its WebAssembly by `new URL(…, import.meta.url)`,
 * which bundlers understand.
 *
 * @module carta-resume
 */
import { load } from "./wasm.js";

await load();

export * from "./api.js";
