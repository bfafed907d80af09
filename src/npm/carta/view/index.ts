// How CARTA's own viewer shows its work. This folder alone knows the names under which the
// viewer has it, as they are in 6.0.0 and 4.1.0; each is asked for before it is used.
import type { IdPairs, KeptView, View, ViewReport } from "../../view.js";
import { closePreview } from "./previews.js";
import { Reader, type Keep } from "./reader.js";
import { Remaking, restoreLooks } from "./remaking.js";
import { restoreImages, restoreView } from "./restorer.js";
import { SECTIONS } from "./sections/index.js";

/** How long the page's main thread is taken at a time, in milliseconds. */
const SLICE_MS = 1;
/** How often to look for changes, and how soon after the user has done something. */
const EVERY_MS = 1_000;
const SOON_MS = 200;

const HANDS = ["pointerup", "keyup", "wheel", "change", "drop"] as const;
/** Before the viewer hears of it: what it is about may be out of view afterwards. */
const TOUCHES = [...HANDS, "pointerdown", "keydown", "input"] as const;

const appOf = (): unknown => (globalThis as { app?: unknown }).app;

/** For `install()` and a `ResumableWebSocket` in a page with CARTA's own viewer. */
export function cartaView(): View {
  const remaking = new Remaking();
  // One after another: the viewer may be in the middle of something that it draws as a whole.
  let last: Promise<unknown> = Promise.resolve();
  const next = <T>(act: () => Promise<T>): Promise<T> => {
    const done = last.then(act);
    last = done;
    return done;
  };
  return {
    watch: (keep: Keep) => watch(new Reader(SECTIONS, keep)),
    restoreImages(kept: KeptView): void {
      void next(() => restoreImages(SECTIONS, appOf(), kept));
    },
    restore: (kept: KeptView): Promise<ViewReport> =>
      next(() => restoreView(SECTIONS, appOf(), kept)),
    willRemake: (images, kept) => remaking.note(appOf(), images, kept),
    restoreRemade(images: IdPairs): Promise<ViewReport> {
      const noted = remaking.take(images);
      return next(() => restoreLooks(appOf(), images, noted));
    },
    closePreview: (previewId: number) => closePreview(appOf(), previewId),
  };
}

function watch(reader: Reader): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  let soon: ReturnType<typeof setTimeout> | undefined;
  let isReading = false;
  const read = (): void => {
    if (isReading || signal.aborted) return;
    isReading = true;
    whenIdle(function slice() {
      isReading = !signal.aborted && !reader.readUntil(appOf(), performance.now() + SLICE_MS);
      if (isReading) whenIdle(slice);
    });
  };
  const readNow = (isAll: boolean): void => reader.readNow(appOf(), isAll);
  const early = { capture: true, passive: true, signal } as const;
  for (const type of HANDS)
    addEventListener(
      type,
      () => (soon ??= setTimeout(() => ((soon = undefined), read()), SOON_MS)),
      early,
    );
  for (const type of TOUCHES) addEventListener(type, () => reader.touch(appOf()), early);
  // Before the client's own listener, which writes what it has and is added later:
  // Chromium calls the listeners of this event in the order in which they were added,
  // capturing or not.
  // A page that has been hidden was not read meanwhile, and nobody waits for it.
  addEventListener("pagehide", () => readNow(document.hidden), early);
  addEventListener("visibilitychange", () => document.hidden && readNow(false), early);
  const timer = setInterval(() => document.hidden || read(), EVERY_MS);
  return () => {
    ended.abort();
    clearTimeout(soon);
    clearInterval(timer);
  };
}

/** Safari has no idle callbacks. */
const whenIdle = (act: () => void): void => {
  if (typeof requestIdleCallback === "function") requestIdleCallback(act, { timeout: EVERY_MS });
  else setTimeout(act);
};
