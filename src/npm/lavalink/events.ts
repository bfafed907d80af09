import type { ResumeError } from "../errors.js";
import type { Phase } from "../status.js";

/** A session that a node has given. */
export interface ReadySession {
  readonly sessionId: string;
  /** It is the previous session: its players go on. */
  readonly resumed: boolean;
}

/** A session that is gone, with its players and all that waited in it. */
export interface LostSession {
  readonly sessionId: string;
  /**
   * "node-restarted": the node has been restarted since. "expired": the node did not hold
   * it, or not for that long. "still-connected": the node had not noticed in time that
   * the old connection was gone; the session ends as soon as it does.
   */
  readonly why: "node-restarted" | "expired" | "still-connected";
}

/** What a node says: `playerUpdate`, `stats` or `event`, with the fields of Lavalink v4. */
export interface NodeMessage {
  readonly op: string;
  readonly [field: string]: unknown;
}

/** The events that `on` takes, with what their handlers get. */
export interface LavalinkNodeEvents {
  /** The node is ready: on each successful connection. */
  ready: ReadySession;
  /** The previous session continues: comes after `ready`. */
  resumed: { readonly sessionId: string };
  /** A session is gone: comes before the `ready` of the one in its place. */
  lost: LostSession;
  /** What the node says after `ready`, in order, each once. */
  message: NodeMessage;
  /** Something went wrong; the node goes on if its phase is not "failed". */
  error: ResumeError;
  status: NodeStatus;
}

/** What the connection to a node is doing. The same object until something in it changes. */
export interface NodeStatus {
  /** As for a `ResumeClient`. "registering": from the open socket until the session is held. */
  readonly phase: Exclude<Phase, "confirming" | "resuming">;
  /** Attempts since the connection was last stable; 0 while all is well. */
  readonly attempt: number;
  /** In "waiting": from the moment of this status to the next attempt, in milliseconds. */
  readonly retryInMs: number | null;
  /** The session that is presented on the next connection; `null`: none yet. */
  readonly sessionId: string | null;
  /** What the node said of it last. */
  readonly sessionType: "new" | "resumed" | null;
  /** Round trip of the last ping of the socket, in milliseconds; `null` where it has none. */
  readonly latencyMs: number | null;
  /** Since when nothing has come in, in milliseconds since 1970, if that is too long. */
  readonly silentSince: number | null;
  /** What ended the last attempt, `null` once active again. */
  readonly error: ResumeError | null;
}
