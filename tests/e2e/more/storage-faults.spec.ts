/** When the browser's database fails, work goes on in memory, and the viewer is told. */
import type { Page } from "@playwright/test";
import type { Backend } from "../harness/backend.js";
import {
  closeTab,
  comeBack,
  damage,
  DATABASE,
  moved,
  openOneRegion,
  storedKeys,
  xOf,
} from "../harness/durable.js";
import { resume } from "../harness/steps.js";
import { expect, test } from "../harness/test.js";
import type { ViewerPage } from "../harness/viewer-page.js";

/** Waits until the storage's failure has been reported; returns the messages. */
async function told(viewer: ViewerPage): Promise<string[]> {
  const { errors } = await viewer.waitForRecord("errors");
  expect(errors.every((error) => error.isResumeError)).toBe(true);
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["storage-failed"]));
  return errors.map(({ message }) => message);
}

/** Work goes on: a drop is resumed from memory, and nothing was thrown. */
async function worksInMemory(viewer: ViewerPage, backend: Backend): Promise<void> {
  const { images } = await viewer.state();
  const region = images[0]?.regions[0]?.regionId ?? (await openOneRegion(viewer));
  await viewer.edit(moved(region, 41));
  await backend.control("drop");
  await resume(viewer);
  expect(xOf(await viewer.state(), region)).toBe(41);
  await nothingThrown(viewer);
}

async function nothingThrown(viewer: ViewerPage): Promise<void> {
  expect(await viewer.uncaught()).toEqual([]);
  expect(viewer.console.filter((line) => line.startsWith("uncaught"))).toEqual([]);
}

const sendDevTools = async (page: Page, method: string, params: object) => {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send(
    method as "Storage.clearDataForOrigin",
    params as { origin: string; storageTypes: string },
  );
};

/** What a page may find in place of `indexedDB`. */
const BROKEN: { [what: string]: { script: () => void; says: RegExp } } = {
  "there is no IndexedDB": {
    script: () => {
      delete (globalThis as { indexedDB?: IDBFactory }).indexedDB;
      if ("indexedDB" in globalThis) throw new Error("it is still there");
    },
    says: /IndexedDB|no storage|missing/i,
  },
  "opening throws": {
    script: () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      };
    },
    says: /does not let this page use it/,
  },
  "opening fails, as in some private modes": {
    script: () => {
      const { open } = IDBFactory.prototype;
      // The request ends with an error.
      IDBFactory.prototype.open = function () {
        const request = open.call(this, "other", 2);
        request.addEventListener("upgradeneeded", () => request.transaction?.abort());
        return request;
      };
    },
    says: /cannot be read/,
  },
};

for (const [what, { script, says }] of Object.entries(BROKEN)) {
  test(what, async ({ viewer, backend, page }) => {
    await page.addInitScript(script);
    await viewer.reload();
    await viewer.connect({ url: backend.url });
    await openOneRegion(viewer);
    expect((await told(viewer)).join()).toMatch(says);
    // What cannot be read is not reported to be empty.
    const { error } = await viewer.archive("list");
    expect(error).toMatchObject({ code: "storage-failed", message: expect.stringMatching(says) });
    await worksInMemory(viewer, backend);
    // The next page has a session id and nothing to restore.
    await viewer.reload();
    await viewer.connect({ url: backend.url });
    expect((await viewer.record()).offers).toEqual([]);
  });
}

test("opening never answers", async ({ viewer, backend, openTab }) => {
  // Another page holds the database and waits for it to be deleted: all others wait behind it.
  const holder = await openTab();
  await holder.page.evaluate(async (name) => {
    const request = indexedDB.open(name, 1);
    await new Promise((done) => (request.onsuccess = done));
    const deletion = indexedDB.deleteDatabase(name);
    await new Promise((done) => (deletion.onblocked = done));
  }, DATABASE);
  await viewer.connect({ url: backend.url });
  await openOneRegion(viewer);
  expect((await told(viewer)).join()).toMatch(/block|answer|time|wait|another/i);
  await worksInMemory(viewer, backend);
});

test("a newer version has made the database", async ({ viewer, backend, page }) => {
  const version = () =>
    page.evaluate(
      async (name) =>
        (await indexedDB.databases()).find((database) => database.name === name)?.version,
      DATABASE,
    );
  await page.evaluate(async (name) => {
    const request = indexedDB.open(name, 77);
    request.onupgradeneeded = () => request.result.createObjectStore("of the future");
    await new Promise((done) => (request.onsuccess = done));
    request.result.close();
  }, DATABASE);
  await viewer.connect({ url: backend.url });
  await openOneRegion(viewer);
  expect((await told(viewer)).join()).toMatch(/newer|version/i);
  await worksInMemory(viewer, backend);
  expect(await version()).toBe(77);
});

test("a newer version of the library in another tab", async ({ viewer, backend, openTab }) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.edit(moved(region, 40));
  const newer = await openTab();
  const opened = await newer.page.evaluate(async (name) => {
    const request = indexedDB.open(name, 78);
    return new Promise((done) => {
      request.onsuccess = () => done("opened");
      request.onerror = () => done(String(request.error));
    });
  }, DATABASE);
  expect(opened, "the older one lets it go").toBe("opened");
  expect((await told(viewer)).join()).toMatch(/newer|version|another tab/i);
  await worksInMemory(viewer, backend);
});

test("the quota is reached", async ({ viewer, backend, page, site }) => {
  const { origin } = site;
  await sendDevTools(page, "Storage.overrideQuotaForOrigin", { origin, quotaSize: 1_000_000 });
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await expect.poll(async () => (await storedKeys(page)).records).toHaveLength(3);
  expect((await viewer.record()).errors).toEqual([]);

  // Larger than all the free space: Chromium may accept small changes without checking for half a
  // minute.
  const large = region + 1;
  await page.evaluate(
    ([name, regionId]) => {
      const { lab } = window as unknown as {
        lab: { clients: Map<string, { client: { setRegion(...args: unknown[]): void } }> };
      };
      const controlPoints = Float32Array.from({ length: 600_000 }, (_, n) => n % 977);
      const polygon = { regionType: 6, controlPoints, rotation: 0 };
      lab.clients.get(name)?.client.setRegion(0, regionId, polygon);
    },
    [viewer.name, large] as const,
  );
  expect((await told(viewer)).join()).toMatch(/full/);
  const { errors } = await viewer.record();
  expect(errors.length, "reported, but not again and again").toBeLessThanOrEqual(2);
  // Once there is space again, everything is stored after all.
  await viewer.edit(["removeRegion", large]);
  await worksInMemory(viewer, backend);
  await viewer.editAndReload(moved(region, 39));
  const { report } = await comeBack(viewer, { url: backend.url });
  expect(xOf(report.state, region)).toBe(39);
});

test("the quota is reached from the start", async ({ viewer, backend, page, site }) => {
  await sendDevTools(page, "Storage.overrideQuotaForOrigin", { origin: site.origin, quotaSize: 1 });
  await viewer.connect({ url: backend.url });
  await openOneRegion(viewer);
  await told(viewer);
  await worksInMemory(viewer, backend);
});

test("the user clears the site's data while it is open", async ({
  viewer,
  backend,
  page,
  site,
}) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await sendDevTools(page, "Storage.clearDataForOrigin", {
    origin: site.origin,
    storageTypes: "indexeddb",
  });
  await viewer.edit(moved(region, 38));
  expect((await told(viewer)).join()).toMatch(/clear|gone|removed|deleted|closed/i);
  await worksInMemory(viewer, backend);
  // Everything has been written again, and the next page finds it.
  await viewer.editAndReload(moved(region, 37));
  const { offer, report } = await comeBack(viewer, { url: backend.url });
  expect(offer.reason).toBe("page-reloaded");
  expect(xOf(report.state, region)).toBe(37);
});

for (const kind of ["flipped", "truncated", "empty", "text", "huge", "row", "fields"] as const) {
  test(`damaged records: ${kind}`, async ({ viewer, backend, page, openTab }) => {
    await viewer.connect({ url: backend.url });
    await openOneRegion(viewer);
    expect((await viewer.close()).error).toBeUndefined();
    expect(await damage(page, kind)).toBeGreaterThan(0);

    await viewer.reload();
    await viewer.connect({ url: backend.url });
    expect((await told(viewer)).join()).toMatch(/damage|unreadable|read/i);
    expect((await viewer.record()).offers).toEqual([]);
    expect(await viewer.archived()).toEqual([]);
    await worksInMemory(viewer, backend);
    // It is reported once; what has been done since is stored beside it.
    const region = (await viewer.state()).images[0]?.regions[0]?.regionId as number;
    await viewer.editAndReload(moved(region, 36));
    const { report } = await comeBack(viewer, { url: backend.url });
    expect(xOf(report.state, region)).toBe(36);
    expect((await viewer.record()).errors).toEqual([]);
    const next = await openTab();
    await next.connect({ url: backend.url });
    expect((await next.record()).offers).toEqual([]);
    await nothingThrown(next);
  });
}

test("nonsense that others have written to the database does no harm", async ({
  viewer,
  backend,
  page,
  openTab,
}) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.edit(moved(region, 35));
  await page.evaluate(async (name) => {
    const request = indexedDB.open(name);
    await new Promise((done) => (request.onsuccess = done));
    const transaction = request.result.transaction(["sessions", "records"], "readwrite");
    const nonsense = [5, "x", [], {}, new Date(), new Map([[1, 2]]), { state: "live", lease: {} }];
    for (const [n, value] of nonsense.entries()) {
      transaction.objectStore("sessions").put(value, `nonsense-${n}`);
      transaction.objectStore("sessions").put(value, n);
      transaction.objectStore("records").put(value, `nonsense-${n}/x`);
      transaction.objectStore("records").put(value, n);
    }
    await new Promise((done) => (transaction.oncomplete = done));
    request.result.close();
  }, DATABASE);
  await closeTab(viewer);
  const next = await openTab();
  const { offer, report } = await comeBack(next, { url: backend.url });
  expect(offer.reason).toBe("tab-closed");
  expect(xOf(report.state, region)).toBe(35);
  expect(await next.archived()).toEqual([]);
  await nothingThrown(next);
});

test("storage: memory touches no database", async ({ viewer, backend, page }) => {
  await viewer.connect({ url: backend.url, storage: "memory" });
  await openOneRegion(viewer);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
  expect(await viewer.archived()).toEqual([]);
  await viewer.reload();
  await viewer.connect({ url: backend.url, storage: "memory" });
  expect((await viewer.record()).offers).toEqual([]);
});
