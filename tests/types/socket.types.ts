/** What TypeScript must accept of `carta-resume/socket`, and what it must refuse. */
import type {
  Archive,
  ResumeAnswer,
  ResumeError,
  ResumeOffer,
  RemakeProgress,
  RemakeReport,
  ResumeReport,
  Status,
  ViewerState,
} from "carta-resume";
import {
  ResumableWebSocket,
  install,
  uninstall,
  type InstallOptions,
  type ResumableOptions,
  type Resumption,
} from "carta-resume/socket";

/** Both directions: neither type may be wider than the other. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

const url = "ws://localhost:3002/";

// Made as the browser's own is made.
const socket = new ResumableWebSocket(url);
new ResumableWebSocket(new URL(url));
new ResumableWebSocket(url, "carta");
new ResumableWebSocket(url, ["carta", "other"]);
new ResumableWebSocket(url, [], {});
new ResumableWebSocket(url, undefined, { storage: "memory" });

// @ts-expect-error: no address
new ResumableWebSocket();
// @ts-expect-error: an address that is a number
new ResumableWebSocket(3002);
// @ts-expect-error: the second argument is protocols
new ResumableWebSocket(url, { storage: "memory" });
// @ts-expect-error: it is a class
ResumableWebSocket(url);

// Used as the browser's own is used.
const plain: WebSocket = socket;
const constructor: typeof WebSocket = ResumableWebSocket;
same<WebSocket["readyState"], typeof socket.readyState>(true);
same<BinaryType, typeof socket.binaryType>(true);
same<1, typeof ResumableWebSocket.OPEN>(true);
same<3, typeof socket.CLOSED>(true);
socket.binaryType = "arraybuffer";
socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => data.byteLength;
socket.onclose = ({ code, reason, wasClean }) => [code.toFixed(), reason.trim(), !wasClean];
socket.onopen = null;
socket.addEventListener("close", (event) => same<CloseEvent, typeof event>(true), { once: true });
socket.addEventListener("message", { handleEvent: (event) => event.type });
socket.send("PING");
socket.send(new ArrayBuffer(8));
socket.send(new Uint8Array(8));
socket.send(new Blob([]));
socket.close();
socket.close(1000, "done");
class Counting extends ResumableWebSocket {
  override send(...args: Parameters<WebSocket["send"]>): void {
    super.send(...args);
  }
}
same<Resumption | null, Counting["resume"]>(true);

// @ts-expect-error: only the browser's two types
socket.binaryType = "text";
// @ts-expect-error: the state is read only
socket.readyState = 1;
// @ts-expect-error: a number is not data
socket.send(12);
// @ts-expect-error: a code is a number
socket.close("1000");

// What it has in addition.
const { resume } = socket;
same<Resumption | null, typeof resume>(true);
if (resume !== null) {
  same<Status, typeof resume.status>(true);
  same<Archive, typeof resume.archive>(true);
  same<ViewerState, ReturnType<typeof resume.viewerState>>(true);
  same<void, ReturnType<typeof resume.retryNow>>(true);
  same<void, ReturnType<typeof resume.stopRebuilding>>(true);
  // @ts-expect-error: the status is read only
  resume.status = resume.status;
}
// @ts-expect-error: it may be null
socket.resume.retryNow();
// @ts-expect-error: it is read only
socket.resume = null;

// Options.
const options: Required<ResumableOptions> = {
  url: (first, attempt) => {
    same<string, typeof first>(true);
    same<number, typeof attempt>(true);
    return new URL(first);
  },
  confirmResume: (offer: ResumeOffer, signal: AbortSignal): ResumeAnswer =>
    !signal.aborted && offer.images.length > 0,
  rebuild: false,
  view: {
    watch(keep) {
      keep("part", "{}");
      return () => keep("part", null);
    },
    restore: async ({ parts, images: [[before, now] = [0, 0]] }) => {
      same<readonly { readonly key: string; readonly json: string }[], typeof parts>(true);
      return before === now ? { back: ["zoom"], notBack: [] } : { back: [], notBack: ["zoom"] };
    },
  },
  onStatus: (status) => same<Status, typeof status>(true),
  onResumed: (report) => same<ResumeReport, typeof report>(true),
  onRemaking: (progress) => same<RemakeProgress, typeof progress>(true),
  onRemade: (report) => same<RemakeReport, typeof report>(true),
  onRebuilding: (done, all, regions) => {
    same<number, typeof done | typeof all>(true);
    same<{ done: number; all: number } | undefined, typeof regions>(true);
  },
  onError: (error) => same<ResumeError, typeof error>(true),
  backoff: { maxMs: 1_000 },
  heartbeat: false,
  timeouts: { connectMs: 1_000 },
  queue: { maxFrames: 10 },
  storage: "browser",
  user: "someone",
  archive: { maxCount: 1 },
  openFileAnswers: { maxBytes: 1 },
};
new ResumableWebSocket(url, [], options);
new ResumableWebSocket(url, [], { confirmResume: async () => ({ images: [0] }) });
new ResumableWebSocket(url, [], { url: async (first) => first, user: async () => null });

// @ts-expect-error: the address is the first argument; the option is a function
new ResumableWebSocket(url, [], { url });
// @ts-expect-error: a user whose name is a number
new ResumableWebSocket(url, [], { user: () => 7 });
// @ts-expect-error: the version is learned from the viewer
new ResumableWebSocket(url, [], { icdVersion: 30 });
// @ts-expect-error: an unknown option
new ResumableWebSocket(url, [], { retries: 3 });
// @ts-expect-error: rebuild is yes or no
new ResumableWebSocket(url, [], { rebuild: "off" });
// @ts-expect-error: a question that returns text
new ResumableWebSocket(url, [], { confirmResume: () => "yes" });
// @ts-expect-error: which addresses are matched is an option of `install`
new ResumableWebSocket(url, [], { match: url });

// How it is installed.
install();
install({});
install({ match: url });
install({ match: /^wss:/ });
install({ match: (url) => url.pathname === "/carta" });
install({ match: url, ...options });
const installing: InstallOptions = { match: (url: URL): boolean => url.port === "3002" };
install(installing);
const wider: ResumableOptions = installing;
uninstall();
same<void, ReturnType<typeof install>>(true);
same<void, ReturnType<typeof uninstall>>(true);

// @ts-expect-error: an address alone is not a set of options
install(url);
// @ts-expect-error: a list is not a match
install({ match: [url] });
// @ts-expect-error: a match is true or false
install({ match: (url: URL) => url.href });
// @ts-expect-error: an unknown option
install({ macth: url });
// @ts-expect-error: it takes no arguments
uninstall(url);
void [plain, constructor, wider];
