import type { OfferedCalculation, ResumeReason } from "./offer.js";
import type { ViewReport } from "./view.js";
import type { ViewerState } from "./workspace.js";

/** What the backend restored and what it could not. */
export interface ResumeReport {
  /** Why there was something to restore. */
  reason: ResumeReason;
  /**
   * What is open now, for a viewer that starts empty and rebuilds its panels from it.
   * `null` after a lost connection: that viewer still has it all.
   */
  state: ViewerState | null;
  /** All of it came back. */
  success: boolean;
  /** The backend's words, "" on success. Text, never markup. */
  message: string;
  /** File ids that are open again. */
  images: number[];
  failedImages: number[];
  /**
   * Images that existed only in the backend's memory, such as moments: they are gone, and
   * their file ids may be given to new images. An unmodified viewer is made to close
   * them; any other has to do it itself.
   */
  lostImages: number[];
  /** What is being made again from now on; the event `remade` tells what came of it. */
  remaking: OfferedCalculation[];
  /** Region ids; those that were drawn on `lostImages` are among them, also on a success. */
  failedRegions: number[];
  /** How many regions are there again. */
  regionCount: number;
  /**
   * Images of a rebuilt viewer whose files have changed in the meantime: another size,
   * date, shape or header. After RESUME_SESSION, the error `file-changed` tells of them.
   */
  changedImages: { fileId: number; file: string }[];
  /** Catalog file ids that were asked for; the backend reports no failures. */
  catalogs: number[];
  /** Which parts of the view are back. Only for a viewer that was rebuilt with a `view`. */
  view?: ViewReport;
  /** From sending RESUME_SESSION to its answer. */
  durationMs: number;
  /** Bytes of RESUME_SESSION, header included. */
  bytesSent: number;
}

/** How far making images again has got. */
export interface RemakeProgress {
  /** What is being made. */
  calculation: OfferedCalculation;
  /** The progress of this one, from 0 to 1, as the backend reports it. */
  progress: number;
  /** How many are finished, and how many there are. */
  done: number;
  all: number;
}

/** What came of making images again. */
export interface RemakeReport {
  /**
   * `images`: the file ids now and before; `was` is `null` for one that the viewer had
   * closed. A preview has none.
   */
  made: { calculation: OfferedCalculation; images: { fileId: number; was: number | null }[] }[];
  /** `message`: why, often a quotation of the backend, or "" for what the answer did not name. */
  notMade: { calculation: OfferedCalculation; message: string }[];
  /**
   * How the new images look: which parts of their view are as before. Only with a `view`,
   * and only if images were made again.
   */
  view?: ViewReport;
}
