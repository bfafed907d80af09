// What the viewer hears. The first connection is the viewer's own socket: what the
// viewer should not know of it is kept from its listeners. The connections that follow
// are sockets of their own, whose events are shown as the viewer's socket's.
import { lookingLike, Message } from "./message.js";
import { listenTo, onmessageOf, setBinaryTypeOf, setOnmessageOf, urlOf } from "./native.js";
import type { Session } from "./session.js";
import { CLOSED, CLOSING, OPEN } from "./states.js";
import type { Tap } from "./tap.js";

type Data = string | ArrayBuffer;
type Handler = WebSocket["onmessage"];

export class Incoming {
  readonly #session: Session;
  readonly #socket: WebSocket;
  readonly #origin: string;
  #binaryType: BinaryType = "blob";
  /** The handler of messages, as long as it is the only listener. */
  #handler: Handler = null;
  #isAlone = true;

  constructor(session: Session, socket: WebSocket) {
    this.#session = session;
    this.#socket = socket;
    this.#origin = new URL(urlOf(socket)).origin;
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    this.#binaryType = type;
    if (!this.#session.tap) setBinaryTypeOf(this.#socket, type);
  }

  // Another listener costs several times what the rest of this class does, so a
  // handler that is alone is called from the listener that is there already.
  get onmessage(): Handler {
    return this.#isAlone ? this.#handler : onmessageOf(this.#socket);
  }

  set onmessage(handler: Handler) {
    if (this.#isAlone) this.#handler = Object(handler) === handler ? handler : null;
    else setOnmessageOf(this.#socket, handler);
  }

  /** The handler takes its place among other listeners. */
  share(): void {
    if (!this.#isAlone) return;
    this.#isAlone = false;
    setOnmessageOf(this.#socket, this.#handler);
  }

  /** Hears the first connection's events before any listener of the viewer's. */
  overhear(): void {
    const session = this.#session;
    const hide = (event: Event) => event.stopImmediatePropagation();
    const on = <K extends keyof WebSocketEventMap>(
      type: K,
      hear: (event: WebSocketEventMap[K]) => void,
    ) => listenTo(this.#socket, type, hear, true);
    // Events that the page has made are its own business.
    on("message", (event) => {
      if (event.isTrusted && !this.#lets(event)) hide(event);
      else if (this.#isAlone) this.#handle(event);
    });
    on("error", (event) => {
      if (!session.first || !event.isTrusted) return;
      hide(event);
      session.first.failed(event);
    });
    on("close", (event) => {
      if (!event.isTrusted) return;
      if (session.first) {
        hide(event);
        session.first.ended(event);
      } else if (session.state !== undefined) {
        session.state = CLOSED;
      }
    });
  }

  /** Hears a later connection. */
  hear(native: WebSocket, tap: Tap): void {
    const session = this.#session;
    const Ours = lookingLike(this.#socket);
    native.onopen = (event) => tap.onopen?.(event);
    native.onmessage = (event) => {
      const data = event.data as Data;
      if (!tap.received(event, data)) return;
      const isSimple = this.#isAlone && session.state === OPEN && this.#isAsWanted(data);
      if (isSimple) this.#handle(new Ours(event));
      else this.deliver(data);
    };
    native.onerror = (event) => tap.failed(event);
    native.onclose = (event) => tap.ended(event);
  }

  /** Gives the viewer a message that its own socket did not get. */
  deliver(data: Data): void {
    if (this.#session.state !== OPEN) return;
    const shown = this.#isAsWanted(data) ? data : new Blob([data]);
    this.#socket.dispatchEvent(new Message(shown, this.#origin));
  }

  /** Whether the viewer gets a message of the first connection as it is. */
  #lets(event: MessageEvent): boolean {
    const { first, state } = this.#session;
    // Nothing arrives on a socket that is closing.
    if (!first) return state !== CLOSING;
    const data = event.data as Data;
    if (!first.received(event, data)) return false;
    if (this.#session.state === OPEN && this.#isAsWanted(data)) return true;
    this.deliver(data);
    return false;
  }

  #handle(event: MessageEvent): void {
    const handler = this.#handler;
    if (typeof handler !== "function") return;
    if (handler.call(this.#socket, event) === false) event.preventDefault();
  }

  #isAsWanted(data: Data): boolean {
    return typeof data === "string" || this.#binaryType === "arraybuffer";
  }
}
