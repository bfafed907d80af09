// The session behind a viewer's socket. Until the viewer registers, the socket is the
// browser's and nothing else; from then on a client keeps the session, over one
// connection after another.
import { ResumeClient } from "../client.js";
import type { GeneratedOptions } from "../carta_resume.js";
import type { ResumeError } from "../errors.js";
import type { ResumeAnswer, ResumeOffer } from "../offer.js";
import type { RemakeReport, ResumeReport } from "../report.js";
import { inAll, type KeptView, type ViewReport } from "../view.js";
import { Login } from "../carta/login.js";
import { closing } from "./bytes.js";
import { Incoming } from "./incoming.js";
import { closeOn, Native, readyStateOf, setBinaryTypeOf, urlOf } from "./native.js";
import type { ResumableOptions } from "./options.js";
import { Outgoing } from "./outgoing.js";
import { ask, fetchQuestion } from "./question.js";
import { ClientResumption, type Resumption } from "./resumption.js";
import { CLOSED, CLOSING, OPEN } from "./states.js";
import { Tap } from "./tap.js";

type End = Pick<CloseEvent, "code" | "reason" | "wasClean">;

/** How it looks to the viewer when the user does not want the session back. */
const DECLINED: End = { code: 4900, reason: "The session was not restored.", wasClean: true };
const MOVED: End = { code: 4901, reason: "The session has moved to another tab.", wasClean: true };
const LOST: End = { code: 1006, reason: "", wasClean: false };

const NOTHING_KEPT: KeptView = { parts: [], images: [], regions: [], catalogs: [] };

const warn = (error: unknown): void =>
  console.warn(`carta-resume: ${(error as Error).message}`, error);

/** Of the frames that do not fit into the queue during a drop, only the first is reported. */
function warnOnce(client: ResumeClient): void {
  let isFull = false;
  client.on("status", ({ phase }) => {
    isFull &&= phase !== "active";
  });
  client.on("error", (error) => {
    const isKnown = isFull && error.code === "queue-full";
    isFull ||= error.code === "queue-full";
    if (!isKnown) warn(error);
  });
}

export class Session {
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  /** From the viewer's registration on; before that, the browser knows. */
  state: WebSocket["readyState"] | undefined;
  client: ResumeClient | undefined;
  /** The one of the browser's sockets that is in use; another may be tried beside it. */
  native: WebSocket;
  tap: Tap | undefined;
  /** The tap of the first connection, whose events the viewer's listeners get. */
  first: Tap | undefined;
  resumption: Resumption | null = null;
  /** How the previous page showed what the viewer has been rebuilt from. */
  #keptView: KeptView | undefined;
  #wantsView = true;
  /** A rebuilt viewer is given its view, and then the report. */
  #reporting: Promise<void> | undefined;
  /** What of the view is back in images that were made again. */
  #looks: Promise<ViewReport>[] = [];
  #endWatching: (() => void) | undefined;
  readonly #socket: WebSocket;
  readonly #protocols: string | string[];
  readonly #options: ResumableOptions;

  constructor(socket: WebSocket, protocols: string | string[], options: ResumableOptions) {
    this.#socket = socket;
    this.#protocols = protocols;
    this.#options = options;
    this.native = socket;
    this.incoming = new Incoming(this, socket);
    this.outgoing = new Outgoing(this, socket);
  }

  /** A client takes over the open socket; false if the viewer has to do without. */
  takeOver(register: Uint8Array): boolean {
    const { onStatus, onRemaking, onError, view } = this.#options;
    let client: ResumeClient | undefined;
    const early: [key: string, json: string | null][] = [];
    try {
      const options = this.#clientOptions();
      // Before the client listens to the page: what is read when that ends is to be written.
      this.#endWatching = view?.watch((...part) => {
        if (client) client.setViewPart(...part);
        else early.push(part);
      });
      client = new ResumeClient(options);
      const resumption = new ClientResumption(client);
      client.on("frame", (data) => this.incoming.deliver(data));
      client.on("status", (status) => {
        if (this.tap) this.tap.isFast = status.phase === "active";
        onStatus?.(status, resumption);
      });
      client.on("resumed", (report) => void this.#resumed(report));
      if (onRemaking) client.on("remaking", onRemaking);
      client.on("remade", (report) => void this.#remade(report));
      if (onError) client.on("error", onError);
      else warnOnce(client);
      this.first = this.#tapOf(this.#socket);
      client.takeOver(urlOf(this.#socket), this.first, register);
      for (const part of early) client.setViewPart(...part);
      this.client = client;
      this.resumption = resumption;
      return true;
    } catch (error) {
      this.#endWatching?.();
      client?.free();
      this.first = this.tap = undefined;
      setBinaryTypeOf(this.#socket, this.incoming.binaryType);
      // If that throws, the viewer does not suffer from it.
      queueMicrotask(() => (onError ?? warn)(error as ResumeError));
      return false;
    }
  }

  #clientOptions(): GeneratedOptions {
    const { confirmResume, rebuild, view, url, ...rest } = this.#options;
    const { onStatus, onResumed, onRemaking, onRemade, onRebuilding, onError, ...options } = rest;
    if (!confirmResume) fetchQuestion();
    const first = urlOf(this.#socket);
    const login = new Login(first);
    return {
      user: () => login.user(),
      ...options,
      url: url
        ? async (attempt) => login.note(await url(first, attempt))
        : (attempt) => login.address(attempt),
      confirmResume: (offer, signal) => this.#confirm(offer, signal),
      dropIn: {
        open: (address) => this.#connect(address),
        // Not from within `send()`, as a browser does not.
        feed: (data) => queueMicrotask(() => this.incoming.deliver(data)),
        ended: (error) => this.#ended(error.code),
        rebuilding: (done, all, regionsDone, regions) =>
          onRebuilding?.(done, all, regions > 0 ? { done: regionsDone, all: regions } : undefined),
        view: (kept) => (this.#keptView = kept),
        viewOfImages: (kept) => this.#wantsView && view?.restoreImages?.(kept),
        remade: (images) => this.#remadeImages(images),
        rebuilds: rebuild ?? true,
      },
    };
  }

  /** Asks, and notes whether the answer leaves out how the files were shown. */
  #confirm(offer: ResumeOffer, signal: AbortSignal): ResumeAnswer | Promise<ResumeAnswer> {
    const { confirmResume = (...asked) => this.#ask(...asked) } = this.#options;
    const note = (answer: ResumeAnswer) => {
      this.#wantsView = typeof answer !== "object" || answer?.view !== false;
      return answer;
    };
    const answer = confirmResume(offer, signal);
    return answer instanceof Promise ? answer.then(note) : note(answer);
  }

  /** A rebuilt viewer shows its work as before, and then it is told what is back. */
  #resumed(report: ResumeReport): void {
    const { view, onResumed } = this.#options;
    const kept = this.#keptView;
    this.#keptView = undefined;
    this.#willRemake(report, kept);
    const isWanted = this.#wantsView && report.images.length > 0;
    if (!view || !kept || !isWanted) return onResumed?.(report);
    this.#reporting = view.restore(kept).then((shown) => {
      this.#reporting = undefined;
      onResumed?.({ ...report, view: shown });
    });
  }

  /** Notes how the images look that are made again, while the viewer still shows them. */
  #willRemake({ remaking, reason }: ResumeReport, kept: KeptView | undefined): void {
    const { view } = this.#options;
    const images = remaking.flatMap((each) => each.images.map(({ fileId }) => fileId));
    if (!this.#wantsView) view?.willRemake?.([]);
    else if (reason === "connection-lost") view?.willRemake?.(images);
    else view?.willRemake?.(images, kept ?? NOTHING_KEPT);
  }

  #remadeImages(images: { fileId: number; was: number }[]): void {
    const pairs = images.map(({ was, fileId }) => [was, fileId] as const);
    const look = this.#options.view?.restoreRemade?.(pairs);
    if (look) this.#looks.push(look);
  }

  /** The report of the rebuild comes first. */
  async #remade(report: RemakeReport): Promise<void> {
    const { view, onRemade } = this.#options;
    view?.willRemake?.([]);
    // A preview that gets no more data is closed.
    for (const { previewId } of report.notMade.map(({ calculation }) => calculation))
      if (previewId !== undefined) view?.closePreview?.(previewId);
    const looks = this.#looks.splice(0);
    if (!this.#reporting && looks.length === 0) return onRemade?.(report);
    await this.#reporting;
    const shown = await Promise.all(looks);
    onRemade?.(shown.length > 0 ? { ...report, view: inAll(shown) } : report);
  }

  async #ask(offer: ResumeOffer, signal: AbortSignal): Promise<ResumeAnswer> {
    try {
      return await ask(offer, signal, this.#options.view !== undefined);
    } catch (error) {
      // Nobody can be asked: the viewer's own way is better than none.
      if (offer.reason === "connection-lost" && !signal.aborted) this.fail();
      throw error;
    }
  }

  /** Another connection. */
  #connect(address: string): Tap {
    const native = new Native(address, this.#protocols);
    const tap = this.#tapOf(native);
    this.incoming.hear(native, tap);
    return tap;
  }

  #tapOf(native: WebSocket): Tap {
    const deliver = (data: string | ArrayBuffer) => this.incoming.deliver(data);
    return new Tap(native, deliver, (tap) => {
      this.native = native;
      this.tap = tap;
    });
  }

  /** The viewer closes its socket. */
  close(args: IArguments): void {
    if (this.state === undefined) return closeOn(this.#socket, ...args);
    closing(args);
    if (this.state !== OPEN) return;
    this.state = CLOSING;
    this.outgoing.afterAll(() => this.#close(args));
  }

  #close(args: IArguments): void {
    const { native } = this;
    const isOpen = readyStateOf(native) === OPEN;
    this.tap?.release();
    this.#letGo();
    if (native === this.#socket && isOpen) {
      // From here on it is the browser's.
      this.state = this.first = undefined;
    } else if (isOpen) {
      native.onerror = () => this.#socket.dispatchEvent(new Event("error"));
      native.onclose = (event) => this.#end(event);
    } else {
      // Between two connections there is nobody who could answer.
      setTimeout(() => this.#end({ code: 1005, reason: "", ...closing(args), wasClean: true }));
    }
    closeOn(native, ...args);
  }

  /** The connection ends, as if it were lost. */
  fail(): void {
    const { native } = this;
    this.tap?.release();
    this.#ended(undefined);
    closeOn(native);
  }

  /** The client can do no more, and the viewer has to know it. */
  #ended(why: ResumeError["code"] | undefined): void {
    if (this.state !== OPEN) return;
    this.state = CLOSING;
    // Before the backend has accepted the viewer, all is as the browser tells it.
    const closed = why === "connection-lost" ? this.tap?.closed : undefined;
    const ours = why === "declined" ? DECLINED : why === "moved" ? MOVED : undefined;
    const end = ours ?? closed ?? LOST;
    if (!end.wasClean) this.#socket.dispatchEvent(new Event("error"));
    this.#end(end);
  }

  #end({ code, reason, wasClean }: End): void {
    if (this.state === CLOSED) return;
    if (this.state !== undefined) this.state = CLOSED;
    this.#letGo();
    this.#socket.dispatchEvent(new CloseEvent("close", { code, reason, wasClean }));
  }

  /** The client keeps nothing of this alive. */
  #letGo(): void {
    const { client } = this;
    this.#endWatching?.();
    this.outgoing.keepCount(client);
    this.client = undefined;
    void client?.close().then(() => client.free());
  }
}
