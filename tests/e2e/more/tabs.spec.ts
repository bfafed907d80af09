/** Which stored session belongs to which tab. */
import { closeTab, comeBack, moved, openOneRegion, stored, xOf } from "../harness/durable.js";
import type { Backend } from "../harness/backend.js";
import { expect, test } from "../harness/test.js";
import type { ViewerPage } from "../harness/viewer-page.js";

const offersOf = async (viewers: ViewerPage[]) =>
  (await Promise.all(viewers.map((viewer) => viewer.record()))).flatMap(({ offers }) => offers);

const idOf = async (viewer: ViewerPage) => (await viewer.status()).sessionId;

/** Both tabs have work of their own, and each gets its own back after a reload. */
async function expectTwoWorkspaces(
  tabs: [ViewerPage, ViewerPage],
  regions: [number, number],
  backend: Backend,
) {
  const ids = [await idOf(tabs[0]), await idOf(tabs[1])];
  expect(new Set(ids).size).toBe(2);
  for (const n of [0, 1] as const) {
    const x = 30 + n;
    await tabs[n].editAndReload(moved(regions[n], x));
    const { offer, report } = await comeBack(tabs[n], { url: backend.url });
    expect(offer).toMatchObject({ reason: "page-reloaded", sessionId: ids[n] });
    expect(xOf(report.state, regions[n])).toBe(x);
    expect(await tabs[n].uncaught()).toEqual([]);
  }
  const live = (await backend.sessions()).filter(({ connected }) => connected);
  expect(live.map(({ sessionId }) => sessionId).sort()).toEqual([...ids].sort());
}

/** Duplicates a tab; the copy must get a session of its own. */
async function duplicates(viewer: ViewerPage, backend: Backend) {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  const copy = await viewer.duplicate();
  const copied = () => copy.page.evaluate(() => Object.entries(sessionStorage).sort());
  expect(await copied()).toEqual(
    await viewer.page.evaluate(() => Object.entries(sessionStorage).sort()),
  );
  expect(await copied()).not.toEqual([]);

  await copy.connect({ url: backend.url });
  expect((await copy.record()).offers).toEqual([]);
  expect((await copy.state()).images).toEqual([]);
  expect((await viewer.status()).phase).toBe("active");
  const other = await openOneRegion(copy);
  await expectTwoWorkspaces([viewer, copy], [region, other], backend);
}

test("a duplicated tab has a session of its own", async ({ viewer, backend }) => {
  await duplicates(viewer, backend);
});

test("a second tab is not offered what a living tab works on", async ({
  viewer,
  backend,
  openTab,
}) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  const second = await openTab();
  await second.connect({ url: backend.url });
  expect((await second.record()).offers).toEqual([]);
  const other = await openOneRegion(second);
  await expectTwoWorkspaces([viewer, second], [region, other], backend);
});

test("a tab that is closed leaves its work to the next", async ({ viewer, backend, openTab }) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  const sessionId = await idOf(viewer);
  await viewer.edit(moved(region, 21));
  await stored(viewer);
  await closeTab(viewer);

  const next = await openTab();
  const { offer, report } = await comeBack(next, { url: backend.url });
  expect(offer).toMatchObject({ reason: "tab-closed", sessionId, images: [{ file: "a.fits" }] });
  expect(report).toMatchObject({ reason: "tab-closed", success: true });
  expect(xOf(report.state, region)).toBe(21);
  // It is now the next tab's own.
  await next.editAndReload(moved(region, 22));
  const again = await comeBack(next, { url: backend.url });
  expect(again.offer.reason).toBe("page-reloaded");
  expect(xOf(again.report.state, region)).toBe(22);
  const third = await openTab();
  await third.connect({ url: backend.url });
  expect((await third.record()).offers).toEqual([]);
});

test("an offer that was not answered goes to the next tab", async ({
  viewer,
  backend,
  openTab,
}) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.edit(moved(region, 23));
  await stored(viewer);
  await closeTab(viewer);
  for (let n = 0; n < 3; n += 1) {
    const asked = await openTab();
    const offer = await asked.connectAndBeAsked({ url: backend.url });
    expect(offer).toMatchObject({ reason: "tab-closed", images: [{ regionCount: 1 }] });
    // While this tab is asked, no other one is.
    const beside = await openTab();
    await beside.connect({ url: backend.url });
    expect((await beside.record()).offers).toEqual([]);
    await closeTab(beside);
    await closeTab(asked);
  }
  const last = await openTab();
  const { report } = await comeBack(last, { url: backend.url });
  expect(xOf(report.state, region)).toBe(23);
});

test("of several closed tabs, the one that was saved last is offered first", async ({
  viewer,
  backend,
  openTab,
}) => {
  const tabs = [viewer, await openTab()] as const;
  for (const [n, tab] of tabs.entries()) {
    await tab.connect({ url: backend.url });
    await tab.edit(moved(await openOneRegion(tab), 50 + n));
  }
  const ids = await Promise.all(tabs.map(idOf));
  for (const tab of tabs) await stored(tab);
  for (const tab of tabs) await closeTab(tab);
  for (const sessionId of ids.reverse()) {
    const next = await openTab();
    const { offer } = await comeBack(next, { url: backend.url });
    expect(offer).toMatchObject({ reason: "tab-closed", sessionId });
  }
});

test("ten tabs at once after a crash: one of them is offered the work", async ({
  backend,
  site,
  launch,
}) => {
  test.setTimeout(120_000);
  const crashed = await launch();
  const before = await crashed.viewer(site.origin);
  await before.connect({ url: backend.url });
  const region = await openOneRegion(before);
  const sessionId = await idOf(before);
  await before.edit(moved(region, 24));
  await expect.poll(() => before.page.evaluate(storedSessions)).toBe(1);
  // That was the image. An edit is promised to be stored 300 ms later.
  await before.page.waitForTimeout(300);
  await crashed.kill();

  const browser = await launch();
  const tabs = await Promise.all(Array.from({ length: 10 }, () => browser.viewer(site.origin)));
  await Promise.all(tabs.map((tab) => tab.begin({ url: backend.url })));
  for (const tab of tabs) await tab.waitForPhase("active", "confirming");
  const phases = await Promise.all(tabs.map(async (tab) => (await tab.status()).phase));
  expect(phases.filter((phase) => phase === "confirming")).toHaveLength(1);
  expect(await offersOf(tabs)).toMatchObject([{ reason: "tab-closed", sessionId }]);

  const asked = tabs[phases.indexOf("confirming")] as ViewerPage;
  await asked.answer(true);
  await Promise.all(tabs.map((tab) => tab.waitForPhase("active")));
  expect(new Set(await Promise.all(tabs.map(idOf))).size).toBe(10);
  expect(xOf(await asked.state(), region)).toBe(24);
  expect(await offersOf(tabs)).toHaveLength(1);
});

async function storedSessions(): Promise<number> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open("carta-resume");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const count = database.transaction("sessions").objectStore("sessions").count();
  await new Promise((done) => (count.onsuccess = done));
  database.close();
  return count.result;
}

test.describe("a page without navigator.locks", () => {
  /** As on an address that is not secure; a real one is tested below. */
  test.use({
    viewer: async ({ context, viewer }, use) => {
      await context.addInitScript(() => delete (Navigator.prototype as { locks?: unknown }).locks);
      await viewer.reload();
      expect(await viewer.page.evaluate(() => "locks" in navigator)).toBe(false);
      await use(viewer);
    },
  });

  test("a duplicated tab has a session of its own", async ({ viewer, backend }) => {
    await duplicates(viewer, backend);
  });

  test("a closed tab leaves its work to the next, a living one does not", async ({
    viewer,
    backend,
    openTab,
  }) => {
    await viewer.connect({ url: backend.url });
    const region = await openOneRegion(viewer);
    await viewer.edit(moved(region, 25));
    const second = await openTab();
    await second.connect({ url: backend.url });
    expect((await second.record()).offers).toEqual([]);

    await stored(viewer);
    await closeTab(viewer);
    const third = await openTab();
    const { offer, report } = await comeBack(third, { url: backend.url });
    expect(offer.reason).toBe("tab-closed");
    expect(xOf(report.state, region)).toBe(25);
  });
});

test("plain HTTP, where much is missing: reload, second tab, crash", async ({
  backend,
  site,
  launch,
}) => {
  test.setTimeout(90_000);
  // Not localhost: an address that the browser does not consider secure.
  const map = "--host-resolver-rules=MAP viewer.test 127.0.0.1";
  const origin = site.origin.replace("127.0.0.1", "viewer.test");
  const url = backend.url.replace("127.0.0.1", "viewer.test");
  const first = await launch(map);
  const viewer = await first.viewer(origin);
  expect(await viewer.page.evaluate(() => [isSecureContext, "locks" in navigator])).toEqual([
    false,
    false,
  ]);
  await viewer.connect({ url });
  const region = await openOneRegion(viewer);
  await viewer.editAndReload(moved(region, 26));
  const back = await comeBack(viewer, { url });
  expect(back.offer.reason).toBe("page-reloaded");
  expect(xOf(back.report.state, region)).toBe(26);

  const second = await first.viewer(origin);
  await second.connect({ url });
  expect((await second.record()).offers).toEqual([]);
  await first.kill();

  // The lease of a crashed tab runs out by itself.
  const next = await launch(map);
  await expect
    .poll(
      async () => {
        const tab = await next.viewer(origin);
        await tab.begin({ url });
        await tab.waitForPhase("active", "confirming");
        const { offers } = await tab.record();
        if (offers.length === 0) await tab.page.close();
        return offers.map(({ reason }) => reason);
      },
      { timeout: 30_000, intervals: [1_000] },
    )
    .toEqual(["tab-closed"]);
});
