// One socket to a node. What it says after its end is not heard.
import type { WebSocketClass } from "./options.js";

/** What a socket says. */
export interface Heard {
  opened(): void;
  text(text: string): void;
  pong(): void;
  /** An HTTP status in place of a socket. */
  refused(status: number): void;
  /** Failed or closed. */
  lost(): void;
}

/** What the sockets of npm's `ws` have in addition. */
interface Extras {
  on?(event: string, listener: (...args: never[]) => void): void;
  ping?(): void;
  terminate?(): void;
}

/** Statuses that each further attempt would give, too. */
const FINAL = [400, 401, 403];

/** How long the other side has to agree to the end. */
const FAREWELL_MS = 1_000;

export class Socket {
  readonly #native: InstanceType<WebSocketClass> & Extras;
  #heard: Heard | null;

  constructor(
    webSocket: WebSocketClass,
    address: string,
    headers: Readonly<Record<string, string>> | null,
    heard: Heard,
  ) {
    this.#heard = heard;
    const native: InstanceType<WebSocketClass> & Extras = headers
      ? new webSocket(address, { headers })
      : new webSocket(address);
    this.#native = native;
    native.addEventListener("open", () => this.#heard?.opened());
    native.addEventListener("message", ({ data }: { data: unknown }) => {
      if (typeof data === "string") this.#heard?.text(data);
    });
    const lost = () => {
      const heard = this.#heard;
      this.#heard = null;
      heard?.lost();
    };
    native.addEventListener("error", lost);
    native.addEventListener("close", lost);
    if (typeof native.on !== "function") return;
    native.on("pong", () => this.#heard?.pong());
    native.on(
      "unexpected-response",
      (request: { destroy(): void }, { statusCode }: { statusCode?: number }) => {
        const heard = this.#heard;
        this.#heard = null;
        request.destroy();
        if (FINAL.includes(statusCode ?? 0)) heard?.refused(statusCode ?? 0);
        else heard?.lost();
      },
    );
  }

  ping(): void {
    try {
      this.#native.ping?.();
    } catch {
      // It is not open any more, which it says itself.
    }
  }

  /** Whatever it says from here on is not heard. */
  close(): void {
    this.#heard = null;
    const native = this.#native;
    try {
      native.close();
    } catch {
      // A socket that cannot be closed is not open.
    }
    // Where the other side does not answer, `ws` would keep the process for half a minute.
    if (native.terminate) setTimeout(() => native.terminate?.(), FAREWELL_MS);
  }
}

/** Whether sockets of this class can be asked for a sign of life. */
export const canPing = (webSocket: WebSocketClass): boolean =>
  typeof (webSocket.prototype as Extras | undefined)?.ping === "function";
