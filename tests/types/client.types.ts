/**
 * What TypeScript must accept of `carta-resume`, and what it must refuse. Checked by `tsc
 * --noEmit`, never run: a line below `@ts-expect-error` that is accepted after all is an error,
 * too.
 */
import {
  EventType,
  ResumeClient,
  ResumeError,
  decodeFrame,
  encodeFrame,
  type Answer,
  type ArchivedWorkspace,
  type Frame,
  type Phase,
  type ResumeAnswer,
  type ResumeClientOptions,
  type ResumeErrorCode,
  type ResumeOffer,
  type RemakeProgress,
  type RemakeReport,
  type ResumeReport,
  type Status,
  type ViewerState,
} from "carta-resume";
import init, { ResumeClient as WebClient, init as namedInit } from "carta-resume/web";

/** Both directions: neither type may be wider than the other. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

const confirmResume = (): boolean => true;
const url = "ws://localhost:3002/";

// How it is made.
const client = new ResumeClient({ url, confirmResume });
new ResumeClient({ url: new URL(url), confirmResume: async (offer) => ({ images: [0] }) });
new ResumeClient({ url: async (attempt) => `${url}?n=${attempt.toFixed()}`, confirmResume });
const everything: Required<ResumeClientOptions> = {
  url,
  confirmResume: (offer: ResumeOffer, signal: AbortSignal): ResumeAnswer =>
    signal.aborted ? false : { images: offer.images.map(({ fileId }) => fileId), catalogs: [] },
  icdVersion: 28,
  apiKey: "",
  clientFeatureFlags: 5,
  backoff: { initialMs: 1, maxMs: 2, hiddenMaxMs: 3, factor: 2, jitter: "none", maxAttempts: 4 },
  heartbeat: false,
  timeouts: { connectMs: 1, registerMs: 2, resumeMs: 3 },
  queue: { maxFrames: 1, maxBytes: 2 },
  storage: "memory",
  user: "someone",
  archive: { maxCount: 1, maxAgeMs: 2, maxBytes: 3 },
  openFileAnswers: { maxBytes: 1 },
};
new ResumeClient(everything);
new WebClient(everything);
same<Promise<void>, ReturnType<typeof init>>(true);
same<typeof init, typeof namedInit>(true);

// @ts-expect-error: no options
new ResumeClient();
// @ts-expect-error: nothing asks the user
new ResumeClient({ url });
// @ts-expect-error: no address
new ResumeClient({ confirmResume });
// @ts-expect-error: an unknown option
new ResumeClient({ url, confirmResume, retries: 3 });
// @ts-expect-error: an unknown part of an option
new ResumeClient({ url, confirmResume, backoff: { initial: 3 } });
// @ts-expect-error: a version that is not supported
new ResumeClient({ url, confirmResume, icdVersion: 27 });
// @ts-expect-error: another kind of jitter
new ResumeClient({ url, confirmResume, backoff: { jitter: "some" } });
// @ts-expect-error: true is not a heartbeat
new ResumeClient({ url, confirmResume, heartbeat: true });
// @ts-expect-error: another storage
new ResumeClient({ url, confirmResume, storage: "disk" });
// @ts-expect-error: a question that returns text
new ResumeClient({ url, confirmResume: () => "yes" });
// @ts-expect-error: an address that is a number
new ResumeClient({ url: 3002, confirmResume });

// What it reports.
same<Status, typeof client.status>(true);
same<Phase, typeof client.status.phase>(true);
same<"new" | "resumed" | null, Status["sessionType"]>(true);
same<ResumeError | null, Status["error"]>(true);
same<ViewerState, ReturnType<typeof client.viewerState>>(true);
same<ResumeErrorCode, ResumeError["code"]>(true);
client.on("status", (status) => same<Status, typeof status>(true));
client.on("frame", (frame) => same<ArrayBuffer, typeof frame>(true));
client.on("remaking", (progress) => same<RemakeProgress, typeof progress>(true));
client.on("remade", (report) => same<RemakeReport, typeof report>(true));
client.on("resumed", (report) => same<ResumeReport, typeof report>(true));
const off = client.on("error", (error) => same<ResumeError, typeof error>(true));
same<() => void, typeof off>(true);

// @ts-expect-error: the status is read only
client.status.phase = "active";
// @ts-expect-error: nor is it replaced
client.status = client.status;
// @ts-expect-error: another event
client.on("message", () => {});
// @ts-expect-error: frames are buffers, not views
client.on("frame", (frame: Uint8Array) => frame);
// @ts-expect-error: callers do not make the package's errors
new ResumeError("mine");
// @ts-expect-error: no phase with this name
client.status.phase === "open";

// What it accepts.
same<Promise<void>, ReturnType<typeof client.connect>>(true);
same<Promise<void>, ReturnType<typeof client.close>>(true);
void client.close({ forget: true });
client.retryNow();
client.send(new Uint8Array(8));
client.send(new ArrayBuffer(8));
const answer = client.request(EventType.OPEN_FILE, new Uint8Array(), {
  signal: AbortSignal.timeout(1),
});
same<Promise<Answer>, typeof answer>(true);
client.openImage({ fileId: 0, directory: "", file: "a.fits" });
client.closeImage(-1);
client.setChannel(0, 1, 2);
client.setRegion(0, 1, { regionType: 0, controlPoints: [{ x: 1, y: 2 }], rotation: 0 });
client.setRegion(0, 1, { regionType: 0, controlPoints: new Float32Array(2), rotation: 0 });
client.setContours(0, { levels: [1, 2] });
client.setContours(0, null);
client.openCatalog({ fileId: 0, directory: "", name: "a.xml" });
client.closeCatalog(0);
const list = client.archive.list();
same<Promise<ArchivedWorkspace[]>, typeof list>(true);
same<Promise<boolean>, ReturnType<typeof client.archive.restore>>(true);
same<Promise<Blob>, ReturnType<typeof client.archive.export>>(true);
same<Promise<string>, ReturnType<typeof client.archive.import>>(true);
void client.archive.export("id").then((file) => client.archive.import(file));
void client.archive.import(new Uint8Array(3));
// @ts-expect-error: a file's name is not a file
void client.archive.import("work.carta-resume");
client.free();
client[Symbol.dispose]();

// @ts-expect-error: texts are not frames
client.send("PING");
// @ts-expect-error: a request needs a payload
void client.request(EventType.OPEN_FILE);
// @ts-expect-error: an image without its file
client.openImage({ fileId: 0, directory: "" });
// @ts-expect-error: points are objects or a Float32Array
client.setRegion(0, 1, { regionType: 0, controlPoints: [1, 2], rotation: 0 });
// @ts-expect-error: contours without levels
client.setContours(0, {});
// @ts-expect-error: an archive id is a string
void client.archive.restore(1);

// Frames and names.
same<Frame, ReturnType<typeof decodeFrame>>(true);
same<30, typeof EventType.ADD_REQUIRED_TILES>(true);
const anyType: EventType = EventType.REGISTER_VIEWER;
const bytes: Uint8Array = encodeFrame({ eventType: anyType, requestId: 1 });
encodeFrame({ eventType: 1, requestId: 1, icdVersion: 28, payload: bytes });
new WebSocket("ws://localhost").send(encodeFrame({ eventType: 1, requestId: 1 }));

// @ts-expect-error: a frame without a request id
encodeFrame({ eventType: 1 });
// @ts-expect-error: the names are frozen
EventType.OPEN_FILE = 5;
// @ts-expect-error: no such event
EventType.REGISTER;
// @ts-expect-error: 5 is not the number of any event type
const noType: EventType = 5;
