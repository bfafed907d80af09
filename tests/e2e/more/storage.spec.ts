/** When the browser's storage fails, work goes on in memory, and the viewer is told. */
import { expect, test } from "../harness/test.js";
import { addRegion, openImage, rectangle, resume } from "../harness/steps.js";
import type { ViewerPage } from "../harness/viewer-page.js";

const codes = async (viewer: ViewerPage) => (await viewer.record()).errors.map(({ code }) => code);

async function survivesADrop(viewer: ViewerPage, drop: () => Promise<unknown>) {
  await openImage(viewer, "a.fits", 0);
  await addRegion(viewer, 0, rectangle(20, 20, 6, 6));
  await drop();
  await resume(viewer);
  expect((await viewer.state()).images).toHaveLength(1);
}

test("a full sessionStorage", async ({ viewer, backend, page }) => {
  const filled = await page.evaluate(() => {
    let bytes = 1024 * 1024;
    let text = "x".repeat(bytes);
    for (let n = 0; bytes >= 1; n += 1) {
      try {
        sessionStorage.setItem(`filler-${n}`, text);
      } catch {
        bytes = Math.floor(bytes / 2);
        text = "x".repeat(bytes);
      }
    }
    return Object.keys(sessionStorage).length;
  });
  expect(filled).toBeGreaterThan(1);
  await viewer.connect({ url: backend.url });
  expect(await codes(viewer)).toEqual(["storage-failed"]);
  await survivesADrop(viewer, () => backend.control("drop"));
});

test("a blocked sessionStorage", async ({ viewer, backend, page }) => {
  await page.evaluate(() => {
    Object.defineProperty(window, "sessionStorage", {
      get() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    });
  });
  await viewer.connect({ url: backend.url });
  expect(await codes(viewer)).toEqual(["storage-failed"]);
  await survivesADrop(viewer, () => backend.control("drop"));
});

for (const damaged of ["", "NaN", "-1", "4294967296", '{"id":5}', "5\u0000", "<b>5</b>"]) {
  test(`a damaged session id: ${JSON.stringify(damaged)}`, async ({ viewer, backend, page }) => {
    await viewer.connect({ url: backend.url });
    const { sessionId } = await viewer.status();
    await viewer.call("close");
    const found = await page.evaluate((damaged) => {
      const keys = Object.keys(sessionStorage).filter((key) => key.includes(":session:"));
      for (const key of keys) sessionStorage.setItem(key, damaged);
      return keys;
    }, damaged);
    // 127.0.0.1 and localhost are one.
    expect(found).toEqual([`carta-resume:session:ws://localhost:${backend.port}/`]);

    const next = viewer.another("next");
    await next.connect({ url: backend.url });
    expect(await codes(next)).toEqual(["storage-failed"]);
    const status = await next.status();
    expect(status.sessionType).toBe("new");
    expect(status.sessionId).not.toBe(sessionId);
    const kept = await page.evaluate((key) => sessionStorage.getItem(key), found[0] ?? "");
    expect(kept).toBe(String(status.sessionId));
  });
}
