import type { OfferedCatalog, OfferedImage } from "./offer.js";

/** A workspace that can be brought back. */
export interface ArchivedWorkspace {
  id: string;
  /** The backend's address that it was open at, without query. */
  address: string;
  /**
   * "declined": the user said no, or yes to a part. "superseded": another
   * workspace was restored in its place. "expired": nobody came back to it. "closed":
   * its tab was closed or crashed. "imported": it was imported from a file. "open": another tab
   * has it; restoring takes it from there. "moved": it was taken from another tab.
   */
  why: "declined" | "superseded" | "expired" | "closed" | "imported" | "open" | "moved";
  archivedAt: number;
  savedAt: number;
  /** Bytes that it takes in the browser's storage, 0 if they have not been counted. */
  bytes: number;
  /** In ascending file id. */
  images: OfferedImage[];
  catalogs: OfferedCatalog[];
}

/**
 * What this user can bring back: workspaces that were archived, what closed tabs have
 * left, and what other tabs have open, of every backend that this page's origin has
 * worked with. Empty before the first connection and with `storage: "memory"`. While the
 * storage is opening, every call waits.
 */
export interface Archive {
  /**
   * Newest first.
   * @throws {ResumeError} as a rejection: `storage-failed` if it cannot be read.
   */
  list(): Promise<ArchivedWorkspace[]>;
  /**
   * Asks the user, with `reason: "archive"`, and restores the workspace in place of what
   * is open, which goes to the archive. Resolves when it is restored, with `false` if the
   * user said no. What another tab has open is asked about with `reason: "other-tab"`;
   * after a yes, that tab hands it over, and its client is closed.
   * @throws {ResumeError} as a rejection: `not-active`, `unknown-workspace`,
   * `other-tab-silent`, `storage-failed`, `connection-lost`, `closed`.
   */
  restore(id: string): Promise<boolean>;
  /**
   * A workspace as a file: what is open, or with an id one of the archive. It has the
   * names of files, the regions and the settings, and neither session id nor user.
   * @throws {ResumeError} as a rejection: `unknown-workspace`, also when nothing is open;
   * `storage-failed`, `closed`.
   */
  export(id?: string): Promise<Blob>;
  /**
   * Adds an exported workspace to the archive; resolves with its id there. It may come
   * from another address, browser or person: whether the backend has its files turns out
   * when it is restored.
   * @throws {ResumeError} as a rejection: `invalid-file`, `not-active`, `storage-failed`,
   * `closed`.
   */
  import(file: Blob | ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string>;
  /** @throws {ResumeError} as a rejection: `unknown-workspace`, `storage-failed`. */
  delete(id: string): Promise<void>;
  /**
   * Deletes everything that is archived for this backend.
   * @throws {ResumeError} as a rejection: `storage-failed`; `not-active` before the
   * first connection, `closed`.
   */
  deleteAll(): Promise<void>;
}
