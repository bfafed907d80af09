/**
 * carta-resume/socket: a WebSocket that survives lost connections, restarted
 * backends and, with a CARTA viewer, reloaded pages. For viewers that speak the
 * CARTA interface through `new WebSocket(url)` and are not to be rewritten.
 *
 * Until REGISTER_VIEWER is sent on it, and for everything else that it may be
 * used for, it is one of the browser's sockets and behaves as such.
 */
/// <reference lib="dom" />
import type {
  Archive,
  ResumeClientOptions,
  ResumeAnswer,
  ResumeError as AnyResumeError,
  ResumeOffer,
  ResumeReport,
  Status,
  ViewerState,
} from "./index.js";

export { ResumeError } from "./index.js";
export type {
  Archive,
  ArchivedWorkspace,
  BackoffOptions,
  HeartbeatOptions,
  ResumeAnswer,
  ResumeErrorCode,
  ResumeOffer,
  ResumeReason,
  ResumeReport,
  Status,
  ViewerState,
} from "./index.js";

/** What a page can know of a session that is kept, and do about it. */
export interface Resumption {
  /** The same object until something in it changes. */
  readonly status: Status;
  /** What was set aside. `restore` rebuilds a CARTA viewer beside what is open. */
  readonly archive: Archive;
  /** Ends a wait, or asks the user again. */
  retryNow(): void;
  /** What a resume would bring back. */
  viewerState(): ViewerState;
}

/** Options of a {@link ResumableWebSocket}; as for a `ResumeClient`, and a few more. */
export interface ResumableOptions extends Pick<
  ResumeClientOptions,
  | "backoff"
  | "heartbeat"
  | "timeouts"
  | "queue"
  | "storage"
  | "user"
  | "archive"
  | "openFileAnswers"
> {
  /**
   * Asks the user. After a lost connection the answer is `true` or `false`: with
   * `false` the viewer gets a `close` event with code 4900. After a reload of the
   * page it may also be a part. Without this option a dialog of this package asks.
   */
  confirmResume?: (offer: ResumeOffer, signal: AbortSignal) => ResumeAnswer | Promise<ResumeAnswer>;
  /**
   * Rebuild a CARTA viewer after a reload of its page, from what was stored;
   * default true. Other viewers are left alone in any case.
   */
  rebuild?: boolean;
  onStatus?: (status: Status, resumption: Resumption) => void;
  onResumed?: (report: ResumeReport) => void;
  /** A viewer is being rebuilt: so many of all steps are done. */
  onRebuilding?: (done: number, all: number) => void;
  /** Without it, `console.warn`. */
  onError?: (error: AnyResumeError) => void;
}

/**
 * A drop-in for the browser's `WebSocket`. A lost connection does not reach its
 * user as `close`; a refusal by the person in front of it does (code 4900), and
 * so does one that cannot be mended (1006).
 */
export class ResumableWebSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[], options?: ResumableOptions);
  /** `null` until the viewer has registered. */
  readonly resume: Resumption | null;
}

export interface InstallOptions extends ResumableOptions {
  /**
   * The connections to keep: how their address (ws: or wss:) begins, or a pattern
   * for it, or a function. Default: all on which a viewer registers.
   */
  match?: string | RegExp | ((url: URL) => boolean);
}

/**
 * Puts a class in place of `globalThis.WebSocket` that makes a
 * {@link ResumableWebSocket} for matching addresses, and the browser's own for
 * all others. Call it before the viewer makes its socket.
 */
export function install(options?: InstallOptions): void;

/** Puts the browser's own class back. Sockets that were made go on. */
export function uninstall(): void;
