// `carta-resume`: ready to use as soon as it is imported. The module finds its
// WebAssembly by `new URL(…, import.meta.url)`, which bundlers understand.
import { load } from "./wasm.js";

await load();

export * from "./api.js";
