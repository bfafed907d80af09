// Builds the npm package: Rust → WebAssembly → wasm-bindgen → wasm-opt → dist.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { bin } from "./node.mjs";
import { dist, root, target, wasmName } from "./paths.mjs";
import { Failed, run, say, seconds, step } from "./process.mjs";
import { wasmBindgen } from "./rust.mjs";

const sources = [
  "src",
  "proto",
  "Cargo.toml",
  "Cargo.lock",
  "build.rs",
  "package.json",
  "scripts/lib/package.mjs",
];
const stamp = join(target, "package.stamp");

function* filesIn(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) return yield path;
  for (const name of readdirSync(path).sort()) yield* filesIn(join(path, name));
}

/** A hash over the content of `paths`; times change with every checkout. */
export function contentHash(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of filesIn(join(root, path))) {
      const content = readFileSync(file);
      hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

const built = () => contentHash([...sources, "dist"]);

const upToDate = () => existsSync(stamp) && readFileSync(stamp, "utf8") === built();

/** Builds `dist` if its sources, or it itself, changed since the last time. */
export async function buildPackage({ force = false } = {}) {
  if (!force && upToDate()) return say("- npm package: up to date");
  const began = performance.now();
  say("- npm package …");
  await step("WebAssembly, optimised", "cargo", [
    "build",
    "--release",
    "--lib",
    "--target",
    "wasm32-unknown-unknown",
  ]);
  const work = join(target, "package");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  await bind(work);
  await optimise(join(work, `${wasmName}_bg.wasm`));
  complete(work);
  rmSync(dist, { recursive: true, force: true });
  renameSync(work, dist);
  writeFileSync(stamp, built());
  say(`  npm package: done, ${seconds(began)}`);
}

async function bind(folder) {
  const wasm = join(target, "wasm32-unknown-unknown", "release", `${wasmName}.wasm`);
  const flags = [
    "--target",
    "web",
    "--no-typescript",
    "--remove-name-section",
    "--remove-producers-section",
  ];
  await run(wasmBindgen, [...flags, "--out-dir", folder, "--out-name", wasmName, wasm]);
}

async function optimise(wasm) {
  const optimised = `${wasm}.tmp`;
  await run(bin("wasm-opt"), ["-Oz", wasm, "-o", optimised]);
  renameSync(optimised, wasm);
}

/** Adds the hand-written modules and lets the generated one import them. */
function complete(folder) {
  rmSync(join(folder, "snippets"), { recursive: true, force: true });
  const glue = join(folder, `${wasmName}.js`);
  // wasm-bindgen copies our modules to a path with a hash in it. There must be
  // one ResumeError only, so the glue imports ours.
  const text = readFileSync(glue, "utf8").replace(
    /(["'])\.\/snippets\/[^"']*\/src\/npm\/([\w-]+\.js)\1/g,
    '"./$2"',
  );
  if (text.includes("/snippets/"))
    throw new Failed(`${glue} imports a snippet that is not in src/npm`);
  writeFileSync(glue, text);
  cpSync(join(root, "src/npm"), folder, { recursive: true });
}
