/** A page that is left and come back to, or put to sleep, by the browser. */
import type { Backend } from "./harness/backend.js";
import { comeBack, moved, openOneRegion, xOf } from "./harness/durable.js";
import { expect, test } from "./harness/test.js";
import type { ViewerPage } from "./harness/viewer-page.js";

/** Leaves for another page by a link, which puts this one into the cache. */
async function leave({ page }: ViewerPage, origin: string): Promise<void> {
  const loaded = page.waitForURL(/elsewhere/);
  await page.evaluate((address) => void (location.href = address), `${origin}/page/elsewhere.html`);
  await loaded;
}

/** Back by the history; the page must be the one that was left, not a new one. */
async function back({ page }: ViewerPage): Promise<void> {
  await page.evaluate(() => history.back());
  await page.waitForURL(/index/, { waitUntil: "commit" });
  const outcome = () =>
    page.evaluate(() => {
      const { lab } = window as unknown as { lab?: { returns(): { persisted: boolean }[] } };
      const [navigation] = performance.getEntriesByType("navigation");
      const reasons = (navigation as { notRestoredReasons?: unknown }).notRestoredReasons;
      return { returns: lab?.returns(), reasons: JSON.stringify(reasons ?? null) };
    });
  await expect
    .poll(outcome)
    .toMatchObject({ returns: [{ persisted: false }, { persisted: true }], reasons: "null" });
}

/** Resumes if it is asked, and waits until all is well. */
async function settle(viewer: ViewerPage): Promise<void> {
  await expect
    .poll(async () => {
      const { phase } = await viewer.status();
      const { answerable } = await viewer.page.evaluate((name) => {
        const { lab } = window as unknown as {
          lab: { clients: Map<string, { record: { answer: unknown } }> };
        };
        return { answerable: typeof lab.clients.get(name)?.record.answer === "function" };
      }, viewer.name);
      if (phase === "confirming" && answerable) await viewer.answer(true);
      return phase;
    })
    .toBe("active");
}

async function expectOneLiveSession(backend: Backend, viewer: ViewerPage, region: number) {
  const { sessionId } = await viewer.status();
  await expect
    .poll(async () => (await backend.sessions()).filter(({ connected }) => connected))
    .toMatchObject([{ sessionId, regions: [{ regionId: region }] }]);
  expect(viewer.recorder.sockets.filter(({ closed }) => !closed)).toHaveLength(1);
  viewer.recorder.checkRules();
}

test("back from the back/forward cache", async ({ backend, site, launch }) => {
  const browser = await launch();
  const viewer = await browser.viewer(site.origin);
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  const { sessionId } = await viewer.status();
  for (let round = 1; round <= 3; round += 1) {
    await viewer.edit(moved(region, round));
    const reports = round - 1;
    await leave(viewer, site.origin);
    await expect
      .poll(async () => (await backend.sessions()).filter(({ connected }) => connected))
      .toEqual([]);
    if (round === 1) await back(viewer);
    else {
      await viewer.page.evaluate(() => history.back());
      await viewer.page.waitForURL(/index/, { waitUntil: "commit" });
    }
    await expect.poll(async () => (await viewer.record()).offers.length).toBe(round);
    await settle(viewer);
    expect((await viewer.record()).reports.length).toBeGreaterThan(reports);
    expect((await viewer.status()).sessionId).toBe(sessionId);
    expect(xOf(await viewer.state(), region)).toBe(round);
    await expectOneLiveSession(backend, viewer, region);
  }
  expect((await viewer.record()).errors).toEqual([]);
  await viewer.editAndReload(moved(region, 31));
  const { offer, report } = await comeBack(viewer, { url: backend.url });
  expect(offer.reason).toBe("page-reloaded");
  expect(xOf(report.state, region)).toBe(31);
});

test("another tab takes over what lies in the cache, and both go on", async ({
  backend,
  site,
  launch,
}) => {
  const browser = await launch();
  const viewer = await browser.viewer(site.origin);
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.edit(moved(region, 27));
  await leave(viewer, site.origin);

  const other = await browser.viewer(site.origin);
  const taken = await comeBack(other, { url: backend.url });
  expect(taken.offer.reason).toBe("tab-closed");
  expect(xOf(taken.report.state, region)).toBe(27);

  await back(viewer);
  await settle(viewer);
  expect(xOf(await viewer.state(), region)).toBe(27);
  for (const [n, tab] of [viewer, other].entries()) {
    await tab.editAndReload(moved(region, 32 + n));
    const { offer, report } = await comeBack(tab, { url: backend.url });
    expect(offer.reason).toBe("page-reloaded");
    expect(xOf(report.state, region)).toBe(32 + n);
  }
});

test("frozen and resumed", async ({ backend, site, launch }) => {
  const browser = await launch();
  const viewer = await browser.viewer(site.origin);
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  const { sessionId } = await viewer.status();
  const devTools = await browser.context.newCDPSession(viewer.page);
  await viewer.edit(moved(region, 28));
  await devTools.send("Page.setWebLifecycleState", { state: "frozen" });
  await expect
    .poll(async () => (await backend.sessions()).filter(({ connected }) => connected))
    .toEqual([]);
  await devTools.send("Page.setWebLifecycleState", { state: "active" });
  await expect.poll(async () => (await viewer.record()).offers.length).toBe(1);
  await settle(viewer);
  expect((await viewer.status()).sessionId).toBe(sessionId);
  expect(xOf(await viewer.state(), region)).toBe(28);
  await expectOneLiveSession(backend, viewer, region);
  expect(await viewer.uncaught()).toEqual([]);
  await viewer.editAndReload(moved(region, 29));
  const { report } = await comeBack(viewer, { url: backend.url });
  expect(xOf(report.state, region)).toBe(29);
});

test("frozen, and then the browser is gone", async ({ backend, site, launch }) => {
  const first = await launch();
  const viewer = await first.viewer(site.origin);
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  const devTools = await first.context.newCDPSession(viewer.page);
  await viewer.edit(moved(region, 30));
  await devTools.send("Page.setWebLifecycleState", { state: "frozen" });
  await expect
    .poll(async () => (await backend.sessions()).filter(({ connected }) => connected))
    .toEqual([]);
  await first.kill();

  const next = await (await launch()).viewer(site.origin);
  const { offer, report } = await comeBack(next, { url: backend.url });
  expect(offer.reason).toBe("tab-closed");
  expect(xOf(report.state, region)).toBe(30);
});
