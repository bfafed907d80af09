/**
 * Images that a real viewer had computed are gone with the backend's memory: they do not stay in
 * its list as if they existed, nothing says that they do, and those that the user has ticked are
 * made again.
 */
import type { Carta } from "../harness/carta.js";
import { answer, computeMoment, computePv, fit, isSaid } from "../harness/carta-computed.js";
import { equipped, expect, test } from "../harness/carta-equipped.js";
import { RECTANGLE } from "../harness/steps.js";

const POINT = 0;

/** The parts of the viewers' stores that a preview is in. */
interface Stores {
  app: {
    widgetsStore: {
      createFloatingPvGeneratorWidget(): void;
      pvGeneratorWidgets: Map<
        string,
        {
          setFileId(fileId: number): void;
          setRegionId(fileId: number, regionId: number): void;
          setXYRebin(factor: number): void;
          requestPV(preview: boolean, widget: string): void;
        }
      >;
    };
    previewFrames: Map<number, { previewPVRasterData: Float32Array }>;
  };
}

const WIDGET = "pv-generator-0";

/** Starts a preview of the first image along a line, by the viewer's own panel for it. */
async function startPreview(carta: Carta, regionId: number): Promise<void> {
  await carta.page.evaluate(
    ([widget, regionId]) => {
      const { widgetsStore } = (globalThis as unknown as Stores).app;
      widgetsStore.createFloatingPvGeneratorWidget();
      const panel = widgetsStore.pvGeneratorWidgets.get(widget);
      panel?.setFileId(0);
      panel?.setRegionId(0, regionId);
      panel?.setXYRebin(2);
    },
    [WIDGET, regionId] as const,
  );
  await askForPreview(carta);
}

/** Makes the panel request a preview. */
async function askForPreview(carta: Carta): Promise<void> {
  await carta.page.evaluate(
    (widget) =>
      (globalThis as unknown as Stores).app.widgetsStore.pvGeneratorWidgets
        .get(widget)
        ?.requestPV(true, widget),
    WIDGET,
  );
  await expect.poll(() => previewed(carta)).not.toEqual([]);
}

/** The numbers that the viewer shows in the preview's window. */
const previewed = (carta: Carta) =>
  carta.page.evaluate(() => {
    const preview = (globalThis as unknown as Stores).app.previewFrames.get(0);
    return Array.from(preview?.previewPVRasterData ?? []);
  });

/** Moves a line of the first image; the preview follows, with other numbers. */
async function moveLine(carta: Carta, points: { x: number; y: number }[]): Promise<number[]> {
  const before = await previewed(carta);
  const sent = carta.recorder.received("PV_PREVIEW_DATA").length;
  await carta.script("frameMap[0].regionSet.regions[1].setControlPoints", [points]);
  await carta.recorder.waitForReceived("PV_PREVIEW_DATA", sent + 1);
  await expect.poll(() => previewed(carta)).not.toEqual(before);
  return previewed(carta);
}

/** What the backend was asked to compute: moments, PV images, and fits. */
const requests = (carta: Carta) =>
  ["MOMENT_REQUEST", "PV_REQUEST", "FITTING_REQUEST"].map((type) =>
    carta.recorder.sent(type).map(({ message }) => message),
  );

/** The names in the viewer's list. */
const files = async (carta: Carta) => (await carta.images()).map(({ file }) => file);

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("after a drop, what is ticked is made again and the rest is closed", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open();
      for (const file of ["a.fits", "b.fits"]) await carta.openImage(file);
      for (const fileId of [0, 1]) await computeMoment(carta, fileId);
      await computePv(carta, 1);
      await fit(carta, 0);
      const [a, b, momentA, momentB = "", pv, model, residual] = await files(carta);
      const computed = (await carta.images()).find(({ file }) => file === pv);
      await carta.activate(computed?.fileId ?? NaN);
      const points = [
        { x: 20, y: 30 },
        { x: 10, y: 12 },
      ];
      await carta.addRegion({ type: RECTANGLE, points });

      await carta.backend.crashAndRestart();
      await carta.backend.control("delay-type?type=MOMENT_RESPONSE&ms=3000");
      const { page } = carta;
      const ticked = [
        "Moments of a.fits",
        "PV image of b.fits (region 1)",
        "Images of the fit of a.fits",
      ];
      await answer(page, "Pick up where you left off?", "Continue", ticked);
      await isSaid(page, "Making moments of a.fits again … 50 %");
      await isSaid(
        page,
        "Made again: moments of a.fits, PV image of b.fits (region 1) and images of the fit of a.fits.",
      );
      await isSaid(
        page,
        `Not restored: ${momentB}. Computed images exist only in the backend’s memory.`,
      );
      await isSaid(page, "1 region was drawn on a computed image and is gone.");
      expect(await files(carta)).toEqual([a, b, momentA, pv, model, residual]);
      const [[ofA, ofB, ofAAgain] = [], [ofLine, ofLineAgain] = [], [fitted, fittedAgain] = []] =
        requests(carta);
      expect([ofA?.["fileId"], ofB?.["fileId"], ofLine?.["fileId"]]).toEqual([0, 1, 1]);
      expect([ofAAgain, ofLineAgain, fittedAgain]).toEqual([ofA, ofLine, fitted]);
      const { images } = await carta.backend.session(carta.sessionId);
      expect(images).toHaveLength(6);
      await carta.waitUntilDrawn();
      expect(carta.consoleErrors).toEqual([]);
      await carta.expectNoTrouble();
    });

    test("a matched moment image that is gone is closed without an error", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open();
      await carta.openImage("a.fits");
      const points = (x: number) => [
        { x, y: 20 },
        { x: 8, y: 6 },
      ];
      await carta.addRegion({ type: RECTANGLE, points: points(15) });
      await carta.addRegion({ type: POINT, points: points(30).slice(0, 1) });
      await computeMoment(carta, 0);
      const [, moment] = await carta.images();
      const frame = { macroVariable: `frameMap[${moment?.fileId}]` };
      await carta.script("setSpatialMatchingEnabled", [frame, true]);
      expect(await carta.read("frames[1].spatialReference.frameInfo.fileId")).toBe(0);
      const before = await carta.regions(0);

      await carta.backend.crashAndRestart();
      await answer(carta.page, "Pick up where you left off?", "Continue", []);
      await isSaid(carta.page, "Computed images exist only in the backend’s memory.");
      await expect.poll(() => files(carta)).toEqual(["a.fits"]);
      expect(await carta.regions(0)).toEqual(before);
      // Once a region that is drawn now has its answer, everything before it has been answered too.
      const drawn = await carta.addRegion({ type: RECTANGLE, points: points(25) });
      const { regions } = await carta.backend.session(carta.sessionId);
      expect(regions).toHaveLength(3);
      expect(drawn).toBeGreaterThan(0);
      expect(carta.consoleErrors).toEqual([]);
      await carta.expectNoTrouble();
    });

    test("a preview continues in its window, following its line", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open();
      await carta.openImage("a.fits");
      const line = (y: number) => [
        { x: 10, y: 10 },
        { x: 40, y },
      ];
      await startPreview(carta, await carta.addRegion({ type: 1, points: line(40) }));
      const [before, moved] = [await previewed(carta), await moveLine(carta, line(20))];

      await carta.backend.crashAndRestart();
      const { page } = carta;
      await answer(page, "Pick up where you left off?", "Continue", [
        "PV preview of a.fits (region 1)",
      ]);
      await isSaid(page, "Made again: PV preview of a.fits (region 1).");
      const [sent, again] = carta.recorder.sent("PV_REQUEST").map(({ message }) => message);
      expect(again).toEqual(sent);
      expect(sent?.["previewSettings"]).toMatchObject({ previewId: 0, rebinXy: 2 });
      expect(await previewed(carta)).toEqual(moved);
      expect(await moveLine(carta, line(40))).toEqual(before);
      expect(await files(carta)).toEqual(["a.fits"]);

      // If it is not wanted, that is reported, and its window does not stay open without data.
      await carta.openImage("b.fits");
      await carta.recorder.waitUntilUnsuspected();
      await carta.backend.crashAndRestart();
      await answer(page, "Pick up where you left off?", "Continue", []);
      await isSaid(page, "Not made again: PV preview of a.fits (region 1).");
      await isSaid(page, "Everything else is back.");
      expect(carta.recorder.sent("PV_REQUEST")).toHaveLength(2);
      expect(await previewed(carta)).toEqual([]);
      await expect(page.getByText("PV Preview Viewer")).toBeHidden();
      await expect(page.getByText("PV Generator")).toBeVisible();
      expect(await carta.read("activeFrame.frameInfo.fileInfo.name")).toBe("b.fits");

      // The panel makes a new one.
      await askForPreview(carta);
      await expect(page.getByText("PV Preview Viewer")).toBeVisible();
      expect(await previewed(carta)).toEqual(before);
      expect(carta.consoleErrors).toEqual([]);
      await carta.expectNoTrouble();
    });

    test("after a reload, they are made from what has been restored", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open();
      // The first one gets an id that is not used again.
      for (const file of ["b.fits", "a.fits"]) await carta.openImage(file);
      await computePv(carta, 1);
      await computeMoment(carta, 1);
      const [, , pv] = await files(carta);
      await carta.activate((await carta.images()).find(({ file }) => file === pv)?.fileId ?? NaN);
      const points = [
        { x: 20, y: 20 },
        { x: 10, y: 12 },
      ];
      await carta.addRegion({ type: RECTANGLE, points });
      await carta.script("closeFile", [{ macroVariable: "frameMap[0]" }, false]);

      await carta.reload();
      const { page } = carta;
      await answer(page, "Restore your work?", "Restore", ["PV image of a.fits (region 1)"]);
      await isSaid(page, "Made again: PV image of a.fits (region 1).");
      await isSaid(page, "Not made again: moments of a.fits.");
      await isSaid(page, "1 region was drawn on a computed image and is gone.");
      await isSaid(page, "Back: 1 image and 1 region.");
      expect(await files(carta)).toEqual(["a.fits", pv]);
      const [, [sent, again] = []] = requests(carta);
      const [region] = await carta.regions(0);
      expect(sent?.["fileId"]).toBe(1);
      expect(again).toEqual({ ...sent, fileId: 0, regionId: region?.id });
      expect(carta.consoleErrors).toEqual([]);
      await carta.expectNoTrouble();
    });
  });
}
