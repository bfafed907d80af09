// The tools that the cases are written with.
import { native } from "./classes.js";

const hex = (buffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The class and the name of what was thrown. */
export const named = (error) =>
  error instanceof DOMException ? `DOMException ${error.name}` : String(error?.name ?? error);

/** What a call threw, or "nothing". */
export function thrown(call) {
  try {
    call();
    return "nothing";
  } catch (error) {
    return named(error);
  }
}

/** Message data as text: its type and its content. */
export async function shown(data) {
  if (typeof data === "string") return `text ${data}`;
  if (data instanceof Blob) return `Blob ${hex(await data.arrayBuffer())}`;
  if (data instanceof ArrayBuffer) return `ArrayBuffer ${hex(data)}`;
  return `something else ${data}`;
}

/** A binary message with the interface's header: event type, version 28, request id. */
export function frame(eventType, requestId, ...payload) {
  const bytes = new Uint8Array(8 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, eventType, true);
  view.setUint16(2, 28, true);
  view.setUint32(4, requestId, true);
  bytes.set(payload, 8);
  return bytes;
}

/** REGISTER_VIEWER with session id 0 and feature flags 5, as the viewers send it. */
export const registration = () => frame(1, 1, 0x1d, 5, 0, 0, 0);

const eventText = (event) => {
  if (event.type === "close") {
    return `close ${event.code} "${event.reason}" ${event.wasClean ? "clean" : "unclean"}`;
  }
  if (event.type === "message") {
    return typeof event.data === "string" ? `message ${event.data}` : "message of bytes";
  }
  return event.type;
};

let keys = 0;

export class Tools {
  /** Events of sockets that are watched, in order, as text. */
  log = [];
  native = native;
  #sockets = [];
  #undo = [];

  constructor(WebSocket, mode) {
    this.WebSocket = WebSocket;
    this.mode = mode;
    this.host = location.host;
    this.base = `ws://${location.host}`;
  }

  /** A text with the server's address in place of HOST. */
  anonymous = (text) => text.replaceAll(this.host, "HOST");

  /** A socket that is closed after the case. */
  make(path, ...rest) {
    const url = typeof path === "string" && path.startsWith("/") ? this.base + path : path;
    return this.keep(new this.WebSocket(url, ...rest));
  }

  keep(socket) {
    this.#sockets.push(socket);
    return socket;
  }

  /** A socket that is open; unless in plain mode, registered too. */
  open = async (...args) => this.keep(await this.connect(...args));

  /** The same, and nothing here refers to it afterwards. */
  async connect(path = "/ws/echo", ...rest) {
    const socket = new this.WebSocket(this.base + path, ...rest);
    await this.next(socket, "open");
    if (this.mode === "plain") return socket;
    // With a handler and without listeners, so that the case is free to have only a handler.
    const registered = new Promise((resolve) => (socket.onmessage = resolve));
    socket.send(registration());
    await registered;
    socket.onmessage = null;
    if (this.mode === "reconnected" && socket.resume) await this.#reconnect(socket);
    return socket;
  }

  /** The connection behind the socket is lost and replaced by another. */
  async #reconnect(socket) {
    const { status } = socket.resume;
    socket.send("!drop");
    const isBack = () => socket.resume.status !== status && socket.resume.status.phase === "active";
    while (!isBack()) {
      await new Promise((turn) => setTimeout(turn));
      // It only waits for its turn.
      if (socket.resume.status.phase === "waiting") socket.resume.retryNow();
    }
  }

  /** An open socket that hands out array buffers. */
  async openBinary(path) {
    const socket = await this.open(path);
    socket.binaryType = "arraybuffer";
    return socket;
  }

  next = (socket, type) =>
    new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));

  /** The data of the next few messages, as text, in order. */
  async messages(socket, count) {
    const data = await new Promise((resolve) => {
      const got = [];
      socket.addEventListener("message", function note(event) {
        got.push(event.data);
        if (got.length < count) return;
        socket.removeEventListener("message", note);
        resolve(got);
      });
    });
    return Promise.all(data.map(shown));
  }

  /** What comes back for each value, sent in one task. */
  echo(socket, ...values) {
    const answers = this.messages(socket, values.length);
    for (const value of values) socket.send(value);
    return answers;
  }

  /** Notes every event of the socket in `log`. */
  watch(socket, types = ["open", "message", "error", "close"]) {
    for (const type of types) {
      socket.addEventListener(type, (event) => this.log.push(eventText(event)));
    }
    return socket;
  }

  /** The events of the socket up to its close, and the state that each found. */
  async untilClose(socket) {
    const seen = [];
    for (const type of ["open", "message", "error", "close"]) {
      socket.addEventListener(type, (event) =>
        seen.push(`${eventText(event)} [${socket.readyState}]`),
      );
    }
    await this.next(socket, "close");
    await this.settle();
    return seen;
  }

  /**
   * Waits until what was under way has happened: a round trip on another connection, which takes at
   * least as many turns of the event loop as an event that was due.
   */
  async settle() {
    const other = new native(`${this.base}/ws/echo`);
    await this.next(other, "open");
    other.send("settled");
    await this.next(other, "message");
    other.close();
    await this.next(other, "close");
  }

  key = () => `${performance.timeOrigin}-${(keys += 1)}`;

  /** What the server has seen on the connection with this key, once it has ended. */
  seen = async (key) => (await fetch(`/seen?key=${encodeURIComponent(key)}`)).json();

  /** Makes the server send a text on the connection with this key. */
  say = (key, text) => fetch(`/say?key=${encodeURIComponent(key)}&text=${text}`);

  /** The uncaught errors that were reported to `window` during the case. */
  uncaught() {
    const found = [];
    const note = (event) => {
      event.preventDefault();
      found.push(event.error?.message ?? event.message);
    };
    addEventListener("error", note);
    this.#undo.push(() => removeEventListener("error", note));
    return found;
  }

  tidy() {
    for (const undo of this.#undo) undo();
    for (const socket of this.#sockets) {
      try {
        socket.close();
      } catch {
        // A case may have left it in any state.
      }
    }
  }
}
