// One native socket between the backend and the client that keeps the session.
// The client treats it as a WebSocket and hears of what it has to look at; what
// streams in, image data first of all, goes straight to the viewer.
import { closeOn, readyStateOf, sendOn, setBinaryTypeOf } from "./native.js";

/**
 * Event types that stream: they answer nothing, and the client needs nothing of
 * them. RASTER_TILE_SYNC is not among them, it tells when tiles are complete.
 */
const streams = [
  23, // REGION_HISTOGRAM_DATA
  25, // SPATIAL_PROFILE_DATA
  26, // SPECTRAL_PROFILE_DATA
  27, // REGION_STATS_DATA
  28, // ERROR_DATA
  32, // RASTER_TILE_DATA
  46, // CONTOUR_IMAGE_DATA
  63, // MOMENT_PROGRESS
  71, // FILE_LIST_PROGRESS
  77, // PV_PROGRESS
  82, // VECTOR_OVERLAY_TILE_DATA
  83, // FITTING_PROGRESS
  85, // PV_PREVIEW_DATA
];
const STREAMS = new Uint8Array(128);
for (const type of streams) STREAMS[type] = 1;

const HEADER = 8;

const isStream = (data) => STREAMS[new Uint16Array(data, 0, 1)[0]] === 1;

export class Tap {
  // The client's handlers.
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose = null;
  /** Something went by that the client has not looked at; it resets this. */
  heard = false;
  /** The client is at work: what streams need not pass through it. */
  isFast = false;
  /** How the connection has ended, if it has. */
  closed;
  #native;
  #deliver;
  #isReleased = false;
  /** Who asked for each PONG that is due: the viewer? */
  #pings = [];

  /** `deliver(data)` gives the viewer a message. */
  constructor(native, deliver) {
    this.#native = native;
    this.#deliver = deliver;
    setBinaryTypeOf(native, "arraybuffer");
  }

  get readyState() {
    return readyStateOf(this.#native);
  }

  // The client looks at bytes; what the viewer wants is made of them later.
  set binaryType(_) {}

  /** Hears of a message with this data; whether the viewer is to have it as it is. */
  received(event, data) {
    if (this.#isReleased) return false;
    if (typeof data === "string") {
      const isViewers = data !== "PONG" || (this.#pings.shift() ?? true);
      this.onmessage?.(event);
      return isViewers;
    }
    if (data.byteLength < HEADER || (this.isFast && isStream(data))) {
      this.heard = true;
      return true;
    }
    this.onmessage?.(event);
    return false;
  }

  /** Something is wrong with the connection. */
  failed(event) {
    if (!this.#isReleased) this.onerror?.(event);
  }

  /** It is gone. */
  ended(event) {
    if (this.#isReleased) return;
    this.closed = event;
    this.onclose?.(event);
  }

  // The client sends frames, and "PING".
  send(data) {
    if (data === "PING") this.#pings.push(false);
    sendOn(this.#native, data);
  }

  /** A text of the viewer's. */
  sendText(text) {
    if (text === "PING") this.#pings.push(true);
    sendOn(this.#native, text);
  }

  /** Hears nothing more, and leaves the native socket open. */
  release() {
    this.#isReleased = true;
  }

  close(code) {
    if (this.#isReleased) return;
    this.release();
    closeOn(this.#native, code);
    // Whoever waits for a PONG must not find the connection dead.
    for (const isViewers of this.#pings.splice(0)) {
      if (isViewers) queueMicrotask(() => this.#deliver("PONG"));
    }
  }
}
