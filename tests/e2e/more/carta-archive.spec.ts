/** The archive in a real viewer that does not know the package: work that is moved. */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Backend } from "../harness/backend.js";
import { Carta } from "../harness/carta.js";
import { equipped, expect, test as base } from "../harness/carta-equipped.js";
import { icdOf } from "../harness/carta-site.js";
import { withFolder } from "../harness/folder.js";
import { fixtures } from "../harness/paths.js";
import { RECTANGLE } from "../harness/steps.js";
import { openShadowRoots } from "../harness/ui/open-roots.js";

const test = base.extend<{ root: string }>({
  root: async ({}, use) =>
    withFolder(async (folder) => {
      await copyFile(join(fixtures, "a.fits"), join(folder, "a.fits"));
      for (const name of ["b.fits", "c.fits"])
        await copyFile(join(fixtures, "b.fits"), join(folder, name));
      await use(folder);
    }),
  backendOptions: async ({ cartaVersion, root }, use) => {
    await use({ icd: icdOf(cartaVersion), root });
  },
});

const line = (carta: Carta) => carta.page.getByRole("status");
const question = (carta: Carta, name: string) => carta.page.getByRole("dialog", { name });

/** The panel, as a user opens it when no question is open: by keyboard. */
async function savedWork(carta: Carta) {
  await carta.page.locator("carta-resume-status .entry").press("Enter");
  const panel = carta.page.getByRole("dialog", { name: "Saved work" });
  await expect(panel).toBeVisible();
  return panel;
}

/** What the viewer has, according to its own store, and what its backend has. */
async function open(carta: Carta) {
  const shown = [];
  for (const [at, { fileId, file }] of (await carta.images()).entries()) {
    const regions = await carta.regions(fileId);
    const channel = await carta.read<number>(`frames[${at}].channel`);
    shown.push({ file, channel, regions: regions.map(({ type, points }) => ({ type, points })) });
  }
  const { images, regions } = await carta.backend.session(carta.sessionId);
  const files = (images as { file: string; channel: number; contours?: unknown }[]).map(
    ({ file, channel, contours }) => ({ file, channel, hasContours: !!contours }),
  );
  const points = (regions as { controlPoints: unknown }[]).map((region) => region.controlPoints);
  return { shown, files, points };
}

async function another(page: Page, carta: Carta, backend: Backend): Promise<Carta> {
  await openShadowRoots(page);
  return new Carta(page, backend, carta.site).open();
}

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("to another tab, and in a file to another address", async ({ carta, root, browser }) => {
      test.setTimeout(240_000);
      await carta.open();
      await carta.openImage("a.fits");
      await carta.drawContours([1]);
      await carta.openImage("b.fits");
      await carta.setChannel(3);
      const points = [
        { x: 20, y: 30 },
        { x: 10, y: 12 },
      ];
      await carta.addRegion({ type: RECTANGLE, points });
      await carta.openImage("c.fits");
      const before = await open(carta);
      expect(before.files.map(({ file }) => file)).toEqual(["a.fits", "b.fits", "c.fits"]);
      expect(before.points).toHaveLength(1);

      const tab = await another(await carta.page.context().newPage(), carta, carta.backend);
      await (await savedWork(tab)).getByRole("button", { name: /^Move it here: a\.fits/ }).click();
      await question(tab, "Move this work here?")
        .getByRole("button", { name: "Move here" })
        .click();
      await expect(line(tab).filter({ hasText: "Back: " })).toBeAttached({ timeout: 60_000 });
      expect(await open(tab)).toEqual(before);
      await expect(line(carta).filter({ hasText: "has moved to another tab." })).toBeAttached();
      const sessions = (await tab.backend.sessions()).filter(({ connected }) => connected);
      expect(sessions.map(({ sessionId }) => sessionId)).toEqual([tab.sessionId]);

      const downloading = tab.page.waitForEvent("download");
      const panel = await savedWork(tab);
      await panel.getByRole("button", { name: "Save what is open" }).click();
      const file = await (await downloading).path();
      await expect(panel).toContainText("There is no saved work in this browser.");

      // The same files, except for one, which is a different file there.
      await copyFile(join(fixtures, "a.fits"), join(root, "c.fits"));
      const elsewhere = await new Backend({ icd: icdOf(version), root }).start();
      const context = await browser.newContext();
      try {
        const there = await another(await context.newPage(), carta, elsewhere);
        const choosing = there.page.waitForEvent("filechooser");
        const archive = await savedWork(there);
        await archive.getByRole("button", { name: "Open a file …" }).click();
        await (await choosing).setFiles(file);
        await archive
          .getByRole("button", { name: /^Restore: a\.fits, b\.fits and c\.fits/ })
          .click();
        const asked = question(there, "Restore this saved work?");
        await asked.getByRole("button", { name: "Restore" }).click();
        const said = line(there).filter({ hasText: "Back: 3 images" });
        await expect(said).toContainText("Changed on disk in the meantime: c.fits.", {
          timeout: 60_000,
        });
        expect(await open(there)).toEqual(before);
        expect(there.pageErrors).toEqual([]);
      } finally {
        await context.close();
        await elsewhere.kill();
      }
    });

    test("images that are open stay matched when others are restored beside them", async ({
      carta,
    }) => {
      test.setTimeout(180_000);
      await carta.open();
      await carta.openImage("a.fits");
      await carta.reload();
      const { page } = carta;
      await question(carta, "Restore your work?")
        .getByRole("button", { name: "Start empty" })
        .click();
      for (const file of ["c.fits", "b.fits"]) await carta.openImage(file);
      await carta.script("setSpatialMatchingEnabled", [{ macroVariable: "frames[1]" }, true]);
      const matchedTo = () => carta.read("frames[1].spatialReference.frameInfo.fileInfo.name");
      expect(await matchedTo()).toBe("c.fits");

      await page.getByRole("button", { name: "Bring it back" }).click();
      const asked = question(carta, "Restore this saved work?");
      await asked.getByRole("button", { name: "Restore", exact: true }).click();
      await expect(line(carta).filter({ hasText: "Back: 1 image" })).toBeAttached({
        timeout: 60_000,
      });
      expect(await matchedTo()).toBe("c.fits");
      expect(await carta.read("spatialReference.frameInfo.fileInfo.name")).toBe("c.fits");
      await carta.expectNoTrouble();
    });
  });
}
