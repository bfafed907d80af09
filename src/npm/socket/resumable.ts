/// <reference lib="dom" preserve="true" />
import { engine } from "./engine.js";
import { asInterface } from "./members.js";
import { bufferedAmountOf, listenTo, Native, readyStateOf, sendOn } from "./native.js";
import { check, type ResumableOptions } from "./options.js";
import type { Resumption } from "./resumption.js";
import { Session } from "./session.js";
import { CLOSED, CLOSING, CONNECTING, OPEN } from "./states.js";

/** Whether it is one of ours. */
export let isResumable: (socket: unknown) => boolean;

/**
 * A drop-in for the browser's `WebSocket`. A lost connection does not show as `close`; a
 * no from the user does (code 4900), and so does a connection that cannot be restored
 * (1006).
 */
export class ResumableWebSocket extends Native {
  readonly #session: Session;

  static {
    isResumable = (socket) => Object(socket) === socket && #session in (socket as object);
  }

  constructor(
    url: string | URL,
    protocols: string | string[] = [],
    options: ResumableOptions = {},
  ) {
    check(options);
    // The same list for the connections to come.
    if (Array.isArray(protocols)) protocols = [...protocols];
    // The browser judges the rest, a missing address too.
    super(...((arguments.length === 0 ? [] : [url, protocols]) as [string, string | string[]]));
    // What another package has put in place of the browser's may not care.
    if (Object.getPrototypeOf(this) !== new.target.prototype) {
      Object.setPrototypeOf(this, new.target.prototype);
    }
    this.#session = new Session(this, protocols, options);
    this.#session.incoming.overhear();
    // It is there by the time that the viewer registers.
    void engine();
  }

  override get readyState(): WebSocket["readyState"] {
    return this.#session.state ?? readyStateOf(this.#session.native);
  }

  override get bufferedAmount(): number {
    return bufferedAmountOf(this.#session.native) + this.#session.outgoing.bytes;
  }

  override get binaryType(): BinaryType {
    return this.#session.incoming.binaryType;
  }

  override set binaryType(type: BinaryType) {
    const { incoming } = this.#session;
    const name = `${type}`;
    if (name === "blob" || name === "arraybuffer") incoming.binaryType = name;
  }

  override get onmessage(): WebSocket["onmessage"] {
    return this.#session.incoming.onmessage;
  }

  override set onmessage(handler: WebSocket["onmessage"]) {
    this.#session.incoming.onmessage = handler;
  }

  override addEventListener<K extends keyof WebSocketEventMap>(
    type: K,
    listener: (this: WebSocket, event: WebSocketEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(type: unknown, _listener: unknown): void {
    if (type === "message" || typeof type !== "string") this.#session.incoming.share();
    return listenTo(this, ...arguments);
  }

  /** What is known of the session, `null` until the viewer has registered. */
  get resume(): Resumption | null {
    return this.#session.resumption;
  }

  override send(data: string | BufferSource | Blob): void {
    if (arguments.length === 0) return sendOn(this);
    this.#session.outgoing.send(data);
  }

  override close(code?: number, reason?: string): void;
  override close(): void {
    this.#session.close(arguments);
  }
}

asInterface(ResumableWebSocket, "ResumableWebSocket", { CONNECTING, OPEN, CLOSING, CLOSED });
