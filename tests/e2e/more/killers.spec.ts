/** A backend that dies of the same thing each time, and what is closed before it can do harm. */
import { DemoPage } from "../harness/demo-page.js";
import { inRoot } from "../harness/paths.js";
import { buildWorkspace, openImage, resume, truth } from "../harness/steps.js";
import { expect, test } from "../harness/test.js";

const TWICE =
  "was being opened when the backend went away, twice. That may be the cause, so it is not tried again unless you ask for it.";

for (const plain of [undefined, "install"]) {
  test(`a file that kills is opened twice and refused by name, ${plain ?? "client"}`, async ({
    viewer,
    backend,
  }) => {
    await viewer.connect({ url: backend.url, confirm: "yes", ...(plain && { plain }) });
    await openImage(viewer, "a.fits", 0);
    await backend.control("die-of?type=OPEN_FILE&text=b.fits&ms=50");
    const bad = { directory: "", file: "b.fits", fileId: 1 };
    const answer = await viewer.request("OPEN_FILE", bad);
    if (plain) {
      expect(answer).toMatchObject({ message: { success: false, message: `b.fits ${TWICE}` } });
    } else {
      expect(answer.error).toMatchObject({ code: "lost-twice", message: `b.fits ${TWICE}` });
    }
    await viewer.waitForPhase("active");
    const opens = viewer.recorder
      .sent("OPEN_FILE")
      .filter(({ message }) => message?.["fileId"] === 1);
    expect(opens.map(({ socket }) => socket)).toEqual([0, 1]);
    expect(viewer.recorder.sent("RESUME_SESSION").map(({ socket }) => socket)).toEqual([1, 2]);
    // The rest of the work stays usable.
    expect((await truth(backend, viewer)).images).toMatchObject([{ fileId: 0, file: "a.fits" }]);
    const list = await viewer.request("FILE_LIST_REQUEST", { directory: "$BASE" });
    expect(list).toMatchObject({ message: { success: true } });
    expect(viewer.recorder.sockets).toHaveLength(3);
  });
}

test("what a viewer sends by itself is answered too", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url, confirm: "yes" });
  await openImage(viewer, "a.fits", 0);
  await backend.control("die-of?type=OPEN_FILE&text=b.fits&ms=50");
  const sent = await viewer.send("OPEN_FILE", { directory: "", file: "b.fits", fileId: 1 });
  await viewer.waitForRecord("errors");
  const { frames, errors } = await viewer.record();
  expect(errors).toMatchObject([{ code: "lost-twice", frames: [{ requestId: sent }] }]);
  expect(frames.filter(({ requestId }) => requestId === sent)).toHaveLength(1);
});

test("what is closed while the question is open is not restored", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  const { regions } = await buildWorkspace(viewer);
  await backend.control("die-of?type=RESUME_SESSION&text=a.fits");
  await backend.control("restart");
  await viewer.waitForPhase("confirming");
  await viewer.send("CLOSE_FILE", { fileId: 0 });
  await resume(viewer);
  const state = await truth(backend, viewer);
  expect(state.images).toMatchObject([{ fileId: 1, file: "b.fits" }]);
  const [resumed, ...more] = viewer.recorder.sent("RESUME_SESSION");
  expect(more).toEqual([]);
  expect(resumed?.message).toMatchObject({ images: [{ fileId: 1 }] });
  expect(viewer.recorder.sent("CLOSE_FILE")).toEqual([]);
  const after = viewer.recorder.order(viewer.recorder.newest);
  expect(after.filter((type) => type === "SET_STATS_REQUIREMENTS")).toEqual([]);
  expect(regions.length).toBeGreaterThan(0);
});

test.describe("the demo page", () => {
  test.use({ backendOptions: { page: inRoot("www/dist") } });

  test("says which file it was, and leaves the others open", async ({ page, backend }) => {
    const demo = await new DemoPage(page).open(backend.origin);
    await demo.waitUntilActive();
    await demo.openFile("a.fits");
    await backend.control("die-of?type=OPEN_FILE&text=b.fits&ms=50");
    await page.getByRole("button", { name: "b.fits", exact: true }).click();
    await demo.restore("The connection was lost.");
    await expect(demo.dialog).toContainText(`b.fits It ${TWICE}`);
    await demo.restore("The connection was lost.");
    await expect(page.locator("body")).toContainText(`b.fits ${TWICE}`);
    await expect(page.getByRole("tab", { name: "a.fits" })).toBeVisible();
    await expect(page.getByRole("tab", { name: "b.fits" })).toHaveCount(0);
  });
});
