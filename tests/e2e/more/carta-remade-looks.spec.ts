/** Images that a real viewer had computed look as before when they are made again. */
import type { Carta } from "../harness/carta.js";
import { answer, computeMoment, computePv, isSaid } from "../harness/carta-computed.js";
import { differences, dump, type Dump } from "../harness/carta-dump.js";
import { equipped, expect, test } from "../harness/carta-equipped.js";

/** The parts of an image that a user changes in its panels. */
interface Frame {
  frameInfo: { fileId: number };
  titleCustomText: string;
  renderConfig: {
    setColorMap(name: string): void;
    setInverted(inverted: boolean): void;
    setScaling(scaling: number): void;
    setCustomScale(min: number, max: number): void;
  };
  contourConfig: { setThickness(pixels: number): void };
  setTitleCustomText(title: string): void;
  setZoom(zoom: number): void;
  setCenter(x: number, y: number): void;
}

/** Gives an image of the list a look that no new one has. */
async function dressUp(carta: Carta, place: number): Promise<void> {
  await carta.page.evaluate((place) => {
    const { app } = globalThis as unknown as { app: { frames: Frame[] } };
    const frame = app.frames[place];
    frame?.renderConfig.setColorMap(["viridis", "hot", "rainbow", "cool"][place] ?? "");
    frame?.renderConfig.setInverted(true);
    frame?.renderConfig.setScaling(2);
    frame?.renderConfig.setCustomScale(1 + place, 7.5 + place);
    frame?.contourConfig.setThickness(3 + place);
    frame?.setTitleCustomText(`Title ${place}`);
    frame?.setZoom(3 + place);
    frame?.setCenter(11 + place, 14);
  }, place);
  await carta.waitUntilDrawn();
}

/** Matches an image to the reference in a way that a new one is not, or the other way round. */
async function rematch(carta: Carta, place: number, kinds: string[]): Promise<void> {
  const frame = { macroVariable: `frames[${place}]` };
  for (const kind of ["Spatial", "RasterScaling"])
    await carta.attempt(`set${kind}MatchingEnabled`, [frame, kinds.includes(kind)]);
}

/** What is shown of an image of the list. */
const lookOf = (all: Dump, place: number): Dump => {
  const prefix = `${place}: `;
  const own = Object.entries(all).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
};

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("after a drop, what is made again looks as it did", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open();
      for (const file of ["a.fits", "b.fits"]) await carta.openImage(file);
      for (const fileId of [0, 1]) await computeMoment(carta, fileId);
      await rematch(carta, 2, ["Spatial", "RasterScaling"]);
      await rematch(carta, 3, []);
      for (const place of [2, 3]) await dressUp(carta, place);
      const before = await dump(carta.page);
      expect(before["2: spatialReference.filename"]).toBe("a.fits");
      expect(before["3: zoomLevel"]).toBe(6);

      await carta.backend.crashAndRestart();
      await carta.backend.control("delay-type?type=MOMENT_RESPONSE&ms=1000");
      const { page } = carta;
      const ticked = ["Moments of a.fits", "Moments of b.fits"];
      await answer(page, "Pick up where you left off?", "Continue", ticked);
      await isSaid(page, "Made again: moments of a.fits and moments of b.fits.");
      await isSaid(page, "Everything else is back.");
      await expect(page.locator("carta-resume-status")).not.toContainText("Not restored");
      expect(differences(before, await dump(page))).toEqual([]);

      // What cannot be given back is named.
      await carta.recorder.waitUntilUnsuspected();
      await carta.backend.crashAndRestart();
      await page.evaluate(() => {
        const global = globalThis as unknown as { app: object };
        const lacks = "setRasterScalingMatchingEnabled";
        global.app = new Proxy(global.app, {
          get: (app, name) => (name === lacks ? undefined : Reflect.get(app, name)),
        });
      });
      await answer(page, "Pick up where you left off?", "Continue", ["Moments of a.fits"]);
      await isSaid(page, "Made again: moments of a.fits.");
      await isSaid(page, "Not restored: matching.");
      expect(carta.consoleErrors).toEqual([]);
      await carta.expectNoTrouble();
    });

    test("after a reload, what is made again looks as it did", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open();
      for (const file of ["b.fits", "a.fits"]) await carta.openImage(file);
      await carta.script("closeFile", [{ macroVariable: "frameMap[0]" }, false]);
      await computePv(carta, 1);
      await computeMoment(carta, 1);
      await rematch(carta, 2, ["Spatial", "RasterScaling"]);
      for (const place of [1, 2]) await dressUp(carta, place);
      const before = await dump(carta.page);
      expect(before["2: rasterScalingReference.filename"]).toBe("a.fits");

      await carta.reload();
      const { page } = carta;
      const ticked = ["PV image of a.fits (region 1)", "Moments of a.fits"];
      await answer(page, "Restore your work?", "Restore", ticked);
      await isSaid(page, "Made again: PV image of a.fits (region 1) and moments of a.fits.");
      await isSaid(page, "Back: 1 image and 1 region.");
      const line = page.locator("carta-resume-status");
      await expect(line).not.toContainText(/Not restored: [^.]*(matching|order|colours|zoom)/);
      const after = await dump(page);
      for (const place of [1, 2])
        expect(differences(lookOf(before, place), lookOf(after, place))).toEqual([]);
      expect(carta.consoleErrors).toEqual([]);
      await carta.expectNoTrouble();
    });
  });
}
