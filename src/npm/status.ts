import type { ResumeError } from "./errors.js";

/** Where the connection stands. */
export type Phase =
  /** Created; `connect()` has not been called yet. */
  | "idle"
  /** A socket is being opened. */
  | "connecting"
  /** The socket is open; REGISTER_VIEWER has not been answered yet. */
  | "registering"
  /** There is work to restore; the user has been asked and has not answered. */
  | "confirming"
  /** RESUME_SESSION is on its way; the backend may be busy for a while. */
  | "resuming"
  /** Everything works. The only phase in which frames are sent at once. */
  | "active"
  /** The connection is gone; the next attempt comes after `retryInMs`. */
  | "waiting"
  /** Trying again cannot help. `error` says why; `retryNow()` tries again. */
  | "failed"
  /** `close()` was called. Nothing happens any more. */
  | "closed";

/**
 * What the client is doing. A new object whenever something in it changes, and
 * the same object until then, so that it can feed `useSyncExternalStore`.
 */
export interface Status {
  readonly phase: Phase;
  /** Attempts since the connection was last stable; 0 while all is well. */
  readonly attempt: number;
  /** In `waiting`: from the moment of this status to the next attempt. */
  readonly retryInMs: number | null;
  /** The backend's number for the session, 0 = none yet. */
  readonly sessionId: number;
  /**
   * What the backend said of the id. "resumed" does not mean that it still has
   * the session's state. `null` before the first answer.
   */
  readonly sessionType: "new" | "resumed" | null;
  /** Round trip of the last PING, `null` until one was answered. */
  readonly latencyMs: number | null;
  /**
   * Since when the backend has not answered although there is a connection, in
   * milliseconds since 1970; `null` while it does. It may be busy: the connection is kept
   * until another one opens and this one still stays silent.
   */
  readonly silentSince: number | null;
  /** What ended the last attempt or the client, `null` once active again. */
  readonly error: ResumeError | null;
}
