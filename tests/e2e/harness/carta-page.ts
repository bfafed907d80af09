/**
 * One of the real viewers in a page: opening it, and making it do things through the backend, by
 * frames that its own scripting carries out.
 */
import type { Page } from "@playwright/test";
import { expect } from "./expect.js";
import type { Backend } from "./backend.js";
import type { CartaSite, CartaVersion } from "./carta-site.js";
import { Recorder } from "./recorder.js";

/** The viewer's answer to a scripting request. */
export interface ScriptingAnswer {
  success: boolean;
  message: string;
  response: unknown;
}

/** Preferences: no questions about telemetry and new releases; no file dialog at the start. */
export const UNDISTURBED = {
  telemetryConsentShown: true,
  telemetryMode: "none",
  checkNewRelease: false,
  autoLaunch: false,
  theme: "light",
};

export class CartaPage {
  readonly recorder: Recorder;
  /** The exceptions in the page. */
  readonly pageErrors: string[] = [];
  /** Errors in the console of the page, except for failed requests. */
  readonly consoleErrors: string[] = [];

  constructor(
    readonly page: Page,
    readonly backend: Backend,
    readonly site: Pick<CartaSite, "version" | "pageFor">,
  ) {
    this.recorder = new Recorder(page);
    page.on("pageerror", (error) => this.pageErrors.push(error.message));
    page.on("console", (message) => {
      const text = message.text();
      if (
        message.type() === "error" &&
        !/^(Failed to load resource|AxiosError|WebSocket connection)/.test(text)
      )
        this.consoleErrors.push(text);
    });
    // 6.0.0 asks before the page is left.
    page.on("dialog", (dialog) => void dialog.accept());
  }

  get version(): CartaVersion {
    return this.site.version;
  }

  /**
   * Opens the viewer; `query` goes into its address, such as `{ file: "a.fits" }`, and
   * `preferences` are set beforehand.
   */
  async open(query: Record<string, string> = {}, preferences: object = {}): Promise<this> {
    const all = { ...UNDISTURBED, ...preferences };
    await this.page.addInitScript((text) => {
      localStorage["preferences"] ??= text;
    }, JSON.stringify(all));
    // It works without what it would fetch from other sites.
    await this.page.route(/^https?:\/\/(?!127\.0\.0\.1[:/])/, (route) => route.abort());
    const more = Object.entries(query).map(
      ([name, value]) => `&${name}=${encodeURIComponent(value)}`,
    );
    await this.page.goto(this.site.pageFor(this.backend.url) + more.join(""));
    await this.waitUntilConnected();
    return this;
  }

  /** Reloads the page, as a user does; the viewer starts from scratch. */
  async reload(): Promise<void> {
    const sockets = this.recorder.sockets.length;
    await this.page.reload();
    await this.waitUntilConnected(sockets);
  }

  /**
   * Waits until the page has loaded and its newest socket, the `from`-th or later, is registered.
   */
  async waitUntilConnected(from = 0): Promise<void> {
    const message = "REGISTER_VIEWER_ACK on the newest socket";
    const registered = () => {
      const { newest } = this.recorder;
      return newest >= from && this.#acks().some(({ socket }) => socket === newest);
    };
    await expect.poll(registered, { message, timeout: 30_000 }).toBe(true);
    await expect(this.page.locator(".root-menu")).toBeVisible();
  }

  /** The session id in the newest REGISTER_VIEWER_ACK. */
  get sessionId(): number {
    return Number(this.#acks().at(-1)?.message?.["sessionId"] ?? 0);
  }

  #acks() {
    return this.recorder.received("REGISTER_VIEWER_ACK");
  }

  // Scripting

  /**
   * Calls a function of the viewer, such as `activeFrame.setChannels`; returns its answer as it is.
   */
  async attempt(call: string, parameters: unknown[] = [], path = ""): Promise<ScriptingAnswer> {
    const dot = call.lastIndexOf(".");
    const query = new URLSearchParams({
      session: String(this.sessionId),
      target: call.slice(0, Math.max(dot, 0)),
      action: call.slice(dot + 1),
      parameters: JSON.stringify(parameters),
      returnPath: path,
    });
    const url = `${this.backend.origin}/control/scripting?${query}`;
    const answer = await fetch(url, { method: "POST" });
    if (!answer.ok) throw new Error(`${call}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as ScriptingAnswer;
  }

  /** The same, and it must succeed. Returns the result, or the part of it at `path`. */
  async script<T = unknown>(call: string, parameters: unknown[] = [], path = ""): Promise<T> {
    const answer = await this.attempt(call, parameters, path);
    if (!answer.success) throw new Error(`${call}: ${answer.message}`);
    return answer.response as T;
  }

  /**
   * A value in the viewer's store, such as `activeFrame.channel`; null if there is none.
   * Numbers, texts and plain objects only.
   */
  async read<T = unknown>(path: string): Promise<T> {
    return this.script<T>("valueOf", [], path);
  }
}
