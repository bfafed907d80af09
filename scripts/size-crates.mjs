// `npm run size:crates`: how much of the WebAssembly each crate takes, before compression, as
// twiggy counts it. Installs twiggy into this project's own folder.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bin } from "./lib/node.mjs";
import { compileWasm } from "./lib/package.mjs";
import { executable, target, tools, toolsBin, wasmName } from "./lib/paths.mjs";
import { capture, Failed, main, run, say, step } from "./lib/process.mjs";
import { wasmBindgen } from "./lib/rust.mjs";
import { forBuild } from "./lib/setup.mjs";

const TWIGGY = "0.8.0";

/** The crate of a function's name, as the compiler writes it. */
function crateOf(name) {
  if (/^(custom section|"*function names)/.test(name)) return undefined;
  if (name.startsWith("data segment")) return "(data: texts, tables)";
  if (/^(type|import|table|memory|global|elem|export|start|wasm magic)/.test(name))
    return "(structure)";
  // One crate's trait implemented for another crate's type: where the code is generic, it counts
  // for the first crate named that is not the standard library.
  const crates = [...name.matchAll(/\b([a-z_][a-z0-9_]*)(?:\[[0-9a-f]+\])?::/g)].map(
    ([, crate]) => crate,
  );
  const named = crates.find((crate) => known.has(crate));
  const std = crates.find((crate) => ["alloc", "core", "std"].includes(crate));
  if (named) return named;
  if (std === "alloc" && name.includes("btree")) return "std: ordered maps";
  if (/\bfmt\b|flt2dec/.test(name)) return "std: formatting";
  if (/\bsort\b/.test(name)) return "std: sorting";
  return std ? `std: ${std}` : "(exports, closures, compiler's)";
}

const known = new Set([
  "carta_resume",
  "prost",
  "bytes",
  "serde_wasm_bindgen",
  "serde_core",
  "serde",
  "serde_json",
  "serde_bytes",
  "wasm_bindgen",
  "wasm_bindgen_futures",
  "js_sys",
  "web_sys",
  "gloo_timers",
  "idb",
  "talc",
  "fastrand",
  "litemap",
  "base64",
]);

await main(async () => {
  await forBuild();
  const twiggy = executable(toolsBin, "twiggy");
  if (!existsSync(twiggy)) {
    mkdirSync(toolsBin, { recursive: true });
    const args = ["install", "twiggy", "--version", TWIGGY, "--locked", "--debug", "--root", tools];
    await step(`twiggy ${TWIGGY}`, "cargo", args);
  }
  const folder = join(target, "size");
  rmSync(folder, { recursive: true, force: true });
  const wasm = await compileWasm();
  await run(wasmBindgen, ["--target", "web", "--no-typescript", "--out-dir", folder, wasm]);
  const named = join(folder, `${wasmName}_bg.wasm`);
  await run(bin("wasm-opt"), ["-Oz", "-g", named, "-o", named]);
  const rows = capture(twiggy, ["top", "-n", "100000", "-f", "csv", named]);
  if (!rows) throw new Failed("twiggy did not answer.");
  const sums = new Map();
  for (const row of rows.split("\n").slice(1)) {
    const [, name, bytes] = /^"?(.*?)"?,(\d+),[^,]*,\d*,[^,]*$/.exec(row) ?? [];
    const crate = name && crateOf(name);
    if (crate) sums.set(crate, (sums.get(crate) ?? 0) + Number(bytes));
  }
  if (sums.size === 0) throw new Failed("What twiggy printed does not have the expected form.");
  const all = [...sums.values()].reduce((sum, bytes) => sum + bytes, 0);
  for (const [crate, bytes] of [...sums].sort(([, a], [, b]) => b - a)) {
    const share = `${((100 * bytes) / all).toFixed(1)} %`;
    say(`${crate.padEnd(34)} ${bytes.toLocaleString("en").padStart(9)} ${share.padStart(8)}`);
  }
  say(`${"together".padEnd(34)} ${all.toLocaleString("en").padStart(9)}`);
});
