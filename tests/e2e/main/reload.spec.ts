/** A reloaded page gets its workspace back, up to the last edit. */
import { comeBack, expectNoTrouble, moved, openOneRegion, xOf } from "../harness/durable.js";
import { buildWorkspace, truth } from "../harness/steps.js";
import { expect, test } from "../harness/test.js";

test("a reload brings everything back, and no file is opened twice", async ({
  viewer,
  backend,
}) => {
  await viewer.connect({ url: backend.url });
  const { regions } = await buildWorkspace(viewer);
  await viewer.send("SET_CURSOR", { fileId: 0, point: { x: 5, y: 7 } });
  const before = { truth: await truth(backend, viewer), state: await viewer.state() };
  const { openFileAcks } = await viewer.record();
  const { sessionId } = await viewer.status();
  const opened = viewer.recorder.sent("OPEN_FILE").length;
  expect(opened).toBe(2);
  const streamed = viewer.recorder.received("REGION_STATS_DATA").length;
  const saved = Date.now();

  await viewer.reload();
  const { offer, report } = await comeBack(viewer, { url: backend.url });
  expect(offer).toMatchObject({
    reason: "page-reloaded",
    sessionId,
    images: [
      { fileId: 0, file: "a.fits", channel: 3, regionCount: 2, hasContours: false },
      { fileId: 1, file: "b.fits", channel: 0, regionCount: 1, hasContours: true },
    ],
    catalogs: [],
    hasView: false,
    cannotRestore: [],
  });
  expect(Math.abs(offer.savedAt - saved)).toBeLessThan(10_000);
  expect(report).toMatchObject({
    reason: "page-reloaded",
    success: true,
    message: "",
    images: [0, 1],
    failedImages: [],
    failedRegions: [],
  });
  expect(report.state).toEqual(before.state);
  expect(await viewer.state()).toEqual(before.state);
  expect(report.state?.images.flatMap((image) => image.regions.map((r) => r.regionId))).toEqual(
    regions,
  );
  expect(openFileAcks.every((ack) => ack.length > 100)).toBe(true);
  expect(report.state?.images.map((image) => image.openFileAck)).toEqual(openFileAcks);
  expect(viewer.recorder.sent("OPEN_FILE")).toHaveLength(opened);
  expect(await truth(backend, viewer)).toEqual(before.truth);
  // The streams that open windows need flow again.
  await viewer.recorder.waitForReceived("REGION_STATS_DATA", streamed + 1);
  await expectNoTrouble(viewer);
});

test("a new page may say at once that it wants it", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.edit(moved(region, 33));
  await viewer.reload();
  await viewer.connect({ url: backend.url, confirm: "yes" });
  const { offers, reports } = await viewer.record();
  expect(offers).toMatchObject([{ reason: "page-reloaded" }]);
  expect(xOf(reports[0]?.state, region)).toBe(33);
});

test("an open question is asked again by the next page", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.edit(moved(region, 12));
  for (let n = 0; n < 3; n += 1) {
    await viewer.reload();
    const offer = await viewer.connectAndBeAsked({ url: backend.url });
    expect(offer).toMatchObject({ reason: "page-reloaded", images: [{ regionCount: 1 }] });
  }
  await viewer.answer(true);
  const { reports } = await viewer.waitForRecord("reports");
  expect(xOf(reports[0]?.state, region)).toBe(12);
});

test("edits while the backend is away survive a reload", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await backend.kill();
  await viewer.waitForPhase("waiting", "connecting");
  await viewer.editAndReload(moved(region, 44), ["setChannel", 0, 5, 0]);
  await backend.start();
  const { offer, report } = await comeBack(viewer, { url: backend.url });
  expect(offer).toMatchObject({ reason: "page-reloaded", images: [{ channel: 5 }] });
  expect(xOf(report.state, region)).toBe(44);
  const { regions } = await truth(backend, viewer);
  expect(regions).toMatchObject([
    { regionId: region, controlPoints: [[44, 20], expect.anything()] },
  ]);
});

test("a client that is closed while it looks for its work leaves it to the next", async ({
  viewer,
  backend,
}) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.editAndReload(moved(region, 52));
  // As frameworks do, which mount, unmount and mount again.
  await viewer.page.evaluate((url) => {
    const { lab } = window as unknown as {
      lab: {
        ResumeClient: new (options: object) => { connect(): Promise<void>; close(): Promise<void> };
      };
    };
    for (let round = 0; round < 3; round++) {
      const client = new lab.ResumeClient({ url, confirmResume: () => true });
      client.connect().catch(() => {});
      void client.close();
    }
  }, backend.url);
  const { offer, report } = await comeBack(viewer, { url: backend.url });
  expect(offer.reason).toBe("page-reloaded");
  expect(xOf(report.state, region)).toBe(52);
});

test("a page with nothing open is not asked after a reload", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  await openOneRegion(viewer);
  await viewer.send("CLOSE_FILE", { fileId: -1 });
  const { sessionId } = await viewer.status();
  await viewer.reload();
  await viewer.connect({ url: backend.url });
  expect((await viewer.record()).offers).toEqual([]);
  expect((await viewer.status()).sessionId).toBe(sessionId);
});
