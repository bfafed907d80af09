/**
 * Pictures of the demo page for people to look at, in `test-results`. SCREENSHOT_ROOT names a
 * folder of FITS images that are worth looking at.
 */
import { DemoPage } from "../harness/demo-page.js";
import { inRoot } from "../harness/paths.js";
import { expect, test } from "../harness/test.js";

const root = process.env["SCREENSHOT_ROOT"];
test.use({ backendOptions: { page: inRoot("www/dist"), ...(root ? { root } : {}) } });

const VIEWS = [
  { name: "light", width: 1280, height: 800, colorScheme: "light" },
  { name: "dark", width: 1280, height: 800, colorScheme: "dark" },
  { name: "narrow", width: 360, height: 740, colorScheme: "light" },
] as const;

for (const { name, width, height, colorScheme } of VIEWS) {
  test(`the page at ${width} pixels, ${colorScheme}`, async ({ page, backend }, testInfo) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const demo = await new DemoPage(page).open(backend.origin);
    await demo.waitUntilActive();
    const files = page.locator("#file-list button.file");
    await expect(files.first()).toBeVisible();
    // A page that was reloaded has them a little later.
    const names = (await files.allInnerTexts()).map((name) => name.trim());
    await demo.openFile(names[0]!);
    await demo.drawPolygon([
      [0.34, 0.2],
      [0.45, 0.22],
      [0.43, 0.42],
      [0.36, 0.44],
    ]);
    await demo.draw("Rectangle", [0.55, 0.6], [0.7, 0.8]);
    await demo.draw("Ellipse", [0.4, 0.4], [0.62, 0.62]);
    await demo.waitForStatistics();
    await demo.settled();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const shot = (what: string) => testInfo.outputPath(`${name}-${what}.png`);
    await page.screenshot({ path: shot("page"), fullPage: true });

    await page.getByRole("button", { name: "Restart", exact: true }).click();
    await expect(demo.dialog).toBeVisible();
    await page.screenshot({ path: shot("question") });
    await page.getByRole("button", { name: "Restore" }).click();
    await expect(page.locator("#notice")).toBeVisible();
    await page.screenshot({ path: shot("restored") });

    // The archive: what was declined after a reload, twice.
    await page.reload();
    await expect(demo.dialog).toBeVisible();
    await page.screenshot({ path: shot("reloaded") });
    await demo.startEmpty();
    for (const name of names) {
      await demo.openFile(name);
      await demo.draw("Ellipse", [0.4, 0.4], [0.6, 0.6]);
    }
    await demo.settled();
    await page.reload();
    await demo.startEmpty();
    await expect(demo.archived).toHaveCount(2);
    await demo.openFile(names.at(-1)!);
    const archive = page.locator("section.archive");
    await archive.scrollIntoViewIfNeeded();
    await page.screenshot({ path: shot("archive") });
    const restore = demo.archived.last().getByRole("button", { name: "Restore" });
    await restore.click();
    await expect(demo.dialog).toBeVisible();
    await page.screenshot({ path: shot("archive-question") });
    await demo.dialog.getByRole("button", { name: "Not now" }).click();
    await demo.archived.last().getByRole("button", { name: "Delete" }).click();
    await expect(demo.said).not.toBeEmpty();
    await page.locator("#archive-delete-all").click();
    await page.screenshot({ path: shot("delete-all") });
    await demo.dialog.getByRole("button", { name: "Delete all" }).click();
    await expect(page.locator("#archive-none")).toBeVisible();
    await page.screenshot({ path: shot("archive-empty") });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);

    await backend.kill();
    await expect(demo.status).toHaveAttribute("data-phase", "waiting");
    await page.screenshot({ path: shot("away") });
  });
}
