import type { BackoffOptions } from "../options.js";

/** A WebSocket class: the browser's, Node's, or that of npm's `ws`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type WebSocketClass = new (
  address: string,
  options?: any,
) => {
  close(): void;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  addEventListener(type: any, listener: any): void;
};

/** The platform's `fetch`, or one like it. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; signal: AbortSignal },
) => Promise<{ readonly status: number; text(): Promise<string> }>;

/** Where the sessions of nodes are kept: a small text for each. */
export interface SessionStore {
  /**
   * Changes what is kept under a node's name, while nobody else can, in this process or
   * another: calls `change` with it (`undefined`: nothing), and keeps what that returns.
   * `null`: nothing is kept any more, `undefined`: it stays as it is.
   */
  update(
    node: string,
    change: (kept: string | undefined) => string | null | undefined,
  ): void | Promise<void>;
}

/** Options of a `LavalinkNode`. */
export interface LavalinkNodeOptions {
  /** Your name for the node. Its session is stored under it. */
  id: string;
  host: string;
  /** Default 2333. */
  port?: number;
  /** The password. Never stored, logged or shown. Not needed with a proxy that adds it. */
  authorization?: string;
  /** `wss` and `https`; default false. */
  secure?: boolean;
  /** The bot's user id. */
  userId: string;
  /** `NAME/VERSION` of the bot. */
  clientName?: string;
  /** The session to begin with. It wins over a stored one. */
  sessionId?: string;
  /** Deadline of each REST request; default 10000. */
  requestTimeoutMs?: number;
  /** What the node does while this client is away. */
  resuming?: {
    /** Whether it holds the session; default true. */
    enabled?: boolean;
    /** For how long, in seconds: 1 to 3600; default 60. */
    timeoutSeconds?: number;
  };
  /**
   * Where the session's id is kept, so that it outlives the process. Default: in a
   * browser its `localStorage`, elsewhere none.
   */
  store?: SessionStore;
  /**
   * What to do while the node believes that the old connection is alive, and gives a new
   * session instead of the old one. "wait", the default: leave the new one and try the
   * old one again, for `timeoutSeconds` after the loss. A number: for that many
   * milliseconds. "accept": go on with the new one at once.
   */
  stillConnected?: "wait" | "accept" | number;
  /** How long to wait between attempts. */
  backoff?: Omit<BackoffOptions, "hiddenMaxMs">;
  /**
   * How a dead connection that looks open is noticed. Where the socket can ping (npm's
   * `ws`): every 15000 ms, with 10000 ms for the answer. Elsewhere only what the node
   * sends on its own shows that it is alive, once a minute: 60000 and 75000. `false`: not
   * at all.
   */
  heartbeat?: { intervalMs?: number; timeoutMs?: number } | false;
  /**
   * The class that connects. It must take `{ headers }` as second argument, as that of npm's
   * `ws` does and Node's own. Default: the platform's; a browser's takes no headers, so
   * there a proxy has to add them.
   */
  webSocket?: WebSocketClass;
  /** What REST requests are made with; default: the platform's. */
  fetch?: Fetch;
}

/** A player of a session, as Lavalink v4 describes it. */
export interface LavalinkPlayer {
  readonly guildId: string;
  readonly track: {
    readonly encoded: string;
    readonly info: { readonly title: string; readonly [field: string]: unknown };
    readonly [field: string]: unknown;
  } | null;
  readonly volume: number;
  readonly paused: boolean;
  readonly [field: string]: unknown;
}

/** Whether a session is held, and for how long, in seconds. */
export interface SessionSettings {
  readonly resuming: boolean;
  readonly timeout: number;
}
