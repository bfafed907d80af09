// The page's side of the harness: makes clients of the real package and notes
// all that they tell. `window.lab` is what the tests call.
import { EventType, ResumeClient, ResumeError, decodeFrame, encodeFrame } from "carta-resume";

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

/** What a call threw, or null. */
function caught(call) {
  try {
    call();
    return null;
  } catch (error) {
    return plainError(error);
  }
}

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

window.lab = {
  ResumeClient,
  ResumeError,
  EventType,
  encodeFrame,
  decodeFrame,
  clients,

  /** Makes a client and listens to all that it tells. */
  make(name, { confirm = "ask", ...options }) {
    const began = performance.now();
    const record = {
      offers: [],
      withdrawn: 0,
      answer: null,
      statuses: [],
      errors: [],
      reports: [],
      frames: [],
    };
    const client = new ResumeClient({ ...options, confirmResume: confirmer(record, confirm) });
    client.on("status", (status) => {
      record.statuses.push({ at: performance.now() - began, ...plainStatus(status) });
    });
    client.on("error", (error) => record.errors.push(plainError(error)));
    client.on("resumed", (report) => record.reports.push(structuredClone(report)));
    client.on("frame", (frame) => {
      const { eventType, requestId } = decodeFrame(frame);
      record.frames.push({ eventType, requestId, size: frame.byteLength });
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
  status: (name) => plainStatus(clients.get(name).client.status),
  record: (name) => ({ ...clients.get(name).record, answer: null }),
  state: (name) => clients.get(name).client.viewerState(),
  send: (name, frame) => caught(() => clients.get(name).client.send(bytes(frame))),
  call: (name, method, ...args) => caught(() => clients.get(name).client[method](...args)),
  answer(name, answer) {
    const { record } = clients.get(name);
    record.answer(answer);
    record.answer = null;
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
