/** Work that is moved in a file, and work that is found under another address. */
import { readFile } from "node:fs/promises";
import { Backend } from "../harness/backend.js";
import { DemoPage } from "../harness/demo-page.js";
import { comeBack, moved, openOneRegion } from "../harness/durable.js";
import { inRoot } from "../harness/paths.js";
import { openImage } from "../harness/steps.js";
import { expect, test } from "../harness/test.js";

const DEMO = inRoot("www/dist");

test.describe("in the demo", () => {
  test.use({ backendOptions: { page: DEMO } });

  test("what one backend's user exports, another one's imports and restores", async ({
    browser,
    page,
    backend,
  }) => {
    const demo = await new DemoPage(page).open(backend.origin);
    await demo.waitUntilActive();
    await demo.openFile("a.fits");
    await demo.draw("Ellipse", [0.3, 0.3], [0.6, 0.6]);
    await demo.settled();
    const regions = await demo.regionTexts();
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export what is open" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^carta-work-\d{4}-\d\d-\d\d\.carta-resume$/);
    const file = await download.path();

    const elsewhere = await new Backend({ page: DEMO }).start();
    const context = await browser.newContext();
    try {
      const other = await new DemoPage(await context.newPage()).open(elsewhere.origin);
      await other.waitUntilActive();
      await other.page.locator("#archive-file").setInputFiles(file);
      await expect(other.said).toHaveText("Imported a.fits.");
      await expect(other.archived).toContainText("Imported from a file");
      await other.archived.getByRole("button", { name: "Restore a.fits" }).click();
      await other.restore("From the archive");
      await expect(other.page.getByRole("tab")).toHaveText(["a.fits"]);
      expect(await other.regionTexts()).toEqual(regions);
      await expect(other.archived).toHaveCount(0);

      // The same file again, and one that is not a workspace.
      await other.page.locator("#archive-file").setInputFiles(file);
      await expect(other.archived).toHaveCount(1);
      const wrong = { name: "a.carta-resume", mimeType: "", buffer: Buffer.from("SIMPLE = T") };
      await other.page.locator("#archive-file").setInputFiles(wrong);
      await expect(other.said).toContainText("This file is not an exported workspace.");
      await expect(other.archived).toHaveCount(1);
      expect(await readFile(file, "latin1")).not.toMatch(/session|token|127\.0\.0\.1/);
    } finally {
      await context.close();
      await elsewhere.kill();
    }
  });
});

test("what a tab has left is found under another port", async ({ viewer, backend, openTab }) => {
  await viewer.connect({ url: backend.url });
  const region = await openOneRegion(viewer);
  await viewer.editAndReload(moved(region, 64));
  await comeBack(viewer, { url: backend.url });
  const elsewhere = await new Backend().start();
  try {
    const tab = await openTab();
    await tab.connect({ url: elsewhere.url });
    expect(await tab.archived()).toMatchObject([{ why: "open" }]);
    await viewer.page.close();
    await expect
      .poll(() => tab.archived())
      .toMatchObject([{ why: "closed", images: [{ file: "a.fits", regionCount: 1 }] }]);
    const [entry] = await tab.archived();
    expect(entry?.address).toBe(`ws://localhost:${backend.port}/`);
    await openImage(tab, "b.fits", 3);
    const restoring = tab.archive<boolean>("restore", entry?.id ?? "");
    await tab.waitForRecord("offers", 1);
    await tab.answer(true);
    expect((await restoring).value).toBe(true);
    expect((await tab.state()).images).toMatchObject([{ file: "a.fits" }]);
  } finally {
    await elsewhere.kill();
  }
});
