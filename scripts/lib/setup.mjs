// Checks for what the project needs, installs what can be installed, and says what to type for the
// rest. Each script asks only for what it uses.
import { buildBackend } from "./backend.mjs";
import { browsers } from "./browsers.mjs";
import { buildPackages, node, nodePackages } from "./node.mjs";
import { compileIfNeeded } from "./package.mjs";
import { bindgen, cargo, geckodriver, testRunner, wasm32, wasmPack } from "./rust.mjs";

/** To build the package, the demo page and the backend. */
export const forBuild = () => toBuild(buildPackages);

/** To build them and to check and document them. */
export const forChecks = () => toBuild(nodePackages);

async function toBuild(packages) {
  node();
  cargo();
  // Mostly downloads beside mostly compilation.
  await together([packages], [wasm32, bindgen]);
}

/** What the demo needs, built and downloaded in parallel as far as possible. */
export async function forDemo(...more) {
  node();
  cargo();
  await wasm32();
  await together([buildPackages, ...more], [compileIfNeeded], [bindgen, buildBackend]);
}

/** To run every test. Returns the programs' paths. */
export async function forTests() {
  node();
  cargo();
  const programs = {};
  await together(
    [
      nodePackages,
      async () => Object.assign(programs, await browsers("chromium", "chromedriver", "firefox")),
    ],
    [
      wasm32,
      bindgen,
      testRunner,
      async () => (programs.geckodriver = process.env.GECKODRIVER || (await geckodriver())),
      async () => (programs.wasmPack = await wasmPack()),
    ],
  );
  return programs;
}

/** To run pages in Chromium. Returns its path. */
export async function forChromium() {
  await forChecks();
  return browsers("chromium");
}

/** For the end-to-end tests. Returns the programs' paths. */
export async function forEndToEnd() {
  await forChecks();
  const programs = await browsers("chromium", "firefox");
  return { ...programs, geckodriver: process.env.GECKODRIVER || (await geckodriver()) };
}

/** Runs the items of each list in order, the lists in parallel, and waits for all. */
async function together(...lists) {
  const results = await Promise.allSettled(
    lists.map(async (list) => {
      for (const next of list) await next();
    }),
  );
  const failed = results.filter(({ status }) => status === "rejected").map(({ reason }) => reason);
  failed.slice(1).forEach((error) => console.error(`\n${error.message}`));
  if (failed.length > 0) throw failed[0];
}
