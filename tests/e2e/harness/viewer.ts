/** One client of the package in some browser's page, driven from the test. */
import { expect } from "./expect.js";
import { EventType, type EventName } from "./event-types.js";
import { decodePayload, encode, encodePayload, type Fields } from "./messages.js";

export interface PlainError {
  isResumeError: boolean;
  code: string;
  message: string;
  eventType?: number;
  requestId?: number;
  length?: number;
  frames?: { eventType: number; requestId: number }[];
}

export interface PlainStatus {
  phase: string;
  attempt: number;
  retryInMs: number | null;
  sessionId: number;
  sessionType: string | null;
  latencyMs: number | null;
  silentSince: number | null;
  error: PlainError | null;
}

export interface OfferedImage {
  fileId: number;
  file: string;
  channel: number;
  regionCount: number;
  hasContours: boolean;
}

export interface Offer {
  reason: string;
  sessionId: number;
  sessionType: string;
  backendMessage: string;
  savedAt: number;
  images: OfferedImage[];
  catalogs: { fileId: number; name: string }[];
  suspected: { images: number[]; catalogs: number[] };
  cannotRestore: { fileId: number; name: string; why: string }[];
}

export interface PlainImage {
  fileId: number;
  file: string;
  channel: number;
  regions: { regionId: number; controlPoints: { x: number; y: number }[] }[];
  /** base64 */
  openFileAck: string | null;
  [field: string]: unknown;
}

export interface PlainState {
  images: PlainImage[];
  catalogs: Fields[];
}

export interface Report {
  reason: string;
  state: PlainState | null;
  success: boolean;
  message: string;
  images: number[];
  failedImages: number[];
  failedRegions: number[];
  durationMs: number;
  bytesSent: number;
}

export interface Record {
  offers: Offer[];
  withdrawn: number;
  statuses: (PlainStatus & { at: number })[];
  errors: PlainError[];
  reports: Report[];
  frames: { eventType: number; requestId: number; size: number }[];
  /** Payloads as they were received, base64. */
  openFileAcks: string[];
}

export interface ArchivedWorkspace {
  id: string;
  address: string;
  why: string;
  archivedAt: number;
  savedAt: number;
  bytes: number;
  images: OfferedImage[];
}

/** The outcome of a promise. */
export type Settled<T> = { value: T; error?: undefined } | { value?: undefined; error: PlainError };

/** A method of the client and its arguments. */
export type Edit = [method: string, ...args: unknown[]];

export type Confirm = "ask" | "yes" | "no" | "throw" | "nonsense";
export type Answer = boolean | { images: number[]; catalogs?: number[] };
export type Options = Fields & { url: string; confirm?: Confirm };

/** The backend's version from the start, and quick retries, so that tests do not wait. */
export const QUICK = { icdVersion: 28, backoff: { initialMs: 50, maxMs: 200 } };

export abstract class Viewer {
  #requestId = 0;

  constructor(readonly name: string) {}

  /** Calls a method of `window.lab`. */
  protected abstract lab<T>(method: string, ...args: unknown[]): Promise<T>;

  /** Waits until the page's scripts have run. */
  abstract ready(): Promise<void>;

  make(options: Options): Promise<void> {
    return this.lab("make", this.name, options);
  }

  /** Makes a client with quick retries and waits until it is active. */
  async connect(options: Options): Promise<void> {
    await this.make({ ...QUICK, ...options });
    expect(await this.startConnecting()).toBeNull();
  }

  /** Makes a client with quick retries, which begins to connect. */
  async begin(options: Options): Promise<void> {
    await this.make({ ...QUICK, ...options });
    await this.lab("begin", this.name);
  }

  /** The same, and waits until the client asks. */
  async connectAndBeAsked(options: Options): Promise<Offer> {
    await this.begin(options);
    const { offers } = await this.waitForRecord("offers");
    return offers[0] as Offer;
  }

  /** Begins to connect; returns what `connect()` rejected with, or null. */
  startConnecting(): Promise<PlainError | null> {
    return this.lab("connect", this.name);
  }

  tryToMake(options: Fields): Promise<PlainError | null> {
    return this.lab("tryToMake", options);
  }

  status(): Promise<PlainStatus> {
    return this.lab("status", this.name);
  }

  record(): Promise<Record> {
    return this.lab("record", this.name);
  }

  state(): Promise<PlainState> {
    return this.lab("state", this.name);
  }

  /** Calls a method of the client; returns what it threw, or null. */
  call(method: string, ...args: unknown[]): Promise<PlainError | null> {
    return this.lab("call", this.name, method, ...args);
  }

  /** Closes the client and waits until its storage has finished. */
  close(options?: { forget?: boolean }): Promise<Settled<undefined>> {
    return this.lab("close", this.name, options);
  }

  async archived(): Promise<ArchivedWorkspace[]> {
    const { value, error } = await this.archive<ArchivedWorkspace[]>("list");
    if (error !== undefined) throw new Error(`archive.list: ${error.code}: ${error.message}`);
    return value;
  }

  /** Waits for the question first. WebDriver waits for only one answer of the page at a time. */
  beginRestoring(id: string): Promise<void> {
    return this.lab("beginRestoring", this.name, id);
  }

  /** The outcome of the restore. */
  restored(): Promise<Settled<boolean>> {
    return this.lab("restored", this.name);
  }

  archive<T = undefined>(method: string, ...args: unknown[]): Promise<Settled<T>> {
    return this.lab("archive", this.name, method, ...args);
  }

  /** Whether a question waits for `answer`. */
  isAsked(): Promise<boolean> {
    return this.lab("isAsked", this.name);
  }

  answer(answer: Answer): Promise<void> {
    return this.lab("answer", this.name, answer);
  }

  /** Calls methods of the client, all in one task. */
  edit(...edits: Edit[]): Promise<void> {
    return this.lab("edit", this.name, edits);
  }

  /** Uncaught errors in the page. */
  uncaught(): Promise<string[]> {
    return this.lab("uncaught");
  }

  /** What the browser has done to the page since it was loaded. */
  life(): Promise<string[]> {
    return this.lab("life");
  }

  /** A frame as a viewer makes it, under a new request id, for `edit`. */
  frame(type: EventName, fields: Fields): Edit {
    this.#requestId += 1;
    return ["send", encode(type, fields, this.#requestId).toString("base64")];
  }

  /** Sends a frame as a viewer does, with an id of its own, which it returns. */
  async send(type: EventName, fields: Fields): Promise<number> {
    const [, frame] = this.frame(type, fields);
    const problem = await this.lab<PlainError | null>("send", this.name, frame);
    if (problem !== null) throw new Error(`${type}: ${problem.message}`);
    return this.#requestId;
  }

  sendBytes(bytes: Uint8Array): Promise<PlainError | null> {
    return this.lab("send", this.name, Buffer.from(bytes).toString("base64"));
  }

  /** Sends a request; the decoded answer, or what it was rejected with. */
  async request(
    type: EventName,
    fields: Fields,
  ): Promise<{ type: string; message: Fields | null; error?: undefined } | { error: PlainError }> {
    const payload = Buffer.from(encodePayload(type, fields)).toString("base64");
    const answer = await this.lab<
      { error: PlainError } | { error?: undefined; eventType: number; payload: string }
    >("request", this.name, EventType[type], payload);
    if (answer.error !== undefined) return { error: answer.error };
    const name = Object.entries(EventType).find(([, number]) => number === answer.eventType)?.[0];
    const bytes = Buffer.from(answer.payload, "base64");
    return { type: name ?? "", message: decodePayload(name ?? "", bytes) };
  }

  async waitForPhase(...phases: string[]): Promise<void> {
    await expect
      .poll(async () => (await this.status()).phase, { message: "phase of the connection" })
      .toMatch(new RegExp(`^(${phases.join("|")})$`));
  }

  /** Waits until the client has told this many things of a kind. */
  async waitForRecord(
    what: "offers" | "errors" | "reports" | "frames",
    atLeast = 1,
  ): Promise<Record> {
    const count = async () => (await this.record())[what].length;
    await expect.poll(count, { message: `${what} told` }).toBeGreaterThanOrEqual(atLeast);
    return this.record();
  }
}
