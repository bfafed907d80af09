// The page's side of `npm run bench:resume`. `window.bench` is what the script calls.
import { ResumeClient } from "carta-resume";

/* global protobuf */

const RESUME_SESSION = 47;
const HEADER = 8;
const POLYGON = 6;

/** What to do when RESUME_SESSION is handed to a socket. */
let handedOver = null;
const nativeSend = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  const now = performance.now();
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  if (typeof bytes !== "string" && bytes[0] === RESUME_SESSION && bytes[1] === 0) {
    // A copy, because the bytes may be part of the module's memory.
    handedOver?.({ now, payload: bytes.slice(HEADER) });
  }
  nativeSend.call(this, data);
};

const controlPoints = (id, count) =>
  Array.from({ length: count }, (_, n) => ({ x: id / 3 + n, y: id / 7 - n }));

const region = (id, points) => ({
  regionType: POLYGON,
  controlPoints: controlPoints(id, points),
  rotation: id % 90,
});

let client;
let answer;
/** The message as an object, and its encoder. */
let plain;
let ResumeSession;

window.bench = {
  /** One image with this many regions of this many points, for both. */
  async prepare(url, descriptor, count, points) {
    ResumeSession = protobuf.Root.fromJSON(descriptor).lookupType("CARTA.ResumeSession");
    const regions = {};
    client = new ResumeClient({
      url,
      icdVersion: 28,
      storage: "memory",
      confirmResume: () => new Promise((resolve) => (answer = resolve)),
    });
    client.on("error", (error) => console.error(error.code, error.message));
    await client.connect();
    client.openImage({ fileId: 0, directory: "", file: "a.fits" });
    for (let id = 1; id <= count; id += 1) {
      regions[id] = region(id, points);
      client.setRegion(0, id, regions[id]);
    }
    plain = { images: [{ file: "a.fits", fileId: 0, regions }], catalogFiles: [] };
    return client.viewerState().images[0].regions.length;
  },

  /**
   * The connection is lost, and the user says yes: the time from then until RESUME_SESSION is
   * handed to the socket. Returns the ms, and what the message contains.
   */
  async resume() {
    answer = undefined;
    const isResumed = new Promise((resolve) => {
      const off = client.on("resumed", () => resolve(off()));
    });
    await fetch("/control/drop", { method: "POST" });
    while (answer === undefined) await new Promise((done) => setTimeout(done, 5));
    const sent = new Promise((resolve) => (handedOver = resolve));
    const began = performance.now();
    answer(true);
    const { now, payload } = await sent;
    handedOver = null;
    await isResumed;
    return { ms: now - began, ...this.describe(payload) };
  },

  /** protobufjs encodes the same message from plain objects. */
  encode() {
    const began = performance.now();
    const payload = ResumeSession.encode(plain).finish();
    const ms = performance.now() - began;
    return { ms, ...this.describe(payload) };
  },

  /** To check that both encode the same. */
  describe(payload) {
    const { regions } = ResumeSession.decode(payload).images[0];
    const all = Object.values(regions);
    const points = all.reduce((sum, { controlPoints }) => sum + controlPoints.length, 0);
    return { bytes: payload.length, regions: all.length, points };
  },
};
