// What the viewer sends: in order, also while the client is loaded or a Blob is read.
import type { ResumeClient } from "../client.js";
import { HEADER_BYTES } from "../frames.js";
import { EventType } from "../generated/event-type.js";
import { FREQUENT } from "../generated/frame-kinds.js";
import { sizeOf, toBytes, understood, type Sendable } from "./bytes.js";
import { Copies } from "./copies.js";
import { engineSoon } from "./engine.js";
import { readyStateOf, sendOn } from "./native.js";
import type { Session } from "./session.js";
import { CLOSED, CLOSING, OPEN } from "./states.js";

const FREQUENT_TYPES = new Set<number>(FREQUENT);

function isRegistering(data: unknown): boolean {
  const bytes = toBytes(data);
  return (
    bytes !== undefined &&
    bytes.length >= HEADER_BYTES &&
    bytes[0] === EventType.REGISTER_VIEWER &&
    bytes[1] === 0
  );
}

export class Outgoing {
  readonly #session: Session;
  readonly #socket: WebSocket;
  /** What waits until the client is there, or a Blob has been read. */
  #waiting: Sendable[] | undefined;
  /** What is done when nothing waits any more. */
  #afterwards: (() => void) | undefined;
  /** What has been sent and the client has not heard of. */
  readonly #unnoted = new Copies();
  /** Bytes that were sent when nothing could be sent any more. */
  #unsent = 0;

  constructor(session: Session, socket: WebSocket) {
    this.#session = session;
    this.#socket = socket;
  }

  /** Bytes that have not left. */
  get bytes(): number {
    const waiting = this.#waiting?.reduce((sum, data) => sum + sizeOf(data), 0) ?? 0;
    return waiting + (this.#session.client?.queuedBytes ?? 0) + this.#unsent;
  }

  send(data: unknown): void {
    const session = this.#session;
    if (session.state === undefined) {
      if (readyStateOf(this.#socket) !== OPEN || !isRegistering(data)) {
        return sendOn(this.#socket, data);
      }
      session.state = OPEN;
      void this.#wait(() => this.#register());
    }
    const sent = understood(data);
    if (session.state !== OPEN) this.#unsent += sizeOf(sent);
    // As it is now: what the viewer does with it afterwards does not count.
    else if (this.#waiting) this.#waiting.push(sent.slice());
    else if (typeof sent === "string" || sent instanceof Uint8Array) this.#sendNow(sent);
    else void this.#wait(() => {}, sent);
  }

  /** Calls `then` when everything that was sent before is gone. */
  afterAll(then: () => void): void {
    if (this.#waiting) this.#afterwards = then;
    // What was sent in a handler of this socket's is sent when that returns.
    else queueMicrotask(then);
  }

  /** What waits in the client will not be sent by it. */
  keepCount(client: ResumeClient | undefined): void {
    this.#unsent += client?.queuedBytes ?? 0;
  }

  /** Sends in order what comes from now on, each when the one before is gone. */
  async #wait(before: () => void | Promise<void>, ...first: Sendable[]): Promise<void> {
    const session = this.#session;
    const isClosed = () => session.state === CLOSED;
    const waiting = (this.#waiting = first);
    await before();
    try {
      while (!isClosed()) {
        const data = waiting[0];
        if (data === undefined) break;
        const isRead = typeof data === "string" || data instanceof Uint8Array;
        const sent = isRead ? data : new Uint8Array(await data.arrayBuffer());
        if (isClosed()) break;
        waiting.shift();
        this.#sendNow(sent);
      }
    } catch {
      // A file that cannot be read any more ends a connection.
      if (session.state === OPEN) session.fail();
    }
    this.#waiting = undefined;
    if (session.state === CLOSING) this.#afterwards?.();
  }

  /** The viewer registers: a client takes over, if there can be one. */
  async #register(): Promise<void> {
    const canKeep = await engineSoon();
    if (readyStateOf(this.#socket) !== OPEN) return;
    const register = this.#waiting?.[0];
    if (canKeep && register instanceof Uint8Array && this.#session.takeOver(register)) {
      this.#waiting?.shift();
    }
  }

  #sendNow(data: string | Uint8Array): void {
    const { client, native, tap } = this.#session;
    if (client && typeof data !== "string" && data.length >= HEADER_BYTES) {
      if (this.#goesFirst(client, native, data)) {
        sendOn(native, data);
        this.#note(data);
      } else {
        this.#noteAll();
        client.send(data);
      }
      return;
    }
    const isOpen = readyStateOf(native) === OPEN;
    if (!client) {
      if (isOpen) sendOn(this.#socket, data);
    } else if (typeof data !== "string") {
      // Not a frame, and the backend ignores it.
      if (isOpen) tap?.send(data);
    } else if (isOpen) {
      tap?.sendText(data);
    } else if (data === "PING") {
      // The viewer need not know that the connection is being restored.
      queueMicrotask(() => this.#session.incoming.deliver("PONG"));
    }
  }

  /**
   * Whether a frame may go out before the client has looked at it: it is of a kind that
   * a viewer sends many times a second, and nothing can keep it back.
   */
  #goesFirst(client: ResumeClient, native: WebSocket, data: Uint8Array): boolean {
    if (data[1] !== 0 || !FREQUENT_TYPES.has(data[0] ?? 0)) return false;
    const version = (data[2] ?? 0) | ((data[3] ?? 0) << 8);
    return version === client.directVersion && readyStateOf(native) === OPEN;
  }

  /** The client hears of it as soon as the viewer's own work is done. */
  #note(data: Uint8Array): void {
    if (this.#unnoted.push(data) === 1) queueMicrotask(() => this.#noteAll());
  }

  #noteAll(): void {
    this.#unnoted.drain((data) => this.#session.client?.sentFirst(data));
  }
}
