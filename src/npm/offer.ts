/** An image that would come back. */
export interface OfferedImage {
  fileId: number;
  directory: string;
  /** File name or LEL expression. Text from outside: never use it as markup. */
  file: string;
  /** "" = the first. */
  hdu: string;
  channel: number;
  stokes: number;
  /** Regions, the cursor not counted. */
  regionCount: number;
  hasContours: boolean;
}

/** A catalog that would come back. */
export interface OfferedCatalog {
  fileId: number;
  directory: string;
  name: string;
}

/**
 * A calculation whose images existed only in the backend's memory, and that can be made
 * again: its request is known, and what it is calculated from has not changed.
 */
export interface OfferedCalculation {
  /** The id by which an answer names it. */
  id: number;
  kind: "moments" | "pv-image" | "pv-preview" | "fit";
  /** The image that it is calculated from, and its name, which is text from outside. */
  fileId: number;
  file: string;
  /** The images it made, under their former file ids. A preview has none. */
  images: { fileId: number; name: string }[];
  /** The id of the region that it is calculated in or along; none for a whole image. */
  regionId?: number;
  /** Only for moments: the first and the last channel. */
  channels?: [number, number];
  /** Only for a preview: its id, as in its PV_REQUEST. */
  previewId?: number;
}

/**
 * Why there is something to restore: the connection was gone; this tab was reloaded or
 * its browser crashed; another tab of this backend is gone and left its work; the viewer
 * asked for a workspace from the archive; or another tab has it, and hands it over after
 * a yes.
 */
export type ResumeReason =
  "connection-lost" | "page-reloaded" | "tab-closed" | "archive" | "other-tab";

/**
 * What the user is asked: restore this workspace? If the workspace changes while the
 * question is open, this same object is brought up to date.
 */
export interface ResumeOffer {
  reason: ResumeReason;
  sessionId: number;
  sessionType: "new" | "resumed";
  /** The backend's own words on registering. Text, never markup. */
  backendMessage: string;
  /** When the workspace was last known to be the backend's state. */
  savedAt: number;
  /** In ascending file id. */
  images: OfferedImage[];
  catalogs: OfferedCatalog[];
  /** How the files were shown can be restored too. Only for a viewer with a `view`. */
  hasView: boolean;
  /**
   * What was being restored when two connections in a row were lost, by file id. One of
   * these may be what stops the backend, so let the user leave them out, after a drop too.
   * Usually both lists are empty.
   */
  suspected: { images: number[]; catalogs: number[] };
  /**
   * What was still being restored, after a reload or from the archive, when the connection
   * was lost: after a yes, that goes on. After a no it is in the archive, with all the rest.
   * Only of an unmodified viewer; otherwise these are 0.
   */
  stillRestoring: { images: number; regions: number; catalogs: number };
  /**
   * What was computed and can be made again after the resume. That takes as long as it
   * did the first time, so it is done only if the answer names it in `remake`; otherwise
   * it is gone.
   */
  canRemake: OfferedCalculation[];
  /**
   * What cannot be restored, for example images that were computed, and what is left out
   * because the backend went away twice during it. The images of `canRemake` are here too.
   */
  cannotRestore: { fileId: number; name: string; why: string }[];
}

/**
 * `true`: restore all of it. `false`: start empty. Or the file ids to restore; without
 * `catalogs`, all catalogs. `remake` names what of the offer's `canRemake` is made again,
 * by its `id`; alone, the rest is restored as with `true`. `view: false`: leave out how
 * they were shown.
 */
export type ResumeAnswer =
  | boolean
  | { images: number[]; catalogs?: number[]; remake?: number[]; view?: boolean }
  | { images?: undefined; catalogs?: undefined; remake: number[]; view?: boolean };
