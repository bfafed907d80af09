/** Ids of images, regions or catalogs, as pairs: in the previous page, and in this one. */
export type IdPairs = readonly (readonly [before: number, now: number])[];

/** How the previous page showed its work, by the ids that things had there. */
export interface KeptView {
  /** Each is JSON, and as hostile as anything that was stored. */
  readonly parts: readonly { readonly key: string; readonly json: string }[];
  readonly images: IdPairs;
  readonly regions: IdPairs;
  readonly catalogs: IdPairs;
}

/** What a viewer shows beyond what the interface carries. */
export type ViewAspect =
  | "matching"
  | "zoom"
  | "colours"
  | "contours"
  | "overlays"
  | "regions"
  | "active"
  | "order"
  | "blending"
  | "catalogs"
  | "online"
  | "animator"
  | "settings"
  | "layout"
  | "widgets";

/** The outcome of giving a view back. */
export interface ViewReport {
  /** What is as it was. */
  back: ViewAspect[];
  /** What is not, or not in every image. */
  notBack: ViewAspect[];
}

/**
 * Knows how a certain viewer shows its work. The one for CARTA is `cartaView()` of
 * `carta-resume/carta-view`.
 */
export interface View {
  /**
   * Starts reading: `keep` gets each part when it has changed, as JSON, or `null` when it
   * is gone. The returned function ends it. What is kept at `pagehide` is stored too, if
   * the listener is added before this returns.
   */
  watch(keep: (key: string, json: string | null) => void): () => void;
  /**
   * Called before `restore`, when the images are open and their regions are still to
   * come: gives back what would make the viewer draw each region again. Never throws.
   */
  restoreImages?(kept: KeptView): void;
  /** Gives a rebuilt viewer what is kept. Never rejects. */
  restore(kept: KeptView): Promise<ViewReport>;
  /**
   * These images are gone and are to be made again, and no others: notes how they look, as
   * the viewer still shows them, or after a rebuild as it was kept. Never throws.
   */
  willRemake?(images: readonly number[], kept?: KeptView): void;
  /** Images have been made again: gives them the look of those before. Never rejects. */
  restoreRemade?(images: IdPairs): Promise<ViewReport>;
  /**
   * Closes the window of a PV preview that was lost with the backend and is not made again:
   * no more data comes for it. `previewId`: as in the viewer's PV_REQUEST. Never throws.
   */
  closePreview?(previewId: number): void;
}

/** What is back is so in all of them. */
export function inAll(reports: readonly ViewReport[]): ViewReport {
  const notBack = new Set(reports.flatMap((report) => report.notBack));
  const back = new Set(reports.flatMap((report) => report.back));
  return { back: [...back].filter((aspect) => !notBack.has(aspect)), notBack: [...notBack] };
}
