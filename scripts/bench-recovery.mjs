// `npm run bench:recovery`: how soon clients are back after their backend was away, compared with
// two libraries that reconnect. Prints the figures; it is not a test.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildBackend, startBackend } from "./lib/backend.mjs";
import { buildPackage } from "./lib/package.mjs";
import { root } from "./lib/paths.mjs";
import { main, say } from "./lib/process.mjs";
import { forChromium } from "./lib/setup.mjs";

const LIBRARIES = ["carta-resume", "partysocket", "reconnecting-websocket"];
const OUTAGES_MS = [3_000, 20_000];
// Chromium delays the connections of a process in which many have failed. So clients are spread
// over pages of several hosts, each of which is a process of its own, nearly as tabs would be.
const PAGES = 20;
const CLIENTS_PER_PAGE = 5;
/** After this time at work, each library treats the loss of its connection as a first one. */
const SETTLED_MS = 12_000;
const SLOT_MS = 100;

const seconds = (ms) => `${(ms / 1_000).toFixed(2)} s`;

function fullestSlot(times) {
  const slots = new Map();
  for (const time of times) {
    const slot = Math.floor(time / SLOT_MS);
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
  }
  return Math.max(...slots.values());
}

function print(cells) {
  const widths = [26, 8, 10, 10, 20];
  say(cells.map((cell, n) => (n ? cell.padStart(widths[n]) : cell.padEnd(widths[n]))).join(""));
}

async function openPages(browser, port) {
  const pages = [];
  for (let n = 1; n <= PAGES; n += 1) {
    const page = await browser.newPage();
    page.on("pageerror", (error) => say(`  page: ${error.message}`));
    await page.goto(`http://127.0.0.${n}:${port}/tests/bench/recovery/index.html`);
    await page.waitForFunction(() => "bench" in window);
    pages.push(page);
  }
  return pages;
}

/** Milliseconds from the backend's return to each client at work, sorted. */
async function recoveries(browser, pagesPort, library, outageMs) {
  const flags = ["--root", join(root, "tests", "fixtures")];
  let backend = await startBackend(flags, { quiet: true });
  const pages = await openPages(browser, pagesPort);
  try {
    const connect = (args) => window.bench.connect(...args);
    for (const page of pages) {
      await page.evaluate(connect, [library, `${backend.ws}/`, CLIENTS_PER_PAGE]);
    }
    await sleep(SETTLED_MS);
    const port = new URL(backend.http).port;
    await backend.stop();
    await sleep(outageMs);
    const since = Date.now();
    backend = await startBackend(flags, { port, quiet: true });
    // From the moment when it says that it listens, not from the start of its process.
    const back = Date.now();
    const recovered = await Promise.all(
      pages.map((page) => page.evaluate((since) => window.bench.back(since), since)),
    );
    return recovered
      .flat()
      .map((time) => Math.max(0, time - back))
      .sort((a, b) => a - b);
  } finally {
    await Promise.all(pages.map((page) => page.close()));
    await backend.stop();
  }
}

await main(async () => {
  const { chromium: executablePath } = await forChromium();
  await buildPackage();
  await buildBackend();
  // Not imported at the top: this file is read before the node modules are installed.
  const { chromium } = await import("@playwright/test");
  const fixtures = join(root, "tests", "fixtures");
  const flags = ["--host", "0.0.0.0", "--root", fixtures, "--static", root];
  const server = await startBackend(flags, { quiet: true });
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--site-per-process"],
  });
  try {
    const count = PAGES * CLIENTS_PER_PAGE;
    say(
      `\n${count} clients in ${PAGES} pages: from the return of their backend until they are at` +
        `\nwork. carta-resume has registered and restored an image; the others have opened.\n`,
    );
    print(["", "outage", "median", "slowest", `most in ${SLOT_MS} ms`]);
    for (const outageMs of OUTAGES_MS) {
      for (const library of LIBRARIES) {
        const times = await recoveries(browser, new URL(server.http).port, library, outageMs);
        const [median, slowest] = [times[times.length >> 1], times.at(-1)];
        const most = `${Math.round((fullestSlot(times) * 100) / count)} %`;
        print([library, `${outageMs / 1_000} s`, seconds(median), seconds(slowest), most]);
      }
    }
  } finally {
    await browser.close();
    await server.stop();
  }
});
