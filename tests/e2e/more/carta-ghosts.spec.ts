/**
 * Images that a real viewer had computed are gone with the backend's memory: they do not
 * stay in its list as if they were there, nothing says that they are, and those that the
 * user has ticked are made again.
 */
import type { Page } from "@playwright/test";
import type { Carta } from "../harness/carta.js";
import { equipped, expect, test } from "../harness/carta-equipped.js";

/** Computes an image of one that is open, beside those that are there. */
async function compute(carta: Carta, call: string, request: object): Promise<void> {
  const { length } = await carta.images();
  const { fileId } = request as { fileId: number };
  const frame = { macroVariable: `frameMap[${fileId}]` };
  const keep = call === "requestPV" ? [true] : [];
  await carta.attempt(call, [request, frame, ...keep]);
  await expect.poll(() => carta.images()).toHaveLength(length + 1);
}

/** The integrated intensity. */
const computeMoment = (carta: Carta, fileId: number) =>
  compute(carta, "requestMoment", {
    ...{ fileId, moments: [1], axis: 1, regionId: -1, mask: 0, keep: true },
    ...{ spectralRange: { min: 0, max: 5 }, pixelRange: { min: 0, max: 1 } },
  });

/** Along a line, which is drawn on the image. */
async function computePv(carta: Carta, fileId: number): Promise<void> {
  await carta.activate(fileId);
  const points = [
    { x: 10, y: 10 },
    { x: 30, y: 40 },
  ];
  const regionId = await carta.addRegion({ type: 1, points });
  await compute(carta, "requestPV", {
    ...{ fileId, regionId, width: 1, reverse: false, keep: true },
    ...{ spectralRange: { min: 0, max: 5 } },
  });
}

/** Answers with a yes, and with what is ticked. */
async function tick(page: Page, title: string, yes: string, ...names: string[]): Promise<void> {
  const dialog = page.getByRole("dialog", { name: title });
  for (const name of names) await dialog.getByRole("checkbox", { name }).check();
  await dialog.getByRole("button", { name: yes }).click();
  await expect(dialog).toBeHidden();
}

const isNamed = (page: Page, text: string) =>
  expect(page.getByRole("status").filter({ hasText: text })).toBeAttached({ timeout: 30_000 });

/** The requests that the backend got, without their ids. */
const requests = (carta: Carta, type: string) =>
  carta.recorder.sent(type).map(({ message }) => message);

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("after a drop, what is ticked is made again and the rest is closed", async ({ carta }) => {
      test.setTimeout(180_000);
      await carta.open();
      for (const file of ["a.fits", "b.fits"]) await carta.openImage(file);
      for (const fileId of [0, 1]) await computeMoment(carta, fileId);
      await computePv(carta, 1);
      const [a, b, momentA, momentB, pv] = (await carta.images()).map(({ file }) => file);

      await carta.backend.crashAndRestart();
      const { page } = carta;
      await tick(page, "Pick up where you left off?", "Continue", "Moments of a.fits", "PV image of b.fits");
      await isNamed(page, "Made again: moments of a.fits and PV image of b.fits.");
      console.log(await page.getByRole("status").allTextContents());
      const files = (await carta.images()).map(({ file }) => file);
      expect(files).toEqual([a, b, momentA, pv]);
      const { images } = await carta.backend.session(carta.sessionId);
      console.log(JSON.stringify(images), momentB, requests(carta, "MOMENT_REQUEST"));
      expect(images).toHaveLength(4);
      expect(carta.consoleErrors).toEqual([]);
      await carta.expectNoTrouble();
    });
  });
}
