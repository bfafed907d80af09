// `npm run bench:storage`: what keeping the workspace in the browser's storage costs, compared with
// writing all of it as one JSON value to localStorage on every change. Prints the figures beside
// their targets; it is not a test.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBackend, startBackend } from "./lib/backend.mjs";
import { buildPackage } from "./lib/package.mjs";
import { root } from "./lib/paths.mjs";
import { Failed, main, say } from "./lib/process.mjs";
import { forChromium } from "./lib/setup.mjs";

const REGIONS = 10_000;
const CHANGES = 600;
const PER_SECOND = 60;
const RESTORES = 20;

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const quantile = (numbers, q) => sorted(numbers)[Math.ceil(q * numbers.length) - 1] ?? 0;
const median = (numbers) => quantile(numbers, 0.5);

/** Runs `body` while Chromium traces the page; returns the trace's events. */
async function traced(devTools, body) {
  const events = [];
  const collect = ({ value }) => events.push(...value);
  devTools.on("Tracing.dataCollected", collect);
  await devTools.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      recordMode: "recordContinuously",
      includedCategories: ["blink.user_timing", "toplevel"],
      excludedCategories: ["*"],
    },
  });
  const result = await body();
  const complete = new Promise((done) => devTools.once("Tracing.tracingComplete", done));
  await devTools.send("Tracing.end");
  await complete;
  devTools.off("Tracing.dataCollected", collect);
  return { events, result };
}

/**
 * What the page's main thread did for each change, in ms: every task from the one that made the
 * change to the one that makes the next, whatever its cause. `cpu` is the thread's own time; `wall`
 * includes the time of other programs.
 */
function mainThread(events, changes) {
  const marks = Array(changes + 1);
  for (const { cat, name, ts, pid, tid } of events) {
    const k = /^change-(\d+)$/.exec(name)?.[1];
    if (k !== undefined && cat.includes("blink.user_timing")) marks[Number(k)] = { ts, pid, tid };
  }
  if (marks.includes(undefined)) throw new Failed("The trace lacks marks of the drag.");
  const [{ pid, tid }] = marks;
  const tasks = events
    .filter(
      (event) =>
        event.name === "ThreadControllerImpl::RunTask" && event.pid === pid && event.tid === tid,
    )
    .map(({ ts, dur = 0, tdur = 0 }) => ({ to: ts + dur, wall: dur / 1000, cpu: tdur / 1000 }))
    .sort((a, b) => a.to - b.to);
  if (tasks.length < changes) throw new Failed("The trace lacks tasks of the drag.");
  const perChange = { cpu: Array(changes).fill(0), wall: Array(changes).fill(0) };
  const longest = { cpu: 0, wall: 0 };
  let k = -1;
  for (const task of tasks) {
    while (k < changes && marks[k + 1]?.ts <= task.to) k += 1;
    if (k >= changes) break;
    if (k < 0) continue;
    for (const clock of ["cpu", "wall"]) {
      perChange[clock][k] += task[clock];
      longest[clock] = Math.max(longest[clock], task[clock]);
    }
  }
  return { perChange, longest };
}

async function open(context, address) {
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && say(`  page: ${message.text()}`));
  page.on("pageerror", (error) => say(`  page: ${error.message}`));
  await page.goto(address);
  await page.waitForFunction(() => "bench" in window);
  return page;
}

/** The drags, in turn, in one page. */
async function drags(page) {
  const devTools = await page.context().newCDPSession(page);
  const results = {};
  for (const name of ["nothing", "a put", "carta-resume", "localStorage"]) {
    await page.evaluate(() => window.bench.quiet());
    const { events, result } = await traced(devTools, () =>
      page.evaluate((args) => window.bench.drag(...args), [name, CHANGES, PER_SECOND]),
    );
    const { perChange, longest } = mainThread(events, CHANGES);
    results[name] = {
      median: median(perChange.cpu),
      p99: quantile(perChange.cpu, 0.99),
      wallMedian: median(perChange.wall),
      wallP99: quantile(perChange.wall, 0.99),
      longest: longest.cpu,
      wallLongest: longest.wall,
      bytes: result.bytes / CHANGES,
      rate: (CHANGES * 1000) / result.ms,
    };
  }
  return results;
}

/** Loads a page again with everything in storage, and waits until it asks. */
async function restores(page, url) {
  const found = [];
  for (let n = 0; n < RESTORES; n += 1) {
    await page.reload();
    await page.waitForFunction(() => "bench" in window);
    const result = await page.evaluate((url) => window.bench.restore(url), url);
    if (result.regions !== REGIONS) throw new Failed(`${result.regions} regions were offered.`);
    found.push(result);
  }
  return found;
}

const number = (value, digits) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const ms = (value) => `${number(value, 2)} ms`;
const bytes = (value) => `${number(value, 0)} B`;
const ratio = (ours, theirs) => `1/${number(theirs / ours, theirs / ours < 100 ? 1 : 0)}`;

function print(rows) {
  const widths = [34, 14, 14, 12, 12, 18, 9];
  for (const row of rows) {
    say(
      row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]) : cell.padStart(widths[n]))).join(""),
    );
  }
}

function report(by, restored) {
  const { nothing, "a put": put, "carta-resume": ours, localStorage: theirs } = by;
  const verdict = (met) => (met ? "met" : "MISSED");
  const row = (title, key, show, target = "", met = "") => [
    title,
    show(ours[key]),
    show(theirs[key]),
    show(put[key]),
    show(nothing[key]),
    target,
    met,
  ];
  const compared = (title, key, show, factor) =>
    row(
      title,
      key,
      show,
      `${ratio(ours[key], theirs[key])} (1/${factor})`,
      verdict(ours[key] * factor <= theirs[key]),
    );
  const single = (title, value, target) => [
    title,
    ms(value),
    "",
    "",
    "",
    `(${target} ms)`,
    verdict(value <= target),
  ];
  const times = (key) => restored.map((result) => result[key]);
  say(
    `\n${CHANGES} changes of one region among ${number(REGIONS, 0)}, ${PER_SECOND} a second. Every task of the page's` +
      `\nmain thread in Chromium's trace counts, from one change to the next, tracing and the` +
      `\nbenchmark's own timer included; "nothing" is that timer alone, "a put" is with it one put` +
      `\nof 32 bytes every 83 ms. Times are the thread's CPU time; wall-clock times` +
      `\ninclude the turns of other programs.\n`,
  );
  print([
    ["", "carta-resume", "localStorage", "a put", "nothing", "(target)", ""],
    compared("main thread per change, median", "median", ms, 20),
    compared("main thread per change, p99", "p99", ms, 20),
    row("  wall clock, median", "wallMedian", ms),
    row("  wall clock, p99", "wallP99", ms),
    compared("bytes written per change", "bytes", bytes, 100),
    row("longest single task", "longest", ms, "(5 ms)", verdict(ours.longest <= 5)),
    row("  wall clock", "wallLongest", ms),
    row("changes a second", "rate", (value) => number(value, 1)),
  ]);
  say(
    `\nA page that is loaded again, ${RESTORES} times, from ${number(REGIONS, 0)} stored regions to the question:\n`,
  );
  print([
    ["", "median", "", "", "", "(target)", ""],
    single("since the client was made", median(times("client")), 200),
    ["  the slowest", ms(Math.max(...times("client"))), "", "", "", "", ""],
    ["since navigation began", ms(median(times("page"))), "", "", "", "", ""],
    ["  the slowest", ms(Math.max(...times("page"))), "", "", "", "", ""],
  ]);
}

await main(async () => {
  const { chromium: executablePath } = await forChromium();
  await buildPackage();
  await buildBackend();
  // Not imported at the top: this file is read before the node modules are installed.
  const { chromium } = await import("@playwright/test");
  const fixtures = join(root, "tests", "fixtures");
  const backend = await startBackend(["--root", fixtures, "--static", root], { quiet: true });
  const profile = mkdtempSync(join(tmpdir(), "carta-resume-bench-"));
  // A profile on disk: without one, the browser keeps its databases in memory.
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  try {
    const page = await open(context, `${backend.http}/tests/bench/storage/index.html`);
    const url = `${backend.ws}/`;
    const count = await page.evaluate((args) => window.bench.prepare(...args), [url, REGIONS]);
    if (count !== REGIONS) throw new Failed(`${count} regions were taken.`);
    say(`- ${number(count, 0)} regions stored; dragging …`);
    const results = await drags(page);
    say(`- loading the page again …`);
    report(results, await restores(page, url));
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
    await backend.stop();
  }
});
