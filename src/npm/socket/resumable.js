// `ResumableWebSocket`: one of the browser's sockets that outlives its connection.
// Until a viewer registers on it, it is that and nothing else; from then on a client
// keeps the session. What the viewer is not to know of the first connection is kept
// from its listeners, and those that follow are sockets of their own behind it.
import { closing, sizeOf, toBytes, understood } from "./bytes.js";
import { Copies } from "./copies.js";
import { engine, engineSoon } from "./engine.js";
import { asInterface } from "./members.js";
import { lookingLike, Message } from "./message.js";
import {
  bufferedAmountOf,
  closeOn,
  listenTo,
  Native,
  onmessageOf,
  readyStateOf,
  sendOn,
  setBinaryTypeOf,
  setOnmessageOf,
  urlOf,
} from "./native.js";
import { checked } from "./options.js";
import { Resumption } from "./resumption.js";
import { Tap } from "./tap.js";

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

const HEADER = 8;
const REGISTER_VIEWER = 1;
/** SET_IMAGE_CHANNELS, SET_CURSOR, SET_REGION, ADD_REQUIRED_TILES. */
const FREQUENT = new Set([6, 7, 11, 30]);

/** How it looks to the viewer when the user does not want the session back. */
const DECLINED = { code: 4900, reason: "The session was not restored.", wasClean: true };
const LOST = { code: 1006, reason: "", wasClean: false };

const isRegistering = (data) => {
  const bytes = toBytes(data);
  return bytes?.length >= HEADER && bytes[0] === REGISTER_VIEWER && bytes[1] === 0;
};

const warn = (error) => console.warn(`carta-resume: ${error.message}`, error);

/** Of frames that there is no room for while there is no connection, the first is told of. */
function warnOnce(client) {
  let isFull = false;
  client.on("status", ({ phase }) => (isFull &&= phase !== "active"));
  client.on("error", (error) => {
    const isKnown = isFull && error.code === "queue-full";
    isFull ||= error.code === "queue-full";
    if (!isKnown) warn(error);
  });
}

/** The ready question. It is fetched while it can be: later, the server may be gone. */
const ready = () => import("../ui/index.js");
/** When the viewer has begun, in milliseconds after it has registered. */
const QUIET_MS = 3_000;
// Here, so that the timer keeps no socket alive.
const fetchReady = () => setTimeout(() => ready().catch(() => {}), QUIET_MS);

/** Is this one of ours? */
export let isResumable;

export class ResumableWebSocket extends Native {
  #options;
  #protocols;
  #origin;
  #binaryType = "blob";
  /** From the viewer's registration on; before that, the browser knows. */
  #state;
  #client;
  /** The newest of the browser's sockets. */
  #native = this;
  #tap;
  /** The tap of the first connection, whose events the viewer's listeners get. */
  #first;
  /** The handler of messages, as long as nobody else has asked for them. */
  #handler = null;
  #isAlone = true;
  #resumption = null;
  /** What waits until the client is there, or a Blob has been read. */
  #waiting;
  /** The arguments of a `close()` that waits for that. */
  #closing;
  /** What has been sent and the client has not heard of. */
  #unnoted = new Copies();
  /** Bytes that were sent when nothing could be sent any more. */
  #unsent = 0;

  static {
    isResumable = (socket) => Object(socket) === socket && #origin in socket;
  }

  constructor(url, protocols = [], options = {}) {
    checked(options);
    // The same list for the connections to come.
    if (Array.isArray(protocols)) protocols = [...protocols];
    // The browser judges the rest.
    super(...(arguments.length === 0 ? [] : [url, protocols]));
    // What another package has put in place of the browser's may not care.
    if (Object.getPrototypeOf(this) !== new.target.prototype) {
      Object.setPrototypeOf(this, new.target.prototype);
    }
    this.#options = options;
    this.#protocols = protocols;
    this.#origin = new URL(urlOf(this)).origin;
    this.#overhear();
    // It is there by the time that the viewer registers.
    engine();
  }

  get readyState() {
    return this.#state ?? readyStateOf(this.#native);
  }

  get bufferedAmount() {
    const waiting = this.#waiting?.reduce((sum, data) => sum + sizeOf(data), 0) ?? 0;
    const queued = this.#client?.queuedBytes ?? 0;
    return bufferedAmountOf(this.#native) + waiting + queued + this.#unsent;
  }

  get binaryType() {
    return this.#binaryType;
  }

  set binaryType(type) {
    const name = `${type}`;
    if (name !== "blob" && name !== "arraybuffer") return;
    this.#binaryType = name;
    if (!this.#tap) setBinaryTypeOf(this, name);
  }

  // Another listener costs several times what the rest of this class does, so that a
  // handler that is alone is called from the one that is there.
  get onmessage() {
    return this.#isAlone ? this.#handler : onmessageOf(this);
  }

  set onmessage(handler) {
    if (this.#isAlone) this.#handler = Object(handler) === handler ? handler : null;
    else setOnmessageOf(this, handler);
  }

  addEventListener(type, listener) {
    if (this.#isAlone && (type === "message" || typeof type !== "string")) {
      this.#isAlone = false;
      setOnmessageOf(this, this.#handler);
    }
    return listenTo(this, ...arguments);
  }

  /** What is known of the session, `null` until the viewer has registered. */
  get resume() {
    return this.#resumption;
  }

  send(data) {
    if (arguments.length === 0) return sendOn(this);
    if (this.#state === undefined) {
      if (readyStateOf(this) !== OPEN || !isRegistering(data)) return sendOn(this, data);
      this.#state = OPEN;
      this.#wait(this.#begin);
    }
    const sent = understood(data);
    if (this.#state !== OPEN) this.#unsent += sizeOf(sent);
    // As it is now: what the viewer does with it afterwards does not count.
    else if (this.#waiting) this.#waiting.push(sent.slice());
    else if (typeof sent === "string" || sent instanceof Uint8Array) this.#send(sent);
    else this.#wait(() => {}, sent);
  }

  close() {
    if (this.#state === undefined) return closeOn(this, ...arguments);
    closing(arguments);
    if (this.#state !== OPEN) return;
    this.#state = CLOSING;
    // What was sent before goes first.
    if (this.#waiting) this.#closing = arguments;
    // What was sent in a handler of this socket's is sent when that returns.
    else queueMicrotask(() => this.#close(arguments));
  }

  /** Before any listener of the viewer's: the first connection's events. */
  #overhear() {
    const hide = (event) => event.stopImmediatePropagation();
    const on = (type, hear) => listenTo(this, type, hear, true);
    // Events that the page has made are its own business.
    on("message", (event) => {
      if (event.isTrusted && !this.#lets(event)) hide(event);
      else if (this.#isAlone) this.#handle(event);
    });
    on("error", (event) => {
      if (!this.#first || !event.isTrusted) return;
      hide(event);
      this.#first.failed(event);
    });
    on("close", (event) => {
      if (!event.isTrusted) return;
      if (this.#first) {
        hide(event);
        this.#first.ended(event);
      } else if (this.#state !== undefined) {
        this.#state = CLOSED;
      }
    });
  }

  /** Whether the viewer gets a message of the first connection as it is. */
  #lets(event) {
    // Nothing arrives on a socket that is closing.
    if (!this.#first) return this.#state !== CLOSING;
    const { data } = event;
    if (!this.#first.received(event, data)) return false;
    if (this.#state === OPEN && this.#isAsWanted(data)) return true;
    this.#deliver(data);
    return false;
  }

  #handle(event) {
    const handler = this.#handler;
    if (typeof handler !== "function") return;
    if (handler.call(this, event) === false) event.preventDefault();
  }

  /** Another connection. */
  #connect() {
    const native = new Native(urlOf(this), this.#protocols);
    const tap = this.#tapOf(native);
    native.onopen = (event) => tap.onopen?.(event);
    const Ours = lookingLike(this);
    native.onmessage = (event) => {
      const { data } = event;
      if (!tap.received(event, data)) return;
      const isSimple = this.#isAlone && this.#state === OPEN && this.#isAsWanted(data);
      if (isSimple) this.#handle(new Ours(event));
      else this.#deliver(data);
    };
    native.onerror = (event) => tap.failed(event);
    native.onclose = (event) => tap.ended(event);
    return tap;
  }

  #isAsWanted(data) {
    return typeof data === "string" || this.#binaryType === "arraybuffer";
  }

  #deliver(data) {
    if (this.#state !== OPEN) return;
    const shown = this.#isAsWanted(data) ? data : new Blob([data]);
    this.dispatchEvent(new Message(shown, this.#origin));
  }

  #end({ code, reason, wasClean }) {
    if (this.#state === CLOSED) return;
    if (this.#state !== undefined) this.#state = CLOSED;
    this.#letGo();
    this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean }));
  }

  /** The client keeps nothing of this alive. */
  #letGo() {
    this.#unsent += this.#client?.queuedBytes ?? 0;
    const client = this.#client;
    this.#client = undefined;
    client?.close().then(() => client.free());
  }

  /** Sends in order what comes from now on, each when the one before is gone. */
  async #wait(before, ...first) {
    const waiting = (this.#waiting = first);
    await before.call(this);
    try {
      for (let data; this.#state !== CLOSED && (data = waiting[0]) !== undefined;) {
        const isBlob = typeof data !== "string" && !(data instanceof Uint8Array);
        const sent = isBlob ? new Uint8Array(await data.arrayBuffer()) : data;
        if (this.#state === CLOSED) break;
        waiting.shift();
        this.#send(sent);
      }
    } catch {
      // A file that cannot be read any more ends a connection.
      if (this.#state === OPEN) this.#fail();
    }
    this.#waiting = undefined;
    if (this.#closing && this.#state === CLOSING) this.#close(this.#closing);
  }

  /** The viewer registers: a client takes over, if there can be one. */
  async #begin() {
    const Client = await engineSoon();
    if (readyStateOf(this) !== OPEN) return;
    const [register] = this.#waiting;
    if (Client && this.#takeOver(Client, register)) this.#waiting.shift();
  }

  /** False if the viewer has to do without. */
  #takeOver(Client, register) {
    const { confirmResume, rebuild, onStatus, onResumed, onRebuilding, onError, ...options } =
      this.#options;
    const dropIn = {
      open: () => this.#connect(),
      // Not from within `send()`, as a browser does not.
      feed: (data) => queueMicrotask(() => this.#deliver(data)),
      ended: (error) => this.#ended(error),
      rebuilding: (done, all) => onRebuilding?.(done, all),
      rebuilds: rebuild ?? true,
    };
    if (!confirmResume) fetchReady();
    const confirm = confirmResume ?? ((...offer) => this.#ask(...offer));
    let client;
    try {
      const url = urlOf(this);
      client = new Client({ ...options, url, confirmResume: confirm, dropIn });
      const resumption = new Resumption(client);
      client.on("frame", (data) => this.#deliver(data));
      client.on("status", (status) => {
        this.#tap.isFast = status.phase === "active";
        onStatus?.(status, resumption);
      });
      if (onResumed) client.on("resumed", onResumed);
      if (onError) client.on("error", onError);
      else warnOnce(client);
      this.#first = this.#tapOf(this);
      client.takeOver(url, this.#first, register);
      this.#client = client;
      this.#resumption = resumption;
      return true;
    } catch (error) {
      client?.free();
      this.#first = this.#tap = undefined;
      setBinaryTypeOf(this, this.#binaryType);
      // If that throws, the viewer is not to suffer.
      queueMicrotask(() => (onError ?? warn)(error));
      return false;
    }
  }

  async #ask(offer, signal) {
    const isDrop = offer.reason === "connection-lost";
    try {
      const { askUser } = await ready();
      return await askUser(offer, signal, { parts: !isDrop });
    } catch (error) {
      // Nobody can be asked: the viewer's own way is better than none.
      if (isDrop && !signal.aborted) this.#fail();
      throw error;
    }
  }

  /** The connection ends, as if it were lost. */
  #fail() {
    const native = this.#native;
    this.#tap?.release();
    this.#ended({ code: "failed" });
    closeOn(native);
  }

  #tapOf(native) {
    this.#native = native;
    this.#tap = new Tap(native, (data) => this.#deliver(data));
    return this.#tap;
  }

  #send(data) {
    if (this.#client && typeof data !== "string" && data.length >= HEADER) {
      if (this.#goesFirst(data)) {
        sendOn(this.#native, data);
        this.#note(data);
      } else {
        this.#noteAll();
        this.#client.send(data);
      }
      return;
    }
    const isOpen = readyStateOf(this.#native) === OPEN;
    if (!this.#client) {
      if (isOpen) sendOn(this, data);
    } else if (typeof data !== "string") {
      // Not a frame, and nobody at the other end heeds it.
      if (isOpen) this.#tap.send(data);
    } else if (isOpen) {
      this.#tap.sendText(data);
    } else if (data === "PING") {
      // The viewer need not know that the connection is being mended.
      queueMicrotask(() => this.#deliver("PONG"));
    }
  }

  /**
   * Whether a frame may go out before the client has looked at it: it is of a kind that
   * a viewer sends many times a second, and nothing can keep it back.
   */
  #goesFirst(data) {
    const version = FREQUENT.has(data[0]) && data[1] === 0 && this.#client.directVersion;
    return version === (data[2] | (data[3] << 8)) && readyStateOf(this.#native) === OPEN;
  }

  /** The client hears of it as soon as the viewer's own work is done. */
  #note(data) {
    if (this.#unnoted.push(data) === 1) queueMicrotask(() => this.#noteAll());
  }

  #noteAll() {
    this.#unnoted.drain((data) => this.#client?.sentFirst(data));
  }

  #close(args) {
    const native = this.#native;
    const isOpen = readyStateOf(native) === OPEN;
    this.#tap?.release();
    this.#letGo();
    if (native === this && isOpen) {
      // From here on it is the browser's.
      this.#state = this.#first = undefined;
    } else if (isOpen) {
      native.onerror = () => this.dispatchEvent(new Event("error"));
      native.onclose = (event) => this.#end(event);
    } else {
      // Between two connections there is nobody who could answer.
      setTimeout(() => this.#end({ code: 1005, ...closing(args), wasClean: true }));
    }
    closeOn(native, ...args);
  }

  /** The client can do no more, and the viewer is to know it. */
  #ended(error) {
    if (this.#state !== OPEN) return;
    this.#state = CLOSING;
    // Before the backend has accepted the viewer, all is as the browser tells it.
    const closed = error.code === "connection-lost" ? this.#tap.closed : undefined;
    const end = error.code === "declined" ? DECLINED : (closed ?? LOST);
    if (!end.wasClean) this.dispatchEvent(new Event("error"));
    this.#end(end);
  }
}

asInterface(ResumableWebSocket, "ResumableWebSocket", { CONNECTING, OPEN, CLOSING, CLOSED });
