// A small viewer that knows nothing of the package: it registers, opens an image and draws regions,
// over the socket that it is given. It writes its protobuf by hand, so that it shares nothing with
// what is tested.
const REGISTER_VIEWER = 1;
const OPEN_FILE = 4;
const SET_REGION = 11;
/** Event type of a request → that of its answer. */
const ANSWERS = { [REGISTER_VIEWER]: 18, [OPEN_FILE]: 21, [SET_REGION]: 22 };

const HEADER = 8;
const ICD_VERSION = 28;

/** `client_feature_flags`: WebAssembly and WebGL. */
const register = [0x1d, 5, 0, 0, 0];
/** OPEN_FILE of the file, as image 0. */
export const openFile = [0x12, 6, ...new TextEncoder().encode("a.fits")];
/** A rectangle of 4 by 4 pixels on image 0; the backend chooses its id. */
export const setRegion = [
  ...[0x15, 0xff, 0xff, 0xff, 0xff],
  ...[0x1a, 26, 0x08, 3],
  ...[0x12, 10, 0x0d, 0, 0, 0xa0, 0x41, 0x15, 0, 0, 0xa0, 0x41],
  ...[0x12, 10, 0x0d, 0, 0, 0x80, 0x40, 0x15, 0, 0, 0x80, 0x40],
];

const u32 = (payload, at) =>
  new DataView(payload.buffer, payload.byteOffset + at, 4).getUint32(0, true);

const isDone = (payload) => payload[0] === 0x08 && payload[1] === 1;

/** The id of the region that was made; throws the backend's message if none was. */
export function regionOf(payload) {
  if (!isDone(payload)) throw new Error(`SET_REGION: ${new TextDecoder().decode(payload)}`);
  const at = payload.length - 5;
  if (payload[at] !== 0x1d) throw new Error("SET_REGION_ACK has no id");
  return u32(payload, at + 1);
}

export class Viewer {
  /** What it has noticed about its connection. */
  noticed = [];
  sessionId = 0;
  #socket;
  #requestId = 0;
  #pending = new Map();

  constructor(socket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.#received(data);
    for (const type of ["open", "error", "close"]) {
      socket.addEventListener(type, ({ code, wasClean }) => {
        this.noticed.push(code === undefined ? type : `${type} ${code} ${wasClean}`);
      });
    }
  }

  /** Resolves when the event has happened. */
  until(type) {
    return new Promise((resolve) => this.#socket.addEventListener(type, resolve, { once: true }));
  }

  /** Registers and opens the image. */
  async start() {
    await this.until("open");
    this.sessionId = u32(await this.#ask(REGISTER_VIEWER, register), 1);
    if (!isDone(await this.#ask(OPEN_FILE, openFile))) throw new Error("OPEN_FILE failed");
  }

  /** Draws a region on the image; returns its id. */
  async draw() {
    return regionOf(await this.#ask(SET_REGION, setRegion));
  }

  close() {
    this.#socket.close();
  }

  #ask(eventType, payload) {
    this.#requestId += 1;
    const requestId = this.#requestId;
    const frame = new Uint8Array(HEADER + payload.length);
    const header = new DataView(frame.buffer);
    header.setUint16(0, eventType, true);
    header.setUint16(2, ICD_VERSION, true);
    header.setUint32(4, requestId, true);
    frame.set(payload, HEADER);
    return new Promise((resolve) => {
      this.#pending.set(requestId, { answer: ANSWERS[eventType], resolve });
      this.#socket.send(frame);
    });
  }

  #received(data) {
    if (typeof data === "string") return;
    const header = new DataView(data);
    const requestId = header.getUint32(4, true);
    const pending = this.#pending.get(requestId);
    if (pending?.answer !== header.getUint16(0, true)) return;
    this.#pending.delete(requestId);
    pending.resolve(new Uint8Array(data, HEADER));
  }
}
