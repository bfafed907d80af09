/**
 * The regions of a real viewer after a reload: all of them at once, on their own image,
 * as they looked.
 */
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Carta } from "../harness/carta.js";
import { equipped, expect, test as base } from "../harness/carta-equipped.js";
import { icdOf } from "../harness/carta-site.js";
import { withFolder } from "../harness/folder.js";
import { fixtures } from "../harness/paths.js";

/** The viewers' preference that matches images on the sky as they are opened. */
const MATCH_ON_THE_SKY = { autoWCSMatching: 1 };

const IMPORTED = 298;
const [DS9, ANNTEXT, ANNCOMPASS] = [2, 15, 16];

const line = (n: number): string =>
  `box(${10 + (n % 40)},${10 + (n % 35)},${2 + (n % 7)},3,${n % 90}) ` +
  `# color=#${(n * 7919).toString(16).padStart(6, "0").slice(-6)} text={region ${n}}`;

const test = base.extend<{ root: string }>({
  root: async ({}, use) =>
    withFolder(async (folder) => {
      await copyFile(join(fixtures, "a.fits"), join(folder, "a.fits"));
      await copyFile(join(fixtures, "a.fits"), join(folder, "b.fits"));
      const lines = Array.from({ length: IMPORTED }, (_, n) => line(n));
      await writeFile(join(folder, "many.reg"), ["image", ...lines].join("\n"));
      await use(folder);
    }),
  backendOptions: async ({ cartaVersion, root }, use) => {
    await use({ icd: icdOf(cartaVersion), root });
  },
});

/** The fields that are used here, and others, under the viewers' own names. */
interface Region {
  regionId: number;
  regionType: number;
  controlPoints: { x: number; y: number }[];
  [name: string]: unknown;
}

/** The regions of an image by their ids, with everything that the user sees of them. */
async function looks(carta: Carta, fileId: number): Promise<object[]> {
  const all = await carta.page.evaluate((fileId) => {
    const { app } = window as unknown as { app: { frameMap: Map<number, never> } };
    const { regions } = (
      app.frameMap.get(fileId) as unknown as { frameRegionSet: { regions: Region[] } }
    ).frameRegionSet;
    return regions
      .filter(({ regionId }) => regionId > 0)
      .sort((one, other) => one.regionId - other.regionId)
      .map((region) => ({
        type: region.regionType,
        points: region.controlPoints.map(({ x, y }) => [x, y]),
        rotation: region["rotation"],
        name: region["name"],
        color: region["color"],
        lineWidth: region["lineWidth"],
        dashLength: region["dashLength"],
        isLocked: region["isLocked"] ?? region["locked"],
        opacity: region["opacity"],
        styles: (region["getAnnotationStyles"] as (() => object) | undefined)?.() ?? null,
      }))
      .map((region) => JSON.stringify(region));
  }, fileId);
  // The positions of a compass's letters are calculated again.
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" ? Number(value.toFixed(6)) : value;
  return all.map((region) => JSON.parse(region, rounded) as object);
}

interface Stores {
  app: {
    backendService: { importRegion(...args: unknown[]): unknown };
    frameMap: Map<number, { zoomLevel: number }>;
  };
  zoomAtImport?: number | undefined;
}

/** Makes the page note how far an image is zoomed in when its regions are requested. */
const watchImport = (carta: Carta, fileId: number) =>
  carta.page.evaluate((fileId) => {
    const page = window as unknown as Stores;
    const { backendService } = page.app;
    const importRegion = backendService.importRegion.bind(backendService);
    backendService.importRegion = (...args) => {
      page.zoomAtImport = page.app.frameMap.get(fileId)?.zoomLevel;
      return importRegion(...args);
    };
  }, fileId);

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("300 regions of a matched image look as before", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open({}, MATCH_ON_THE_SKY);
      for (const file of ["a.fits", "b.fits"]) await carta.openImage(file);
      // The second one is the reference: after the reload it is matched to the first.
      await carta.script("setSpatialReference", [{ macroVariable: "frameMap[1]" }]);
      await carta.script("importRegion", [".", "many.reg", DS9, { macroVariable: "frameMap[1]" }]);
      const added = (type: number, size: number) =>
        carta.script<number>(
          "frameMap[1].regionSet.addRegionAsync",
          [
            type,
            [
              { x: 30, y: 31 },
              { x: size, y: size },
            ],
            0,
            "",
          ],
          "regionId",
        );
      const change = (id: number, call: string, ...values: unknown[]) =>
        carta.script(`frameMap[1].regionSet.regionMap[${id}].${call}`, values);
      const text = await added(ANNTEXT, 12);
      await change(text, "setText", "Here <b>one</b>");
      await change(text, "setFontSize", 31);
      await change(text, "setFont", "Times");
      await change(text, "setColor", "#123456");
      const compass = await added(ANNCOMPASS, 9);
      await change(compass, "setPointerWidth", 4);
      await change(compass, "setNorthArrowhead", false);
      for (const [set, value] of [
        ["setLineWidth", 5],
        ["setDashLength", 3],
        ["setLocked", true],
      ])
        await change(7, set as string, value);
      await carta.script("frameMap[1].setZoom", [3]);
      const before = await looks(carta, 1);
      expect(before).toHaveLength(300);
      expect(before[3]).toMatchObject({ name: "region 3", color: "#005ccd" });
      expect(before[6]).toMatchObject({ lineWidth: 5, dashLength: 3, isLocked: true });
      expect(before[298]).toMatchObject({
        styles: { textLabel0: "Here <b>one</b>", fontSize: 31 },
      });

      await carta.reload();
      const imports = carta.recorder.sent("IMPORT_REGION").length;
      await watchImport(carta, 1);
      const dialog = carta.page.getByRole("dialog", { name: "Restore your work?" });
      await dialog.getByRole("button", { name: "Restore" }).click({ timeout: 30_000 });
      const said = carta.page.getByRole("status").filter({ hasText: "Back: " });
      await expect(said).toBeAttached({ timeout: 60_000 });
      expect(await looks(carta, 1)).toEqual(before);
      expect(await looks(carta, 0)).toEqual([]);
      // Later, each of them would be drawn again.
      const page = await carta.page.evaluateHandle(() => window as unknown as Stores);
      expect(await page.evaluate(({ zoomAtImport }) => zoomAtImport)).toBe(3);
      const { regions } = await carta.backend.session(carta.sessionId);
      const owners = (regions as { fileId: number }[]).map(({ fileId }) => fileId);
      expect(owners).toEqual(Array.from({ length: 300 }, () => 1));
      expect(carta.recorder.sent("IMPORT_REGION")).toHaveLength(imports);
      expect(carta.consoleErrors).toEqual([]);
      await carta.expectNoTrouble();
    });
  });
}
