/** A page with `install()` in it, and viewers that use its sockets. */
import type { Page } from "@playwright/test";
import { expect } from "./expect.js";
import type { Backend, SessionState } from "./backend.js";
import type { EventName } from "./event-types.js";
import { decode, encode, type Fields, type WireFrame } from "./messages.js";
import { Recorder } from "./recorder.js";
import type { PlainError } from "./viewer.js";

/** Text, a pattern, or a function that takes this path or throws this. */
export type Match =
  | string
  | { pattern: string; flags: string }
  | { path: string }
  | { throws: string }
  | { later: boolean };

export interface Told {
  offers: { reason: string; sessionId: number; images: { file: string }[] }[];
  statuses: { phase: string; sessionId: number }[];
  errors: PlainError[];
  reports: { images: number[]; failedImages: number[] }[];
  /** The arguments that a `match` function was called with. */
  asked: string[];
}

/** Quick retries, so that tests do not wait. */
const QUICK = { backoff: { initialMs: 20, maxMs: 100 } };

type Options = Fields & { match?: Match };

export class InstallPage {
  readonly console: string[] = [];
  readonly uncaught: string[] = [];
  readonly recorder: Recorder;

  constructor(readonly page: Page) {
    this.recorder = new Recorder(page);
    page.on("console", (message) => this.console.push(message.text()));
    page.on("pageerror", ({ message }) => this.uncaught.push(message));
  }

  async open(origin: string): Promise<this> {
    await this.page.goto(`${origin}/page/install.html`);
    await this.page.waitForFunction(() => "installed" in window);
    return this;
  }

  call<T>(method: string, ...args: unknown[]): Promise<T> {
    return this.page.evaluate(
      ([method, args]) => {
        const { installed } = window as unknown as {
          installed: Record<string, (...args: unknown[]) => T>;
        };
        return installed[method]!(...args);
      },
      [method, args] as const,
    );
  }

  /** Every question is answered with `said`. */
  async install(options: Options = {}, said = true): Promise<void> {
    expect(await this.call("install", said, { ...QUICK, ...options })).toBeNull();
  }

  /** What has been told to the last `install`, or to the nth. */
  told(number = -1): Promise<Told> {
    return this.call("record", number);
  }

  /** A viewer with a socket of its own. */
  async viewer(url: string, name = `viewer ${++made}`): Promise<InstalledViewer> {
    await this.call("open", name, url);
    return new InstalledViewer(this, name);
  }
}

let made = 0;

/** A viewer that numbers its requests from 1 on each socket, as CARTA's does. */
export class InstalledViewer {
  #requestId = 0;
  sessionId = 0;

  constructor(
    readonly owner: InstallPage,
    readonly name: string,
  ) {}

  /** Sends a frame; its request id. */
  async send(type: EventName, fields: Fields): Promise<number> {
    this.#requestId += 1;
    const frame = encode(type, fields, this.#requestId).toString("base64");
    await this.owner.call("send", this.name, frame);
    return this.#requestId;
  }

  /** Sends a request and waits for the answer. */
  async ask(type: EventName, fields: Fields): Promise<WireFrame> {
    return this.answerTo(await this.send(type, fields), type);
  }

  /** The only answer to a request. */
  async answerTo(requestId: number, what: string): Promise<WireFrame> {
    let answers: WireFrame[] = [];
    await expect
      .poll(
        async () => {
          answers = (await this.frames()).filter((frame) => frame.requestId === requestId);
          return answers.length;
        },
        { message: `answers to ${what}`, intervals: [20] },
      )
      .toBeGreaterThan(0);
    expect(answers).toHaveLength(1);
    return answers[0] as WireFrame;
  }

  async register(sessionId = 0): Promise<WireFrame> {
    await expect.poll(() => this.events(), { intervals: [20] }).toContain("open");
    const ack = await this.ask("REGISTER_VIEWER", { sessionId, clientFeatureFlags: 5 });
    expect(ack).toMatchObject({ type: "REGISTER_VIEWER_ACK", message: { success: true } });
    this.sessionId = Number(ack.message?.["sessionId"]);
    return ack;
  }

  async openImage(file: string, fileId: number): Promise<void> {
    const ack = await this.ask("OPEN_FILE", { directory: "", file, fileId });
    expect(ack).toMatchObject({ type: "OPEN_FILE_ACK", message: { success: true } });
  }

  /** Makes a region; returns its id. */
  async addRegion(fileId: number, regionInfo: Fields): Promise<number> {
    const ack = await this.ask("SET_REGION", { fileId, regionId: -1, regionInfo });
    expect(ack).toMatchObject({ type: "SET_REGION_ACK", message: { success: true } });
    return Number(ack.message?.["regionId"]);
  }

  /** What the backend has of it, including everything that was sent. */
  async truth(backend: Backend): Promise<SessionState> {
    await this.ask("FILE_LIST_REQUEST", { directory: "$BASE" });
    return backend.session(this.sessionId);
  }

  async events(): Promise<string[]> {
    return (await this.#seen()).events;
  }

  async frames(type?: EventName): Promise<WireFrame[]> {
    const { frames } = await this.#seen();
    const decoded = frames.map((frame) => decode(Buffer.from(frame, "base64")));
    return type === undefined ? decoded : decoded.filter((frame) => frame.type === type);
  }

  #seen(): Promise<{ events: string[]; frames: string[] }> {
    return this.owner.call("seen", this.name);
  }

  /** "native", "resumable" or "kept". */
  kind(): Promise<string> {
    return this.owner.call("kind", this.name);
  }

  /** Drops its connection and waits until it is connected to the backend again. */
  async survive(backend: Backend): Promise<void> {
    const before = await this.truth(backend);
    await backend.control(`drop?session=${this.sessionId}`);
    expect(await this.truth(backend)).toEqual(before);
  }

  /** Drops its connection and expects that the viewer learns of it. */
  async perish(backend: Backend): Promise<void> {
    await backend.control(`drop?session=${this.sessionId}`);
    await expect.poll(() => this.events()).toContain("close 1006");
  }
}

/** The payload of OPEN_FILE, as base64. */
export const openFile = (fields: Fields): string =>
  encode("OPEN_FILE", fields, 1).subarray(8).toString("base64");
