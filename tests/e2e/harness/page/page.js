// The page's side of the harness: makes clients of the real package and records everything that
// they tell. `window.lab` is what the tests call.
import { EventType, ResumeClient, ResumeError, decodeFrame, encodeFrame } from "carta-resume";
import { PlainViewer } from "./plain-viewer.js";

const clients = new Map();

const plainError = (error) => ({
  isResumeError: error instanceof ResumeError,
  name: error.name,
  code: error.code,
  message: error.message,
  eventType: error.eventType,
  requestId: error.requestId,
  length: error.length,
  frames: error.frames,
});

const plainStatus = (status) => ({
  ...status,
  error: status.error === null ? null : plainError(status.error),
});

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const base64 = (array) => btoa(Array.from(array, (byte) => String.fromCharCode(byte)).join(""));

/** A copy that can leave the page: bytes as base64. */
const plainState = (state) =>
  state && {
    ...structuredClone(state),
    images: state.images.map((image) => ({
      ...structuredClone(image),
      openFileAck: image.openFileAck && base64(image.openFileAck),
    })),
  };

/** What a call threw, or null. */
function caught(call) {
  try {
    call();
    return null;
  } catch (error) {
    return plainError(error);
  }
}

/** What a promise resolved to, or what it rejected with. */
const settled = (promise) =>
  promise.then(
    (value) => ({ value }),
    (error) => ({ error: plainError(error) }),
  );

function confirmer(record, mode) {
  return (offer, signal) => {
    record.offers.push(structuredClone(offer));
    signal.addEventListener("abort", () => (record.withdrawn += 1));
    if (mode === "yes") return true;
    if (mode === "no") return Promise.resolve(false);
    if (mode === "throw" && record.offers.length === 1) throw new Error("no dialog today");
    if (mode === "nonsense" && record.offers.length === 1) return "maybe";
    return new Promise((resolve) => (record.answer = resolve));
  };
}

/** How a viewer that does not know this package makes its socket. */
async function plainly(how) {
  const { ResumableWebSocket, install } = await import("/package/socket.js");
  if (how === "class") return (url, options) => new ResumableWebSocket(url, [], options);
  return (url, options) => {
    install(options);
    return new WebSocket(url);
  };
}

/** A method of a client with its arguments; the frame of "send" is base64. */
const call = (client, [method, ...args]) =>
  method === "send" ? client.send(bytes(args[0])) : client[method](...args);

const uncaught = [];
window.addEventListener("error", ({ message }) => uncaught.push(message));
window.addEventListener("unhandledrejection", ({ reason }) => uncaught.push(String(reason)));

/** What the browser has done to the page: "pagehide", "freeze", … */
const life = [];
for (const type of ["pagehide", "pageshow"]) {
  window.addEventListener(type, ({ persisted }) => life.push(persisted ? `${type} cached` : type));
}
for (const type of ["freeze", "resume"]) document.addEventListener(type, () => life.push(type));

window.lab = {
  ResumeClient,
  ResumeError,
  EventType,
  encodeFrame,
  decodeFrame,
  clients,
  /** Uncaught errors. */
  uncaught: () => [...uncaught],
  life: () => [...life],

  /** Makes a client and records everything that it tells. */
  async make(name, { confirm = "ask", plain, ...options }) {
    const began = performance.now();
    const record = {
      offers: [],
      withdrawn: 0,
      answer: null,
      statuses: [],
      errors: [],
      reports: [],
      frames: [],
      openFileAcks: [],
    };
    options.confirmResume = confirmer(record, confirm);
    // With a plain viewer, the version is the viewer's own.
    if (plain) delete options.icdVersion;
    const client = plain
      ? new PlainViewer({ ...options, make: await plainly(plain) })
      : new ResumeClient(options);
    client.on("status", (status) => {
      record.statuses.push({ at: performance.now() - began, ...plainStatus(status) });
    });
    client.on("error", (error) => record.errors.push(plainError(error)));
    client.on("resumed", (report) =>
      record.reports.push({ ...report, state: plainState(report.state) }),
    );
    client.on("frame", (frame) => {
      const { eventType, requestId, payload } = decodeFrame(frame);
      record.frames.push({ eventType, requestId, size: frame.byteLength });
      if (eventType === EventType.OPEN_FILE_ACK) record.openFileAcks.push(base64(payload));
    });
    clients.set(name, { client, record });
  },

  /** Tries to make a client; what the constructor threw, or null. */
  tryToMake(options) {
    const full = { confirmResume: () => true, ...options };
    return caught(() => new ResumeClient(full).free());
  },

  connect: (name) =>
    clients
      .get(name)
      .client.connect()
      .then(() => null, plainError),
  /** Begins to connect, without waiting for it. */
  begin(name) {
    clients
      .get(name)
      .client.connect()
      .catch(() => {});
  },
  noticed: (name) => [...clients.get(name).client.noticed],
  text: (name, text) => clients.get(name).client.socket.send(text),
  status: (name) => plainStatus(clients.get(name).client.status),
  record: (name) => ({ ...clients.get(name).record, answer: null }),
  state: (name) => plainState(clients.get(name).client.viewerState()),
  send: (name, frame) => caught(() => clients.get(name).client.send(bytes(frame))),
  call: (name, method, ...args) => caught(() => clients.get(name).client[method](...args)),
  close: (name, options) => settled(clients.get(name).client.close(options)),
  archive: (name, method, ...args) => settled(clients.get(name).client.archive[method](...args)),
  beginRestoring(name, id) {
    const entry = clients.get(name);
    entry.restoring = settled(entry.client.archive.restore(id));
  },
  restored: (name) => clients.get(name).restoring,
  /** Whether a question waits for `answer`. */
  isAsked: (name) => clients.get(name).record.answer !== null,
  answer(name, answer) {
    const { record } = clients.get(name);
    record.answer(answer);
    record.answer = null;
  },

  /** Calls methods of a client, all in one task. */
  edit(name, calls) {
    for (const each of calls) call(clients.get(name).client, each);
  },

  /** The same, and reloads the page in that task too. */
  editAndReload(name, calls) {
    this.edit(name, calls);
    location.reload();
  },

  /**
   * From now on, 100 times a second, one task that changes two regions and the
   * channel of an image to the same number. `latest` gives that number.
   */
  stream(name, { fileId, regions, first, channels }) {
    const { client } = clients.get(name);
    let k = first;
    const shape = () => ({
      regionType: 3,
      controlPoints: [
        { x: k, y: k },
        { x: 4, y: 4 },
      ],
      rotation: 0,
    });
    this.latest = () => k;
    setInterval(() => {
      k += 1;
      client.setRegion(fileId, regions[0], shape());
      client.setChannel(fileId, k % channels, 0);
      client.setRegion(fileId, regions[1], shape());
    }, 10);
  },

  request: (name, eventType, payload) =>
    clients
      .get(name)
      .client.request(eventType, bytes(payload))
      .then(
        (answer) => ({ ...answer, payload: base64(answer.payload) }),
        (error) => ({ error: plainError(error) }),
      ),
};
