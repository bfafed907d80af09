// `ResumableWebSocket`: a WebSocket to whoever uses it. Until a viewer registers
// on it, it is one browser socket and nothing else; from then on a client keeps
// the session, and the browser sockets behind it come and go.
import { nativeSocket } from "../native-socket.js";
import { closing, sizeOf, toBytes, understood } from "./bytes.js";
import { engine } from "./engine.js";
import { addHandlers, asInterface } from "./members.js";
import { checked } from "./options.js";
import { Resumption } from "./resumption.js";
import { Tap } from "./tap.js";

const Native = nativeSocket();
const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

const HEADER = 8;
const REGISTER_VIEWER = 1;

/** How it looks to the viewer when the user does not want the session back. */
const DECLINED = { code: 4900, reason: "The session was not restored.", wasClean: true };
const LOST = { code: 1006, reason: "", wasClean: false };

const isRegistering = (data) => {
  const bytes = toBytes(data);
  return bytes?.length >= HEADER && bytes[0] === REGISTER_VIEWER && bytes[1] === 0;
};

const warn = (error) => console.warn(`carta-resume: ${error.message}`, error);

async function askUser(offer, signal) {
  const { askUser } = await import("../ui/index.js");
  return askUser(offer, signal, { parts: offer.reason !== "connection-lost" });
}

/** To hand the browser a text as the origin of each message costs a microsecond. */
class Message extends MessageEvent {
  get origin() {
    return originOf(this.target);
  }
}

// It is one of the browser's to whoever asks.
Object.defineProperty(Message.prototype, "constructor", { value: MessageEvent });

let originOf;
/** Is this one of ours? */
export let isResumable;

export class ResumableWebSocket extends EventTarget {
  #options;
  #protocols;
  /** The newest of the browser's sockets. */
  #native;
  #origin;
  #binaryType = "blob";
  /** From the viewer's registration on; before that, the browser's socket knows. */
  #state;
  #client;
  #tap;
  #resumption = null;
  /** What waits until the client is there, or a Blob has been read. */
  #waiting;
  /** The arguments of a `close()` that waits for that. */
  #closing;
  /** Bytes that were sent when nothing could be sent any more. */
  #unsent = 0;

  static {
    originOf = (socket) => socket.#origin;
    isResumable = (socket) => Object(socket) === socket && #origin in socket;
  }

  constructor(url, protocols = [], options = {}) {
    super();
    if (!Native) throw new TypeError("There is no WebSocket here; Node has one from 22 on.");
    this.#options = checked(options);
    // The browser judges the arguments.
    this.#native = arguments.length === 0 ? new Native() : new Native(url, protocols);
    this.#origin = new URL(this.#native.url).origin;
    this.#protocols = protocols;
    this.#passThrough();
    // It is there by the time that the viewer registers.
    engine();
  }

  get url() {
    return this.#native.url;
  }

  get readyState() {
    return this.#state ?? this.#native.readyState;
  }

  get bufferedAmount() {
    const waiting = this.#waiting?.reduce((sum, data) => sum + sizeOf(data), 0) ?? 0;
    const queued = this.#client?.queuedBytes ?? 0;
    return this.#native.bufferedAmount + waiting + queued + this.#unsent;
  }

  get extensions() {
    return this.#native.extensions;
  }

  get protocol() {
    return this.#native.protocol;
  }

  get binaryType() {
    return this.#binaryType;
  }

  set binaryType(type) {
    const name = `${type}`;
    if (name !== "blob" && name !== "arraybuffer") return;
    this.#binaryType = name;
    if (!this.#tap) this.#native.binaryType = name;
  }

  /** What is known of the session, `null` until the viewer has registered. */
  get resume() {
    return this.#resumption;
  }

  send(data) {
    if (arguments.length === 0) return this.#native.send();
    if (this.#state === undefined) {
      if (this.readyState !== OPEN || !isRegistering(data)) return this.#native.send(data);
      this.#state = OPEN;
      this.#wait(this.#begin);
    }
    const sent = understood(data);
    if (this.#state !== OPEN) this.#unsent += sizeOf(sent);
    // As it is now: what the viewer does with it afterwards does not count.
    else if (this.#waiting) this.#waiting.push(sent.slice());
    else if (sent instanceof Blob) this.#wait(() => {}, sent);
    else this.#send(sent);
  }

  close() {
    if (this.#state === undefined) return this.#native.close(...arguments);
    closing(arguments);
    if (this.#state !== OPEN) return;
    this.#state = CLOSING;
    // What was sent before goes first.
    if (this.#waiting) this.#closing = arguments;
    else this.#close(arguments);
  }

  /** The viewer has the browser's socket to itself. */
  #passThrough() {
    const native = this.#native;
    native.binaryType = this.#binaryType;
    native.onopen = () => this.dispatchEvent(new Event("open"));
    native.onmessage = ({ data }) => this.#dispatch(data);
    native.onerror = () => this.dispatchEvent(new Event("error"));
    native.onclose = (event) => this.#end(event);
  }

  #dispatch(data) {
    this.dispatchEvent(new Message("message", { data }));
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
    for (let data; this.#state !== CLOSED && (data = waiting[0]) !== undefined;) {
      const sent = data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : data;
      if (this.#state === CLOSED) break;
      waiting.shift();
      this.#send(sent);
    }
    this.#waiting = undefined;
    if (this.#closing && this.#state === CLOSING) this.#close(this.#closing);
  }

  /** The viewer registers: a client takes over, if there can be one. */
  async #begin() {
    const Client = await engine();
    if (this.#native.readyState !== OPEN) return;
    const [register] = this.#waiting;
    if (Client && this.#takeOver(Client, register)) this.#waiting.shift();
  }

  /** False if the viewer has to do without. */
  #takeOver(Client, register) {
    const { confirmResume, rebuild, onStatus, onResumed, onRebuilding, onError, ...options } =
      this.#options;
    const complain = onError ?? warn;
    const dropIn = {
      open: () => this.#tapOf(new Native(this.url, this.#protocols)),
      // Not from within `send()`, as a browser does not.
      feed: (data) => queueMicrotask(() => this.#deliver(data)),
      ended: (error) => this.#ended(error),
      rebuilding: (done, all) => onRebuilding?.(done, all),
      rebuilds: rebuild ?? true,
    };
    const confirm = confirmResume ?? askUser;
    let client;
    try {
      client = new Client({ ...options, url: this.url, confirmResume: confirm, dropIn });
      const resumption = new Resumption(client);
      client.on("frame", (data) => this.#deliver(data));
      client.on("status", (status) => {
        this.#tap.isFast = status.phase === "active";
        onStatus?.(status, resumption);
      });
      if (onResumed) client.on("resumed", onResumed);
      client.on("error", complain);
      client.takeOver(this.url, this.#tapOf(this.#native), register);
      this.#client = client;
      this.#resumption = resumption;
      return true;
    } catch (error) {
      client?.free();
      this.#tap = undefined;
      this.#passThrough();
      // If that throws, the viewer is not to suffer.
      queueMicrotask(() => complain(error));
      return false;
    }
  }

  #tapOf(native) {
    this.#native = native;
    this.#tap = new Tap(native, (data) => this.#deliver(data));
    return this.#tap;
  }

  #deliver(data) {
    if (this.#state !== OPEN) return;
    const isBlob = this.#binaryType === "blob" && typeof data !== "string";
    this.#dispatch(isBlob ? new Blob([data]) : data);
  }

  #send(data) {
    const isOpen = this.#native.readyState === OPEN;
    if (!this.#client) {
      if (isOpen) this.#native.send(data);
    } else if (typeof data !== "string") {
      if (data.length >= HEADER) this.#client.send(data);
      // Not a frame, and nobody at the other end heeds it.
      else if (isOpen) this.#tap.send(data);
    } else if (isOpen) {
      this.#tap.sendText(data);
    } else if (data === "PING") {
      // The viewer need not know that the connection is being mended.
      queueMicrotask(() => this.#deliver("PONG"));
    }
  }

  #close(args) {
    const native = this.#native;
    const isOpen = native.readyState === OPEN;
    this.#tap?.release();
    this.#letGo();
    if (isOpen) this.#passThrough();
    native.close(...args);
    // Between two connections there is nobody who could answer.
    if (!isOpen) setTimeout(() => this.#end({ code: 1005, ...closing(args), wasClean: true }));
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
addHandlers(ResumableWebSocket, ["open", "error", "close", "message"], (socket) => {
  if (!isResumable(socket)) throw new TypeError("Illegal invocation");
});
// `instanceof WebSocket`, wherever this class is used. Node has none before 22.
if (Native) Object.setPrototypeOf(ResumableWebSocket.prototype, Native.prototype);
