// `npm run bench:regions`: how long the regions of an image take to come back after a reload of
// CARTA's own viewer, compared with the viewer's own import of the same regions from a file. The
// image is zoomed in, as it often is. Prints the figures beside the targets; it is not a test.
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withBareChromium } from "./lib/bare-chromium.mjs";
import { withBackend } from "./lib/carta-bench.mjs";
import { root } from "./lib/paths.mjs";
import { Failed, main, say } from "./lib/process.mjs";

/**
 * The number of regions, and at most how many times as long as the viewer's own import they may
 * take.
 */
const CASES = [
  { count: 5_000, target: 1 },
  { count: 20_000, target: 1.5 },
];
const ROUNDS = 3;
/** The viewer's number for DS9's region files. */
const DS9 = 2;

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const seconds = (ms) => `${(ms / 1_000).toFixed(2)} s`;
const count = (number) => number.toLocaleString("en");

/** Ellipses, each with a name and a colour. */
function regionFile(regions) {
  const lines = ["# Region file format: DS9", "image"];
  for (let n = 0; n < regions; n += 1) {
    const [x, y] = [1 + (n % 60), 1 + (Math.floor(n / 60) % 60)];
    const colour = `#${(n * 7919).toString(16).padStart(6, "0").slice(-6)}`;
    lines.push(
      `ellipse(${x},${y},${1 + (n % 5)},2,${n % 90}) # color=${colour} text={region ${n}}`,
    );
  }
  return lines.join("\n");
}

/** In the page, before the viewer: notes when the first regions come, and long tasks. */
function watch() {
  const bench = (window.bench = { began: 0, ended: 0, longest: 0 });
  // So that the question can be answered from outside, and the status line read.
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (options) {
    const root = attachShadow.call(this, { ...options, mode: "open" });
    const look = () => {
      if (root.textContent.includes("Restoring regions")) bench.began ||= performance.now();
    };
    new MutationObserver(look).observe(root, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    return root;
  };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      const isDuring = bench.began > 0 && startTime + duration > bench.began && bench.ended === 0;
      if (isDuring) bench.longest = Math.max(bench.longest, duration);
    }
  }).observe({ type: "longtask" });
}

const openImage = (page) =>
  page.evaluate(async () => {
    await window.app.appendFile("", "a.fits", "");
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    // The viewer does not know the size of its panel at once.
    while (window.app.activeFrame.renderWidth < 100) await frame();
    window.app.activeFrame.setZoom(5);
    await frame();
  });

/** The viewer's own import of these regions. */
async function imported(page, regions) {
  await page.evaluate(
    (file, type) => {
      window.bench.began = performance.now();
      void window.app.importRegion(".", file, type, window.app.activeFrame);
    },
    `${regions}.reg`,
    DS9,
  );
  return taken(page, regions);
}

/** The time until all regions are there and drawn. */
async function taken(page, regions) {
  // The cursor is a region, too.
  const isThere = (regions) => window.app?.activeFrame?.regionSet.regions.length > regions;
  await page.waitFor(isThere, regions);
  return page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    await frame();
    window.bench.ended = performance.now();
    const { began, ended, longest } = window.bench;
    const { color, name } = window.app.activeFrame.regionSet.regions.at(-1);
    return { ms: ended - began, longest, last: `${name} ${color}` };
  });
}

/** The same regions after a reload. */
async function restored(page, regions) {
  // Wait until the regions are stored, and until what only the viewer knows about them has been
  // read.
  await new Promise((done) => setTimeout(done, 3_000));
  await page.reload();
  await page.waitFor(() => {
    const asked = document.querySelector("carta-resume-question")?.shadowRoot;
    const buttons = [...(asked?.querySelectorAll("button:enabled") ?? [])];
    const restore = buttons.find(({ textContent }) => textContent === "Restore");
    restore?.click();
    return restore !== undefined;
  });
  return taken(page, regions);
}

async function measure(open, regions) {
  const rounds = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    const plain = await open({ equipped: false, watch });
    await openImage(plain);
    const theirs = await imported(plain, regions);
    await plain.close();
    const equipped = await open({ equipped: true, watch });
    await openImage(equipped);
    await imported(equipped, regions);
    const ours = await restored(equipped, regions);
    await equipped.close();
    if (ours.last !== theirs.last) throw new Failed(`“${ours.last}” is not “${theirs.last}”.`);
    rounds.push({ ours, theirs });
  }
  return rounds;
}

function report({ count: regions, target }, rounds) {
  const of = (who, what) => median(rounds.map((round) => round[who][what]));
  const row = (name, who) =>
    say(
      `${name.padEnd(24)}${seconds(of(who, "ms")).padStart(10)}` +
        `${seconds(of(who, "longest")).padStart(18)}`,
    );
  say(
    `\n${`${count(regions)} regions`.padEnd(24)}${"time".padStart(10)}${"longest task".padStart(18)}`,
  );
  row("the viewer's import", "theirs");
  row("after a reload", "ours");
  const ratio = of("ours", "ms") / of("theirs", "ms");
  const met = ratio <= target ? "met" : "MISSED";
  say(`ratio ${ratio.toFixed(2)} (target ${target.toFixed(1)}): ${met}`);
}

await main(async () => {
  const folder = await mkdtemp(join(tmpdir(), "carta-regions-"));
  await copyFile(join(root, "tests", "fixtures", "a.fits"), join(folder, "a.fits"));
  for (const { count } of CASES) await writeFile(join(folder, `${count}.reg`), regionFile(count));
  await withBackend(folder, (chromium, backend) =>
    withBareChromium(chromium, backend, async (open) => {
      for (const each of CASES) report(each, await measure(open, each.count));
    }),
  );
  await rm(folder, { recursive: true });
});
