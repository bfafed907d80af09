/** What is stored, what never is, and how it is removed. */
import {
  closeTab,
  comeBack,
  dump,
  moved,
  openOneRegion,
  storedKeys,
  xOf,
} from "../harness/durable.js";
import { expect, test } from "../harness/test.js";
import type { ViewerPage } from "../harness/viewer-page.js";

test.describe("with a token", () => {
  test.use({ backendOptions: { token: "secret-token" } });

  test("tokens, keys and queries are never stored", async ({ viewer, backend, page }) => {
    const secrets = { url: `${backend.url}&more=secret-query`, apiKey: "secret-key" };
    expect(secrets.url).toContain("?token=secret-token&");
    await viewer.connect(secrets);
    const region = await openOneRegion(viewer);
    await viewer.send("SET_CURSOR", { fileId: 0, point: { x: 1, y: 2 } });
    await viewer.editAndReload(moved(region, 80));
    const { report } = await comeBack(viewer, secrets);
    expect(xOf(report.state, region)).toBe(80);
    await viewer.reload();
    await viewer.connect({ ...secrets, confirm: "no" });
    expect(await viewer.archived()).toHaveLength(1);
    await openOneRegion(viewer);
    await viewer.close();
    // Browsers differ on whether a socket's address may have a fragment.
    const other = viewer.another("other");
    await other.begin({ ...secrets, url: `${secrets.url}#secret-hash` });
    await other.waitForPhase("active", "waiting", "failed");
    await other.close();

    const stored = await dump(page);
    expect(stored, "the dump sees what is stored").toContain("a.fits");
    expect(stored).toContain(`ws://localhost:${backend.port}/`);
    expect(stored).not.toContain("secret");
    expect(JSON.stringify(await page.context().storageState())).not.toContain("secret");
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });
});

/** Leaves a session of this user behind, and another in the archive. */
async function leaveWork(viewer: ViewerPage, options: { url: string; user: string }, x: number) {
  await viewer.connect(options);
  await openOneRegion(viewer);
  await viewer.reload();
  await viewer.connect({ ...options, confirm: "no" });
  expect(await viewer.archived()).toHaveLength(1);
  const region = await openOneRegion(viewer);
  await viewer.edit(moved(region, x));
}

test("users of one profile do not see each other's work", async ({ viewer, backend, openTab }) => {
  const { url } = backend;
  await leaveWork(viewer, { url, user: "a" }, 81);
  await closeTab(viewer);
  for (const user of ["b", "", "A", "a "]) {
    const tab = await openTab();
    await tab.connect({ url, user });
    expect((await tab.record()).offers, `user ${JSON.stringify(user)}`).toEqual([]);
    expect(await tab.archived()).toEqual([]);
    await closeTab(tab);
  }
  const tab = await openTab();
  const { offer, report } = await comeBack(tab, { url, user: "a" });
  expect(offer.reason).toBe("tab-closed");
  expect(report.state?.images[0]?.regions[0]?.controlPoints[0]?.x).toBe(81);
  expect(await tab.archived()).toHaveLength(1);
});

test("backends do not share what is stored, and a path is a backend of its own", async ({
  viewer,
  backend,
  openTab,
}) => {
  await viewer.connect({ url: backend.url });
  await openOneRegion(viewer);
  await expect.poll(async () => (await storedKeys(viewer.page)).sessions).toHaveLength(1);
  await closeTab(viewer);
  const other = await openTab();
  await other.connect({ url: `${backend.url}other` });
  expect((await other.record()).offers).toEqual([]);
  const same = await openTab();
  const offer = await same.connectAndBeAsked({ url: `${backend.url}?new=query` });
  expect(offer.reason).toBe("tab-closed");
});

test("forget leaves nothing of this backend and user, and everything of others", async ({
  viewer,
  backend,
  openTab,
}) => {
  const { url } = backend;
  const other = await openTab();
  await leaveWork(other, { url, user: "other" }, 83);
  const mine = { url, user: "unforgettable" };
  await leaveWork(viewer, mine, 82);
  const { page } = viewer;
  await expect.poll(async () => (await storedKeys(page)).sessions).toHaveLength(4);
  expect(await dump(page)).toContain("unforgettable");

  expect(await viewer.close({ forget: true })).toEqual({ value: undefined });
  expect(await dump(page)).not.toContain("unforgettable");
  const { sessions, records } = await storedKeys(page);
  expect(sessions).toHaveLength(2);
  expect(records.every((key) => sessions.some((session) => key.startsWith(`${session}/`)))).toBe(
    true,
  );
  expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);

  await viewer.reload();
  await viewer.connect(mine);
  expect((await viewer.record()).offers).toEqual([]);
  expect((await viewer.status()).sessionType).toBe("new");
  expect(await viewer.archived()).toEqual([]);

  // The other one continues as if nothing had happened.
  expect((await other.status()).phase).toBe("active");
  expect(await other.archived()).toHaveLength(1);
  const region = (await other.state()).images[0]?.regions[0]?.regionId as number;
  await other.editAndReload(moved(region, 84));
  const { report } = await comeBack(other, { url, user: "other" });
  expect(xOf(report.state, region)).toBe(84);
});

test("close() keeps what is stored, for the next page of this tab", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.edit(moved(region, 85));
  expect(await viewer.close()).toEqual({ value: undefined });
  expect(await viewer.close({ forget: false })).toEqual({ value: undefined });
  await viewer.reload();
  const { offer, report } = await comeBack(viewer, { url: backend.url });
  expect(offer.reason).toBe("page-reloaded");
  expect(xOf(report.state, region)).toBe(85);
});

test("forget works before the first connection", async ({ viewer, backend, page }) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.editAndReload(moved(region, 85));
  await viewer.make({ url: backend.url });
  expect(await viewer.archive("deleteAll")).toMatchObject({ error: { code: "not-active" } });
  await viewer.close({ forget: true });
  expect(await storedKeys(page)).toEqual({ sessions: [], records: [] });
  expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
  await viewer.reload();
  await viewer.connect({ url: backend.url });
  expect((await viewer.record()).offers).toEqual([]);
});
