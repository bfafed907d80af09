/** Nothing is restored without the user's yes. */
import { expect, test } from "../harness/test.js";
import {
  addRegion,
  buildWorkspace,
  openImage,
  rectangle,
  resume,
  truth,
} from "../harness/steps.js";

test("no RESUME_SESSION as long as nobody answers", async ({ viewer, backend, page }) => {
  await page.clock.install();
  await page.reload();
  await page.waitForFunction(() => "lab" in window);
  await viewer.connect({ url: backend.url });
  await buildWorkspace(viewer);
  await backend.control("drop");
  await viewer.waitForPhase("confirming");

  // An hour at lunch: the heartbeat's timers run, and the sockets are real.
  for (let minute = 0; minute < 60; minute++) await page.clock.runFor(60_000);
  await viewer.waitForPhase("confirming");
  expect(viewer.recorder.sent("RESUME_SESSION")).toEqual([]);
  expect((await viewer.record()).offers).toHaveLength(1);
  await resume(viewer);
});

test("no leaves an empty session and a working viewer", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  const empty = await truth(backend, viewer);
  await buildWorkspace(viewer);
  await backend.control("drop");
  await viewer.waitForPhase("confirming");
  await viewer.answer(false);
  await viewer.waitForPhase("active");

  expect(viewer.recorder.order(viewer.recorder.newest)).toEqual(["REGISTER_VIEWER", "CLOSE_FILE"]);
  expect(viewer.recorder.sent("CLOSE_FILE").at(-1)?.message).toEqual({ fileId: -1 });
  expect(await viewer.state()).toEqual({ images: [], catalogs: [] });
  await expect.poll(() => truth(backend, viewer)).toEqual(empty);

  await openImage(viewer, "b.fits", 7);
  expect(await addRegion(viewer, 7, rectangle(32, 32, 8, 8))).toBe(1);
  expect((await viewer.state()).images).toMatchObject([{ fileId: 7, file: "b.fits" }]);
});

test("part of it can be restored", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  await buildWorkspace(viewer);
  await backend.control("drop");
  await viewer.waitForPhase("confirming");
  await viewer.answer({ images: [1] });
  const { reports } = await viewer.waitForRecord("reports");
  expect(reports).toMatchObject([{ success: true, images: [1] }]);
  expect((await viewer.state()).images).toMatchObject([{ fileId: 1 }]);
  const [frame] = viewer.recorder.sent("RESUME_SESSION");
  expect(frame?.message).toMatchObject({ images: [{ fileId: 1, file: "b.fits" }] });
});

for (const confirm of ["throw", "nonsense"] as const) {
  test(`a callback that fails (${confirm}) loses nothing and is asked again`, async ({
    viewer,
    backend,
  }) => {
    await viewer.connect({ url: backend.url, confirm });
    await buildWorkspace(viewer);
    const before = await truth(backend, viewer);
    await backend.control("drop");
    const { errors } = await viewer.waitForRecord("errors");
    expect(errors.at(-1)).toMatchObject({ isResumeError: true, code: "confirm-failed" });
    await viewer.waitForPhase("confirming");
    expect(viewer.recorder.sent("RESUME_SESSION")).toEqual([]);

    expect(await viewer.call("retryNow")).toBeNull();
    await viewer.waitForRecord("offers", 2);
    await resume(viewer);
    expect(await truth(backend, viewer)).toEqual(before);
  });
}

test("what the backend cannot restore is reported and kept", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  await openImage(viewer, "a.fits", 0);
  // Stated by a call, but missing: like a file that was deleted while the backend was down.
  expect(
    await viewer.call("openImage", { fileId: 4, directory: "", file: "gone.fits" }),
  ).toBeNull();
  await backend.control("drop");
  await resume(viewer);
  const { reports } = await viewer.record();
  expect(reports).toMatchObject([{ success: false, images: [0], failedImages: [4] }]);
  expect((await viewer.state()).images).toMatchObject([{ fileId: 0 }, { fileId: 4 }]);
});
