/** Images that a real viewer computes, and the question about making them again. */
import type { Page } from "@playwright/test";
import type { Carta } from "./carta.js";
import { expect } from "./expect.js";

/** Computes an image from an open one, beside those that are open. */
async function compute(carta: Carta, call: string, request: object): Promise<void> {
  const { length } = await carta.images();
  const { fileId } = request as { fileId: number };
  const frame = { macroVariable: `frameMap[${fileId}]` };
  const keep = call === "requestPV" ? [true] : [];
  await carta.attempt(call, [request, frame, ...keep]);
  await expect.poll(() => carta.images()).toHaveLength(length + 1);
}

/** The integrated intensity. */
export const computeMoment = (carta: Carta, fileId: number) =>
  compute(carta, "requestMoment", {
    ...{ fileId, moments: [1], axis: 1, regionId: -1, mask: 0, keep: true },
    ...{ spectralRange: { min: 0, max: 5 }, pixelRange: { min: 0, max: 1 } },
  });

/** Along a line, which is drawn on the image. */
export async function computePv(carta: Carta, fileId: number): Promise<void> {
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

/** A Gaussian fit, with its model and residual as images. */
export async function fit(carta: Carta, fileId: number): Promise<void> {
  const { length } = await carta.images();
  const gaussian = { center: { x: 16, y: 16 }, amp: 5, fwhm: { x: 8, y: 8 }, pa: 0 };
  const request = {
    ...{ fileId, regionId: -1, initialValues: [gaussian], fixedParams: Array(6).fill(false) },
    ...{ createModelImage: true, createResidualImage: true, offset: 0, solver: 0 },
  };
  await carta.attempt("requestFitting", [request]);
  await expect.poll(() => carta.images()).toHaveLength(length + 2);
}

/** Answers yes, with these ticked. */
export async function answer(
  page: Page,
  title: string,
  yes: string,
  ticked: string[],
): Promise<void> {
  const dialog = page.getByRole("dialog", { name: title });
  for (const name of ticked) await dialog.getByRole("checkbox", { name }).check();
  await dialog.getByRole("button", { name: yes }).click();
  await expect(dialog).toBeHidden();
}

export const isSaid = (page: Page, text: string) =>
  expect(page.locator("carta-resume-status")).toContainText(text, { timeout: 30_000 });
