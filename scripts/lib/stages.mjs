// The stages of `npm test`: what each needs, and how it is run.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildBackend } from "./backend.mjs";
import { demo } from "./demo.mjs";
import { bin, nodePackages } from "./node.mjs";
import { buildPackage } from "./package.mjs";
import { backendBinary, executable, root, target, www } from "./paths.mjs";
import { say, step, watch } from "./process.mjs";
import { cargo } from "./rust.mjs";
import { forChromium, forEndToEnd, forTests } from "./setup.mjs";
import { CargoReader, TestLineReader } from "./tally.mjs";
import { viewer } from "./viewers.mjs";
import { wasmTests } from "./wasm-tests.mjs";

const reporter = (name) => join(root, "scripts/lib", name);

/** A file of tests for node's own test runner. */
const nodeTest = (run, file, env = {}) =>
  run(process.execPath, [`--test-reporter=${reporter("node-reporter.mjs")}`, file], {
    env,
    reader: TestLineReader,
  });

/** The Rust code on this machine: one test program for each crate. */
async function native(run) {
  cargo();
  const args = ["-p", "carta-resume", "-p", "backend", "--lib"];
  await run("cargo", ["test", "--no-fail-fast", ...args, "--test", "native", "--test", "backend"], {
    reader: CargoReader,
  });
}

/** The declarations of the package, the demo page and the tests; and the documents. */
async function types(run, tally) {
  await nodePackages();
  for (const project of [root, www]) {
    const code = await watch(bin("tsc"), ["--noEmit", "-p", project], { onLine() {} });
    say(`tsc -p ${project.slice(root.length + 1) || "."}: ${code === 0 ? "ok" : "failed"}`);
    tally.add(code === 0 ? 1 : 0, code === 0 ? 0 : 1);
  }
  await nodeTest(run, "tests/docs/text.test.mjs");
}

/** The browser layer in Chromium and Firefox. */
async function wasm(run) {
  await wasmTests(await forTests(), run);
}

/** The packed tarball in a separate project, and the examples of the documents. */
async function consumers(run) {
  const { chromium } = await forChromium();
  await buildPackage();
  await buildBackend();
  for (const file of ["tests/consumers/consumers.test.mjs", "tests/docs/pages.test.mjs"])
    await nodeTest(run, file, { CHROMIUM: chromium });
}

/** A Lavalink node and its clients. */
const lavalink = (project, prepare) => async (run) => {
  await nodePackages();
  const env = await prepare();
  const config = ["-c", "tests/lavalink/playwright.config.ts", `--project=${project}`];
  const args = ["test", ...config, `--reporter=${reporter("playwright-reporter.mjs")}`];
  await run(bin("playwright"), args, { env, reader: TestLineReader });
};

/** Our clients, in Node and in Chromium. */
async function lavalinkNode() {
  const { chromium } = await forChromium();
  await buildPackage();
  return { CHROMIUM: chromium };
}

/** Somebody else's client in Rust, which takes half a minute to compile. */
async function lavalinkRs() {
  cargo();
  const manifest = join(root, "tests/lavalink/lavalink-rs/Cargo.toml");
  const folder = join(target, "lavalink-rs");
  const where = ["--manifest-path", manifest, "--target-dir", folder];
  await step("lavalink-rs", "cargo", ["build", "--locked", ...where]);
  return { LAVALINK_RS: executable(join(folder, "debug"), "lavalink-rs-check") };
}

/** The demo page, the package and the backend together, in Chromium and Firefox. */
const endToEnd = (project, versions) => async (run) => {
  const { chromium, firefox, geckodriver } = await forEndToEnd();
  await demo();
  await buildBackend();
  for (const version of versions) await viewer(version);
  const results = join(root, "test-results");
  mkdirSync(results, { recursive: true });
  const config = ["-c", "tests/e2e/playwright.config.ts", `--project=${project}`];
  // If they shared a folder, the projects would delete each other's results.
  const output = [`--output=${join(results, project)}`];
  const args = ["test", ...config, ...output, `--reporter=${reporter("playwright-reporter.mjs")}`];
  const env = {
    CHROMIUM: chromium,
    FIREFOX: firefox,
    GECKODRIVER: geckodriver,
    BACKEND_BIN: backendBinary,
  };
  await run(bin("playwright"), args, { env, reader: TestLineReader });
};

export const stages = {
  native,
  types,
  wasm,
  package: consumers,
  lavalink: lavalink("main", lavalinkNode),
  /** The main stories. */
  e2e: endToEnd("main", ["6.0.0"]),
  /** All other cases. */
  more: endToEnd("more", ["6.0.0", "4.1.0"]),
  "lavalink-rs": lavalink("rust", lavalinkRs),
};

/** Names for several stages. */
export const sets = {
  main: ["native", "types", "wasm", "package", "lavalink", "e2e"],
  quick: ["native", "types"],
  // Compiling the crates of lavalink-rs each time would take longer than its one test is worth.
  all: Object.keys(stages).filter((name) => name !== "lavalink-rs"),
};
