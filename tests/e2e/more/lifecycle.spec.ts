/** A page that is left and returned to, or put to sleep, by the browser. */
import type { Backend } from "../harness/backend.js";
import { comeBack, DATABASE, moved, openOneRegion, xOf } from "../harness/durable.js";
import { DevTools, type DevToolsViewer } from "../harness/devtools.js";
import { expect, test as base } from "../harness/test.js";
import type { Viewer } from "../harness/viewer.js";

const test = base.extend<{ start: () => DevTools }>({
  start: async ({ profile }, use) => {
    const started: DevTools[] = [];
    await use(() => {
      const devTools = DevTools.start(profile);
      started.push(devTools);
      return devTools;
    });
    for (const devTools of started) await devTools.kill();
  },
});

/** Runs before the page's scripts: counts the sockets that are open or being opened. */
const COUNT_SOCKETS = `{
  const all = [];
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      all.push(this);
    }
  };
  window.openSockets = () => all.filter(({ readyState }) => readyState <= 1).length;
}`;

/** Leaves for another page through a link, which puts this one into the cache. */
async function leave(viewer: DevToolsViewer, origin: string): Promise<void> {
  await viewer.evaluate(
    `void (location.href = ${JSON.stringify(`${origin}/page/elsewhere.html`)})`,
  );
  const title = () => viewer.evaluate("document.title + document.readyState").catch(() => "");
  await expect.poll(title).toBe("Elsewherecomplete");
}

/** Goes back in the history, for the nth time: the page is the one that was left, not a new one. */
async function back(viewer: DevToolsViewer, n: number): Promise<void> {
  await viewer.evaluate("history.back()");
  await viewer.ready();
  const returned = (await viewer.life()).filter((event) => event === "pageshow cached").length;
  const why = await viewer.evaluate<string>(
    "JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)",
  );
  expect(returned, `not restored from the cache: ${why}`).toBe(n);
}

/** Runs in another page: whether a region's stored record has this x. */
async function isOnDisk(database: string, x: number): Promise<boolean> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const opened = await done(indexedDB.open(database));
  const values = await done(opened.transaction("records").objectStore("records").getAll());
  opened.close();
  const wanted = new Uint8Array(new Float32Array([x]).buffer).join();
  return (values as Uint8Array[]).some((bytes) => `,${bytes.join()},`.includes(`,${wanted},`));
}

/** Waits until the page's `freeze` or `resume` event has happened for the nth time. */
async function expectLife(viewer: DevToolsViewer, event: string, n: number): Promise<void> {
  await expect
    .poll(async () => (await viewer.life()).filter((each) => each === event).length)
    .toBe(n);
}

/** Waits for an answer from the backend, and says yes whenever the user is asked meanwhile. */
async function roundTrip(viewer: Viewer): Promise<void> {
  let answered = false;
  const request = viewer.request("FILE_LIST_REQUEST", { directory: "$BASE" }).then((answer) => {
    expect(answer).toMatchObject({ type: "FILE_LIST_RESPONSE" });
    answered = true;
  });
  await expect
    .poll(async () => {
      if (await viewer.isAsked()) await viewer.answer(true);
      return answered;
    })
    .toBe(true);
  await request;
}

/** The client works, on one socket, and its state and the backend's are as they were. */
async function expectIntact(viewer: DevToolsViewer, backend: Backend, region: number, x: number) {
  await roundTrip(viewer);
  const { sessionId, phase } = await viewer.status();
  expect(phase).toBe("active");
  expect(xOf(await viewer.state(), region)).toBe(x);
  const live = async () => (await backend.sessions()).filter(({ connected }) => connected);
  await expect.poll(live).toMatchObject([{ sessionId, regions: [{ regionId: region }] }]);
  await expect.poll(() => viewer.evaluate("openSockets()")).toBe(1);
  expect(await viewer.uncaught()).toEqual([]);
}

/** An edit after all that is stored too. */
async function expectStored(viewer: DevToolsViewer, backend: Backend, region: number, x: number) {
  await viewer.editAndReload(moved(region, x));
  const { offer, report } = await comeBack(viewer, { url: backend.url });
  expect(offer.reason).toBe("page-reloaded");
  expect(xOf(report.state, region)).toBe(x);
}

for (const meanwhile of ["nothing happens", "the connection is lost"]) {
  test(`back from the back/forward cache; ${meanwhile} meanwhile`, async ({
    backend,
    site,
    start,
  }) => {
    const viewer = await start().viewer(site.origin, COUNT_SOCKETS);
    await viewer.connect({ url: backend.url });
    const region = await openOneRegion(viewer);
    const { sessionId } = await viewer.status();
    for (let n = 1; n <= 3; n += 1) {
      await viewer.edit(moved(region, n));
      await leave(viewer, site.origin);
      if (meanwhile !== "nothing happens") await backend.control("drop");
      await back(viewer, n);
      await expectIntact(viewer, backend, region, n);
      expect((await viewer.status()).sessionId).toBe(sessionId);
    }
    expect((await viewer.record()).errors).toEqual([]);
    await expectStored(viewer, backend, region, 31);
  });

  test(`frozen and resumed; ${meanwhile} meanwhile`, async ({ backend, site, start }) => {
    const browser = start();
    const viewer = await browser.viewer(site.origin, COUNT_SOCKETS);
    await viewer.connect({ url: backend.url });
    const region = await openOneRegion(viewer);
    const { sessionId } = await viewer.status();
    for (let n = 1; n <= 3; n += 1) {
      await viewer.edit(moved(region, n));
      await viewer.command("Page.setWebLifecycleState", { state: "frozen" });
      await expectLife(viewer, "freeze", n);
      if (meanwhile !== "nothing happens") await backend.control("drop");
      await viewer.command("Page.setWebLifecycleState", { state: "active" });
      await expectLife(viewer, "resume", n);
      await viewer.command("Page.bringToFront");
      await expectIntact(viewer, backend, region, n);
      expect((await viewer.status()).sessionId).toBe(sessionId);
    }
    expect((await viewer.record()).errors).toEqual([]);
    await expectStored(viewer, backend, region, 32);
  });
}

test("another tab takes over the work of a cached page, and both continue", async ({
  backend,
  site,
  start,
}) => {
  const browser = start();
  const viewer = await browser.viewer(site.origin, COUNT_SOCKETS);
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.edit(moved(region, 27));
  await leave(viewer, site.origin);

  const other = await browser.viewer(site.origin, COUNT_SOCKETS);
  const taken = await comeBack(other, { url: backend.url });
  expect(taken.offer.reason).toBe("tab-closed");
  expect(xOf(taken.report.state, region)).toBe(27);

  await back(viewer, 1);
  await roundTrip(viewer);
  expect(xOf(await viewer.state(), region)).toBe(27);
  const tabs = [viewer, other];
  for (const [n, tab] of tabs.entries()) await expectStored(tab, backend, region, 33 + n);
  const ids = await Promise.all(tabs.map(async (tab) => (await tab.status()).sessionId));
  expect(new Set(ids).size).toBe(2);
  const live = (await backend.sessions()).filter(({ connected }) => connected);
  expect(new Set(live.map(({ sessionId }) => sessionId))).toEqual(new Set(ids));
});

test("frozen, and then the browser is gone", async ({ backend, site, start }) => {
  const first = start();
  const viewer = await first.viewer(site.origin);
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.edit(moved(region, 30));
  await viewer.command("Page.setWebLifecycleState", { state: "frozen" });
  await expectLife(viewer, "freeze", 1);
  // What the page has handed over may still be on its way to the disk.
  const other = await first.viewer(site.origin);
  const find = `(${isOnDisk})(${JSON.stringify(DATABASE)}, 30)`;
  await expect.poll(() => other.evaluate(find)).toBe(true);
  await first.kill();

  const next = await start().viewer(site.origin, COUNT_SOCKETS);
  const { offer, report } = await comeBack(next, { url: backend.url });
  expect(offer.reason).toBe("tab-closed");
  expect(xOf(report.state, region)).toBe(30);
});
