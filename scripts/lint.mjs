// `npm run lint`: everything that a machine can find without running the code.
// `npm run format` (`--fix`) writes the formatting instead of checking it.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bin } from "./lib/node.mjs";
import { buildPackage } from "./lib/package.mjs";
import { root, target, www } from "./lib/paths.mjs";
import { Failed, main, run, say, seconds } from "./lib/process.mjs";
import { forChecks } from "./lib/setup.mjs";
import { wasmTestNames } from "./lib/wasm-tests.mjs";

const fix = process.argv.includes("--fix");

/** A folder that contains nothing but the packed tarball. */
async function tarball() {
  await buildPackage();
  const folder = join(target, "packed");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], {
    stdio: "ignore",
  });
  return join(folder, readdirSync(folder)[0]);
}

const wasm32 = ["--target", "wasm32-unknown-unknown"];
const wasmPackages = ["-p", "carta-resume", "-p", "carta-resume-lavalink"];
const clippy = (...args) => ["cargo", ["clippy", "--quiet", ...args, "--", "-D", "warnings"]];

/** For each: its name, and the program with its arguments. */
const formatting = [
  ["Rust formatting", () => ["cargo", ["fmt", "--all", ...(fix ? [] : ["--check"])]]],
  [
    "web formatting",
    () => [bin("prettier"), [fix ? "--write" : "--check", "--log-level", "warn", "."]],
  ],
];

const checks = [
  [
    "clippy, this machine",
    () => clippy("--workspace", "--all-targets", "--features", "tools/runner"),
  ],
  ["clippy, browser", () => clippy(...wasm32, ...wasmPackages, "--lib", ...wasmTests())],
  ["types", () => [bin("tsc"), ["--noEmit", "-p", root]]],
  ["types of the demo page", () => [bin("tsc"), ["--noEmit", "-p", www]]],
  ["publint", async () => [bin("publint"), ["run", await tarball(), "--strict"]]],
  [
    "are the types wrong",
    async () => [
      bin("attw"),
      [
        await tarball(),
        "--profile",
        "esm-only",
        "--format",
        "ascii",
        "--exclude-entrypoints",
        "carta-resume-install.js",
        "carta_resume_bg.wasm",
        "carta_resume_lavalink_bg.wasm",
      ],
    ],
  ],
];

const wasmTests = () => wasmTestNames().flatMap((name) => ["--test", name]);

await main(async () => {
  await forChecks();
  const failed = [];
  for (const [title, command] of fix ? formatting : [...formatting, ...checks]) {
    const began = performance.now();
    try {
      const [program, args] = await command();
      await run(program, args);
      say(`- ${title}: ok, ${seconds(began)}`);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      say(`- ${title}: FAILED, ${seconds(began)}`);
      failed.push(title);
    }
  }
  if (failed.length > 0)
    throw new Failed(`Lint failed: ${failed.join(", ")}. \`npm run format\` fixes formatting.`);
});
