// A viewer that does not know this package: it uses `new WebSocket(url)`, numbers its requests from
// 1, and keeps a promise for each. For the tests it has the methods of a client.
import { EventType, decodeFrame, encodeFrame } from "carta-resume";

const answers = new Map(
  Object.entries(EventType).flatMap(([name, number]) => {
    const answer =
      EventType[`${name}_ACK`] ??
      EventType[name.replace(/_REQUEST$/, "_RESPONSE")] ??
      EventType[`${name}_RESPONSE`];
    return answer === undefined || answer === number ? [] : [[number, answer]];
  }),
);

const SESSION_ID = 0x0d;

/** A little-endian u32 in a protobuf message, by the byte of its tag. */
function fixed32(payload, tag) {
  const at = payload.indexOf(tag);
  return at < 0
    ? 0
    : new DataView(payload.buffer, payload.byteOffset + at + 1, 4).getUint32(0, true);
}

export class PlainViewer {
  #socket;
  #options;
  #handlers = { status: [], frame: [], resumed: [], error: [] };
  #pending = new Map();
  #requestId = 0;
  #status;
  /** What the viewer itself has noticed about its connection. */
  noticed = [];

  constructor({ url, make, ...options }) {
    this.#options = {
      ...options,
      onStatus: (status) => this.#emit("status", (this.#status = status)),
      onResumed: (report) => this.#emit("resumed", report),
      onError: (error) => this.#emit("error", error),
    };
    this.#options.url = url;
    this.make = make;
  }

  on(event, handler) {
    this.#handlers[event].push(handler);
  }

  #emit(event, value) {
    for (const handler of this.#handlers[event]) handler(value);
  }

  get status() {
    return this.#status ?? { phase: "idle", error: null, sessionId: 0 };
  }

  get socket() {
    return this.#socket;
  }

  connect() {
    const { url, ...options } = this.#options;
    const socket = this.make(url, options);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.#received(data);
    for (const type of ["open", "error", "close"]) {
      socket.addEventListener(type, ({ code }) =>
        this.noticed.push(code ? `${type} ${code}` : type),
      );
    }
    return new Promise((resolve, reject) => {
      socket.onopen = () => {
        const flags = Uint8Array.of(0x1d, 5, 0, 0, 0);
        this.request(EventType.REGISTER_VIEWER, flags).then(({ payload }) => {
          this.sessionId = fixed32(payload, SESSION_ID);
          resolve();
        });
      };
      socket.onclose = ({ code }) => reject(new Error(`closed: ${code}`));
    });
  }

  #received(data) {
    if (typeof data === "string") return void this.noticed.push(`text ${data}`);
    const frame = decodeFrame(data);
    this.#emit("frame", data);
    const pending = this.#pending.get(frame.requestId);
    if (pending && frame.eventType === pending.answer) {
      this.#pending.delete(frame.requestId);
      pending.resolve(frame);
    }
  }

  send(frame) {
    this.#socket.send(frame);
  }

  request(eventType, payload) {
    this.#requestId += 1;
    const requestId = 1_000_000 + this.#requestId;
    return new Promise((resolve) => {
      this.#pending.set(requestId, { answer: answers.get(eventType), resolve });
      this.#socket.send(encodeFrame({ eventType, requestId, icdVersion: 28, payload }));
    });
  }

  viewerState() {
    return this.#socket.resume.viewerState();
  }

  get archive() {
    return this.#socket.resume.archive;
  }

  retryNow() {
    this.#socket.resume.retryNow();
  }

  async close() {
    this.#socket.close();
  }
}
