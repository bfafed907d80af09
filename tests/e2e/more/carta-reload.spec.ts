/**
 * A real viewer after a reload, when its page's address names files or when it matches its images:
 * each image is there once, with its own regions, or it is named.
 */
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Carta } from "../harness/carta.js";
import { equipped, expect, test as base } from "../harness/carta-equipped.js";
import { expectEverywhere, shown, type Places } from "../harness/carta-everywhere.js";
import { icdOf } from "../harness/carta-site.js";
import { kept } from "../harness/carta-work.js";
import { storedKeys } from "../harness/durable.js";
import { withFolder } from "../harness/folder.js";
import { fixtures } from "../harness/paths.js";
import { RECTANGLE } from "../harness/steps.js";

/** The viewers' preference that matches images on the sky as they are opened. */
const MATCH_ON_THE_SKY = { autoWCSMatching: 1 };

const test = base.extend<{ root: string }>({
  root: async ({}, use) =>
    withFolder(async (folder) => {
      for (const name of ["a.fits", "c.fits", "gone.fits"])
        await copyFile(join(fixtures, "a.fits"), join(folder, name));
      await copyFile(join(fixtures, "b.fits"), join(folder, "b.fits"));
      await use(folder);
    }),
  backendOptions: async ({ cartaVersion, root }, use) => {
    await use({ icd: icdOf(cartaVersion), root });
  },
});

/** Draws a rectangle on an image; its position identifies it. */
async function drawOn(carta: Carta, fileId: number, x: number): Promise<void> {
  await carta.activate(fileId);
  const points = [
    { x, y: 30 },
    { x: 10, y: 12 },
  ];
  await carta.addRegion({ type: RECTANGLE, points });
}

/** Like a page that crashes: nothing is read or written when it ends. */
const endsWithoutAWord = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    for (const type of ["pagehide", "visibilitychange"])
      addEventListener(type, (event) => event.stopImmediatePropagation(), { capture: true });
  });

/** Says yes as soon as the question is there. */
async function restore(carta: Carta): Promise<void> {
  const dialog = carta.page.getByRole("dialog", { name: "Restore your work?" });
  await dialog.getByRole("button", { name: "Restore" }).click({ timeout: 30_000 });
}

const line = (carta: Carta) => carta.page.getByRole("status");

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("files in the address that open slowly, and a quick yes", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open({ files: "a.fits,b.fits,c.fits" });
      await expect.poll(() => carta.images(), { timeout: 30_000 }).toHaveLength(3);
      await carta.fit();
      await carta.openImage("gone.fits");
      for (const fileId of [0, 1, 2, 3]) await drawOn(carta, fileId, 20 + fileId);
      const all: Places = [
        ["a.fits", [20]],
        ["b.fits", [21]],
        ["c.fits", [22]],
        ["gone.fits", [23]],
      ];
      await expectEverywhere(carta, all);

      await carta.backend.control("delay-type?type=OPEN_FILE_ACK&ms=2500");
      await carta.reload();
      await restore(carta);
      await expect(line(carta).filter({ hasText: "Back: " })).toBeAttached({ timeout: 60_000 });
      await expectEverywhere(carta, all);
      expect(new Set((await carta.images()).map(({ fileId }) => fileId)).size).toBe(4);
      expect(carta.consoleErrors).toEqual([]);
      await carta.expectNoTrouble();
    });

    test("a file in the address that does not open", async ({ carta, root }) => {
      test.setTimeout(180_000);
      await carta.open({ files: "gone.fits,b.fits" });
      await expect.poll(() => carta.images(), { timeout: 30_000 }).toHaveLength(2);
      await carta.fit();
      await drawOn(carta, 1, 21);
      await rm(join(root, "gone.fits"));
      await carta.reload();
      await restore(carta);
      const said = line(carta).filter({ hasText: "Not everything could be restored." });
      await expect(said).toContainText("gone.fits", { timeout: 60_000 });
      await expectEverywhere(carta, [["b.fits", [21]]]);
    });

    test("a workspace of the viewer's own in the address", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open({}, MATCH_ON_THE_SKY);
      for (const file of ["a.fits", "b.fits"]) await carta.openImage(file);
      await drawOn(carta, 0, 20);
      await carta.script("saveWorkspace", ["mine"]);
      await carta.open({ workspace: "mine" });
      const dialog = carta.page.getByRole("dialog", { name: "Restore your work?" });
      await dialog.getByRole("button", { name: "Start empty" }).click({ timeout: 30_000 });
      await expect.poll(() => carta.images(), { timeout: 30_000 }).toHaveLength(2);
      await carta.fit();
      await carta.openImage("c.fits");
      const before = await shown(carta);

      await carta.backend.control("delay-type?type=OPEN_FILE_ACK&ms=1500");
      await carta.reload();
      await restore(carta);
      await expect(line(carta).filter({ hasText: "Back: " })).toBeAttached({ timeout: 60_000 });
      expect(before.map(([file]) => file)).toEqual(["a.fits", "b.fits", "c.fits"]);
      await expectEverywhere(carta, before);
    });

    test("images that the viewer matches keep their own regions", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open({}, MATCH_ON_THE_SKY);
      for (const file of ["a.fits", "b.fits", "c.fits"]) await carta.openImage(file);
      // The user makes the second image the reference, and unmatches the third.
      await carta.script("setSpatialReference", [{ macroVariable: "frameMap[1]" }]);
      await carta.script("setSpatialMatchingEnabled", [{ macroVariable: "frameMap[2]" }, false]);
      await drawOn(carta, 1, 21);
      await drawOn(carta, 2, 22);
      const all: Places = [
        ["a.fits", []],
        ["b.fits", [21]],
        ["c.fits", [22]],
      ];
      await expectEverywhere(carta, all);

      await carta.reload();
      await restore(carta);
      await expect(line(carta).filter({ hasText: "Back: " })).toBeAttached({ timeout: 60_000 });
      await expectEverywhere(carta, all);
      expect(carta.consoleErrors).toEqual([]);
    });

    test("an image that was unmatched from another gets none of its regions", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open({}, MATCH_ON_THE_SKY);
      for (const file of ["a.fits", "b.fits"]) await carta.openImage(file);
      await carta.script("setSpatialMatchingEnabled", [{ macroVariable: "frameMap[1]" }, false]);
      await drawOn(carta, 0, 20);
      const all: Places = [
        ["a.fits", [20]],
        ["b.fits", []],
      ];
      await expectEverywhere(carta, all);

      await carta.reload();
      await restore(carta);
      const said = line(carta).filter({ hasText: "Back: " });
      await expect(said).toBeAttached({ timeout: 60_000 });
      await expectEverywhere(carta, all);
      await expect(said).toContainText("are as before.");
      expect(carta.consoleErrors).toEqual([]);
    });

    test("a region stays where it was drawn, whatever is known about the matching", async ({
      carta,
    }) => {
      test.setTimeout(180_000);
      await endsWithoutAWord(carta.page);
      await carta.open({}, MATCH_ON_THE_SKY);
      for (const file of ["a.fits", "b.fits"]) await carta.openImage(file);
      await kept(carta.page);
      await carta.page.evaluate(() => (globalThis.requestIdleCallback = () => 0));
      await carta.script("setSpatialMatchingEnabled", [{ macroVariable: "frameMap[1]" }, false]);
      await drawOn(carta, 1, 21);
      const isStored = async () =>
        (await storedKeys(carta.page)).records.some((key) => /region \d+$/.test(key));
      await expect.poll(isStored).toBe(true);

      await carta.reload();
      await restore(carta);
      const said = line(carta).filter({ hasText: "Back: " });
      await expect(said).toBeAttached({ timeout: 60_000 });
      await expectEverywhere(carta, [
        ["a.fits", []],
        ["b.fits", [21]],
      ]);
      await expect(said).toContainText("Not restored: matching");
    });
  });
}
