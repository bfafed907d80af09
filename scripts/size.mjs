// `npm run size`: the bytes that a page loads for `import … from "carta-resume"`.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { buildPackage } from "./lib/package.mjs";
import { dist, wasmName } from "./lib/paths.mjs";
import { Failed, main, say } from "./lib/process.mjs";
import { forBuild } from "./lib/setup.mjs";

const limit = 60_000;
const aim = 45_000;

/** The module and all that it imports, each once. */
function modules(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  const imports = readFileSync(file, "utf8").matchAll(/\b(?:from|import)\s*["'](\.[^"']+)["']/g);
  for (const [, path] of imports) modules(join(dirname(file), path), seen);
  return seen;
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

await main(async () => {
  await forBuild();
  await buildPackage();
  const files = [join(dist, `${wasmName}_bg.wasm`), ...modules(join(dist, "index.js"))];
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
  const print = ([name, ...numbers]) =>
    say(
      name.padEnd(26) + numbers.map((number) => number.toLocaleString("en").padStart(12)).join(""),
    );
  print(["file", ...Object.keys(measures)]);
  [...rows, ["together", ...totals]].forEach(print);
  const total = totals.at(-1);
  const number = (value) => value.toLocaleString("en");
  say(`\nbrotli ${number(total)} bytes; limit ${number(limit)}, aim ${number(aim)}`);
  if (total > limit)
    throw new Failed(`The package is ${number(total - limit)} bytes over its limit.`);
});
