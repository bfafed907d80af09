/**
 * What a real viewer shows is as it was after a reload of its page: a dump of its own
 * store, and the pixels on the screen.
 */
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Carta } from "../harness/carta.js";
import { differences, dump } from "../harness/carta-dump.js";
import { equipped, expect, test as base } from "../harness/carta-equipped.js";
import { icdOf } from "../harness/carta-site.js";
import { withFolder } from "../harness/folder.js";
import { fixtures } from "../harness/paths.js";
import { RECTANGLE } from "../harness/steps.js";

const CATALOG = `<?xml version="1.0"?>
<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>
<FIELD name="ra" datatype="double" unit="deg"/><FIELD name="dec" datatype="double" unit="deg"/>
<DATA><TABLEDATA><TR><TD>1.5</TD><TD>2.5</TD></TR><TR><TD>3.5</TD><TD>4.5</TD></TR></TABLEDATA>
</DATA></TABLE></RESOURCE></VOTABLE>
`;

const test = base.extend<{ root: string }>({
  root: async ({}, use) =>
    withFolder(async (folder) => {
      for (const name of ["a.fits", "b.fits"])
        await copyFile(join(fixtures, name), join(folder, name));
      await copyFile(join(fixtures, "b.fits"), join(folder, "c.fits"));
      await writeFile(join(folder, "sources.xml"), CATALOG);
      await use(folder);
    }),
  backendOptions: async ({ cartaVersion, root }, use) => {
    await use({ icd: icdOf(cartaVersion), root });
  },
});

/** Uses as much of the viewer as has a view of its own. */
async function work(carta: Carta): Promise<void> {
  await carta.open();
  await carta.page.evaluate(async (rectangle) => {
    // What the viewer's own menus and widgets call.
    const { app } = globalThis as unknown as { app: any };
    for (const file of ["a.fits", "b.fits", "c.fits"]) await app.appendFile("", file, "");
    await app.appendCatalog("", "sources.xml", 50, 1);
    const [a, b, c] = app.frames;
    const points = [
      { x: 20, y: 30 },
      { x: 10, y: 12 },
    ];
    const { regionId: id } = await a.regionSet.addRegionAsync(rectangle, points, 0, "");
    b.contourConfig.setContourConfiguration([2, 4], 2, 4);
    b.applyContours();
    const { contourConfig: contours } = b;
    contours.setColor({ r: 1, g: 200, b: 3, a: 1 });
    contours.setThickness(3);
    contours.setColormapBias(0.2);
    const { vectorOverlayConfig: vectors, renderConfig: look } = a;
    vectors.setThickness(2.5);
    vectors.setLengthRange(3, 17);
    vectors.setRotationOffset(12);
    look.setColorMap("viridis");
    look.setScaling(1);
    look.setBias(0.3);
    look.setContrast(1.4);
    look.setGamma(1.2);
    look.setAlpha(500);
    look.setInverted(true);
    look.setCustomScale(0.1, 7.5);
    c.renderConfig.setPercentileRank(95);
    app.setSpatialReference(b);
    app.setSpatialMatchingEnabled(c, true);
    app.setSpatialMatchingEnabled(a, false);
    app.setSpectralReference(b);
    app.setSpectralMatchingType("FREQ");
    app.setSpectralMatchingEnabled(c, true);
    app.setRasterScalingReference(c);
    app.setRasterScalingMatchingEnabled(b, true);
    a.setZoom(3);
    a.setCenter(21.5, 33.25);
    b.setZoom(2);
    b.setCenter(11, 12.5);
    b.setAnimationRange([1, 5]);
    a.setTitleCustomText("Mine <b>");
    app.animatorStore.setFrameRate(9);
    app.animatorStore.setStep(2);
    const settings = app.overlaySettings ?? app.overlayStore;
    settings.grid.setVisible(true);
    settings.title.setVisible(true);
    settings.global.setColor("auto-red");
    settings.ticks.setWidth(3);
    app.widgetsStore.createFloatingHistogramWidget();
    app.widgetsStore.createFloatingStatsWidget();
    const [histogram] = app.widgetsStore.histogramWidgets.values();
    histogram.setLineWidth?.(2);
    histogram.setRegionId(a.frameInfo.fileId, id);
    const [profile] = app.widgetsStore.spatialProfileWidgets.values();
    profile.setCoordinate("y");
    app.imageViewConfigStore?.createColorBlending();
    app.reorderFrame(2, 0, 1);
    const [sources] = app.widgetsStore.catalogWidgets.values();
    sources.setCatalogColor("#123456");
    sources.setCatalogSize(17);
    sources.setxAxis("ra");
    const [table] = app.catalogStore.catalogProfileStores.values();
    // The development backend has catalogs without columns.
    for (const column of table.catalogControlHeader.keys()) table.setColumnFilter("> 2", column);
    (app.setActiveFrameById ?? app.setActiveImageById)(...(app.setActiveFrameById ? [0] : [0, 0]));
    const set = a.regionSet;
    if (set.setSelectionByIds) set.setSelectionByIds([id]);
    else
      set.selectRegion(set.regions.find(({ regionId }: { regionId: number }) => regionId === id));
    app.setCursorFrozen(true);
  }, RECTANGLE);
}

/** Reloads and says yes; the end sentence. `meanwhile`: before the viewer is given anything. */
async function comeBack(carta: Carta, meanwhile = async () => {}): Promise<string> {
  await carta.reload();
  const dialog = carta.page.getByRole("dialog", { name: "Restore your work?" });
  const yes = dialog.getByRole("button", { name: "Restore" });
  await expect(yes).toBeVisible({ timeout: 30_000 });
  await expect(dialog.getByLabel("Show it as before")).toBeChecked();
  await meanwhile();
  await yes.click();
  const said = carta.page.getByRole("status").filter({ hasText: "Reopened: " });
  await expect(said).toBeAttached({ timeout: 60_000 });
  return (await said.allTextContents()).join();
}

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("everything at once is as it was", async ({ carta }, info) => {
      test.setTimeout(180_000);
      await work(carta);
      const before = await dump(carta.page);
      expect(Object.keys(before).length).toBeGreaterThan(180);
      const seen = await carta.picture();
      const said = await comeBack(carta);
      expect(differences(before, await dump(carta.page))).toEqual([]);
      expect(said).toContain(
        "Reopened: 3 images, 1 region and 1 catalog. Matching, zoom, colours and panels are as before.",
      );
      // The line stands above the image for a while.
      await expect(carta.page.locator("carta-resume-status .line")).toBeHidden();
      const now = await carta.picture();
      await info.attach("before", { body: seen.png, contentType: "image/png" });
      await info.attach("after", { body: now.png, contentType: "image/png" });
      expect(now.differenceTo(seen)).toBeLessThan(0.005);
      expect(carta.consoleErrors).toEqual([]);
      expect(carta.pageErrors).toEqual([]);
    });
  });
}

test.describe("a viewer that lacks names", () => {
  test.use({ cartaSite: equipped() });

  test("gets what it can, and is told what it cannot", async ({ carta }) => {
    test.setTimeout(180_000);
    await work(carta);
    const before = await dump(carta.page);
    const said = await comeBack(carta, () =>
      carta.page.evaluate(() => {
        const page = globalThis as unknown as { app: Record<string, unknown> };
        // The viewer's own can be neither deleted nor replaced.
        const without = (of: Record<string, unknown>, ...names: string[]) =>
          new Proxy(
            {},
            { get: (_, name) => (names.includes(String(name)) ? undefined : of[String(name)]) },
          );
        const { app } = page;
        const lacks = ["setSpatialMatchingEnabled", "setSpectralReference", "overlaySettings"];
        const store = (name: string) => app[name] as Record<string, unknown>;
        const animatorStore = without(store("animatorStore"), "setFrameRate");
        const widgetsStore = without(store("widgetsStore"), "createFloatingWidget");
        page.app = new Proxy({ animatorStore, widgetsStore } as Record<string, unknown>, {
          get: (own, name) =>
            own[String(name)] ?? (lacks.includes(String(name)) ? undefined : app[String(name)]),
        });
      }),
    );
    const missing = said.slice(said.indexOf("Not restored: "));
    for (const what of ["matching", "animator settings", "grid, labels and titles"])
      expect(missing).toContain(what);
    expect(missing).not.toMatch(/colours and scaling|contour styles|selected/);
    const after = await dump(carta.page);
    for (const name of ["1: zoomLevel", "1: renderConfig.colorMap", "2: contourConfig.color"])
      expect([name, after[name]]).toEqual([name, before[name]]);
    expect(carta.consoleErrors).toEqual([]);
    expect(carta.pageErrors).toEqual([]);
  });
});
