// One native socket between the backend and the client that keeps the session.
// The client treats it as a WebSocket and hears of what it has to look at; what
// streams in, image data first of all, goes straight to the viewer.
import { HEADER_BYTES } from "../frames.js";
import { STREAMS } from "../generated/frame-kinds.js";
import { closeOn, readyStateOf, sendOn, setBinaryTypeOf } from "./native.js";

type Data = string | ArrayBuffer;

const IS_STREAM = new Uint8Array(128);
for (const type of STREAMS) IS_STREAM[type] = 1;

const isStream = (data: ArrayBuffer): boolean =>
  IS_STREAM[new Uint16Array(data, 0, 1)[0] as number] === 1;

export class Tap {
  // The client's handlers.
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  /** Bytes that went by and the client has not looked at; it resets this. */
  heard = 0;
  /** The client is at work: what streams need not pass through it. */
  isFast = false;
  /** How the connection has ended, if it has. */
  closed: CloseEvent | undefined;
  readonly #native: WebSocket;
  readonly #deliver: (data: Data) => void;
  readonly #used: (tap: Tap) => void;
  #isReleased = false;
  /** Who asked for each PONG that is due: the viewer? */
  #pings: boolean[] = [];

  /** `deliver(data)` gives the viewer a message; `used(tap)`: the client sends frames on it. */
  constructor(native: WebSocket, deliver: (data: Data) => void, used: (tap: Tap) => void) {
    this.#native = native;
    this.#deliver = deliver;
    this.#used = used;
    setBinaryTypeOf(native, "arraybuffer");
  }

  get readyState(): number {
    return readyStateOf(this.#native);
  }

  // The client looks at bytes; what the viewer wants is made of them later.
  set binaryType(_: BinaryType) {}

  /** Hears of a message with this data; whether the viewer is to have it as it is. */
  received(event: MessageEvent, data: Data): boolean {
    if (this.#isReleased) return false;
    if (typeof data === "string") {
      const isViewers = data !== "PONG" || (this.#pings.shift() ?? true);
      this.onmessage?.(event);
      return isViewers;
    }
    if (data.byteLength < HEADER_BYTES || (this.isFast && isStream(data))) {
      this.heard += data.byteLength;
      return true;
    }
    this.onmessage?.(event);
    return false;
  }

  /** Something is wrong with the connection. */
  failed(event: Event): void {
    if (!this.#isReleased) this.onerror?.(event);
  }

  /** It is gone. */
  ended(event: CloseEvent): void {
    if (this.#isReleased) return;
    this.closed = event;
    this.onclose?.(event);
  }

  // The client sends frames, and "PING".
  send(data: string | Uint8Array): void {
    if (data === "PING") this.#pings.push(false);
    else this.#used(this);
    sendOn(this.#native, data);
  }

  /** A text of the viewer's. */
  sendText(text: string): void {
    if (text === "PING") this.#pings.push(true);
    sendOn(this.#native, text);
  }

  /** Hears nothing more, and leaves the native socket open. */
  release(): void {
    this.#isReleased = true;
  }

  close(code: number): void {
    if (this.#isReleased) return;
    this.release();
    closeOn(this.#native, code);
    // A viewer that waits for a PONG must not find the connection dead.
    for (const isViewers of this.#pings.splice(0)) {
      if (isViewers) queueMicrotask(() => this.#deliver("PONG"));
    }
  }
}
