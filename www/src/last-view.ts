/**
 * What the user was looking at: the image in front, and which part of each image. The backend does
 * not know it, so a viewer keeps it for its own reloads.
 */
import type { OpenImage } from "./open-image.js";
import type { Viewer } from "./viewer.js";

const KEY = "carta-resume-demo:view";

interface Kept {
  active: number;
  views: { fileId: number; file: string; x: number; y: number; scale: number }[];
}

/** Keeps it whenever the page may be about to go. */
export function keepView(viewer: Viewer): void {
  const keep = () => {
    // If nothing is open, the question about the last work may still be.
    if (viewer.active === null) return;
    const views = viewer.images
      .filter(({ view }) => !view.fitted)
      .map(({ fileId, file, view: { centre, scale } }) => ({ fileId, file, ...centre, scale }));
    store({ active: viewer.active.fileId, views });
  };
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", keep);
}

/** Zooms as before the reload of this tab. Returns the image that was in front. */
export function recallView(images: readonly OpenImage[]): OpenImage | undefined {
  const kept = read();
  for (const image of images) {
    const part = kept?.views.find(
      ({ fileId, file }) => fileId === image.fileId && file === image.file,
    );
    if (part === undefined || ![part.x, part.y, part.scale].every(Number.isFinite)) continue;
    const { x, y, scale } = part;
    Object.assign(image.view, { centre: { x, y }, scale, fitted: false });
  }
  return images.find(({ fileId }) => fileId === kept?.active);
}

export function forgetView(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Then nothing was stored either.
  }
}

function store(kept: Kept): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Then, after a reload, the first image comes to the front.
  }
}

function read(): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Partial<Kept> | null;
    return kept === null || !Array.isArray(kept.views) ? null : (kept as Kept);
  } catch {
    return null;
  }
}
