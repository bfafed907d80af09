// `npm run bench:view`: how long CARTA's own viewer is held up when it is left, while everything
// that is kept of its view is read once more. Prints the figure beside the target; it is not a
// test.
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openViewer, withViewers } from "./lib/carta-bench.mjs";
import { root } from "./lib/paths.mjs";
import { main, say } from "./lib/process.mjs";

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

/**
 * The time that the listeners for the end of the page take: after no change, and after one in each
 * image.
 */
const measure = (page, rounds) =>
  page.evaluate(async (rounds) => {
    const taken = { same: [], changed: [] };
    const pause = (ms) => new Promise((done) => setTimeout(done, ms));
    // As long as the client waits for a viewer that may still be busy.
    await pause(5_000);
    const leave = async () => {
      const began = performance.now();
      dispatchEvent(new Event("pagehide"));
      const ms = performance.now() - began;
      // Wait until what was read has been written.
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
  const folder = await mkdtemp(join(tmpdir(), "carta-view-"));
  for (let n = 0; n < CASES.at(-1).images; n += 1)
    await copyFile(join(root, "tests", "fixtures", "a.fits"), join(folder, `${n}.fits`));
  await withViewers(folder, async (browser, backend) => {
    for (const each of CASES) {
      const { page, close } = await openViewer(browser, backend);
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
      await close();
    }
  });
  await rm(folder, { recursive: true });
});
