import { Node as Core, type Ask, type Effect, type Problem } from "../carta_resume_lavalink.js";
import { callback, oneOf, wrong } from "../check.js";
import { ResumeError } from "../errors.js";
import { checkOptions, checkUpdate, settings } from "./arguments.js";
import { browserStore } from "./browser-store.js";
import type { LavalinkNodeEvents, NodeMessage, NodeStatus } from "./events.js";
import type {
  Fetch,
  LavalinkNodeOptions,
  LavalinkPlayer,
  SessionSettings,
  SessionStore,
  WebSocketClass,
} from "./options.js";
import { failed, Rest } from "./rest.js";
import { canPing, Socket } from "./socket.js";

const EVENTS = ["ready", "resumed", "lost", "message", "error", "status"] as const;

/** Phases in which a session can have been told of. */
const CONNECTED: readonly string[] = ["registering", "active"];

/** The longest that a timer can take. */
const MAX_MS = 2 ** 31 - 1;

type Handler = (value: never) => void;

/**
 * The connection to one Lavalink v4 node. Its session survives drops and, with a store,
 * restarts of the process: the players go on, and what happened meanwhile arrives once,
 * in order.
 *
 * Handlers may call the node directly.
 */
export class LavalinkNode {
  /** The name from the options. */
  readonly id: string;

  readonly #core: Core;
  readonly #rest: Rest;
  readonly #store: SessionStore | undefined;
  readonly #address: string;
  readonly #headers: Readonly<Record<string, string>> | null;
  readonly #webSocket: WebSocketClass;
  readonly #sockets = new Map<number, Socket>();
  readonly #asking = new Map<number, AbortController>();
  readonly #handlers = new Map<string, Set<Handler>>();
  readonly #connecting: { resolve(): void; reject(error: ResumeError): void }[] = [];
  readonly #released: Promise<void>;
  readonly #stopListening: () => void;
  #release: () => void = () => {};
  #status: NodeStatus;
  /** The session that `ready` has told of, on the connection that there is. */
  #session: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAtWork = false;

  /** @throws {ResumeError} `invalid-option`, naming the option. */
  constructor(options: LavalinkNodeOptions) {
    checkOptions(options);
    const { id, host, port = 2333, secure = false, userId, authorization } = options;
    const clientName = options.clientName ?? "carta-resume/0.1.0";
    const webSocket = options.webSocket ?? platformSocket();
    this.id = id;
    this.#webSocket = webSocket;
    this.#store = options.store ?? browserStore();
    const origin = `${host}:${port}`;
    const address = `${secure ? "wss" : "ws"}://${origin}/v4/websocket`;
    if (!URL.canParse(address)) throw wrong("host must be a host name or an address.");
    const password = authorization === undefined ? {} : { Authorization: authorization };
    // A browser's sockets have no headers: a proxy makes them of the query.
    this.#headers =
      options.webSocket || !isBrowser()
        ? { ...password, "User-Id": userId, "Client-Name": clientName }
        : null;
    const query = new URLSearchParams({ "user-id": userId, "client-name": clientName });
    this.#address = this.#headers ? address : `${address}?${query}`;
    const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    const timeoutMs = options.requestTimeoutMs ?? 10_000;
    this.#rest = new Rest(`${secure ? "https" : "http"}://${origin}`, password, timeoutMs, fetch);
    const all = settings(options, address, canPing(webSocket), this.#store !== undefined);
    this.#core = new Core(all, crypto.randomUUID());
    this.#status = this.#newStatus();
    this.#released = new Promise((resolve) => (this.#release = resolve));
    this.#stopListening = this.#listen();
  }

  /** What the connection is doing: the same object until something in it changes. */
  get status(): NodeStatus {
    return this.#status;
  }

  /**
   * Starts connecting. Resolves when the node is ready for the first time; rejects with a
   * {@link ResumeError} when it fails or is closed. After "failed" it tries again.
   */
  connect(): Promise<void> {
    if (this.#status.phase === "active") return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#connecting.push({ resolve, reject });
      if (this.#status.phase === "closed") {
        const message = "The client was closed. Make a new one to connect again.";
        return this.#settle(ResumeError.of("closed", message));
      }
      this.#do((core) => core.connect());
    });
  }

  /** Ends a wait now, or leaves "failed". */
  retryNow(): void {
    this.#do((core) => core.retryNow());
  }

  /**
   * Leaves the node, for good. Its session is held if `resuming` is on, and the next
   * process goes on with it; `forget` ends the session, and removes its id from the
   * store. Resolves when the store has finished; never rejects.
   */
  async close({ forget = false }: { forget?: boolean } = {}): Promise<void> {
    const { sessionId, phase } = this.#status;
    if (forget && phase === "active" && sessionId !== null) {
      await this.#rest.ask("PATCH", sessionPath(sessionId), { resuming: false });
    }
    this.#stopListening();
    this.#do((core) => core.close(forget));
    await this.#released;
  }

  /**
   * Sets whether the node holds the session while this client is away, and for how many
   * seconds; what is left out stays as it is. Resolves with what is now in force, for
   * later sessions too.
   * @throws {ResumeError} as a rejection: `invalid-option`; `request-failed` unless the node
   * agrees in time.
   */
  async updateSession(settings: {
    resuming?: boolean;
    timeout?: number;
  }): Promise<SessionSettings> {
    checkUpdate(settings);
    const path = this.#sessionPath();
    const reply = await this.#rest.request("PATCH", path, { ...settings });
    const { resuming, timeout } = reply as Partial<SessionSettings>;
    if (typeof resuming !== "boolean" || !Number.isSafeInteger(timeout)) {
      throw failed("The node's answer could not be read.");
    }
    const now = { resuming, timeout: Number(timeout) };
    this.#do((core) => core.updated(now.resuming, now.timeout));
    return now;
  }

  /**
   * The players of the session, as the node has them.
   * @throws {ResumeError} as a rejection: `request-failed`.
   */
  async players(): Promise<LavalinkPlayer[]> {
    const players = await this.#rest.request("GET", `${this.#sessionPath()}/players`);
    if (!Array.isArray(players)) throw failed("The node's answer could not be read.");
    return players as LavalinkPlayer[];
  }

  /** Calls `handler` on each event. Returns a function that removes it. */
  on<E extends keyof LavalinkNodeEvents>(
    event: E,
    handler: (value: LavalinkNodeEvents[E]) => void,
  ): () => void {
    oneOf(...EVENTS)(event, "event");
    callback(handler, "handler");
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers);
    // One function may be added twice, and is taken away once.
    const own: Handler = (value) => handler(value);
    handlers.add(own);
    return () => void handlers.delete(own);
  }

  #sessionPath(): string {
    if (this.#session === null) {
      throw ResumeError.of("not-active", "There is no session now. Wait for `ready`.");
    }
    return sessionPath(this.#session);
  }

  // The core

  /** Tells the core something, then does what it wants done, each thing after the other. */
  #do(tell: (core: Core) => void): void {
    tell(this.#core);
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    try {
      for (;;) {
        const effect = this.#core.pollEffect();
        if (!effect) break;
        this.#perform(effect);
      }
    } finally {
      this.#isAtWork = false;
    }
    clearTimeout(this.#timer);
    const dueInMs = this.#core.dueInMs();
    if (dueInMs === undefined) return;
    this.#timer = setTimeout(() => this.#do((core) => core.timeout()), Math.min(dueInMs, MAX_MS));
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "open":
        return this.#open(effect.generation, effect.sessionId);
      case "shut":
        this.#sockets.get(effect.generation)?.close();
        this.#sockets.delete(effect.generation);
        this.#asking.get(effect.generation)?.abort();
        return;
      case "ping":
        return this.#sockets.get(effect.generation)?.ping();
      case "version":
        return void this.#version(effect.generation);
      case "probe":
        return void this.#probe();
      case "ask":
        return void this.#ask(effect.number, effect.ask);
      case "message":
        return this.#emit("message", JSON.parse(effect.text) as NodeMessage);
      case "ready": {
        const { sessionId, resumed } = effect;
        this.#session = sessionId;
        this.#refresh();
        this.#emit("ready", { sessionId, resumed });
        if (resumed) this.#emit("resumed", { sessionId });
        return;
      }
      case "lost":
        return this.#emit("lost", { sessionId: effect.sessionId, why: effect.why });
      case "status":
        this.#refresh();
        if (!CONNECTED.includes(this.#status.phase)) this.#session = null;
        return this.#emit("status", this.#status);
      case "connected":
        return this.#settle(null);
      case "connectFailed":
        return this.#settle(errorOf(effect.problem));
      case "error":
        return this.#emit("error", errorOf(effect.problem));
      case "revise":
        return void this.#revise();
      case "released":
        clearTimeout(this.#timer);
        return this.#release();
    }
  }

  #refresh(): void {
    this.#status = this.#newStatus();
  }

  #newStatus(): NodeStatus {
    const { status, problem } = this.#core;
    return Object.freeze({ ...status, error: problem && errorOf(problem) });
  }

  #settle(error: ResumeError | null): void {
    for (const { resolve, reject } of this.#connecting.splice(0)) {
      if (error) reject(error);
      else resolve();
    }
  }

  #emit<E extends keyof LavalinkNodeEvents>(event: E, value: LavalinkNodeEvents[E]): void {
    for (const handler of [...(this.#handlers.get(event) ?? [])]) {
      try {
        handler(value as never);
      } catch (cause) {
        const message = `A handler of "${event}" threw. The connection goes on.`;
        const error = ResumeError.of("handler-failed", message, { cause });
        // One of "error" that throws is not told of itself.
        if (event === "error") queueMicrotask(() => Promise.reject(cause));
        else this.#emit("error", error);
      }
    }
  }

  // The node

  #open(generation: number, sessionId: string | null): void {
    const told = (tell: (core: Core) => void) => (): void => this.#do(tell);
    const lost = told((core) => core.lost(generation));
    let headers = this.#headers;
    let address = this.#address;
    if (sessionId !== null) {
      if (headers) headers = { ...headers, "Session-Id": sessionId };
      else address += `&session-id=${sessionId}`;
    }
    try {
      const socket = new Socket(this.#webSocket, address, headers, {
        opened: told((core) => core.opened(generation)),
        text: (text) => this.#do((core) => core.text(generation, text)),
        pong: told((core) => core.pong(generation)),
        refused: (status) => this.#do((core) => core.refused(status)),
        lost: () => {
          this.#sockets.delete(generation);
          lost();
        },
      });
      this.#sockets.set(generation, socket);
    } catch {
      // Not within the effect: what follows is another one.
      queueMicrotask(lost);
    }
  }

  /** Does the node answer at all, though its socket is silent? */
  async #version(generation: number): Promise<void> {
    const left = new AbortController();
    this.#asking.set(generation, left);
    const reply = await this.#rest.ask("GET", "/version", undefined, left.signal);
    this.#asking.delete(generation);
    if (left.signal.aborted) return;
    this.#do((core) => (reply ? core.opened(generation) : core.lost(generation)));
  }

  /** No socket opens: is it the password? */
  async #probe(): Promise<void> {
    const reply = await this.#rest.ask("GET", "/version");
    const isRefused = reply?.status === 401 || reply?.status === 403;
    this.#do((core) => (isRefused ? core.refused(reply.status) : core.probed(reply !== null)));
  }

  async #ask(number: number, ask: Ask): Promise<void> {
    const path = sessionPath(ask.sessionId);
    const reply = await (ask.kind === "look"
      ? this.#rest.ask("GET", `${path}/players`)
      : this.#rest.ask("PATCH", path, { resuming: ask.resuming, timeout: ask.timeoutS }));
    this.#do((core) => core.told(number, reply?.status ?? 0));
  }

  async #revise(): Promise<void> {
    let fault: string | undefined;
    try {
      await this.#store?.update(this.id, (kept) => this.#core.revise(kept));
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
    }
    this.#do((core) => core.revised(fault));
  }

  /** What a browser says about the network and the page. */
  #listen(): () => void {
    if (!isBrowser()) return () => {};
    const left = new AbortController();
    const { signal } = left;
    addEventListener("online", () => this.#do((core) => core.online(true)), { signal });
    addEventListener("offline", () => this.#do((core) => core.online(false)), { signal });
    const shown = () => this.#do((core) => core.visible(document.visibilityState === "visible"));
    document.addEventListener("visibilitychange", shown, { signal });
    // The next page need not wait for this one's lease.
    const leave = ({ persisted }: PageTransitionEvent) => persisted || void this.close();
    addEventListener("pagehide", leave, { signal });
    return () => left.abort();
  }
}

const sessionPath = (sessionId: string): string => `/v4/sessions/${sessionId}`;

const isBrowser = (): boolean => typeof document !== "undefined";

const errorOf = ({ code, message, length }: Problem): ResumeError =>
  ResumeError.of(code, message, length === null ? undefined : { length });

function platformSocket(): WebSocketClass {
  const platform = (globalThis as { WebSocket?: WebSocketClass }).WebSocket;
  if (platform) return platform;
  throw wrong(
    "webSocket must be a WebSocket class, because this platform has none: that of npm's `ws`.",
  );
}
