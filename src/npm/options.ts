import type { ResumeAnswer, ResumeOffer } from "./offer.js";

/**
 * The address, or a function that returns it before each attempt, for example with a
 * fresh token. It may throw an error whose `code` is "login-required": the user has to
 * log in again.
 */
export type UrlSource = string | URL | ((attempt: number) => string | URL | Promise<string | URL>);

/** A user's name, or a function that returns it before each attempt. */
export type UserSource = string | (() => string | null | Promise<string | null>);

/** How long to wait between attempts: exponential, with jitter. */
export interface BackoffOptions {
  /** Upper bound of the first delay; default 500. */
  initialMs?: number;
  /**
   * Upper bound of every delay; default 3800. As an outage begins, the cap is half of it,
   * and it grows by a sixteenth of the outage.
   */
  maxMs?: number;
  /** The cap while the page is hidden; default 60000. */
  hiddenMaxMs?: number;
  /** Growth from one bound to the next, 1 to 100; default 3. */
  factor?: number;
  /**
   * "full": uniform between 0 and the bound, at the cap between half of it and all of it.
   * "none": the bound itself.
   */
  jitter?: "full" | "none";
  /** Failed attempts before `failed`; default Infinity. */
  maxAttempts?: number;
  /** A connection that lived this long resets the count; default 10000. */
  resetAfterMs?: number;
}

/** How a dead connection that looks open is noticed. */
export interface HeartbeatOptions {
  /** Between PINGs; default 5000. */
  intervalMs?: number;
  /**
   * After how long a silence the connection is replaced by a second one, if the backend
   * opens that; default 7000. A backend that is busy opens none, and keeps the connection.
   */
  timeoutMs?: number;
  /**
   * The most that is added to it while data are awaited, for a large message on a slow
   * line: browsers show no part of a message. Less on a line that has proved to be
   * faster; default 45000.
   */
  busyTimeoutMs?: number;
}

/** Options of a `ResumeClient`. */
export interface ResumeClientOptions {
  /** ws: or wss: address of the backend. Its query is never stored or shown. */
  url: UrlSource;
  /**
   * Asks the user. Called once per drop, after the connection is back. There is no
   * deadline. `signal` is aborted when there is nothing left to ask, for example after
   * `close()`.
   */
  confirmResume: (offer: ResumeOffer, signal: AbortSignal) => ResumeAnswer | Promise<ResumeAnswer>;
  /** Interface version to begin with; the backend's wins. Default 30. */
  icdVersion?: 28 | 29 | 30;
  /** Sent in REGISTER_VIEWER; default "". */
  apiKey?: string;
  /** Bits sent in REGISTER_VIEWER; default 5, WebGL and WebAssembly. */
  clientFeatureFlags?: number;
  backoff?: BackoffOptions;
  /** `false`: no PING, no deadline. */
  heartbeat?: HeartbeatOptions | false;
  timeouts?: {
    /**
     * To an open socket; default 10000. Twice, four and eight times that after attempts
     * that did not get that far: Firefox holds connections back after failures.
     */
    connectMs?: number;
    /** To REGISTER_VIEWER_ACK; default 10000. */
    registerMs?: number;
    /**
     * To RESUME_SESSION_ACK, if the backend answers other requests meanwhile; then the
     * user is asked again. Default Infinity: a resume takes as long as it takes.
     */
    resumeMs?: number;
  };
  /** Bounds of what waits while the connection is not active. */
  queue?: {
    /** Default 10000. */
    maxFrames?: number;
    /** Default 64 MiB. */
    maxBytes?: number;
  };
  /**
   * Where the workspace is kept. "browser", the default: in IndexedDB, so that it
   * outlives the page and the browser. "memory": as long as the page.
   */
  storage?: "browser" | "memory";
  /**
   * Whose work it is; default "". Needed wherever people log in, because they may
   * share a browser profile: work of one user is never offered to another. A function
   * is called before each attempt; `null`: somebody whose name is unknown, whose work
   * is not stored. It is stored, so it should be a name or a number, not a secret.
   */
  user?: UserSource;
  /** Bounds of the archive of this backend and user; the oldest goes first. */
  archive?: {
    /** Workspaces; default 20. */
    maxCount?: number;
    /** Time since a workspace was archived; default 30 days. */
    maxAgeMs?: number;
    /** All workspaces together; default 50 MB. */
    maxBytes?: number;
  };
  /** Bounds of the backend's answers to OPEN_FILE that are kept for a reloaded page. */
  openFileAnswers?: {
    /** All images together; default 4 MiB. */
    maxBytes?: number;
  };
}
