// `npm run bench:view`: how long CARTA's own viewer is held up while it is left, when
// everything that is kept of its view is read once more. Prints the figure beside the target;
// it is no test.
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBackend, startBackend } from "./lib/backend.mjs";
import { buildPackage } from "./lib/package.mjs";
import { root } from "./lib/paths.mjs";
import { main, say } from "./lib/process.mjs";
import { forChromium } from "./lib/setup.mjs";
import { viewer } from "./lib/viewers.mjs";

const VERSION = "6.0.0";
/** Usual work, and a lot. */
const CASES = [
  { images: 3, regions: 60 },
  { images: 20, regions: 1_000 },
];
const ROUNDS = 15;
const TARGET_MS = 2;
/** The viewer's number for rectangles. */
const RECTANGLE = 3;

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

async function openViewer(browser, backend) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 750 } });
  await page.route(/^https?:\/\/(?!127\.0\.0\.1[:/])/, (route) => route.abort());
  await page.route(/\/config$/, (route) => route.fulfill({ json: {} }));
  await page.route(/\/index\.html/, async (route) => {
    const response = await route.fetch();
    const tag = `<script src="/dist/carta-resume-install.js"></script>`;
    const body = (await response.text()).replace("<head>", `<head>${tag}`);
    await route.fulfill({ response, body });
  });
  const preferences = { telemetryConsentShown: true, telemetryMode: "none", autoLaunch: false };
  await page.addInitScript((text) => {
    localStorage["preferences"] ??= text;
  }, JSON.stringify(preferences));
  const folder = `target/viewers/${VERSION}/index.html`;
  await page.goto(`${backend.http}/${folder}?socketUrl=${encodeURIComponent(backend.ws)}`);
  await page.waitForFunction(() => window.app?.backendService?.connectionStatus === 2);
  return page;
}

const work = (page, { images, regions }) =>
  page.evaluate(
    async ({ images, regions, rectangle }) => {
      const { app } = window;
      for (let n = 0; n < images; n += 1) await app.appendFile("", `${n}.fits`, "");
      const each = regions / images;
      for (const frame of app.frames) {
        const made = [];
        for (let n = 0; n < each; n += 1) {
          const points = [
            { x: n, y: n },
            { x: 4, y: 5 },
          ];
          made.push(frame.frameRegionSet.addRegionAsync(rectangle, points, 0, `region ${n}`));
        }
        await Promise.all(made);
      }
    },
    { images, regions, rectangle: RECTANGLE },
  );

/** What the listeners of the page's end take: after no change, and after one in each image. */
const measure = (page, rounds) =>
  page.evaluate(async (rounds) => {
    const taken = { same: [], changed: [] };
    const pause = (ms) => new Promise((done) => setTimeout(done, ms));
    // As long as the client waits whether the viewer still does something.
    await pause(5_000);
    const leave = async () => {
      const began = performance.now();
      dispatchEvent(new Event("pagehide"));
      const ms = performance.now() - began;
      // As soon as what was read is written.
      await pause(300);
      return ms;
    };
    for (let n = 0; n < rounds; n += 1) {
      for (const frame of window.app.frames) frame.renderConfig.setBias((n % 10) / 20);
      taken.changed.push(await leave());
      taken.same.push(await leave());
    }
    return taken;
  }, rounds);

await main(async () => {
  const { chromium: executablePath } = await forChromium();
  await buildPackage();
  await buildBackend();
  await viewer(VERSION);
  // Not above: this file is read before the node modules are installed.
  const { chromium } = await import("@playwright/test");
  const folder = await mkdtemp(join(tmpdir(), "carta-view-"));
  for (let n = 0; n < CASES.at(-1).images; n += 1)
    await copyFile(join(root, "tests", "fixtures", "a.fits"), join(folder, `${n}.fits`));
  const flags = ["--icd", "30", "--root", folder, "--static", root];
  const backend = await startBackend(flags, { quiet: true });
  const browser = await chromium.launch({
    executablePath,
    args: [
      ...["--no-sandbox", "--disable-dev-shm-usage"],
      // Its answers that are intercepted count as from elsewhere.
      "--disable-features=LocalNetworkAccessChecks",
      ...["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
    ],
  });
  try {
    for (const each of CASES) {
      const page = await openViewer(browser, backend);
      await work(page, each);
      const { same, changed } = await measure(page, ROUNDS);
      say(`\n${each.images} images, ${each.regions} regions; median of ${ROUNDS}`);
      for (const [what, taken] of [
        ["nothing has changed", same],
        ["all images have changed", changed],
      ]) {
        const ms = median(taken);
        const met = ms <= TARGET_MS ? "met" : "MISSED";
        say(`${what.padEnd(28)}${ms.toFixed(2)} ms (target ${TARGET_MS} ms): ${met}`);
      }
      await page.close();
    }
  } finally {
    await browser.close();
    await backend.stop();
    await rm(folder, { recursive: true });
  }
});
