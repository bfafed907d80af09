/** A page with one client of the package, driven from the test. */
import { expect, type Page } from "@playwright/test";
import { EventType, type EventName } from "./event-types.js";
import { decodePayload, encode, encodePayload, type Fields } from "./messages.js";
import { Recorder } from "./recorder.js";

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
  error: PlainError | null;
}

export interface Offer {
  reason: string;
  sessionId: number;
  sessionType: string;
  backendMessage: string;
  savedAt: number;
  images: {
    fileId: number;
    file: string;
    channel: number;
    regionCount: number;
    hasContours: boolean;
  }[];
  catalogs: { fileId: number; name: string }[];
  cannotRestore: { fileId: number; name: string; why: string }[];
}

export interface Report {
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
}

export type Confirm = "ask" | "yes" | "no" | "throw" | "nonsense";
export type Answer = boolean | { images: number[]; catalogs?: number[] };

/** The backend's version from the start, and quick retries, so that tests do not wait. */
export const QUICK = { icdVersion: 28, backoff: { initialMs: 50, maxMs: 200 } };

export class ViewerPage {
  readonly console: string[] = [];
  readonly recorder: Recorder;
  #requestId = 0;

  constructor(
    readonly page: Page,
    readonly name = "client",
    recorder?: Recorder,
  ) {
    this.recorder = recorder ?? new Recorder(page);
    page.on("console", (message) => this.console.push(message.text()));
    page.on("pageerror", (error) => this.console.push(`uncaught: ${error.message}`));
  }

  /** Loads the bare page and the package in it. */
  async open(origin: string): Promise<this> {
    await this.page.goto(`${origin}/page/index.html`);
    await this.page.waitForFunction(() => "lab" in window);
    return this;
  }

  /** A second client on the same page. */
  another(name: string): ViewerPage {
    return new ViewerPage(this.page, name, this.recorder);
  }

  #lab<T>(method: string, ...args: unknown[]): Promise<T> {
    const call = ([method, args]: [string, unknown[]]) => {
      const { lab } = window as unknown as { lab: { [name: string]: (...args: unknown[]) => T } };
      return (lab[method] as (...args: unknown[]) => T)(...args);
    };
    return this.page.evaluate(call, [method, args] as [string, unknown[]]);
  }

  make(options: Fields & { url: string; confirm?: Confirm }): Promise<void> {
    return this.#lab("make", this.name, options);
  }

  /** Makes a client with quick retries and waits until it is active. */
  async connect(options: Fields & { url: string; confirm?: Confirm }): Promise<void> {
    await this.make({ ...QUICK, ...options });
    expect(await this.startConnecting()).toBeNull();
  }

  /** Begins to connect; what `connect()` rejected with, or null. */
  startConnecting(): Promise<PlainError | null> {
    return this.#lab("connect", this.name);
  }

  tryToMake(options: Fields): Promise<PlainError | null> {
    return this.#lab("tryToMake", options);
  }

  status(): Promise<PlainStatus> {
    return this.#lab("status", this.name);
  }

  record(): Promise<Record> {
    return this.#lab("record", this.name);
  }

  state(): Promise<{ images: Fields[]; catalogs: Fields[] }> {
    return this.#lab("state", this.name);
  }

  /** Calls a method of the client; what it threw, or null. */
  call(method: string, ...args: unknown[]): Promise<PlainError | null> {
    return this.#lab("call", this.name, method, ...args);
  }

  answer(answer: Answer): Promise<void> {
    return this.#lab("answer", this.name, answer);
  }

  /** Sends a frame as a viewer does, with an id of its own, which it returns. */
  async send(type: EventName, fields: Fields): Promise<number> {
    this.#requestId += 1;
    const frame = encode(type, fields, this.#requestId).toString("base64");
    const problem = await this.#lab<PlainError | null>("send", this.name, frame);
    if (problem !== null) throw new Error(`${type}: ${problem.message}`);
    return this.#requestId;
  }

  sendBytes(bytes: Uint8Array): Promise<PlainError | null> {
    return this.#lab("send", this.name, Buffer.from(bytes).toString("base64"));
  }

  /** Sends a request; the decoded answer, or what it was rejected with. */
  async request(
    type: EventName,
    fields: Fields,
  ): Promise<{ type: string; message: Fields | null; error?: undefined } | { error: PlainError }> {
    const payload = Buffer.from(encodePayload(type, fields)).toString("base64");
    const answer = await this.#lab<
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

  /** Waits until the client has told so many things of a kind. */
  async waitForRecord(
    what: "offers" | "errors" | "reports" | "frames",
    atLeast = 1,
  ): Promise<Record> {
    const count = async () => (await this.record())[what].length;
    await expect.poll(count, { message: `${what} told` }).toBeGreaterThanOrEqual(atLeast);
    return this.record();
  }
}
