/** kill -9 of the whole browser, and a new one on the same profile. */
import { appendFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { CHANNELS, comeBack, dump, moved, openOneRegion, xOf } from "../harness/durable.js";
import { addRegion, rectangle, truth } from "../harness/steps.js";
import { expect, repeat, test } from "../harness/test.js";
import type { ViewerPage } from "../harness/viewer-page.js";

const count = repeat(3);
/** How Chromium begins to write a record of 10 bytes, in a write of its own. */
const HALF_A_RECORD = Buffer.from([1, 2, 3, 4, 10, 0, 1]);

/** The logs of a profile's databases. */
async function logs(profile: string): Promise<string[]> {
  const folder = join(profile, "Default", "IndexedDB");
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => file.endsWith(".log")).map((file) => join(folder, file));
}

test("a kill in the middle of a write harms no later start", async ({
  backend,
  site,
  launch,
  profile,
}) => {
  let browser = await launch();
  let viewer = await browser.viewer(site.origin);
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await expect.poll(() => dump(viewer.page)).toContain(`/region ${region}`);
  await browser.kill();
  const [log = "", ...others] = await logs(profile);
  expect(others).toEqual([]);
  await appendFile(log, HALF_A_RECORD);
  for (const start of [1, 2]) {
    browser = await launch();
    viewer = await browser.viewer(site.origin);
    const { report } = await comeBack(viewer, { url: backend.url });
    expect(xOf(report.state, region), `start ${start}`).toBe(1);
    // A kill before the page could do anything about it is not tested here.
    await expect.poll(() => logs(profile)).not.toContain(log);
    await browser.kill();
  }
});

/** The time from an edit to the kill. */
const GRACE_MS = 300;
const ROUND_MS = 20_000;

test(`an edit is there 300 ms later, ${count} of ${count}`, async ({ backend, site, launch }) => {
  test.setTimeout(30_000 + count * ROUND_MS);
  let region = 0;
  for (let k = 0; k <= count; k += 1) {
    const browser = await launch();
    const viewer = await browser.viewer(site.origin);
    if (k === 0) {
      await viewer.connect({ url: backend.url });
      region = await openOneRegion(viewer);
    } else {
      const { offer, report } = await comeBack(viewer, { url: backend.url });
      expect(offer, `kill ${k}`).toMatchObject({
        reason: "tab-closed",
        images: [{ channel: k % CHANNELS }],
      });
      expect(xOf(report.state, region), `kill ${k}`).toBe(k);
      const { regions, images } = await truth(backend, viewer);
      expect(images, `the backend after kill ${k}`).toMatchObject([{ channel: k % CHANNELS }]);
      expect(regions).toMatchObject([{ controlPoints: [[k, 20], expect.anything()] }]);
    }
    if (k === count) break;
    await viewer.edit(moved(region, k + 1), ["setChannel", 0, (k + 1) % CHANNELS, 0]);
    // The subject of this test, not a wait for something to happen.
    await new Promise((done) => setTimeout(done, GRACE_MS));
    await browser.kill();
  }
});

const latest = (viewer: ViewerPage) =>
  viewer.page.evaluate(() => (window as unknown as { lab: { latest(): number } }).lab.latest());

test(`a kill at any moment leaves a state that existed, ${count} of ${count}`, async ({
  backend,
  site,
  launch,
}) => {
  test.setTimeout(30_000 + count * ROUND_MS);
  let regions: number[] = [];
  let last = 0;
  const lost: number[] = [];
  for (let n = 0; n <= count; n += 1) {
    const browser = await launch();
    const viewer = await browser.viewer(site.origin);
    let first = 1;
    if (n === 0) {
      await viewer.connect({ url: backend.url });
      regions = [await openOneRegion(viewer), await addRegion(viewer, 0, rectangle(1, 1, 4, 4))];
      await viewer.edit(["setChannel", 0, 1, 0]);
    } else {
      const { offer, report } = await comeBack(viewer, { url: backend.url });
      expect(offer.reason, `kill ${n}`).toBe("tab-closed");
      const [image] = report.state?.images ?? [];
      const [a, b] = regions.map((region) => xOf(report.state, region));
      // With half a change, the two numbers would differ.
      expect({ b, channel: image?.channel }, `kill ${n}`).toEqual({
        b: a,
        channel: Number(a) % CHANNELS,
      });
      first = Number(a);
      lost.push(last - first);
      // Changes are committed within 100 ms; a busy machine may take longer.
      expect(lost.at(-1), `kill ${n}`).toBeLessThan(100);
    }
    if (n === count) break;
    await viewer.page.evaluate(
      ([name, stream]) => {
        const { lab } = window as unknown as { lab: { stream(...args: unknown[]): void } };
        lab.stream(name, stream);
      },
      [viewer.name, { fileId: 0, regions, first, channels: CHANNELS }] as const,
    );
    await expect.poll(() => latest(viewer), { intervals: [20] }).toBeGreaterThan(first + 30);
    const end = performance.now() + Math.random() * 1_000;
    while (performance.now() < end) last = await latest(viewer);
    last = await latest(viewer);
    await browser.kill();
  }
  test.info().annotations.push({
    type: "changes between the last one seen and the one that came back, at 100 a second",
    description: lost.join(" "),
  });
  console.log(`changes lost by each kill, at 100 a second: ${lost.join(" ")}`);
});
