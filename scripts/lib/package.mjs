// Builds the npm package into dist: Rust → wasm-bindgen → wasm-opt gives the WebAssembly
// with the JavaScript around it, TypeScript the declarations, rolldown the JavaScript.
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
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { bin } from "./node.mjs";
import { dist, lavalinkWasmName, root, target, wasmName } from "./paths.mjs";
import { capture, Failed, run, say, seconds, step } from "./process.mjs";
import { wasmBindgen } from "./rust.mjs";

const sources = [
  "src",
  "proto",
  "Cargo.toml",
  "Cargo.lock",
  "build.rs",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts/lib/package.mjs",
];
const npm = join(root, "src/npm");
const stamp = join(target, "package.stamp");

/** The entries, and the WebAssembly module behind each: each protocol has its own. */
const viewers = {
  entries: ["index", "web", "node", "socket", "carta-view"],
  wasm: wasmName,
  crate: "carta-resume",
  shared: "shared",
};
const lavalink = {
  entries: ["lavalink", "lavalink-node"],
  wasm: lavalinkWasmName,
  crate: "carta-resume-lavalink",
  shared: "lavalink-shared",
};
const everything = [viewers, lavalink];

/** What the demo page imports. */
export const forViewers = [viewers];

function* filesIn(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) return yield path;
  for (const name of readdirSync(path).sort()) yield* filesIn(join(path, name));
}

/** A hash of the content of `paths`, because times change with every checkout. */
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

const upToDate = (parts) =>
  existsSync(stamp) &&
  readFileSync(stamp, "utf8") === built() &&
  parts.every(({ wasm }) => existsSync(join(dist, `${wasm}_bg.wasm`)));

/** Builds `dist`, or parts of it, if its sources or the result have changed since the last time. */
export async function buildPackage({ parts = everything, force = false } = {}) {
  if (!force && upToDate(parts)) return say("- npm package: up to date");
  const began = performance.now();
  say("- npm package …");
  const [generated, folder] = ["wasm", "package"].map((name) => join(target, name));
  for (const each of [generated, folder]) {
    rmSync(each, { recursive: true, force: true });
    mkdirSync(each, { recursive: true });
  }
  // First, because a wrong type is found within a second.
  await declarations(parts, folder);
  for (const part of parts) {
    await webAssembly(part, generated);
    const wasm = `${part.wasm}_bg.wasm`;
    cpSync(join(generated, wasm), join(folder, wasm));
  }
  await javaScript(parts, generated, folder);
  rmSync(dist, { recursive: true, force: true });
  renameSync(folder, dist);
  writeFileSync(stamp, built());
  say(`  npm package: done, ${seconds(began)}`);
}

/** The declarations that the entries lead to, without internal ones. */
async function declarations(parts, folder) {
  const all = join(target, "declarations");
  rmSync(all, { recursive: true, force: true });
  await run(bin("tsc"), ["-p", join(root, "tsconfig.build.json"), "--outDir", all]);
  const entries = parts.flatMap((part) => part.entries);
  const wanted = new Set(entries.map((name) => `${name}.d.ts`));
  for (const path of wanted) {
    const text = readFileSync(join(all, path), "utf8");
    for (const [, name] of text.matchAll(/\bfrom "(\.[^"]+)\.js"/g)) {
      wanted.add(`${join(dirname(path), name)}.d.ts`);
    }
    cpSync(join(all, path), join(folder, path));
  }
}

/** Starts compiling the crate for viewers early, if `dist` will be built. */
export async function compileIfNeeded() {
  if (!upToDate(forViewers)) await compileWasm();
}

/** Compiles the crate for viewers, once, and returns the path of the result. */
export const compileWasm = () => compiled(viewers);

const compiling = new Map();

function compiled(part) {
  if (!compiling.has(part)) compiling.set(part, compile(part));
  return compiling.get(part);
}

async function compile({ crate }) {
  // Only this crate type: cargo does not optimise across crates if there is another one, which
  // costs 15 % in size.
  const only = ["-p", crate, "--lib", "--crate-type", "cdylib"];
  const build = ["rustc", "--release", ...only, "--target", "wasm32-unknown-unknown"];
  await step(`WebAssembly, optimised (${crate})`, "cargo", build, {
    env: { CARGO_ENCODED_RUSTFLAGS: remapped() },
  });
  const file = `${crate.replaceAll("-", "_")}.wasm`;
  return join(target, "wasm32-unknown-unknown", "release", file);
}

/** The WebAssembly module, and the JavaScript that loads and calls it. */
async function webAssembly(part, folder) {
  const file = await compiled(part);
  // Its interface is declared in src/npm, more narrowly.
  const without = ["--no-typescript", "--remove-name-section", "--remove-producers-section"];
  const out = ["--out-dir", folder, "--out-name", part.wasm];
  await run(wasmBindgen, ["--target", "web", ...without, ...out, file]);
  const wasm = join(folder, `${part.wasm}_bg.wasm`);
  // Low memory is only where the stack would end. Repeated code compresses better than code that
  // was merged.
  const repeated = ["--skip-pass=local-cse", "--one-caller-inline-max-function-size=25"];
  await run(bin("wasm-opt"), ["-Oz", "--low-memory-unused", ...repeated, wasm, "-o", wasm]);
}

/** Removes the paths of this machine, which panics would otherwise contain. */
function remapped() {
  const home = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  // The sources are in a folder of the registry, which exists only once they have been fetched.
  capture("cargo", ["fetch", "--locked"]);
  const sources = join(home, "registry", "src");
  const folders = existsSync(sources)
    ? readdirSync(sources).map((name) => join(sources, name))
    : [];
  return [...folders, root].map((path) => `--remap-path-prefix=${path}=`).join("\x1f");
}

/** What each module loads later, if it is needed. */
const later = { index: "ui.js" };

/** The entries with what they share and what they load later, and everything in one script. */
async function javaScript(parts, generated, folder) {
  // Not imported at the top: this file is read before the node modules are installed.
  const { rolldown } = await import("rolldown");
  const common = {
    resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
    external: /^node:/,
    logLevel: "silent",
  };
  for (const { entries, shared } of parts) {
    const modules = await rolldown({
      ...common,
      input: entries.map((name) => join(npm, `${name}.ts`)),
      plugins: [generatedModule(generated)],
    });
    await modules.write({
      dir: folder,
      format: "esm",
      minify: true,
      sourcemap: true,
      codeSplitting: { groups: [{ name: shared, minShareCount: 2 }] },
      chunkFileNames: ({ isDynamicEntry, name }) => (isDynamicEntry && later[name]) || "[name].js",
      plugins: [plainAddresses],
    });
  }
  const script = await rolldown({
    ...common,
    input: join(npm, "install-script.ts"),
    plugins: [generatedModule(generated), inlineWasm(generated)],
  });
  await script.write({
    file: join(folder, "carta-resume-install.js"),
    format: "iife",
    minify: true,
    codeSplitting: false,
  });
}

/** Finds what wasm-bindgen has generated. */
const generatedModule = (generated) => ({
  name: "generated-module",
  resolveId: (id) => {
    const part = everything.find(({ wasm }) => id.endsWith(`/${wasm}.js`));
    return part ? join(generated, `${part.wasm}.js`) : null;
  },
});

/** Other bundlers look for a plain string where the minifier writes a template. */
const plainAddresses = {
  name: "plain-addresses",
  renderChunk: (code) => code.replace(/(new URL|\bimport)\(`([^`]*)`/g, '$1("$2"'),
};

/** Runs in the browser. */
function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Puts the WebAssembly into the JavaScript that loads it. */
function inlineWasm(folder) {
  const address = /new URL\(\s*["'`](\w+\.wasm)["'`],\s*import\.meta\.url\s*\)/g;
  return {
    name: "inline-wasm",
    transform: (code) =>
      code.replace(address, (_, name) => {
        const base64 = readFileSync(join(folder, name), "base64");
        return `(${bytesOf})("${base64}")`;
      }),
  };
}
