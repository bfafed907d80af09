/**
 * A rebuild of a real viewer that is interrupted by a drop, a missing file or another tab: what is
 * said is true, and what is missing can be restored from saved work.
 */
import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Carta } from "../harness/carta.js";
import { equipped, expect, test as base } from "../harness/carta-equipped.js";
import { icdOf } from "../harness/carta-site.js";
import { withFolder } from "../harness/folder.js";
import { fixtures } from "../harness/paths.js";
import { RECTANGLE } from "../harness/steps.js";
import { openShadowRoots } from "../harness/ui/open-roots.js";

const REGIONS = 300;
/** How many of these exist at the drop. */
const THERE = 12;
const DS9 = 2;

const test = base.extend<{ root: string }>({
  root: async ({}, use) =>
    withFolder(async (folder) => {
      for (const name of ["a.fits", "b.fits"])
        await copyFile(join(fixtures, name), join(folder, name));
      const box = (n: number) => `box(${10 + (n % 40)},20,5,3,${n % 90}) # color=#009900`;
      const boxes = Array.from({ length: REGIONS }, (_, n) => box(n));
      await writeFile(join(folder, "many.reg"), ["image", ...boxes].join("\n"));
      await use(folder);
    }),
  backendOptions: async ({ cartaVersion, root }, use) => {
    await use({ icd: icdOf(cartaVersion), root });
  },
});

const line = ({ page }: Carta) => page.locator("carta-resume-status .line");
const question = ({ page }: Carta, name: string) => page.getByRole("dialog", { name });

async function answer(carta: Carta, name: string, button: string): Promise<void> {
  const asked = question(carta, name);
  await asked.getByRole("button", { name: button, exact: true }).click({ timeout: 30_000 });
  await expect(asked).toBeHidden();
}

const isSaid = (carta: Carta, text: string) =>
  expect(line(carta)).toContainText(text, { timeout: 60_000 });

/** Collects what the line says from now on. */
const listen = (page: Page) =>
  page.evaluate(() => {
    const heard: string[] = [];
    (window as unknown as { heard: string[] }).heard = heard;
    const root = document.querySelector("carta-resume-status")?.shadowRoot;
    const note = () => heard.push(root?.querySelector(".words")?.textContent ?? "");
    if (root) new MutationObserver(note).observe(root, { subtree: true, childList: true });
  });
const heard = (page: Page) =>
  page.evaluate(() => (window as unknown as { heard: string[] }).heard.join("\n"));

const files = async (carta: Carta) => (await carta.images()).map(({ file }) => file);
const archived = (carta: Carta) =>
  carta.page.evaluate(async () => {
    const entries = await globalThis.cartaResume.archive.list();
    return entries.map(({ images }) =>
      images.reduce((sum, { regionCount }) => sum + regionCount, 0),
    );
  });

/** A reload, and a drop when the backend has answered only some of the regions. */
async function dropInTheMiddle(carta: Carta): Promise<void> {
  await carta.open();
  await carta.openImage("a.fits");
  await carta.script("importRegion", [".", "many.reg", DS9, { macroVariable: "frameMap[0]" }]);
  await expect.poll(() => carta.read("activeFrame.regionSet.regions.length")).toBe(REGIONS + 1);
  await carta.reload();
  for (let lost = 0; lost < REGIONS - THERE; lost += 1)
    await carta.backend.control("lose-next?type=SET_REGION_ACK");
  await answer(carta, "Restore your work?", "Restore");
  await carta.recorder.waitForReceived("SET_REGION_ACK", THERE);
  await carta.backend.crashAndRestart();
  const asked = question(carta, "Pick up where you left off?");
  await expect(asked).toContainText(`You had 1 image and ${THERE} regions open.`, {
    timeout: 30_000,
  });
  await expect(asked).toContainText(
    `A restore was under way. It goes on if you continue. Still to come: ${REGIONS - THERE} regions.`,
  );
}

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("a drop in the middle of 300 regions: a yes brings all", async ({ carta }) => {
      test.setTimeout(180_000);
      await dropInTheMiddle(carta);
      await listen(carta.page);
      await carta.backend.control("delay-type?type=SET_REGION_ACK&ms=20");
      await answer(carta, "Pick up where you left off?", "Continue");
      await isSaid(carta, "Restoring regions …");
      await carta.backend.control("delay-type?type=SET_REGION_ACK&ms=0");
      await isSaid(carta, `Back: 1 image and ${REGIONS} regions.`);
      expect(await heard(carta.page)).not.toContain("Everything is back.");
      expect(await carta.read("activeFrame.regionSet.regions.length")).toBe(REGIONS + 1);
      const { regions } = await carta.backend.session(carta.sessionId);
      expect(regions).toHaveLength(REGIONS);
      await expect.poll(() => archived(carta)).toEqual([]);
      expect(carta.consoleErrors).toEqual([]);
      await carta.expectNoTrouble();
    });

    test("a drop in the middle of 300 regions: after a no, saved work has them", async ({
      carta,
    }) => {
      test.setTimeout(180_000);
      await dropInTheMiddle(carta);
      await answer(carta, "Pick up where you left off?", "Give up");
      const said = `Not restored: ${REGIONS - THERE} regions. All of it is kept in “Saved work”.`;
      await isSaid(carta, said);
      await carta.retry();
      await isSaid(carta, said);
      expect(await carta.read("activeFrame.regionSet.regions.length")).toBe(1);
      // What had been restored by then is an entry of its own.
      await expect.poll(() => archived(carta)).toEqual([REGIONS]);

      await line(carta).getByRole("button", { name: "Saved work …" }).click();
      const panel = question(carta, "Saved work");
      const all = panel.getByRole("listitem").filter({ hasText: `1 image and ${REGIONS} regions` });
      await all.getByRole("button", { name: "Restore: a.fits" }).click();
      await answer(carta, "Restore this saved work?", "Restore");
      await isSaid(carta, `Back: 1 image and ${REGIONS} regions.`);
      expect(await files(carta)).toEqual(["a.fits"]);
      expect(await carta.read("activeFrame.regionSet.regions.length")).toBe(REGIONS + 1);
      await expect.poll(() => archived(carta)).toEqual([]);
      await carta.expectNoTrouble();
    });

    test("a region that was not answered is not called kept after a no", async ({ carta }) => {
      await carta.open();
      await carta.openImage("a.fits");
      await carta.backend.control("lose-next?type=SET_REGION_ACK");
      const drawn = {
        type: RECTANGLE,
        points: [
          { x: 20, y: 30 },
          { x: 10, y: 12 },
        ],
      };
      void carta.addRegion(drawn).catch(() => {});
      await carta.recorder.waitForSent("SET_REGION", 1);
      await carta.backend.crashAndRestart();
      await answer(carta, "Pick up where you left off?", "Give up");
      await isSaid(
        carta,
        "What you did just before the connection was lost may not have been saved.",
      );
      await carta.retry();
      await expect.poll(() => archived(carta)).toEqual([0]);
    });

    test("a file that did not open can be restored from saved work once it is there", async ({
      carta,
      root,
    }) => {
      test.setTimeout(180_000);
      await carta.open();
      const points = [
        { x: 20, y: 30 },
        { x: 10, y: 12 },
      ];
      for (const file of ["a.fits", "b.fits"]) {
        await carta.openImage(file);
        await carta.addRegion({ type: RECTANGLE, points });
      }
      await rm(join(root, "b.fits"));
      await carta.reload();
      await answer(carta, "Restore your work?", "Restore");
      await isSaid(carta, "b.fits could not be restored: the viewer says “");
      const isKept = "All of it is kept in “Saved work”, from where you can restore what is";
      await isSaid(carta, isKept);
      expect(await files(carta)).toEqual(["a.fits"]);
      // The viewer reports it too.
      for (const close of await carta.page
        .locator(".bp3-dialog, .bp6-dialog")
        .getByRole("button")
        .all())
        await close.click();

      await copyFile(join(fixtures, "b.fits"), join(root, "b.fits"));
      await line(carta).getByRole("button", { name: "Saved work …" }).click();
      await question(carta, "Saved work")
        .getByRole("button", { name: "Restore: a.fits and b.fits" })
        .click();
      await expect(question(carta, "Restore this saved work?")).toContainText(
        "None is opened twice.",
      );
      await answer(carta, "Restore this saved work?", "Restore");
      await isSaid(carta, "Back: 2 images and 2 regions.");
      expect(await files(carta)).toEqual(["a.fits", "b.fits"]);
      const { images, regions } = await carta.backend.session(carta.sessionId);
      expect(images).toMatchObject([{ file: "a.fits" }, { file: "b.fits" }]);
      expect(regions).toHaveLength(2);
      await expect.poll(() => archived(carta)).toEqual([]);
      await carta.expectNoTrouble();
    });

    test("a viewer whose work has moved, and that connects again, has a copy", async ({
      carta,
    }) => {
      test.setTimeout(180_000);
      await carta.open();
      await carta.openImage("a.fits");
      const page = await carta.page.context().newPage();
      await openShadowRoots(page);
      const tab = await new Carta(page, carta.backend, carta.site).open();
      await page.evaluate(() => void globalThis.cartaResume.showSavedWork());
      await question(tab, "Saved work")
        .getByRole("button", { name: /^Move it here/ })
        .click();
      await answer(tab, "Move this work here?", "Move here");
      await isSaid(tab, "Back: 1 image.");
      await carta.page.bringToFront();
      await isSaid(carta, "This work has moved to another tab.");
      await carta.retry();
      await isSaid(carta, "This is a copy: the work itself has moved to another tab.");
      await expect(line(carta)).not.toContainText("Reload this page");
      expect(tab.sessionId).not.toBe(carta.sessionId);
      for (const each of [carta, tab]) {
        const { images } = await carta.backend.session(each.sessionId);
        expect(images).toMatchObject([{ file: "a.fits" }]);
      }
    });
  });
}
