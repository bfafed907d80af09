// `npm run size`: the bytes that a page loads for `import … from "carta-resume"`,
// `"carta-resume/socket"` or `"carta-resume/lavalink"`, and those that it loads later, if it
// keeps sessions in the browser.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { buildPackage } from "./lib/package.mjs";
import { dist, lavalinkWasmName, wasmName } from "./lib/paths.mjs";
import { Failed, main, say } from "./lib/process.mjs";
import { forBuild } from "./lib/setup.mjs";

/** Everything that a page with the default options loads, with the limit in bytes (brotli). */
const loads = [
  { what: 'import "carta-resume"', entry: "index", wasm: wasmName, limit: 186_000 },
  { what: 'import "carta-resume/socket"', entry: "socket", wasm: wasmName, limit: 194_000 },
  // What bots load. No page with a viewer loads any of it.
  {
    what: 'import "carta-resume/lavalink"',
    entry: "lavalink",
    wasm: lavalinkWasmName,
    limit: 60_000,
  },
];
/** The goal. */
const GOAL = 125_000;

/** The module and everything that it imports, without what has already been loaded. */
function modules(file, loaded) {
  if (loaded.has(file)) return [];
  loaded.add(file);
  const imports = readFileSync(file, "utf8").matchAll(/\b(?:from|import)\s*["'](\.[^"']+)["']/g);
  return [file, ...[...imports].flatMap(([, path]) => modules(join(dirname(file), path), loaded))];
}

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
const measures = {
  raw: (bytes) => bytes.length,
  "gzip -9": (bytes) => gzipSync(bytes, { level: 9 }).length,
  "brotli -11": (bytes) =>
    brotliCompressSync(bytes, {
      params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }).length,
};

const number = (value) => value.toLocaleString("en");

/** Prints what a page loads, and returns the number of bytes compressed by brotli. */
function table({ what, entry, wasm }) {
  const files = [join(dist, `${wasm}_bg.wasm`), ...modules(join(dist, `${entry}.js`), new Set())];
  const rows = files.map((file) => {
    const bytes = readFileSync(file);
    return [
      file.slice(dist.length + 1),
      ...Object.values(measures).map((measure) => measure(bytes)),
    ];
  });
  const totals = Object.keys(measures).map((_, column) =>
    rows.reduce((sum, row) => sum + row[column + 1], 0),
  );
  const print = ([name, ...columns]) =>
    say(name.padEnd(30) + columns.map((column) => number(column).padStart(12)).join(""));
  say(`\n${what}`);
  print(["file", ...Object.keys(measures)]);
  [...rows, ["together", ...totals]].forEach(print);
  return totals.at(-1);
}

await main(async () => {
  await forBuild();
  await buildPackage();
  const over = loads.flatMap((load) => {
    const total = table(load);
    say(
      `brotli ${number(total)} bytes; limit ${number(load.limit)}${load.wasm === wasmName ? `, goal ${number(GOAL)}` : ""}`,
    );
    const more = total - load.limit;
    return more > 0 ? [`${load.what}: ${number(more)} bytes over its limit.`] : [];
  });
  if (over.length > 0) throw new Failed(over.join("\n"));
});
