/** Steps for the tests of what outlives a page. */
import type { Page } from "@playwright/test";
import { expect } from "./expect.js";
import { addRegion, openImage, rectangle } from "./steps.js";
import { ViewerPage } from "./viewer-page.js";
import type { Edit, Offer, PlainState, Report, Viewer } from "./viewer-page.js";

/** The browser's name for our database. */
export const DATABASE = "carta-resume";
/** The number of channels of `a.fits` and `b.fits`. */
export const CHANNELS = 8;

/** One image with one region, whose x shows which edit was the last. */
export async function openOneRegion(viewer: Viewer): Promise<number> {
  await openImage(viewer, "a.fits", 0);
  return addRegion(viewer, 0, rectangle(1, 20, 6, 6));
}

/** States by a call that the region is at x. */
export const moved = (regionId: number, x: number, fileId = 0): Edit => [
  "setRegion",
  fileId,
  regionId,
  rectangle(x, 20, 6, 6),
];

/** Where a region is. */
export function xOf(state: PlainState | null | undefined, regionId: number): number | undefined {
  const regions = state?.images.flatMap((image) => image.regions);
  return regions?.find((region) => region.regionId === regionId)?.controlPoints[0]?.x;
}

/** What a page was told, and what is stored, as far as it can be read. */
async function circumstances(viewer: Viewer): Promise<string> {
  const { statuses, errors } = await viewer.record();
  const told = { statuses, errors, uncaught: await viewer.uncaught() };
  const never = new Promise<string>((done) => setTimeout(done, 5_000, "cannot be read"));
  const stored = viewer instanceof ViewerPage ? dump(viewer.page) : "not looked at";
  return `The page was told: ${JSON.stringify(told)}\nStored: ${await Promise.race([stored, never])}`;
}

/** What a page that has just been loaded was asked, and what it got after a yes. */
export async function comeBack(
  viewer: Viewer,
  options: { url: string; [option: string]: unknown },
): Promise<{ offer: Offer; report: Report }> {
  const offer = await viewer.connectAndBeAsked(options).catch(async (error: Error) => {
    throw new Error(`${error.message}\n${await circumstances(viewer)}`);
  });
  await viewer.answer(true);
  const { reports } = await viewer.waitForRecord("reports");
  await viewer.waitForPhase("active");
  return { offer, report: reports[0] as Report };
}

/** Nothing went wrong, neither with a report nor without one. */
export async function expectNoTrouble(viewer: Viewer): Promise<void> {
  expect((await viewer.record()).errors).toEqual([]);
  expect(await viewer.uncaught()).toEqual([]);
}

/** Everything that the page's origin has stored, as one text; bytes as Latin-1. */
export function dump(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const latin1 = (bytes: Uint8Array) =>
      Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    const plain = (_: string, value: unknown) => {
      if (value instanceof ArrayBuffer) return latin1(new Uint8Array(value));
      if (!ArrayBuffer.isView(value)) return value;
      return latin1(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    };
    const found: unknown[] = [Object.entries(localStorage), Object.entries(sessionStorage)];
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const rows = database.transaction(store).objectStore(store);
        const [keys, values] = [done(rows.getAllKeys()), done(rows.getAll())];
        found.push({ name, store, keys: await keys, values: await values });
      }
      database.close();
    }
    return JSON.stringify(found, plain);
  });
}

/** What can be wrong with a record or a row. */
type Damage = "flipped" | "truncated" | "empty" | "text" | "huge" | "row" | "fields";

/** Damages all of them, by raw calls. Returns the number of damaged ones. */
export async function damage(page: Page, kind: Damage): Promise<number> {
  return page.evaluate(
    async ({ name, kind }) => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const database = await done(indexedDB.open(name));
      const table = kind === "row" || kind === "fields" ? "sessions" : "records";
      const store = database.transaction(table, "readwrite").objectStore(table);
      const keys = await done(store.getAllKeys());
      for (const key of keys) {
        const value: unknown = await done(store.get(key));
        const change: { [kind: string]: () => unknown } = {
          flipped: () => {
            const bytes = Uint8Array.from(value as Uint8Array);
            const middle = bytes.length >> 1;
            bytes[middle] = (bytes[middle] ?? 0) ^ 1;
            return bytes;
          },
          truncated: () => (value as Uint8Array).slice(0, -1),
          empty: () => new Uint8Array(),
          text: () => "<b>not bytes</b>",
          huge: () => new Uint8Array(8 * 1024 * 1024).fill(0xff),
          row: () => 5,
          fields: () => ({
            ...(value as object),
            sessionId: "-1",
            savedAt: Infinity,
            images: { length: 1e9 },
            lease: 7,
          }),
        };
        store.put(change[kind]!(), key);
      }
      await new Promise((complete) => (store.transaction.oncomplete = complete));
      database.close();
      return keys.length;
    },
    { name: DATABASE, kind },
  );
}

/** Keys of our database, by store. */
export function storedKeys(page: Page): Promise<{ sessions: string[]; records: string[] }> {
  return page.evaluate(async (name) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const keys = async (store: string) => {
      const request = database.transaction(store).objectStore(store).getAllKeys();
      await new Promise((done) => (request.onsuccess = done));
      return request.result as string[];
    };
    const found = { sessions: await keys("sessions"), records: await keys("records") };
    database.close();
    return found;
  }, DATABASE);
}

/**
 * Like a disk that does not answer: all others wait for the database as long as the page is open.
 */
export const holdDatabase = (page: Page): Promise<void> =>
  page.evaluate(async (name) => {
    const opening = indexedDB.open(name);
    await new Promise((done) => (opening.onsuccess = done));
    const { objectStoreNames } = opening.result;
    const transaction = opening.result.transaction([...objectStoreNames], "readwrite");
    const store = transaction.objectStore("records");
    // A transaction goes on for as long as requests are made in it.
    await new Promise<void>((begun) => {
      (function ask() {
        store.count().onsuccess = () => (begun(), ask());
      })();
    });
  }, DATABASE);

/** Waits until something of a session is on the disk. */
export async function stored(viewer: ViewerPage): Promise<void> {
  await expect.poll(async () => (await storedKeys(viewer.page)).sessions.length).toBeGreaterThan(0);
}

/** Closes the tab, as its close button does. */
export async function closeTab(viewer: ViewerPage): Promise<void> {
  await viewer.page.close({ runBeforeUnload: true });
  await expect.poll(() => viewer.page.isClosed()).toBe(true);
}
