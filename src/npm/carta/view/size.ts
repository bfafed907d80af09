// How large the viewer's panel for images is. When it learns that for the first time, it fits
// all images that are shown into it, whatever their zoom was.
import { askAny, number } from "./ask.js";

/** How long to wait at most while the page is shown, and how often to look, in milliseconds. */
const PATIENCE_MS = 3_000;
const EVERY_MS = 50;

/** 6.0.0 and 4.1.0: it is 1 before it is known. */
export function hasSize(app: unknown): boolean {
  const width = number(askAny(app, "fullViewWidth", "overlayStore.fullViewWidth"));
  return width === undefined || width > 1;
}

/** Waits until it is known. In a page that nobody sees, a browser tells no sizes. */
export async function sized(app: unknown): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS && !hasSize(app);) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    if (!document.hidden) waited += EVERY_MS;
  }
}
