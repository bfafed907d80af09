/** The real viewers on this backend, unchanged: what must work before anything is lost. */
import { expect, test } from "../harness/carta-test.js";
import type { Carta } from "../harness/carta.js";
import { ELLIPSE, RECTANGLE } from "../harness/steps.js";

/** The number of the sum in StatsType. */
const SUM = 2;

// Ten seconds each on an idle machine; software WebGL can take its time.
test.describe.configure({ timeout: 120_000 });

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version });

    test("opens an image by its menu and shows it", async ({ carta }) => {
      await carta.open();
      await carta.openImageByMenu("a.fits");
      await carta.waitUntilDrawn();
      await expect.poll(() => carta.imageList()).toEqual(["a.fits"]);
      const [histogram] = await carta.recorder.waitForReceived("REGION_HISTOGRAM_DATA");
      expect(histogram?.message).toMatchObject({ fileId: 0, regionId: -1, progress: 1 });
      expect(await carta.read("activeFrame.renderConfig.channelHistogram.bins.length")).toBe(64);

      await carta.hover({ x: 32, y: 32 });
      const shown = carta.imageView.locator(".cursor-overlay-div");
      await expect(shown).toContainText("Image:\u00a0(32, 32)");
      await expect(shown).toContainText(/Value:\s*1.00354e[+]1/);
      const profiles = carta.recorder.received("SPATIAL_PROFILE_DATA").at(-1);
      expect(profiles?.message?.["profiles"]).toMatchObject([
        { coordinate: "x", start: 0, end: 64 },
        { coordinate: "y", start: 0, end: 64 },
      ]);
      await carta.expectNoTrouble();
    });

    test("has regions, by scripting and by mouse, with statistics", async ({ carta }) => {
      await carta.open();
      expect(await carta.openImage("a.fits")).toBe(0);
      await carta.waitUntilDrawn();
      const before = await carta.picture();
      const points = [
        { x: 20, y: 30 },
        { x: 10, y: 12 },
      ];
      expect(await carta.addRegion({ type: RECTANGLE, points, name: "source" })).toBe(1);
      await carta.drawRegion("ellipse", { x: 40, y: 20 }, { x: 50, y: 30 });
      const [first, second, ...more] = await carta.regions();
      expect(first).toEqual({ id: 1, name: "source", type: RECTANGLE, points, rotation: 0 });
      expect(second).toMatchObject({ id: 2, type: ELLIPSE });
      expect(more).toEqual([]);
      const [session] = await carta.backend.sessions();
      expect(session?.["regions"]).toMatchObject([
        { regionId: 1, fileId: 0, regionType: RECTANGLE },
        { regionId: 2, fileId: 0, regionType: ELLIPSE },
      ]);
      await expect.poll(async () => (await carta.regionList()).length).toBe(3);
      expect((await carta.regionList())[1]).toContain("source");
      const difference = (await carta.picture()).differenceTo(before);
      expect(difference).toBeGreaterThan(0.001);
      expect(difference).toBeLessThan(0.2);

      await carta.script("widgetsStore.createFloatingStatsWidget");
      const [data] = await carta.recorder.waitForReceived("REGION_STATS_DATA");
      const statistics = data?.message?.["statistics"] as { statsType: number; value: number }[];
      const sum = statistics.find(({ statsType }) => statsType === SUM)?.value ?? NaN;
      const row = carta.page.locator(".stats-display tr", { hasText: "Sum" }).first();
      await expect(row).toContainText(sum.toExponential(12).replace(/e.*/, ""));
      await carta.expectNoTrouble();
    });

    test("has two images, contours, channels that play, and the whole cube's data", async ({
      carta,
    }) => {
      await carta.open();
      await carta.openImage("a.fits");
      await carta.openImage("b.fits");
      await carta.activate(0);
      await carta.drawContours([1, 2, 5]);
      await carta.setChannel(3);
      await carta.waitUntilDrawn();
      const [still] = await carta.backend.sessions();
      expect(still?.["images"]).toMatchObject([
        { fileId: 0, file: "a.fits", channel: 3, contours: { levels: [1, 2, 5] } },
        { fileId: 1, file: "b.fits", channel: 0 },
      ]);

      const frames = () =>
        carta.recorder
          .received("RASTER_TILE_SYNC")
          .filter(({ message }) => message?.["animationId"] === 1 && message["endSync"] === true);
      await carta.play();
      // More than are sent before the viewer has to confirm any.
      await expect.poll(() => frames().length).toBeGreaterThan(8);
      await carta.stop();
      await carta.recorder.waitForSent("STOP_ANIMATION");
      await expect
        .poll(async () => (await shownChannel(carta)) === (await carta.read("activeFrame.channel")))
        .toBe(true);

      await carta.hover({ x: 30, y: 40 });
      await carta.script("widgetsStore.createFloatingSpectralProfilerWidget");
      const [spectrum] = await carta.recorder.waitForReceived("SPECTRAL_PROFILE_DATA");
      const [profile] = spectrum?.message?.["profiles"] as { rawValuesFp32: number[] }[];
      expect(profile?.rawValuesFp32).toHaveLength(8 * 4);

      await carta.script("activeFrame.renderConfig.setUseCubeHistogram", [true]);
      await carta.script("requestCubeHistogram");
      await expect.poll(() => carta.read("activeFrame.renderConfig.cubeHistogramProgress")).toBe(1);
      await carta.expectNoTrouble();
    });

    test("by itself it stops at a drop until the user presses Retry", async ({ carta }) => {
      await carta.open();
      await carta.openImage("a.fits");
      const points = [
        { x: 20, y: 30 },
        { x: 10, y: 12 },
      ];
      await carta.addRegion({ type: RECTANGLE, points, rotation: 10, name: "source" });
      await carta.setChannel(2);
      const [before] = await carta.backend.sessions();
      await carta.backend.control("drop");
      await expect.poll(() => carta.modals()).toEqual([expect.stringContaining("disconnected")]);
      await carta.retry();
      const [after] = await carta.backend.sessions();
      expect(after?.sessionId).toBe(before?.sessionId);
      expect(after?.["regions"]).toEqual(before?.["regions"]);
      expect(after?.["images"]).toEqual(before?.["images"]);

      await carta.reload();
      expect(await carta.read("frames.length")).toBe(0);
    });
  });
}

/** The channel of the first image as the backend has it. */
async function shownChannel(carta: Carta): Promise<unknown> {
  const [session] = await carta.backend.sessions();
  return (session?.["images"] as { channel: number }[])[0]?.channel;
}
