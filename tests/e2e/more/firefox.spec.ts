/** What outlives the page, in Firefox. */
import { CHANNELS, comeBack, moved, openOneRegion, xOf } from "../harness/durable.js";
import { expect, repeat, test } from "../harness/firefox-test.js";
import { FirefoxViewer } from "../harness/firefox-viewer.js";
import { rectangle, truth } from "../harness/steps.js";

const reloads = repeat(10);
const kills = repeat(3);

test(`a reload 0 ms after an edit: the edit is there, ${reloads} of ${reloads}`, async ({
  firefoxViewer: viewer,
  backend,
}) => {
  test.setTimeout(60_000 + reloads * 5_000);
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  const acks = (await viewer.record()).openFileAcks;
  for (let k = 1; k <= reloads; k += 1) {
    const x = 10 + k / 4;
    // Alternately by a call and by a frame that has not been answered yet.
    const frame = { fileId: 0, regionId: region, regionInfo: rectangle(x, 20, 6, 6) };
    await viewer.editAndReload(k % 2 === 0 ? moved(region, x) : viewer.frame("SET_REGION", frame), [
      "setChannel",
      0,
      k % CHANNELS,
      0,
    ]);
    await viewer.connect({ url: backend.url, confirm: "yes" });
    const { offers, reports } = await viewer.record();
    expect(offers, `reload ${k}`).toMatchObject([{ reason: "page-reloaded" }]);
    const state = reports[0]?.state;
    expect([xOf(state, region), state?.images[0]?.channel]).toEqual([x, k % CHANNELS]);
    expect(state?.images.map(({ openFileAck }) => openFileAck)).toEqual(acks);
    expect(await truth(backend, viewer)).toMatchObject({
      images: [{ channel: k % CHANNELS }],
      regions: [{ controlPoints: [[x, 20], expect.anything()] }],
    });
  }
  expect((await viewer.record()).errors).toEqual([]);
  expect(await viewer.uncaught()).toEqual([]);
});

test(`kill -9 of the browser 300 ms after an edit: it is there, ${kills} of ${kills}`, async ({
  launchFirefox,
  backend,
  site,
}) => {
  test.setTimeout(60_000 + kills * 30_000);
  let region = 0;
  for (let k = 0; k <= kills; k += 1) {
    const firefox = await launchFirefox();
    const viewer = await FirefoxViewer.open(firefox, site.origin);
    if (k === 0) {
      await viewer.connect({ url: backend.url });
      region = await openOneRegion(viewer);
    } else {
      const { offer, report } = await comeBack(viewer, { url: backend.url });
      expect(offer.reason, `kill ${k}`).toBe("tab-closed");
      expect(xOf(report.state, region), `kill ${k}`).toBe(k);
    }
    if (k === kills) break;
    await viewer.edit(moved(region, k + 1));
    // The subject of this test, not a wait for something to happen.
    await new Promise((done) => setTimeout(done, 300));
    await firefox.kill();
  }
});

test("a duplicated tab has a session of its own", async ({ firefoxViewer: viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  const copy = await viewer.duplicate();
  const entries = (tab: FirefoxViewer) =>
    tab.evaluate<string[][]>("return Object.entries(sessionStorage).sort()");
  expect(await entries(copy)).toEqual(await entries(viewer));
  expect(await entries(copy)).not.toEqual([]);
  await copy.connect({ url: backend.url });
  expect((await copy.record()).offers).toEqual([]);
  const other = await openOneRegion(copy);
  const tabs = [
    { tab: viewer, region, id: (await viewer.status()).sessionId },
    { tab: copy, region: other, id: (await copy.status()).sessionId },
  ];
  expect(tabs[0]?.id).not.toBe(tabs[1]?.id);
  for (const [n, { tab, region, id }] of tabs.entries()) {
    await tab.editAndReload(moved(region, 30 + n));
    const { offer, report } = await comeBack(tab, { url: backend.url });
    expect(offer).toMatchObject({ reason: "page-reloaded", sessionId: id });
    expect(xOf(report.state, region)).toBe(30 + n);
  }
});

test("two tabs at once: one of them is offered what a closed tab left", async ({
  openFirefoxTab,
  backend,
}) => {
  const closed = await openFirefoxTab();
  await closed.connect({ url: backend.url });
  const region = await openOneRegion(closed);
  await closed.edit(moved(region, 34));
  const tabs = [await openFirefoxTab(), await openFirefoxTab()];
  await closed.closeTab();
  for (const tab of tabs) {
    await tab.begin({ url: backend.url });
  }
  for (const tab of tabs) await tab.waitForPhase("active", "confirming");
  const records = [await tabs[0]?.record(), await tabs[1]?.record()];
  const offers = records.flatMap((record) => record?.offers ?? []);
  expect(offers).toMatchObject([{ reason: "tab-closed", images: [{ file: "a.fits" }] }]);
  const asked = tabs[records.findIndex((record) => record?.offers.length === 1)];
  await asked?.answer(true);
  await asked?.waitForPhase("active");
  expect(xOf(await asked?.state(), region)).toBe(34);
});
