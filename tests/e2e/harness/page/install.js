// The page's side of the tests of `install()`: it installs like an integrator, and makes sockets
// like a viewer. `window.installed` is what the tests call.
import { ResumeClient, ResumeError } from "carta-resume";
import { ResumableWebSocket, install, uninstall } from "/package/socket.js";

const Native = globalThis.WebSocket;
const sockets = new Map();
const records = [];

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const base64 = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));

const plainError = (error) => ({
  isResumeError: error instanceof ResumeError,
  code: error.code,
  message: error.message,
});

/** What a call threw, or null. */
function caught(call) {
  try {
    call();
    return null;
  } catch (error) {
    return plainError(error);
  }
}

/** What a test can send in place of a function. */
function functionOf(value) {
  if (value?.later) return async () => true;
  if (value?.gives !== undefined) return async () => value.gives;
  if (value?.global !== undefined) return async () => window[value.global];
  if (value?.throws === undefined) return value;
  return () => {
    throw Object.assign(new Error(value.throws), { code: value.code });
  };
}

const functionsOf = (options) =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, functionOf(value)]));

/** Turns what a test can send into what `match` can be. */
function matchOf(match, asked) {
  if (match?.pattern !== undefined) return new RegExp(match.pattern, match.flags);
  if (match?.path === undefined) return functionOf(match);
  return (url) => {
    asked.push(`${url instanceof URL} ${url.protocol} ${url.pathname}`);
    return url.pathname === match.path;
  };
}

/** Records everything that is told, and answers each question with `said`. */
function noting(said, { match, ...options }) {
  const record = { offers: [], statuses: [], errors: [], reports: [], asked: [] };
  records.push(record);
  return {
    ...(match !== undefined && { match: matchOf(match, record.asked) }),
    confirmResume(offer) {
      record.offers.push(structuredClone(offer));
      return said;
    },
    onStatus: (status) => record.statuses.push({ ...status, error: `${status.error?.message}` }),
    onResumed: ({ images, failedImages }) => record.reports.push({ images, failedImages }),
    onError: (error) => record.errors.push(plainError(error)),
    ...functionsOf(options),
  };
}

window.installed = {
  /** What it threw, or null. */
  install: (said, options) => caught(() => install(noting(said, options))),
  installRaw: (...args) => caught(() => install(...args)),
  uninstall,
  isNative: () => globalThis.WebSocket === Native,
  /** What has been told since the nth `install`; −1: the last. */
  record: (number) => records.at(number),

  open(name, url) {
    const socket = new WebSocket(url);
    const seen = { events: [], frames: [] };
    sockets.set(name, { socket, seen });
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) =>
      typeof data === "string" ? seen.events.push(`text ${data}`) : seen.frames.push(base64(data));
    for (const type of ["open", "error", "close"]) {
      socket.addEventListener(type, ({ code }) =>
        seen.events.push(code === undefined ? type : `${type} ${code}`),
      );
    }
  },
  send: (name, frame) => sockets.get(name).socket.send(bytes(frame)),
  close: (name, ...args) => sockets.get(name).socket.close(...args),
  seen: (name) => sockets.get(name).seen,
  /** "native", "resumable": it could be kept, or "kept". */
  kind(name) {
    const { socket } = sockets.get(name);
    const isOne = socket instanceof WebSocket && socket instanceof Native;
    if (!isOne) return "no WebSocket";
    if (Object.getPrototypeOf(socket) === Native.prototype && !("resume" in socket))
      return "native";
    return socket.resume === null ? "resumable" : "kept";
  },
  retry: (name) => sockets.get(name).socket.resume.retryNow(),
  archive: (name) => sockets.get(name).socket.resume.archive.list(),
  phase: (name) => sockets.get(name).socket.resume.status.phase,

  /** A client beside everything else. */
  async connectClient(options) {
    const client = new ResumeClient({
      icdVersion: 28,
      backoff: { initialMs: 20, maxMs: 100 },
      confirmResume: noting(true, {}).confirmResume,
      ...functionsOf(options),
    });
    const { reports } = records.at(-1);
    client.on("resumed", ({ images, failedImages }) => reports.push({ images, failedImages }));
    await client.connect();
    this.client = client;
  },
  async clientOpens(payload) {
    const answer = await this.client.request(4, bytes(payload));
    return answer.eventType;
  },
  clientError() {
    return this.client.status.error?.code ?? null;
  },
  clientRetry() {
    this.client.retryNow();
  },
  clientPhase() {
    return this.client.status.phase;
  },
  ResumableWebSocket,
  Native,
};
