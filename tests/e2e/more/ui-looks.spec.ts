/** How the ready question looks. */
import { accessibility, leastContrast } from "../harness/ui/accessibility.js";
import { image, offerOf } from "../harness/ui/ui-page.js";
import { expect, test } from "../harness/ui/ui-test.js";

const MANY = Array.from({ length: 30 }, (_, fileId) =>
  image(fileId, `field-${fileId}_with_a_rather_long_name.image.pbcor.fits`, {
    regionCount: fileId,
  }),
);
const LOOKS = [
  { name: "light", width: 1000, height: 700, media: { colorScheme: "light" } },
  { name: "dark", width: 1000, height: 700, media: { colorScheme: "dark" } },
  { name: "narrow", width: 320, height: 640, media: { colorScheme: "light" } },
  { name: "zoomed", width: 320, height: 256, media: { colorScheme: "dark" } },
  { name: "forced", width: 1000, height: 700, media: { forcedColors: "active" } },
  { name: "still", width: 600, height: 700, media: { reducedMotion: "reduce" } },
] as const;

for (const { name, width, height, media } of LOOKS) {
  test(`it fits and is accessible: ${name}`, async ({ ui, page }, testInfo) => {
    await page.emulateMedia(media);
    await page.setViewportSize({ width, height });
    const lost = {
      fileId: 1000,
      name: "12CO.moment0",
      why: "It exists only in the backend's memory.",
    };
    const offers = [
      {
        what: "plain",
        parts: false,
        offer: offerOf({ cannotRestore: [lost], backendMessage: "Ok" }),
      },
      { what: "parts", parts: true, offer: offerOf({ reason: "page-reloaded", images: MANY }) },
      { what: "long", parts: false, offer: offerOf({ reason: "tab-closed", images: MANY }) },
    ] as const;
    for (const { what, parts, offer } of offers) {
      const number = await ui.ask(offer, { parts });
      await expect(ui.dialog).toBeVisible();
      await page.screenshot({ path: testInfo.outputPath(`${name}-${what}.png`) });
      const { problems, kept } = await accessibility(page, "carta-resume-question");
      expect(problems).toEqual([]);
      expect(kept).toEqual(expect.arrayContaining(["button-name", "aria-required-children"]));
      expect((await leastContrast(ui.dialog)).ratio).toBeGreaterThanOrEqual(4.5);

      const box = await ui.dialog.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
      for (const button of await ui.dialog.getByRole("button").all()) {
        await button.focus();
        await expect(button).toBeInViewport({ ratio: 1 });
      }
      await ui.withdraw(number, "next");
    }
  });
}

test("it is dark in a dark page, whatever the system says", async ({ ui, page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  const background = () =>
    ui.dialog.evaluate((element) => getComputedStyle(element).backgroundColor);
  await ui.ask(offerOf());
  expect(await background()).toBe("rgb(255, 255, 255)");
  await page.evaluate(() => (document.documentElement.style.colorScheme = "dark"));
  await expect.poll(background).toBe("rgb(24, 31, 39)");
});
