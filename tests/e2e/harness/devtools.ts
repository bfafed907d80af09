/**
 * A Chromium that is driven through the bare DevTools protocol. Playwright keeps every page of its
 * own visible forever, and a visible page is never frozen.
 */
import { spawn, type ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { expect } from "./expect.js";
import { end } from "./browser-process.js";
import { chromium, CHROMIUM_ARGS } from "./chromium.js";
import { Viewer, type Edit } from "./viewer.js";

interface Answer {
  id?: number;
  result?: unknown;
  error?: { message: string };
}

export class DevTools {
  #id = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  private constructor(readonly process: ChildProcess) {
    let rest = "";
    (process.stdio[4] as Readable).setEncoding("utf8").on("data", (text: string) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) {
        const answer = JSON.parse(message) as Answer;
        if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
      }
    });
    // The pipe breaks when the browser is killed.
    for (const stream of process.stdio) stream?.on("error", () => {});
  }

  static start(profile: string): DevTools {
    const args = [...CHROMIUM_ARGS, "--headless=new", "--remote-debugging-pipe"];
    const child = spawn(chromium(), [...args, `--user-data-dir=${profile}`, "about:blank"], {
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    return new DevTools(child);
  }

  async send<T>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    this.#id += 1;
    const id = this.#id;
    const answered = new Promise<Answer>((done) => this.#waiting.set(id, done));
    const message = JSON.stringify({ id, method, params, sessionId });
    (this.process.stdio[3] as Writable).write(`${message}\0`);
    const { result, error } = await answered;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result as T;
  }

  /** A new tab with the package in it; `script` runs before the scripts of each page. */
  async viewer(origin: string, script = ""): Promise<DevToolsViewer> {
    const { targetId } = await this.send<{ targetId: string }>("Target.createTarget", {
      url: "about:blank",
    });
    const { sessionId } = await this.send<{ sessionId: string }>("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    const viewer = new DevToolsViewer(this, sessionId);
    await viewer.command("Page.enable");
    await viewer.command("Page.addScriptToEvaluateOnNewDocument", { source: script });
    await viewer.command("Page.navigate", { url: `${origin}/page/index.html` });
    await viewer.ready();
    return viewer;
  }

  /** kill -9 of the browser and all its children. */
  kill(): Promise<void> {
    return end(this.process);
  }
}

interface Evaluated<T> {
  result: { value: T };
  exceptionDetails?: { text: string; exception?: { description?: string } };
}

/** A tab of that Chromium with one client of the package. */
export class DevToolsViewer extends Viewer {
  constructor(
    readonly devTools: DevTools,
    readonly session: string,
  ) {
    super("client");
  }

  command<T>(method: string, params: object = {}): Promise<T> {
    return this.devTools.send(method, params, this.session);
  }

  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails: failed } = await this.command<Evaluated<T>>(
      "Runtime.evaluate",
      options,
    );
    if (failed !== undefined) throw new Error(failed.exception?.description ?? failed.text);
    return result.value;
  }

  async ready(): Promise<void> {
    const there = () => this.evaluate(`"lab" in window`).catch(() => false);
    await expect.poll(there, { intervals: [20] }).toBe(true);
  }

  /** Makes the edits and reloads, all in one task. */
  async editAndReload(...edits: Edit[]): Promise<void> {
    // The new page has another time of origin than the old one.
    const origin = () => this.evaluate<number>("performance.timeOrigin");
    const before = await origin();
    const loaded = () => origin().catch(() => before);
    await this.lab("editAndReload", this.name, edits).catch(() => null);
    await expect.poll(loaded, { intervals: [20] }).not.toBe(before);
    await this.ready();
  }

  protected lab<T>(method: string, ...args: unknown[]): Promise<T> {
    return this.evaluate(`lab[${JSON.stringify(method)}](...${JSON.stringify(args)})`);
  }
}
