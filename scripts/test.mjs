// `npm test`: every stage, or the ones that are named. Goes on after a failure;
// the last line counts all.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildBackend } from "./lib/backend.mjs";
import { demo } from "./lib/demo.mjs";
import { bin } from "./lib/node.mjs";
import { buildPackage } from "./lib/package.mjs";
import { backendBinary, root, target, www } from "./lib/paths.mjs";
import { main, Missing, say, seconds, watch } from "./lib/process.mjs";
import { forBuild, forChromium, forEndToEnd, forTests } from "./lib/setup.mjs";
import { Tally } from "./lib/tally.mjs";
import { viewers } from "./lib/viewers.mjs";
import { wasmTests } from "./lib/wasm-tests.mjs";

const stages = {
  /** The Rust code on this machine. */
  async native(tally) {
    const lines = tally.cargoLines();
    lines.end(
      await watch("cargo", ["test", "--workspace", "--no-fail-fast"], { onLine: lines.onLine }),
    );
  },

  /** The declarations of the package, the demo page and the tests. */
  async types(tally) {
    for (const project of [root, www]) {
      const code = await watch(bin("tsc"), ["--noEmit", "-p", project], { onLine() {} });
      say(`tsc -p ${project.slice(root.length + 1) || "."}: ${code === 0 ? "ok" : "failed"}`);
      tally.add(code === 0 ? 1 : 0, code === 0 ? 0 : 1);
    }
  },

  /** The browser layer in Chromium and Firefox. */
  async wasm(tally) {
    await wasmTests(await forTests(), tally);
  },

  /** The packed tarball in a stranger's project. */
  async package(tally) {
    const { chromium } = await forChromium();
    await buildPackage();
    await buildBackend();
    const args = ["--test", "--test-reporter=tap", "tests/consumers/"];
    const code = await watch(process.execPath, args, {
      env: { CHROMIUM: chromium },
      onLine: (line) => tally.tapLine(line),
    });
    tally.ended(code, 0);
  },

  /** The demo page, the package and the backend together, in Chromium and Firefox. */
  async e2e(tally) {
    const { chromium, firefox, geckodriver } = await forEndToEnd();
    await demo();
    await buildBackend();
    await viewers();
    const report = join(target, "playwright.json");
    mkdirSync(target, { recursive: true });
    const code = await watch(
      bin("playwright"),
      ["test", "-c", "tests/e2e/playwright.config.ts", "--reporter=list,json"],
      {
        env: {
          CHROMIUM: chromium,
          FIREFOX: firefox,
          GECKODRIVER: geckodriver,
          BACKEND_BIN: backendBinary,
          PLAYWRIGHT_JSON_OUTPUT_FILE: report,
        },
        onLine() {},
      },
    );
    tally.playwrightReport(report);
    tally.ended(code, 0);
  },
};

async function stage(name) {
  const tally = new Tally();
  const began = performance.now();
  say(`\n=== ${name}`);
  try {
    await stages[name](tally);
  } catch (error) {
    console.error(error.message);
    tally.failed += 1;
  }
  if (tally.passed + tally.failed === 0) {
    console.error(`${name}: no test ran`);
    tally.failed += 1;
  }
  return { name, time: seconds(began), ...tally };
}

await main(async () => {
  const named = process.argv.slice(2);
  const unknown = named.find((name) => !(name in stages));
  if (unknown)
    throw new Missing({
      what: `a stage called ${unknown}`,
      why: "to run it",
      type: Object.keys(stages).map((name) => `npm run test:${name}`),
    });
  const all = named.length === 0;
  const results = [];
  const began = performance.now();
  // What could not be installed fails the stages that need it, and no others.
  await (all ? forTests() : forBuild()).catch(({ message }) => console.error(message));
  say(`setup: ${seconds(began)}`);
  for (const name of all ? Object.keys(stages) : named) results.push(await stage(name));
  say("");
  for (const { name, passed, failed, time } of results) {
    say(
      `${name.padEnd(8)} ${String(passed).padStart(4)} passed ${String(failed).padStart(4)} failed   ${time}`,
    );
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  say(`together ${seconds(began)}`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
  say(`${sum("passed")} passed, ${sum("failed")} failed`);
});
