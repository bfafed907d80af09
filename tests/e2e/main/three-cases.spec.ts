/** The three cases that the CARTA interface names, end to end. */
import { expect, test } from "../harness/test.js";
import { buildWorkspace, resume, truth } from "../harness/steps.js";

test("the backend crashes and is started again", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  const { regions } = await buildWorkspace(viewer);
  const before = await truth(backend, viewer);
  const { sessionId } = await viewer.status();

  await backend.crashAndRestart();
  await viewer.waitForPhase("confirming");
  const [offer] = (await viewer.record()).offers;
  expect(offer).toMatchObject({
    reason: "connection-lost",
    sessionId,
    sessionType: "resumed",
    images: [
      { fileId: 0, file: "a.fits", channel: 3, regionCount: 2, hasContours: false },
      { fileId: 1, file: "b.fits", channel: 0, regionCount: 1, hasContours: true },
    ],
    hasView: false,
    cannotRestore: [],
  });
  await resume(viewer);

  const [register] = viewer.recorder.sent("REGISTER_VIEWER").slice(-1);
  expect(register?.message).toMatchObject({ sessionId });
  const [frame, ...more] = viewer.recorder.sent("RESUME_SESSION");
  expect(more).toEqual([]);
  const images = frame?.message?.["images"] as { fileId: number; regions: object }[];
  expect(images.map(({ fileId }) => fileId)).toEqual([0, 1]);
  expect(images.flatMap((image) => Object.keys(image.regions)).map(Number)).toEqual(regions);
  expect(await truth(backend, viewer)).toEqual(before);
  expect((await viewer.record()).reports).toMatchObject([
    { success: true, message: "", images: [0, 1], failedImages: [], failedRegions: [] },
  ]);
});

test("the network drops, and the backend forgets the session", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  await buildWorkspace(viewer);
  const before = await truth(backend, viewer);

  await backend.control("drop");
  await viewer.waitForPhase("confirming");
  expect(await truth(backend, viewer)).not.toEqual(before);
  await resume(viewer);
  expect(await truth(backend, viewer)).toEqual(before);
});

test.describe("a backend that keeps sessions", () => {
  test.use({ backendOptions: { sessionGrace: 60 } });

  test("the network drops, and the session is taken over", async ({ viewer, backend }) => {
    await viewer.connect({ url: backend.url });
    await buildWorkspace(viewer);
    const before = await truth(backend, viewer);

    await backend.control("drop");
    await viewer.waitForPhase("confirming");
    expect((await viewer.status()).sessionType).toBe("resumed");
    expect(await truth(backend, viewer)).toEqual(before);
    await resume(viewer);
    expect(await truth(backend, viewer)).toEqual(before);
  });

  test("no empties what the backend kept", async ({ viewer, backend }) => {
    await viewer.connect({ url: backend.url });
    const empty = await truth(backend, viewer);
    await buildWorkspace(viewer);

    await backend.control("drop");
    await viewer.waitForPhase("confirming");
    await viewer.answer(false);
    await viewer.waitForPhase("active");
    await expect.poll(() => truth(backend, viewer)).toEqual(empty);
    expect(viewer.recorder.sent("RESUME_SESSION")).toEqual([]);
  });
});

test("a page without a session id gets a new session and no question", async ({
  viewer,
  backend,
}) => {
  await viewer.connect({ url: backend.url });
  const [register] = viewer.recorder.sent("REGISTER_VIEWER");
  expect(register?.message).toMatchObject({ sessionId: 0, clientFeatureFlags: 5 });
  const status = await viewer.status();
  expect(status).toMatchObject({ phase: "active", sessionType: "new", error: null });
  expect(status.sessionId).toBeGreaterThan(0);
  expect((await viewer.record()).offers).toEqual([]);
  expect(viewer.recorder.sent("RESUME_SESSION")).toEqual([]);
});

test("a drop without anything open needs no question", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  const { sessionId } = await viewer.status();
  await backend.control("drop");
  await viewer.recorder.waitForSent("REGISTER_VIEWER", 2);
  await viewer.waitForPhase("active");
  expect((await viewer.status()).sessionId).toBe(sessionId);
  expect((await viewer.record()).offers).toEqual([]);
});
