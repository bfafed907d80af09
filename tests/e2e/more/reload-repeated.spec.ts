/** A page that is reloaded right after an edit gets that edit back, again and again. */
import { CHANNELS, expectNoTrouble, moved, openOneRegion, xOf } from "../harness/durable.js";
import { rectangle, truth } from "../harness/steps.js";
import { expect, repeat, test } from "../harness/test.js";
import { ViewerPage, type Edit, type PlainState } from "../harness/viewer-page.js";

/** Kinds of edits: the kth edit, and the state that it must lead to. */
interface Kind {
  edit(viewer: ViewerPage, region: number, k: number): Edit;
  expected(k: number): number;
  found(state: PlainState | null, region: number): number | undefined;
}

const channel = {
  expected: (k: number) => k % CHANNELS,
  found: (state: PlainState | null) => state?.images[0]?.channel,
};
const shape = { expected: (k: number) => 10 + k / 4, found: xOf };

const KINDS: { [name: string]: Kind } = {
  setRegion: { ...shape, edit: (_, region, k) => moved(region, shape.expected(k)) },
  setChannel: { ...channel, edit: (_, __, k) => ["setChannel", 0, channel.expected(k), 0] },
  "a SET_REGION frame": {
    ...shape,
    edit: (viewer, regionId, k) =>
      viewer.frame("SET_REGION", {
        fileId: 0,
        regionId,
        regionInfo: rectangle(shape.expected(k), 20, 6, 6),
      }),
  },
  "a SET_IMAGE_CHANNELS frame": {
    ...channel,
    edit: (viewer, _, k) =>
      viewer.frame("SET_IMAGE_CHANNELS", { fileId: 0, channel: channel.expected(k), stokes: 0 }),
  },
};

for (const [name, { edit, expected, found }] of Object.entries(KINDS)) {
  const count = repeat(10);
  test(`a reload 0 ms after ${name}: the edit is there, ${count} of ${count}`, async ({
    viewer,
    backend,
  }) => {
    test.setTimeout(60_000 + count * 5_000);
    await viewer.connect({ url: backend.url });
    const region = await openOneRegion(viewer);
    for (let k = 1; k <= count; k += 1) {
      await viewer.editAndReload(edit(viewer, region, k));
      await viewer.connect({ url: backend.url, confirm: "yes" });
      const { offers, reports } = await viewer.record();
      expect(offers, `reload ${k}`).toMatchObject([{ reason: "page-reloaded" }]);
      expect(found(reports[0]?.state ?? null, region), `reload ${k}`).toBe(expected(k));
      expect(found(await viewer.state(), region), `reload ${k}`).toBe(expected(k));
      const { images, regions } = (await truth(backend, viewer)) as {
        images?: { channel: number }[];
        regions?: { controlPoints: number[][] }[];
      };
      const real =
        found === shape.found ? regions?.[0]?.controlPoints[0]?.[0] : images?.[0]?.channel;
      expect(real, `the backend after reload ${k}`).toBe(expected(k));
    }
    await expectNoTrouble(viewer);
  });
}

/** Chromium checks again how much space is left, and a page that ends does not wait for that. */
const IDLE_MS = 40_000;

test("a reload 0 ms after an edit, when nothing was written for long", async ({
  browser,
  backend,
  site,
}) => {
  const count = repeat(10);
  test.setTimeout(60_000 + IDLE_MS + count * 10_000);
  const pages: { viewer: ViewerPage; region: number }[] = [];
  for (let n = 0; n < count; n += 1) {
    const context = await browser.newContext();
    const viewer = await new ViewerPage(await context.newPage()).open(site.origin);
    await viewer.connect({ url: backend.url });
    pages.push({ viewer, region: await openOneRegion(viewer) });
  }
  // The subject of this test, not a wait for something to happen.
  await new Promise((done) => setTimeout(done, IDLE_MS));
  for (const [n, { viewer, region }] of pages.entries()) {
    await viewer.editAndReload(moved(region, 60 + n));
    await viewer.connect({ url: backend.url, confirm: "yes" });
    const { offers, reports } = await viewer.record();
    expect(offers, `reload ${n}`).toMatchObject([{ reason: "page-reloaded" }]);
    expect(xOf(reports[0]?.state, region), `reload ${n}`).toBe(60 + n);
    await expectNoTrouble(viewer);
    await viewer.page.context().close();
  }
});
