/**
 * Images that a real viewer had computed are gone with the backend's memory: they do not
 * stay in its list as if they were there, and nothing says that they are.
 */
import type { Carta } from "../harness/carta.js";
import { equipped, expect, goOn, test } from "../harness/carta-equipped.js";

/** Computes the integrated intensity of an image, beside the moments that are there. */
async function computeMoment(carta: Carta, fileId: number): Promise<void> {
  const count = (await carta.images()).length;
  const request = {
    ...{ fileId, moments: [1], axis: 1, regionId: -1, mask: 0, keep: true },
    ...{ spectralRange: { min: 0, max: 7 }, pixelRange: { min: 0, max: 1 } },
  };
  await carta.attempt("requestMoment", [request, { macroVariable: `frameMap[${fileId}]` }]);
  await expect.poll(() => carta.images()).toHaveLength(count + 1);
}

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("moments of two images are closed and named after a drop", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open();
      for (const file of ["a.fits", "b.fits"]) await carta.openImage(file);
      const files = await carta.images();
      for (const fileId of [0, 1]) await computeMoment(carta, fileId);
      const moments = (await carta.images()).slice(2).map(({ file }) => file);

      await carta.backend.crashAndRestart();
      await goOn(carta);
      await expect.poll(() => carta.images()).toEqual(files);
      const line = carta.page.getByRole("status").filter({ hasText: "Everything else is back." });
      for (const moment of moments) await expect(line).toContainText(moment);

      // The backend gives its id to a new one, which is there to stay.
      await computeMoment(carta, 0);
      const { images } = await carta.backend.session(carta.sessionId);
      expect(images).toHaveLength(3);
      expect(carta.consoleErrors).toEqual([]);
      await carta.expectNoTrouble();
    });
  });
}
