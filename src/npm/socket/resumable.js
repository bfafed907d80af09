// `ResumableWebSocket`: a WebSocket to whoever uses it. Until a viewer registers
// on it, it is one browser socket and nothing else; from then on a client keeps
// the session, and the browser sockets behind it come and go.
import { nativeSocket } from "../native-socket.js";
import { closing, sizeOf, snapshot, toBytes } from "./bytes.js";
import { engine } from "./engine.js";
import { addHandlers } from "./handlers.js";
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
  /** Bytes that were sent when nothing could be sent any more. */
  #unsent = 0;

  constructor(url, protocols = [], options = {}) {
    super();
    // The browser judges the arguments.
    this.#native = new Native(url, protocols);
    this.#origin = new URL(this.#native.url).origin;
    this.#protocols = protocols;
    this.#options = options;
    this.#passThrough();
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
    if (this.#state === undefined) {
      if (this.readyState !== OPEN || !isRegistering(data)) return this.#native.send(...arguments);
      this.#begin();
    }
    if (this.#state !== OPEN) this.#unsent += sizeOf(data);
    else if (this.#waiting) this.#waiting.push(snapshot(data));
    else this.#send(data);
  }

  close() {
    if (this.#state === undefined) return this.#native.close(...arguments);
    const status = closing(arguments);
    if (this.#state !== OPEN) return;
    this.#state = CLOSING;
    this.#waiting = undefined;
    this.#tap?.release();
    this.#client?.close();
    const isOpen = this.#native.readyState === OPEN;
    if (isOpen) this.#passThrough();
    this.#native.close(...arguments);
    // Between two connections there is nobody who could answer.
    if (!isOpen) queueMicrotask(() => this.#end({ code: 1005, ...status, wasClean: true }));
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
    this.dispatchEvent(new MessageEvent("message", { data, origin: this.#origin }));
  }

  #end({ code, reason, wasClean }) {
    if (this.#state === CLOSED) return;
    if (this.#state !== undefined) this.#state = CLOSED;
    this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean }));
  }

  /** The viewer registers: a client takes over. */
  async #begin() {
    this.#state = OPEN;
    this.#waiting = [];
    const Client = await engine();
    const waiting = this.#waiting;
    if (this.#state !== OPEN) return;
    this.#waiting = undefined;
    if (Client && this.#native.readyState === OPEN && this.#takeOver(Client, waiting[0])) {
      waiting.shift();
    } else {
      this.#state = undefined;
    }
    for (const data of waiting) {
      if (this.#state === undefined) this.#native.send(data);
      else this.send(data);
    }
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
    try {
      const client = new Client({ ...options, url: this.url, confirmResume: confirm, dropIn });
      client.on("frame", (data) => this.#deliver(data));
      client.on("status", (status) => {
        this.#tap.isFast = status.phase === "active";
        onStatus?.(status, this.#resumption);
      });
      if (onResumed) client.on("resumed", onResumed);
      client.on("error", complain);
      client.takeOver(this.url, this.#tapOf(this.#native), register);
      this.#client = client;
      this.#resumption = new Resumption(client);
      return true;
    } catch (error) {
      this.#tap = undefined;
      this.#passThrough();
      complain(error);
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
    if (data instanceof Blob) return this.#sendBlob(data);
    const bytes = toBytes(data);
    const isOpen = this.#tap.readyState === OPEN;
    if (bytes?.length >= HEADER) {
      this.#client.send(bytes);
    } else if (bytes) {
      // Not a frame, and nobody at the other end heeds it.
      if (isOpen) this.#tap.send(bytes);
    } else if (isOpen) {
      this.#tap.sendText(`${data}`);
    } else if (`${data}` === "PING") {
      // The viewer need not know that the connection is being mended.
      queueMicrotask(() => this.#deliver("PONG"));
    }
  }

  /** What is sent after a Blob waits until that has been read. */
  async #sendBlob(blob) {
    this.#waiting = [];
    const bytes = await blob.arrayBuffer();
    const waiting = this.#waiting;
    if (this.#state !== OPEN) return;
    this.#waiting = undefined;
    this.#send(bytes);
    for (const data of waiting) this.send(data);
  }

  /** The client can do no more, and the viewer is to know it. */
  #ended(error) {
    this.#client?.close();
    if (this.#state !== OPEN) return;
    this.#state = CLOSING;
    // Before the backend has accepted the viewer, all is as the browser tells it.
    const closed = error.code === "connection-lost" ? this.#tap.closed : undefined;
    const end = error.code === "declined" ? DECLINED : (closed ?? LOST);
    if (!end.wasClean) this.dispatchEvent(new Event("error"));
    this.#end(end);
  }
}

addHandlers(ResumableWebSocket, ["open", "error", "close", "message"]);

const { prototype } = ResumableWebSocket;
// As the browser has them.
for (const name of Object.getOwnPropertyNames(prototype)) {
  if (name !== "constructor" && name !== "resume") {
    Object.defineProperty(prototype, name, { enumerable: true });
  }
}
for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSING, CLOSED })) {
  Object.defineProperty(ResumableWebSocket, name, { value, enumerable: true });
  Object.defineProperty(prototype, name, { value, enumerable: true });
}
// `instanceof WebSocket`, wherever this class is used. Node has none before 22.
if (Native) Object.setPrototypeOf(prototype, Native.prototype);
