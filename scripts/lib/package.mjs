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
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { bin } from "./node.mjs";
import { dist, root, target, wasmName } from "./paths.mjs";
import { capture, Failed, run, say, seconds, step } from "./process.mjs";
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
  const work = join(target, "package");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  await module(work);
  cpSync(join(root, "src/npm"), work, { recursive: true });
  await bundle(work);
  for (const folder of ["socket", "ui"]) rmSync(join(work, folder), { recursive: true });
  rmSync(dist, { recursive: true, force: true });
  renameSync(work, dist);
  writeFileSync(stamp, built());
  say(`  npm package: done, ${seconds(began)}`);
}

/** The WebAssembly module, and what JavaScript needs to load it. */
async function module(folder) {
  // This crate type alone: cargo optimises nothing across crates as long as there
  // is another one, which is 15 % of the size.
  const only = ["--lib", "--crate-type", "cdylib"];
  const build = ["rustc", "--release", ...only, "--target", "wasm32-unknown-unknown"];
  await step("WebAssembly, optimised", "cargo", build, {
    env: { CARGO_ENCODED_RUSTFLAGS: remapped() },
  });
  const wasm = join(target, "wasm32-unknown-unknown", "release", `${wasmName}.wasm`);
  const flags = [
    "--target",
    "web",
    "--no-typescript",
    "--remove-name-section",
    "--remove-producers-section",
  ];
  await run(wasmBindgen, [...flags, "--out-dir", folder, "--out-name", wasmName, wasm]);
  await optimise(join(folder, `${wasmName}_bg.wasm`));
  glue(folder);
}

/** Paths of this machine, which panics would carry, are left out. */
function remapped() {
  const home = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  // The sources lie in a folder of the registry's, which is there once they are.
  capture("cargo", ["fetch", "--locked"]);
  const sources = join(home, "registry", "src");
  const folders = existsSync(sources)
    ? readdirSync(sources).map((name) => join(sources, name))
    : [];
  return [...folders, root].map((path) => `--remap-path-prefix=${path}=`).join("\x1f");
}

async function optimise(wasm) {
  await run(bin("wasm-opt"), ["-Oz", wasm, "-o", wasm]);
}

/** Lets the generated JavaScript import our modules. */
function glue(folder) {
  rmSync(join(folder, "snippets"), { recursive: true, force: true });
  const file = join(folder, `${wasmName}.js`);
  let text = readFileSync(file, "utf8");
  // wasm-bindgen copies our modules to a path with a hash in it. There must be
  // one ResumeError only, so the glue imports ours.
  text = text.replace(/(["'])\.\/snippets\/[^"']*\/src\/npm\/([\w/-]+\.js)\1/g, '"./$2"');
  if (text.includes("/snippets/"))
    throw new Failed(`${file} imports a snippet that is not in src/npm`);
  writeFileSync(file, text);
}

/** What is loaded later, if it is needed, by the module that is asked for. */
const later = { vault: "storage.js", index: "ui.js" };

/** The ways in, what they share, what is loaded later, and all in one script. */
async function bundle(folder) {
  // Not above: this file is read before the node modules are installed.
  const { rolldown } = await import("rolldown");
  const modules = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const built = await rolldown({
    input: ["index", "web", "node", "socket"].map((name) => join(folder, `${name}.js`)),
    external: /^node:/,
    logLevel: "silent",
  });
  const options = {
    format: "esm",
    minify: true,
    codeSplitting: {
      groups: [{ name: "shared", minShareCount: 2 }],
    },
    chunkFileNames: ({ isDynamicEntry, name }) => (isDynamicEntry && later[name]) || "[name].js",
  };
  const { output } = await built.generate(options);
  const script = await rolldown({
    input: join(folder, "install-script.js"),
    logLevel: "silent",
    plugins: [inlineWasm(folder)],
  });
  const inOne = { format: "iife", minify: true, codeSplitting: false };
  output.push(...(await script.generate(inOne)).output);
  for (const name of modules) rmSync(join(folder, name));
  for (const { fileName, code } of output) {
    // Other bundlers look for a plain string here.
    const plain = code.replace(/(new URL|\bimport)\(`([^`]*)`/g, '$1("$2"');
    const file = fileName === "install-script.js" ? "carta-resume-install.js" : fileName;
    writeFileSync(join(folder, file), plain);
  }
}

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
