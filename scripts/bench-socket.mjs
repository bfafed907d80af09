// `npm run bench:socket`: what the package's WebSocket costs beside the browser's
// own, both in one page, in turn. Prints the figures beside their targets; it is
// no test.
import { join } from "node:path";
import { buildPackage } from "./lib/package.mjs";
import { root, target } from "./lib/paths.mjs";
import { capture, Failed, main, say, start } from "./lib/process.mjs";
import { forChromium } from "./lib/setup.mjs";

const ROUNDS = 48;
/** Bytes of a frame, and how many of them make one measurement. */
const SIZES = [
  { size: 64, count: 10_000, title: "64 B" },
  { size: 64 * 1024, count: 200, title: "64 kB" },
  { size: 4 * 1024 * 1024, count: 8, title: "4 MB" },
];
const PER_SECOND = 60;
const SEGMENT_SECONDS = 10;
const SEGMENTS = 6;
const STARTS = 24;
/** As processes are usually scheduled. Two of the browser's own sockets differ more then. */
const IS_USUAL = process.argv.includes("--usual");
/** Bytes of heap per frame that are no growth: what is kept of each would take more. */
const FLAT = 32;

const quantile = (numbers, q) =>
  [...numbers].sort((a, b) => a - b)[Math.max(0, Math.ceil(q * numbers.length) - 1)] ?? 0;
const median = (numbers) => quantile(numbers, 0.5);
const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/**
 * Has this process and those that it starts let each other finish (Linux: SCHED_BATCH).
 * Otherwise one that a `send()` wakes may take its turn in the middle of it, and is
 * measured with it.
 */
function takeTurns() {
  const taken = capture("chrt", ["--batch", "--pid", "0", String(process.pid)]) !== undefined;
  return taken
    ? "Processes let each other finish (SCHED_BATCH)."
    : "Without chrt, other processes' turns are measured with each send().";
}

/** The server in a process of its own, and its address. */
async function startServer() {
  const child = start(process.execPath, [join(root, "tests/bench/socket/server.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const origin = await new Promise((resolve, reject) => {
    child.stdout.setEncoding("utf8").once("data", (text) => resolve(text.trim()));
    child.once("exit", (code) => reject(new Failed(`The server ended with ${code}.`)));
  });
  return { origin, stop: () => child.kill("SIGTERM") };
}

async function openBench(context, origin) {
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && say(`  page: ${message.text()}`));
  page.on("pageerror", (error) => say(`  page: ${error.message}`));
  await page.goto(`${origin}/bench/index.html`);
  await page.waitForFunction(() => "bench" in window);
  if (!(await page.evaluate(() => window.bench.isolated()))) {
    throw new Failed("The page is not isolated, so its clock is too coarse.");
  }
  await page.evaluate(() => window.bench.prepare());
  return page;
}

const CLASSES = ["native", "ours"];
/** A second connection of the browser's own class: what differs between them is chance. */
const WITH_CONTROL = ["native", "ours", "later", "again"];

const orders = (names) =>
  names.length < 2
    ? [names]
    : names.flatMap((name) =>
        orders(names.filter((other) => other !== name)).map((others) => [name, ...others]),
      );

/** Each round has another order, so that none follows the same one each time. */
function inTurn(classes, round) {
  const all = orders(classes);
  return all[round % all.length];
}

/** The page's heap in use after a collection, bytes. */
async function heap(devTools) {
  await devTools.send("HeapProfiler.collectGarbage");
  const {
    usedSize,
    embedderHeapUsedSize = 0,
    backingStorageSize = 0,
  } = await devTools.send("Runtime.getHeapUsage");
  return usedSize + embedderHeapUsedSize + backingStorageSize;
}

/** Seconds of CPU that the main thread has worked. */
async function worked(devTools) {
  const { metrics } = await devTools.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value;
}

/**
 * ms of each measurement, by size and class; and what the main thread worked. Each
 * pair is compared by itself: what else the machine does changes slowly.
 */
async function incoming(page, devTools) {
  const found = [];
  for (const { size, count, title } of SIZES) {
    const none = () => Object.fromEntries(WITH_CONTROL.map((name) => [name, []]));
    const [ms, cpu] = [none(), none()];
    // Two rounds to warm up.
    for (let round = -2; round < ROUNDS; round += 1) {
      for (const name of inTurn(WITH_CONTROL, round + 2)) {
        const before = await worked(devTools);
        const took = await page.evaluate(
          (args) => window.bench.incoming(...args),
          [name, size, count],
        );
        if (round < 0) continue;
        ms[name].push(took);
        cpu[name].push(((await worked(devTools)) - before) * 1000);
      }
    }
    // With both of the browser's own in the same round, but for what is by chance.
    const beside = (of, name, n) =>
      name === "again" ? of.native[n] : (of.native[n] + of.again[n]) / 2;
    const extra = (of, name) =>
      median(of[name].map((took, n) => ((took - beside(of, name, n)) * 1000) / count));
    const compared = (name) => ({
      ratio: median(ms[name].map((took, n) => beside(ms, name, n) / took)),
      extra: extra(ms, name),
      cpuExtra: extra(cpu, name),
    });
    const others = Object.fromEntries(WITH_CONTROL.map((name) => [name, compared(name)]));
    found.push({ title, size, count, ms, cpu, ...others });
  }
  return found;
}

async function outgoing(page, devTools) {
  const count = SEGMENT_SECONDS * PER_SECOND;
  const send = (name, count) =>
    page.evaluate((args) => window.bench.outgoing(...args), [name, count, PER_SECOND]);
  for (const name of ["native", "ours"]) await send(name, PER_SECOND);
  const [times, own] = [{}, {}].map(() => ({ native: [], ours: [] }));
  const tasks = { native: 0, ours: 0 };
  const heaps = [await heap(devTools)];
  for (let segment = 0; segment < SEGMENTS; segment += 1) {
    for (const name of inTurn(CLASSES, segment)) {
      const before = await worked(devTools);
      const took = await send(name, count);
      times[name].push(...took.times);
      own[name].push(...took.own);
      tasks[name] += (await worked(devTools)) - before;
    }
    heaps.push(await heap(devTools));
  }
  const perFrame = (name) => (tasks[name] * 1e6) / (count * SEGMENTS);
  return { times, own, heaps, task: { native: perFrame("native"), ours: perFrame("ours") } };
}

/** A viewer as its developers ship it, with the package and without. */
async function bundleViewers() {
  const { build } = await import("vite");
  const folder = join(root, "tests/bench/socket/bundled");
  await build({
    root: folder,
    configFile: false,
    base: "/bundled/",
    logLevel: "warn",
    build: {
      outDir: join(target, "bench-socket"),
      emptyOutDir: true,
      target: "es2022",
      rolldownOptions: { input: ["with", "without"].map((name) => join(folder, `${name}.html`)) },
    },
  });
}

/** Ways to start, the page of each, and the page of the same without the package. */
const WAYS = {
  none: { page: "bench/start.html" },
  bare: { page: "bundled/without.html" },
  bundled: { title: "imported and bundled", page: "bundled/with.html", beside: "bare" },
  install: { title: "the one script", page: "bench/start.html?with=install", beside: "none" },
  modules: {
    title: "modules without a bundler",
    page: "bench/start.html?with=modules",
    beside: "none",
  },
};

/** ms since the page's first script, for pages with and without the package. */
async function starts(context, origin) {
  const ways = Object.keys(WAYS);
  const found = Object.fromEntries(ways.map((way) => [way, { constructed: [], registered: [] }]));
  const page = await context.newPage();
  for (let round = -1; round < STARTS; round += 1) {
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      await page.goto(`${origin}/${WAYS[way].page}`);
      await page.waitForFunction(() => window.times?.registered !== undefined);
      const { script, constructed, registered } = await page.evaluate(() => window.times);
      if (round < 0) continue;
      found[way].constructed.push(constructed - script);
      found[way].registered.push(registered - script);
    }
  }
  await page.close();
  return found;
}

const number = (value, digits) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const signed = (value, digits) => `${value < 0 ? "" : "+"}${number(value, digits)}`;
const verdict = (met) => (met ? "met" : "MISSED");

function print(rows) {
  const widths = [38, 14, 14, 13, 13, 13, 9];
  for (const row of rows) {
    say(
      row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]) : cell.padStart(widths[n]))).join(""),
    );
  }
}

function reportIncoming(found, before, after, copies) {
  say(
    `\nIncoming RASTER_TILE_DATA over loopback, ${ROUNDS} measurements of each in turn, medians:\n`,
  );
  const rate = ({ size, count }, ms) => `${number((size * count) / ms / 1000, 0)} MB/s`;
  const each = ({ count }, ms) => `${number((ms * 1000) / count, 2)} µs`;
  print([
    ["", "native", "ours", "difference", "by chance", "(target)", ""],
    ...found.flatMap((one) => {
      const { ours, later, again } = one;
      const small = one.size < 1000;
      const show = small ? each : rate;
      return [
        [
          `${one.count.toLocaleString("en")} frames of ${one.title}`,
          show(one, median(one.ms.native)),
          show(one, median(one.ms.ours)),
          ...[ours, again].map(({ extra, ratio }) =>
            small ? `${signed(extra, 2)} µs` : `× ${number(ratio, 3)}`,
          ),
          ...(small
            ? ["(≤ 2 µs)", verdict(ours.extra <= 2)]
            : ["(≥ 0.97)", verdict(ours.ratio >= 0.97)]),
        ],
        [
          "  after a reconnection",
          "",
          show(one, median(one.ms.later)),
          small ? `${signed(later.extra, 2)} µs` : `× ${number(later.ratio, 3)}`,
          "",
          ...(small
            ? ["(≤ 2 µs)", verdict(later.extra <= 2)]
            : ["(≥ 0.97)", verdict(later.ratio >= 0.97)]),
        ],
        [
          "  main thread's CPU per frame",
          each(one, median(one.cpu.native)),
          each(one, median(one.cpu.ours)),
          ...[ours, again].map(({ cpuExtra }) => `${signed(cpuExtra, 2)} µs`),
        ],
        [
          "  after a reconnection",
          "",
          each(one, median(one.cpu.later)),
          `${signed(later.cpuExtra, 2)} µs`,
        ],
      ];
    }),
  ]);
  const grown = after.sizes.reduce((sum, size, n) => sum + size - (before.sizes[n] ?? 0), 0);
  print([
    ["WebAssembly memory has grown by", "", `${grown} B`, "", "", "(0)", verdict(grown === 0)],
    [
      "copied into it, per frame of 4 MB",
      "",
      `${number(copies, 0)} B`,
      "",
      "",
      "(no payload)",
      verdict(copies < 100),
    ],
  ]);
}

function reportOutgoing({ times, own, heaps, task }) {
  const row = (title, of, target, { native, ours } = times) => [
    title,
    `${number(of(native), 1)} µs`,
    `${number(of(ours), 1)} µs`,
    `${signed(of(ours) - of(native), 1)} µs`,
    "",
    target === undefined ? "" : `(≤ ${target} µs)`,
    target === undefined ? "" : verdict(of(ours) - of(native) <= target),
  ];
  // Of each call by itself: whoever interrupts it, does so in the browser's part.
  const rest = (name) => times[name].map((took, n) => took - own[name][n]);
  const packages = { native: rest("native"), ours: rest("ours") };
  const p99 = (numbers) => quantile(numbers, 0.99);
  const kB = (bytes) => `${number(bytes / 1000, 0)} kB`;
  // From the first turn on: what the code itself takes is there by then.
  const drift = heaps.at(-1) - heaps[1];
  const perFrame = drift / (times.ours.length * (1 - 1 / SEGMENTS));
  say(
    `\nOutgoing SET_REGION of 1,000 vertices, ${PER_SECOND} a second, each class for a minute in` +
      ` turns of ${SEGMENT_SECONDS} s:\n`,
  );
  print([
    ["", "native", "ours", "difference", "", "(target)", ""],
    row("in send(), median", median, 50),
    row("in send(), mean", mean, 50),
    row("  of that in the browser's own, median", median, undefined, own),
    row("  of that in the package, median", median, 50, packages),
    row("  of that in the package, mean", mean, 50, packages),
    row("in send(), p99", p99),
    [
      "main thread's CPU per frame, in all",
      `${number(task.native, 0)} µs`,
      `${number(task.ours, 0)} µs`,
      `${signed(task.ours - task.native, 0)} µs`,
    ],
    [
      "heap after collection, growth per frame",
      "",
      `${signed(perFrame, 0)} B`,
      "",
      "",
      `(≤ ${FLAT} B)`,
      verdict(perFrame <= FLAT),
    ],
  ]);
  say(`  heap after each turn: ${heaps.map(kB).join(", ")}`);
}

function reportStarts(found) {
  say(`\nFrom the page's first script, ${STARTS} pages of each in turn, medians:\n`);
  const row = (way, key, what) => {
    const { title, beside } = WAYS[way];
    const [equipped, without] = [way, beside].map((page) => median(found[page][key]));
    return [
      `${title}: ${what}`,
      `${number(without, 1)} ms`,
      `${number(equipped, 1)} ms`,
      `${signed(equipped - without, 1)} ms`,
      "",
      "(≤ 30 ms)",
      verdict(equipped - without <= 30),
    ];
  };
  print([
    ["", "without", "with", "difference", "", "(target)", ""],
    ...Object.keys(WAYS)
      .filter((way) => WAYS[way].beside)
      .flatMap((way) => [row(way, "constructed", "made"), row(way, "registered", "registered")]),
  ]);
}

await main(async () => {
  const { chromium: executablePath } = await forChromium();
  await buildPackage();
  await bundleViewers();
  // Not above: this file is read before the node modules are installed.
  const { chromium } = await import("@playwright/test");
  const scheduling = IS_USUAL ? "Processes interrupt each other, as is usual." : takeTurns();
  const server = await startServer();
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  try {
    const context = await browser.newContext();
    say(`- ${STARTS} starts of each …`);
    const started = await starts(context, server.origin);
    const page = await openBench(context, server.origin);
    const devTools = await context.newCDPSession(page);
    await devTools.send("Performance.enable", { timeDomain: "threadTicks" });
    const memory = () => page.evaluate(() => window.bench.memory());
    say(`- incoming frames …`);
    const before = await memory();
    const found = await incoming(page, devTools);
    const after = await memory();
    say(`- outgoing frames, ${(2 * SEGMENTS * SEGMENT_SECONDS) / 60} minutes …`);
    const sent = await outgoing(page, devTools);
    // Last: counting makes every copy slower.
    await page.evaluate(() => window.bench.countCopies());
    const big = SIZES.at(-1);
    await page.evaluate((args) => window.bench.incoming(...args), ["ours", big.size, 20]);
    const copies = (await memory()).copied / 20;
    say(`\n${scheduling}`);
    reportIncoming(found, before, after, copies);
    reportOutgoing(sent);
    reportStarts(started);
  } finally {
    await browser.close();
    server.stop();
  }
});
