/** Archived workspaces: what is kept, and how it comes back. */
import type { Backend } from "../harness/backend.js";
import { comeBack, moved, openOneRegion, xOf } from "../harness/durable.js";
import { addRegion, openImage, rectangle, truth } from "../harness/steps.js";
import { expect, test } from "../harness/test.js";
import type { ViewerPage } from "../harness/viewer-page.js";

/** Builds a workspace whose region is at x, reloads, and says no. */
async function decline(viewer: ViewerPage, backend: Backend, x: number, options: object = {}) {
  await viewer.connect({ url: backend.url, ...options });
  const region = await openOneRegion(viewer);
  await viewer.editAndReload(moved(region, x));
  await viewer.connectAndBeAsked({ url: backend.url, ...options });
  await viewer.answer(false);
  await viewer.waitForPhase("active");
  expect((await viewer.state()).images).toEqual([]);
}

/** Asks for a workspace from the archive and answers; returns the outcome of `restore`. */
async function restore(viewer: ViewerPage, id: string, answer: boolean) {
  const { offers } = await viewer.record();
  const outcome = viewer.archive<boolean>("restore", id);
  const asked = await viewer.waitForRecord("offers", offers.length + 1);
  await viewer.answer(answer);
  return { offer: asked.offers.at(-1), ...(await outcome) };
}

test("what was declined is kept, and can be restored", async ({ viewer, backend }) => {
  const before = Date.now();
  await decline(viewer, backend, 60);
  expect((await truth(backend, viewer)).images).toEqual([]);
  const [entry, ...more] = await viewer.archived();
  expect(more).toEqual([]);
  expect(entry).toMatchObject({
    why: "declined",
    images: [{ fileId: 0, file: "a.fits", channel: 0, regionCount: 1, hasContours: false }],
    catalogs: [],
  });
  expect(entry?.archivedAt).toBeGreaterThanOrEqual(before);
  expect(entry?.savedAt).toBeGreaterThanOrEqual(before);
  expect(entry?.bytes).toBeGreaterThan(100);

  const id = entry?.id ?? "";
  const opened = viewer.recorder.sent("OPEN_FILE").length;
  const { offer, value } = await restore(viewer, id, true);
  expect(offer).toMatchObject({ reason: "archive", images: [{ regionCount: 1 }] });
  expect(value).toBe(true);
  const { reports } = await viewer.waitForRecord("reports");
  expect(reports.at(-1)).toMatchObject({ reason: "archive", success: true, images: [0] });
  const state = await viewer.state();
  expect(reports.at(-1)?.state).toEqual(state);
  const region = state.images[0]?.regions[0]?.regionId as number;
  expect(xOf(state, region)).toBe(60);
  expect(state.images[0]?.openFileAck).not.toBeNull();
  expect(viewer.recorder.sent("OPEN_FILE")).toHaveLength(opened);
  expect(await truth(backend, viewer)).toMatchObject({
    images: [{ file: "a.fits" }],
    regions: [{ regionId: region, controlPoints: [[60, 20], expect.anything()] }],
  });
  // Once restored, it is the workspace of this tab and no longer in the archive.
  expect(await viewer.archived()).toEqual([]);
  await viewer.editAndReload(moved(region, 61));
  const back = await comeBack(viewer, { url: backend.url });
  expect(back.offer.reason).toBe("page-reloaded");
  expect(xOf(back.report.state, region)).toBe(61);
});

test("a no leaves it where it is, and what is open stays open", async ({ viewer, backend }) => {
  await decline(viewer, backend, 62);
  await openImage(viewer, "b.fits", 3);
  const before = await truth(backend, viewer);
  const [entry] = await viewer.archived();
  const { value } = await restore(viewer, entry?.id ?? "", false);
  expect(value).toBe(false);
  expect(await viewer.archived()).toEqual([entry]);
  expect((await viewer.state()).images).toMatchObject([{ fileId: 3 }]);
  expect(await truth(backend, viewer)).toEqual(before);
  expect((await viewer.status()).phase).toBe("active");
});

test("what is open goes to the archive when another takes its place", async ({
  viewer,
  backend,
}) => {
  await decline(viewer, backend, 63);
  await openImage(viewer, "b.fits", 3);
  await addRegion(viewer, 3, rectangle(9, 9, 3, 3));
  const [declined] = await viewer.archived();
  expect((await restore(viewer, declined?.id ?? "", true)).value).toBe(true);
  const [superseded, ...more] = await viewer.archived();
  expect(more).toEqual([]);
  expect(superseded).toMatchObject({
    why: "superseded",
    images: [{ fileId: 3, file: "b.fits", regionCount: 1 }],
  });
  // And back again.
  expect((await restore(viewer, superseded?.id ?? "", true)).value).toBe(true);
  expect((await viewer.state()).images).toMatchObject([{ fileId: 3, file: "b.fits" }]);
  expect(await truth(backend, viewer)).toMatchObject({ images: [{ file: "b.fits" }] });
  expect(await viewer.archived()).toMatchObject([
    { why: "superseded", images: [{ fileId: 0, file: "a.fits", regionCount: 1 }] },
  ]);
});

test("a yes to a part keeps the whole", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  await openImage(viewer, "a.fits", 0);
  await openImage(viewer, "b.fits", 1);
  await viewer.reload();
  await viewer.connectAndBeAsked({ url: backend.url });
  await viewer.answer({ images: [1] });
  await viewer.waitForPhase("active");
  expect((await viewer.state()).images).toMatchObject([{ fileId: 1 }]);
  await expect
    .poll(() => viewer.archived())
    .toMatchObject([{ why: "declined", images: [{ fileId: 0 }, { fileId: 1 }] }]);
});

test("the archive is bounded: the oldest leaves first", async ({ viewer, backend }) => {
  const archive = { maxCount: 2 };
  for (const x of [70, 71, 72]) {
    await decline(viewer, backend, x, { archive });
    await viewer.close();
    await viewer.reload();
  }
  await viewer.connect({ url: backend.url, archive });
  const entries = await viewer.archived();
  expect(entries.map(({ why }) => why)).toEqual(["declined", "declined"]);
  expect(entries[0]?.archivedAt).toBeGreaterThanOrEqual(entries[1]?.archivedAt ?? Infinity);
  const found: (number | undefined)[] = [];
  for (const { id } of entries) {
    expect((await restore(viewer, id, true)).value).toBe(true);
    const state = await viewer.state();
    found.push(xOf(state, state.images[0]?.regions[0]?.regionId as number));
  }
  expect(found).toEqual([72, 71]);
});

test("bounds of bytes and of age", async ({ viewer, backend }) => {
  for (const archive of [{ maxBytes: 10 }, { maxAgeMs: 0 }]) {
    await decline(viewer, backend, 73);
    expect(await viewer.archived()).toHaveLength(1);
    await viewer.close();
    await viewer.reload();
    await viewer.connect({ url: backend.url, archive });
    await expect.poll(() => viewer.archived()).toEqual([]);
    await viewer.close();
    await viewer.reload();
  }
});

test("deleting one, and all", async ({ viewer, backend }) => {
  for (const x of [74, 75, 76]) {
    await decline(viewer, backend, x);
    await viewer.close();
    await viewer.reload();
  }
  await viewer.connect({ url: backend.url });
  const entries = await viewer.archived();
  expect(entries).toHaveLength(3);
  const [first, second, third] = entries.map(({ id }) => id) as [string, string, string];
  expect(await viewer.archive("delete", second)).toEqual({ value: undefined });
  expect((await viewer.archived()).map(({ id }) => id)).toEqual([first, third]);
  for (const method of ["delete", "restore"]) {
    for (const id of [second, "", "no such id", "../x", "__proto__"]) {
      expect((await viewer.archive(method, id)).error?.code).toBe("unknown-workspace");
    }
  }
  expect(await viewer.archive("deleteAll")).toEqual({ value: undefined });
  expect(await viewer.archived()).toEqual([]);
  expect((await viewer.archive("restore", first)).error?.code).toBe("unknown-workspace");
  expect(await viewer.uncaught()).toEqual([]);
});

test("restoring needs a connection", async ({ viewer, backend }) => {
  await decline(viewer, backend, 77);
  const [entry] = await viewer.archived();
  await backend.kill();
  await viewer.waitForPhase("waiting", "connecting");
  expect((await viewer.archive("restore", entry?.id)).error).toMatchObject({
    isResumeError: true,
    code: "not-active",
  });
  expect(await viewer.archived()).toEqual([entry]);
  await viewer.close();
  expect((await viewer.archive("restore", entry?.id)).error?.code).toBe("closed");
});

test("a connection that is lost while it asks", async ({ viewer, backend }) => {
  await decline(viewer, backend, 78);
  const [entry] = await viewer.archived();
  const outcome = viewer.archive<boolean>("restore", entry?.id);
  await viewer.waitForRecord("offers", 2);
  const registered = viewer.recorder.sent("REGISTER_VIEWER").length;
  await backend.control("drop");
  await viewer.recorder.waitForSent("REGISTER_VIEWER", registered + 1);
  // Either the question stays or it is withdrawn: the workspace is never lost.
  const { phase } = await viewer.status();
  if (phase === "confirming") await viewer.answer(true);
  const { value, error } = await outcome;
  if (error !== undefined) {
    expect(error.code).toBe("connection-lost");
    expect(await viewer.archived()).toEqual([entry]);
  } else {
    expect(value).toBe(true);
    expect((await viewer.state()).images).toMatchObject([{ fileId: 0 }]);
  }
  await viewer.waitForPhase("active");
});
