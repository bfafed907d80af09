// `npm run bench:socket`: what the package's WebSocket costs compared with the browser's own, both
// in one page, in turn. Prints the figures beside their targets; it is not a test.
import { join } from "node:path";
import { buildPackage } from "./lib/package.mjs";
import { root, target } from "./lib/paths.mjs";
import { capture, Failed, main, say, start } from "./lib/process.mjs";
import { forChromium } from "./lib/setup.mjs";
import {
  median,
  PER_SECOND,
  reportIncoming,
  reportOutgoing,
  reportStarts,
  ROUNDS,
  SEGMENT_SECONDS,
  SEGMENTS,
  STARTS,
  WAYS,
} from "./lib/socket-figures.mjs";

/** The size of a frame in bytes, and how many frames make one measurement. */
const SIZES = [
  { size: 64, count: 10_000, title: "64 B" },
  { size: 64 * 1024, count: 200, title: "64 kB" },
  { size: 4 * 1024 * 1024, count: 8, title: "4 MB" },
];
/** With the usual scheduling of processes. Two of the browser's own sockets differ more then. */
const IS_USUAL = process.argv.includes("--usual");

/**
 * Makes this process and those that it starts let each other finish (Linux: SCHED_BATCH). Otherwise
 * a process that a `send()` wakes may take its turn in the middle of the call, and is measured with
 * it.
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
/** A second connection of the browser's own class: the differences between the two are chance. */
const WITH_CONTROL = ["native", "ours", "later", "again"];

const orders = (names) =>
  names.length < 2
    ? [names]
    : names.flatMap((name) =>
        orders(names.filter((other) => other !== name)).map((others) => [name, ...others]),
      );

/** Each round has another order, so that none always follows the same one. */
function inTurn(classes, round) {
  const all = orders(classes);
  return all[round % all.length];
}

/** The page's heap in use after a garbage collection, in bytes. */
async function heap(devTools) {
  await devTools.send("HeapProfiler.collectGarbage");
  const {
    usedSize,
    embedderHeapUsedSize = 0,
    backingStorageSize = 0,
  } = await devTools.send("Runtime.getHeapUsage");
  return usedSize + embedderHeapUsedSize + backingStorageSize;
}

/** Seconds of CPU time that the main thread has used. */
async function worked(devTools) {
  const { metrics } = await devTools.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value;
}

/**
 * ms of each measurement, by size and class, and the CPU time of the main thread. Each pair is
 * compared by itself, because other load on the machine changes slowly.
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
    // Compared with the mean of the browser's two own sockets in the same round, because they
    // differ only by chance.
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

await main(async () => {
  const { chromium: executablePath } = await forChromium();
  await buildPackage();
  await bundleViewers();
  // Not imported at the top: this file is read before the node modules are installed.
  const { chromium } = await import("@playwright/test");
  const scheduling = IS_USUAL ? "Processes interrupt each other, as they usually do." : takeTurns();
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
