// How large the viewer's panel for images is. When it learns that for the first time, it fits
// all images that are shown into it, whatever their zoom was.
import { askAny, number } from "./ask.js";
import { until } from "./until.js";

/** 6.0.0 and 4.1.0: it is 1 before it is known. */
export function hasSize(app: unknown): boolean {
  const width = number(askAny(app, "fullViewWidth", "overlayStore.fullViewWidth"));
  return width === undefined || width > 1;
}

/** In a page that nobody sees, a browser tells no sizes. */
export const sized = (app: unknown): Promise<void> => until(() => hasSize(app));
