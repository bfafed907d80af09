// `npm run bench:resume`: how long it takes to make a RESUME_SESSION of many regions, compared with
// protobufjs, which viewers use, in the same page. Prints the figures beside the target; it is not
// a test.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { buildBackend, startBackend } from "./lib/backend.mjs";
import { buildPackage } from "./lib/package.mjs";
import { root } from "./lib/paths.mjs";
import { Failed, main, say } from "./lib/process.mjs";
import { forChromium } from "./lib/setup.mjs";

const REGIONS = 10_000;
const POINTS = 100;
/** Rounds of each; the first ones, while the engine is still compiling, do not count. */
const ROUNDS = 13;
const WARM_UP = 3;
/** At most this fraction of protobufjs's time. */
const TARGET = 10;

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const number = (value, digits = 0) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** The interface's messages, for protobufjs in the page. */
async function descriptor() {
  const { default: protobuf } = await import("protobufjs");
  const folder = join(root, "proto");
  const files = readdirSync(folder).filter((file) => file.endsWith(".proto"));
  return new protobuf.Root().loadSync(files.map((file) => join(folder, file))).toJSON();
}

/** Both in turn, so that other load on the machine affects both. */
async function measure(page) {
  const rounds = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    const ours = await page.evaluate(() => window.bench.resume());
    const theirs = await page.evaluate(() => window.bench.encode());
    for (const { regions, points } of [ours, theirs]) {
      if (regions !== REGIONS || points !== REGIONS * POINTS) {
        throw new Failed(`A RESUME_SESSION held ${regions} regions of ${points} points.`);
      }
    }
    rounds.push({ ours, theirs });
  }
  return rounds.slice(WARM_UP);
}

function report(rounds) {
  const ours = median(rounds.map((round) => round.ours.ms));
  const theirs = median(rounds.map((round) => round.theirs.ms));
  const row = (name, ms, { bytes }) =>
    say(`${name.padEnd(16)}${number(ms, 2).padStart(10)} ms${number(bytes).padStart(14)} B`);
  say(
    `\nRESUME_SESSION of ${number(REGIONS)} regions with ${POINTS} points each, medians of ${rounds.length}.` +
      `\ncarta-resume: from the user's yes until the frame is handed to the socket, header and` +
      `\nall. protobufjs: from plain objects to the encoded message.\n`,
  );
  row("carta-resume", ours, rounds[0].ours);
  row("protobufjs", theirs, rounds[0].theirs);
  const met = ours * TARGET <= theirs ? "met" : "MISSED";
  say(`\nratio 1/${number(theirs / ours, 1)} (target 1/${TARGET}): ${met}`);
}

await main(async () => {
  const { chromium: executablePath } = await forChromium();
  await buildPackage();
  await buildBackend();
  // Not imported at the top: this file is read before the node modules are installed.
  const { chromium } = await import("@playwright/test");
  const fixtures = join(root, "tests", "fixtures");
  const flags = ["--control", "--root", fixtures, "--static", root];
  const backend = await startBackend(flags, { quiet: true });
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  try {
    const page = await browser.newPage();
    page.on("console", (message) => message.type() === "error" && say(`  page: ${message.text()}`));
    page.on("pageerror", (error) => say(`  page: ${error.message}`));
    await page.goto(`${backend.http}/tests/bench/resume/index.html`);
    await page.waitForFunction(() => "bench" in window);
    const args = [`${backend.ws}/`, await descriptor(), REGIONS, POINTS];
    const count = await page.evaluate((args) => window.bench.prepare(...args), args);
    if (count !== REGIONS) throw new Failed(`${count} regions were taken.`);
    say(`- ${number(count)} regions taken; resuming …`);
    report(await measure(page));
  } finally {
    await browser.close();
    await backend.stop();
  }
});
