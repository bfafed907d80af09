// The page's side of `npm run bench:socket`. `window.bench` is what the script calls.
import { memories } from "./memories.js";
import { openFile, polygon, registration, setRegion } from "./frames.js";
import { native } from "./native-send.js";

const url = `ws://${location.host}/`;
const { ResumableWebSocket } = await import("/dist/socket.js");
const classes = {
  native: WebSocket,
  ours: ResumableWebSocket,
  later: ResumableWebSocket,
  again: WebSocket,
};
const sockets = {};

// With handlers, as in CARTA's viewers.
const next = (socket, type) => new Promise((done) => (socket[`on${type}`] = done));
const until = (time) =>
  new Promise((done) => setTimeout(done, Math.max(0, time - performance.now())));

/** The connection behind a socket is lost and replaced by another. */
async function reconnected(socket) {
  const { status } = socket.resume;
  socket.send("drop");
  const isBack = () => socket.resume.status !== status && socket.resume.status.phase === "active";
  while (!isBack()) await new Promise((turn) => setTimeout(turn));
}

const VERTICES = 1_000;
const canvas = document.querySelector("canvas").getContext("2d");
let requests = 10;

function draw(points) {
  canvas.clearRect(0, 0, canvas.canvas.width, canvas.canvas.height);
  canvas.beginPath();
  for (const { x, y } of points) canvas.lineTo(x, y);
  canvas.closePath();
  canvas.stroke();
}

window.bench = {
  isolated: () => crossOriginIsolated,

  /** A connection of each class, registered and with an image open. */
  async prepare() {
    for (const [name, Socket] of Object.entries(classes)) {
      const socket = new Socket(url);
      socket.binaryType = "arraybuffer";
      await next(socket, "open");
      const frames = [registration(), openFile("a.fits", 2)];
      for (const frame of frames) {
        const answered = next(socket, "message");
        socket.send(frame);
        await answered;
        if (name === "later" && frame === frames[0]) await reconnected(socket);
      }
      sockets[name] = socket;
    }
  },

  /** The time until this many frames of this many bytes have come, in ms. */
  async incoming(name, size, count) {
    const socket = sockets[name];
    let left = count;
    let wrong = 0;
    const came = new Promise((done) => {
      socket.onmessage = ({ data }) => {
        // What every viewer does first: it looks at the header.
        if (new DataView(data).getUint16(0, true) !== 32 || data.byteLength !== size) wrong += 1;
        left -= 1;
        if (left === 0) done();
      };
    });
    const began = performance.now();
    socket.send(`pump ${size} ${count}`);
    await came;
    const ms = performance.now() - began;
    socket.onmessage = null;
    if (wrong > 0) throw new Error(`${wrong} frames were not what was sent`);
    return ms;
  },

  /**
   * Moves a region this many times, at this rate per second, as a viewer does: draws it, encodes it
   * and sends it. Returns the µs of each `send`, and of the browser's own within it. (CARTA's
   * viewers work for 1 to 9 ms before they send. In a page that does nothing else, a process that
   * `send` wakes interrupts it the more often, the more the page has done lately.)
   */
  async outgoing(name, count, perSecond) {
    const socket = sockets[name];
    let answers = 0;
    let heard = () => {};
    socket.onmessage = () => {
      answers += 1;
      heard();
    };
    const times = [];
    native.times = [];
    const began = performance.now();
    for (let n = 0; n < count; n += 1) {
      await until(began + (n * 1000) / perSecond);
      requests += 1;
      const points = polygon(VERTICES, n);
      draw(points);
      const frame = setRegion(points, requests);
      const before = performance.now();
      socket.send(frame);
      times.push((performance.now() - before) * 1000);
    }
    while (answers < count) await new Promise((done) => (heard = done));
    socket.onmessage = null;
    const own = native.times;
    native.times = undefined;
    return { times, own };
  },

  /** Bytes of each WebAssembly memory of the page, and bytes that JavaScript has put there. */
  memory: () => ({
    sizes: memories.found.map(({ buffer }) => buffer.byteLength),
    copied: memories.copied,
  }),
  countCopies: memories.count,
};
