/**
 * Work in a real viewer that uses as many as possible of the things that have a view of their own.
 */
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect } from "./expect.js";
import type { Carta } from "./carta.js";
import { dump as stored } from "./durable.js";
import { fixtures } from "./paths.js";
import { RECTANGLE } from "./steps.js";

/** More sources than the viewer requests at first. */
const SOURCES = 120;

const rows = Array.from({ length: SOURCES }, (_, n) =>
  [(n * 7) % 40, (n * 11) % 38, n % 10, `s${n}`].map((value) => `<TD>${value}</TD>`).join(""),
);

const CATALOG = `<?xml version="1.0"?>
<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>
<FIELD name="x" datatype="double" unit="px"/><FIELD name="y" datatype="double" unit="px"/>
<FIELD name="flux" datatype="double" unit="Jy"/><FIELD name="id" datatype="char" arraysize="*"/>
<DATA><TABLEDATA>${rows.map((row) => `<TR>${row}</TR>`).join("\n")}</TABLEDATA>
</DATA></TABLE></RESOURCE></VOTABLE>
`;

/** The files that {@link work} opens. */
export async function putFiles(folder: string): Promise<void> {
  for (const name of ["a.fits", "b.fits"]) await copyFile(join(fixtures, name), join(folder, name));
  await copyFile(join(fixtures, "b.fits"), join(folder, "c.fits"));
  for (const name of ["sources.xml", "others.xml"]) await writeFile(join(folder, name), CATALOG);
}

/** Does it, in a viewer that has just been opened. */
export async function work({ page }: Carta): Promise<void> {
  await page.evaluate(images, RECTANGLE);
  await page.evaluate(catalogs);
  await page.evaluate(panels);
}

/* What the viewer's own menus and widgets call. */

async function images(rectangle: number): Promise<void> {
  const { app } = globalThis as unknown as { app: any };
  for (const file of ["a.fits", "b.fits", "c.fits"]) await app.appendFile("", file, "");
  const [a, b, c] = app.frames;
  const points = [
    { x: 20, y: 30 },
    { x: 10, y: 12 },
  ];
  await a.regionSet.addRegionAsync(rectangle, points, 0, "");
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
  app.imageViewConfigStore?.createColorBlending();
  app.reorderFrame(2, 0, 1);
}

/** One catalog is filtered, sorted and plotted; the other's sources are shown on an image. */
async function catalogs(): Promise<void> {
  const { app } = globalThis as unknown as { app: any };
  const { catalogStore: store, widgetsStore: widgets } = app;
  // Through the components that have the viewer's own buttons, whatever their names are here.
  const component = (name: string) => {
    for (const element of document.querySelectorAll(".catalog-overlay")) {
      const key = Object.keys(element).find((key) => /^__react(Fiber|InternalInstance)/.test(key));
      let fiber = key && (element as any)[key];
      while (fiber && typeof fiber.stateNode?.[name] !== "function") fiber = fiber.return;
      if (fiber) return fiber.stateNode;
    }
    throw new Error("No window of catalogs");
  };
  /** Calls what a button calls, and waits until the rows of the answer have arrived. */
  const clicked = (name: string, ...parameters: unknown[]) =>
    new Promise<void>((resolve) => {
      const rows = app.backendService.catalogStream.subscribe(({ progress }: any) => {
        if (progress === 1) (rows.unsubscribe(), resolve());
      });
      component(name)[name](...parameters);
    });
  const shown = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));

  // Catalogs belong to the image in view.
  (app.setActiveFrameById ?? app.setActiveImageById)(...(app.setActiveFrameById ? [0] : [0, 0]));
  const others = await app.appendCatalog("", "others.xml", 50, 1);
  const sources = await app.appendCatalog("", "sources.xml", 50, 1);
  await shown();
  const [table, list] = [others, sources].map((id) => store.catalogProfileStores.get(id));
  const [filtered, plot] = [others, sources].map((id) => store.getCatalogWidgetStore(id));
  const pixels = [...table.systemCoordinateMap.keys()][5];

  list.setCatalogCoordinateSystem(pixels);
  plot.setCatalogColor("#123456");
  plot.setCatalogSize(17);
  plot.setCatalogShape(2);
  plot.setThickness(4);
  plot.setxAxis("x");
  plot.setyAxis("y");
  await clicked("handlePlotClick");
  plot.setSizeMap("flux");
  plot.setColorMapColumn("flux");
  plot.setColorMap("inferno");
  plot.setColorColumnMin(2);

  for (const window of store.catalogProfiles.keys()) store.catalogProfiles.set(window, others);
  await shown();
  filtered.setHighlightColor("#abcdef");
  table.setColumnFilter("> 2", "flux");
  table.setColumnFilter("1", "id");
  await clicked("handleFilterRequest");
  await clicked("updateSortRequest", "x", 1, 0);
  filtered.setxAxis("x");
  filtered.setyAxis("flux");
  for (const plotType of ["2D scatter", "Histogram"]) {
    filtered.setCatalogPlotType(plotType);
    await shown();
    const buttons = [
      ...document.querySelectorAll<HTMLElement>(".catalog-overlay :is(button, [role='button'])"),
    ];
    buttons.find(({ textContent }) => textContent?.trim() === "Plot")?.click();
    await shown();
    const window = [...widgets.catalogPlotWidgets.values()].at(-1);
    if (plotType === "Histogram") (window.setNumBinsX(7), window.setLogScaleY(false));
    else window.setScatterborder({ xMin: 1, xMax: 30, yMin: 2, yMax: 9 });
  }
  // Typed, but not applied.
  table.setColumnFilter("> 3", "flux");
  table.setHeaderDisplay(false, "y");
}

async function panels(): Promise<void> {
  const { app } = globalThis as unknown as { app: any };
  const a = app.frames.find(({ filename }: { filename: string }) => filename === "a.fits");
  const { regionId } = a.regionSet.regions[1];
  app.animatorStore.setFrameRate(9);
  app.animatorStore.setStep(2);
  const settings = app.overlaySettings ?? app.overlayStore;
  settings.grid.setVisible(true);
  settings.title.setVisible(true);
  settings.global.setColor("auto-red");
  settings.ticks.setWidth(3);
  // At positions where something of the other panels stays visible.
  const put = (x: number, y: number) => {
    const window = app.widgetsStore.floatingWidgets.at(-1);
    window.setDefaultSize(400, 200);
    window.setDefaultPosition(x, y);
  };
  app.widgetsStore.createFloatingHistogramWidget();
  put(750, 75);
  app.widgetsStore.createFloatingStatsWidget();
  put(750, 300);
  const [histogram] = app.widgetsStore.histogramWidgets.values();
  histogram.setLineWidth?.(2);
  histogram.setRegionId(a.frameInfo.fileId, regionId);
  const [profile] = app.widgetsStore.spatialProfileWidgets.values();
  profile.setCoordinate("y");
  // Ranges set by hand: both of one plot, only one of the others.
  app.widgetsStore.createFloatingSpectralProfilerWidget();
  put(750, 500);
  const [spectrum] = app.widgetsStore.spectralProfileWidgets.values();
  profile.setXYBounds(3, 30, -1, 12);
  spectrum.setXBounds(2, 5);
  histogram.setYBounds(1, 40);
  (app.setActiveFrameById ?? app.setActiveImageById)(...(app.setActiveFrameById ? [0] : [0, 0]));
  const set = a.regionSet;
  if (set.setSelectionByIds) set.setSelectionByIds([regionId]);
  else set.selectRegion(set.regionMap?.get(regionId) ?? set.regions[1]);
  a.setCursorPosition({ x: 12, y: 17 });
  app.setCursorFrozen(true);
}

/** Waits until the view is on the disk: it is read after each of two changes. */
export async function kept(page: Page): Promise<void> {
  for (const rate of [8, 9]) {
    await page.evaluate((rate) => {
      const { app } = globalThis as unknown as { app: any };
      app.animatorStore.setFrameRate(rate);
    }, rate);
    const isStored = async () => (await stored(page)).includes(`\\"setFrameRate\\":${rate}`);
    await expect.poll(isStored, { message: "the view is kept", timeout: 20_000 }).toBe(true);
  }
}
