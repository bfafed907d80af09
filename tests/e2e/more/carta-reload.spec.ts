/**
 * A real viewer whose page's address names files, or that matches its images, after a
 * reload: each image is there once, with its own regions, or it is named.
 */
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Carta } from "../harness/carta.js";
import { equipped, expect, test as base } from "../harness/carta-equipped.js";
import { icdOf } from "../harness/carta-site.js";
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

/** Draws a rectangle on an image; its place tells which. */
async function drawOn(carta: Carta, fileId: number, x: number): Promise<void> {
  await carta.activate(fileId);
  const points = [
    { x, y: 30 },
    { x: 10, y: 12 },
  ];
  await carta.addRegion({ type: RECTANGLE, points });
}

/** Says yes as soon as the question is there. */
async function restore(carta: Carta): Promise<void> {
  const dialog = carta.page.getByRole("dialog", { name: "Restore your work?" });
  await dialog.getByRole("button", { name: "Restore" }).click({ timeout: 30_000 });
}

const line = (carta: Carta) => carta.page.getByRole("status");

/** Each image by its file, with where its own regions are; as the viewer has it. */
async function shown(carta: Carta): Promise<[string, number[]][]> {
  const all: [string, number[]][] = [];
  for (const { fileId, file } of await carta.images()) {
    const regions = await carta.regions(fileId);
    all.push([file, regions.map(({ points }) => points[0]?.x ?? NaN)]);
  }
  return all.sort();
}

/** The same as the backend has it. */
async function told(carta: Carta): Promise<[string, number[]][]> {
  type Region = { fileId: number; controlPoints: [x: number, y: number][] };
  const { images, regions } = (await carta.backend.session(carta.sessionId)) as unknown as {
    images: { fileId: number; file: string }[];
    regions: Region[];
  };
  return images
    .map(({ fileId, file }): [string, number[]] => {
      const own = regions.filter((region) => region.fileId === fileId);
      return [file, own.map(({ controlPoints }) => controlPoints[0]?.[0] ?? NaN)];
    })
    .sort();
}

async function expectEverywhere(carta: Carta, expected: [string, number[]][]): Promise<void> {
  expect(await shown(carta)).toEqual(expected);
  expect(await told(carta)).toEqual(expected);
}

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
      const all: [string, number[]][] = [
        ["a.fits", [20]],
        ["b.fits", [21]],
        ["c.fits", [22]],
        ["gone.fits", [23]],
      ];
      await expectEverywhere(carta, all);

      await carta.backend.control("delay-type?type=OPEN_FILE_ACK&ms=2500");
      await carta.reload();
      await restore(carta);
      await expect(line(carta).filter({ hasText: "Reopened: " })).toBeAttached({ timeout: 60_000 });
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
      await expect(line(carta).filter({ hasText: "Reopened: " })).toBeAttached({ timeout: 60_000 });
      expect(before.map(([file]) => file)).toEqual(["a.fits", "b.fits", "c.fits"]);
      await expectEverywhere(carta, before);
    });

    test("images that the viewer matches keep their own regions", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open({}, MATCH_ON_THE_SKY);
      for (const file of ["a.fits", "b.fits", "c.fits"]) await carta.openImage(file);
      // The user makes the second one the reference, and takes the third from it.
      await carta.script("setSpatialReference", [{ macroVariable: "frameMap[1]" }]);
      await carta.script("setSpatialMatchingEnabled", [{ macroVariable: "frameMap[2]" }, false]);
      await drawOn(carta, 1, 21);
      await drawOn(carta, 2, 22);
      const all: [string, number[]][] = [
        ["a.fits", []],
        ["b.fits", [21]],
        ["c.fits", [22]],
      ];
      await expectEverywhere(carta, all);

      await carta.reload();
      await restore(carta);
      await expect(line(carta).filter({ hasText: "Reopened: " })).toBeAttached({ timeout: 60_000 });
      await expectEverywhere(carta, all);
      expect(carta.consoleErrors).toEqual([]);
    });
  });
}
