/** Every frame that passes a page's WebSockets, decoded. */
import type { Page, WebSocket } from "@playwright/test";
import { expect } from "./expect.js";
import { decode, type WireFrame } from "./messages.js";

export interface RecordedFrame extends WireFrame {
  /** Which of the page's sockets, from 0. */
  socket: number;
  from: "client" | "backend";
}

interface RecordedText {
  socket: number;
  from: "client" | "backend";
  text: string;
  after: number;
}

export class Recorder {
  readonly frames: RecordedFrame[] = [];
  readonly sockets: { url: string; closed: boolean }[] = [];
  /** `after`: how many frames there were before it. */
  readonly texts: RecordedText[] = [];

  constructor(page: Page) {
    page.on("websocket", (socket) => this.#watch(socket));
  }

  #watch(webSocket: WebSocket): void {
    const socket = this.sockets.length;
    const state = { url: webSocket.url(), closed: false };
    this.sockets.push(state);
    const note = (from: "client" | "backend", payload: string | Buffer) => {
      if (typeof payload === "string")
        this.texts.push({ socket, from, text: payload, after: this.frames.length });
      else if (payload.length >= 8) this.frames.push({ socket, from, ...decode(payload) });
    };
    webSocket.on("framesent", ({ payload }) => note("client", payload));
    webSocket.on("framereceived", ({ payload }) => note("backend", payload));
    webSocket.on("close", () => (state.closed = true));
  }

  /** The number of the newest socket. */
  get newest(): number {
    return this.sockets.length - 1;
  }

  sent(type?: string): RecordedFrame[] {
    return this.#pick("client", type);
  }

  received(type?: string): RecordedFrame[] {
    return this.#pick("backend", type);
  }

  #pick(from: "client" | "backend", type: string | undefined): RecordedFrame[] {
    return this.frames.filter(
      (frame) => frame.from === from && (type === undefined || frame.type === type),
    );
  }

  /** Types of what the client sent on a socket, in order. */
  order(socket: number): string[] {
    return this.sent()
      .filter((frame) => frame.socket === socket)
      .map((frame) => frame.type);
  }

  /** Waits until this many frames of a type have come from the backend. */
  async waitForReceived(type: string, atLeast = 1): Promise<RecordedFrame[]> {
    await expect
      .poll(() => this.received(type).length, { message: `${type} from the backend` })
      .toBeGreaterThanOrEqual(atLeast);
    return this.received(type);
  }

  async waitForSent(type: string, atLeast = 1): Promise<RecordedFrame[]> {
    await expect
      .poll(() => this.sent(type).length, { message: `${type} from the client` })
      .toBeGreaterThanOrEqual(atLeast);
    return this.sent(type);
  }

  /**
   * Waits until the newest socket has brought two PONGs since a frame was last sent on it:
   * then the backend has lived past all of them, and a drop now is not taken for a
   * consequence of one.
   */
  async waitUntilUnsuspected(): Promise<void> {
    const pongs = () => {
      const isLast = ({ socket, from }: RecordedFrame) =>
        socket === this.newest && from === "client";
      const last = this.frames.findLastIndex(isLast);
      return this.texts.filter(
        ({ socket, text, after }) => socket === this.newest && text === "PONG" && after > last,
      ).length;
    };
    await expect.poll(pongs, { message: "PONGs since the last frame" }).toBeGreaterThanOrEqual(2);
  }

  /** What must be true of every conversation, whatever happened in it. */
  checkRules(): void {
    for (const [socket] of this.sockets.entries()) {
      const order = this.order(socket);
      if (order.length === 0) continue;
      expect(order[0], `first frame on socket ${socket}`).toBe("REGISTER_VIEWER");
    }
    for (const [index, frame] of this.frames.entries()) {
      if (frame.from !== "client" || frame.type !== "RESUME_SESSION") continue;
      const acknowledged = this.frames
        .slice(0, index)
        .some((other) => other.socket === frame.socket && other.type === "REGISTER_VIEWER_ACK");
      expect(acknowledged, "RESUME_SESSION waits for REGISTER_VIEWER_ACK").toBe(true);
    }
  }
}
