import type { OfferedCatalog, OfferedImage } from "./offer.js";

/** A workspace in the archive. */
export interface ArchivedWorkspace {
  id: string;
  /**
   * "declined": the user said no, or yes to a part. "superseded": another
   * workspace was restored in its place. "expired": nobody came back to it.
   */
  why: "declined" | "superseded" | "expired";
  archivedAt: number;
  savedAt: number;
  /** What it takes in the browser's storage. */
  bytes: number;
  /** In ascending file id. */
  images: OfferedImage[];
  catalogs: OfferedCatalog[];
}

/**
 * The archived workspaces of this backend and user. Empty before the first
 * connection and without storage.
 */
export interface Archive {
  /** Newest first. */
  list(): Promise<ArchivedWorkspace[]>;
  /**
   * Asks the user, with `reason: "archive"`, and restores the workspace in place
   * of what is open, which goes to the archive. Resolves when it is restored,
   * with `false` if the user said no.
   * @throws {ResumeError} as a rejection: `not-active`, `unknown-workspace`,
   * `storage-failed`, `connection-lost`, `closed`.
   */
  restore(id: string): Promise<boolean>;
  /** @throws {ResumeError} as a rejection: `unknown-workspace`, `storage-failed`. */
  delete(id: string): Promise<void>;
  /**
   * @throws {ResumeError} as a rejection: `storage-failed`; `not-active` before the
   * first connection, `closed`.
   */
  deleteAll(): Promise<void>;
}
