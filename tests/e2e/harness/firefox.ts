/** Firefox over WebDriver: a geckodriver, a Firefox, and tabs in it. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect } from "@playwright/test";
import { end } from "./browser-process.js";
import { onPath } from "./chromium.js";
import { inRoot } from "./paths.js";
import { Viewer, type Edit } from "./viewer.js";

function firefox(): string {
  const found = process.env["FIREFOX"] || onPath(["firefox-esr", "firefox"]);
  if (!found) throw new Error("No Firefox found. Install one or set FIREFOX.");
  return found;
}

function geckodriver(): string {
  const own = inRoot(".tools", "bin", "geckodriver");
  const found = process.env["GECKODRIVER"] || (existsSync(own) ? own : onPath(["geckodriver"]));
  if (!found) throw new Error("No geckodriver found. Install one or set GECKODRIVER.");
  return found;
}

/** How long a script in a page may take, ms. */
const SCRIPT_MS = 30_000;

export class Firefox {
  private constructor(
    readonly driver: ChildProcess,
    readonly session: string,
  ) {}

  /** Starts a Firefox on a profile folder, in one process group with its driver. */
  static async start(profile: string): Promise<Firefox> {
    const driver = spawn(geckodriver(), ["--port", "0", "--websocket-port", "0"], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const address = await listening(driver);
      const capabilities = {
        alwaysMatch: {
          timeouts: { script: SCRIPT_MS },
          "moz:firefoxOptions": {
            binary: firefox(),
            args: ["-headless", "-profile", profile],
            prefs: {
              "dom.disable_open_during_load": false,
              "datareporting.policy.dataSubmissionEnabled": false,
              "app.update.disabledForTesting": true,
            },
          },
        },
      };
      const answer = await post(`${address}/session`, { capabilities });
      const { sessionId } = answer as { sessionId: string };
      return new Firefox(driver, `${address}/session/${sessionId}`);
    } catch (error) {
      await end(driver);
      throw error;
    }
  }

  /** A new tab with the package in it. */
  async viewer(origin: string): Promise<FirefoxViewer> {
    const { handle } = (await this.post("window/new", { type: "tab" })) as { handle: string };
    const viewer = new FirefoxViewer(this, handle);
    await viewer.navigate(`${origin}/page/index.html`);
    return viewer;
  }

  async handles(): Promise<string[]> {
    return (await request(`${this.session}/window/handles`)) as string[];
  }

  post(command: string, body: object = {}): Promise<unknown> {
    return post(`${this.session}/${command}`, body);
  }

  /** kill -9 of the browser, all its children, and its driver. */
  kill(): Promise<void> {
    return end(this.driver);
  }
}

/** A tab of Firefox with one client of the package. */
export class FirefoxViewer extends Viewer {
  constructor(
    readonly firefox: Firefox,
    readonly handle: string,
    name = "client",
  ) {
    super(name);
  }

  async navigate(url: string): Promise<void> {
    await this.#post("url", { url });
    await this.ready();
  }

  async reload(): Promise<void> {
    await this.#post("refresh");
    await this.ready();
  }

  async ready(): Promise<void> {
    const there = `const done = arguments[0];
      const look = () => ("lab" in window ? done(true) : setTimeout(look, 10));
      look();`;
    await this.#post("execute/async", { script: there, args: [] });
  }

  /** Makes the edits and reloads, all in one task. */
  async editAndReload(...edits: Edit[]): Promise<void> {
    // The old page is told from the new one by its time of origin.
    const origin = () => this.evaluate<number>("return performance.timeOrigin");
    const before = await origin();
    await this.lab("editAndReload", this.name, edits).catch(() => null);
    const loaded = () => origin().catch(() => before);
    await expect.poll(loaded, { intervals: [10] }).not.toBe(before);
    await this.ready();
  }

  /** A tab of its own as "Duplicate tab" makes it: with a copy of sessionStorage. */
  async duplicate(): Promise<FirefoxViewer> {
    const before = await this.firefox.handles();
    await this.evaluate("window.open(location.href)");
    let fresh: string | undefined;
    await expect
      .poll(async () => {
        fresh = (await this.firefox.handles()).find((handle) => !before.includes(handle));
        return fresh;
      })
      .toBeDefined();
    const copy = new FirefoxViewer(this.firefox, fresh ?? "", this.name);
    // The new tab is about:blank at first, and a script in it dies with it.
    await expect.poll(() => copy.evaluate("return 'lab' in window").catch(() => false)).toBe(true);
    return copy;
  }

  async closeTab(): Promise<void> {
    await this.#switch();
    await request(`${this.firefox.session}/window`, { method: "DELETE" });
  }

  async evaluate<T>(script: string, ...args: unknown[]): Promise<T> {
    return (await this.#post("execute/sync", { script, args })) as T;
  }

  protected async lab<T>(method: string, ...args: unknown[]): Promise<T> {
    const script = `const [method, args, done] = arguments;
      const plain = (value) => done({ value: value === undefined ? null : value });
      const failed = (error) => done({ failed: String(error) });
      try {
        Promise.resolve(lab[method](...args)).then(plain, failed);
      } catch (error) {
        failed(error);
      }`;
    const answer = (await this.#post("execute/async", { script, args: [method, args] })) as {
      value: T;
      failed?: string;
    };
    if (answer.failed !== undefined) throw new Error(`lab.${method}: ${answer.failed}`);
    return answer.value;
  }

  async #switch(): Promise<void> {
    await this.firefox.post("window", { handle: this.handle });
  }

  async #post(command: string, body?: object): Promise<unknown> {
    await this.#switch();
    return this.firefox.post(command, body);
  }
}

function listening(driver: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (driver.stdout === null) return reject(new Error("geckodriver has no output"));
    createInterface(driver.stdout).on("line", (line) => {
      const address = /Listening on ([\d.]+:\d+)/.exec(line)?.[1];
      if (address !== undefined) resolve(`http://${address}`);
    });
    driver.once("error", reject);
    driver.once("exit", (code) => reject(new Error(`geckodriver ended with ${code}`)));
  });
}

const post = (url: string, body: object) =>
  request(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function request(url: string, options: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(url, options);
  const { value } = (await answer.json()) as { value: { error?: string; message?: string } };
  if (!answer.ok) throw new Error(`WebDriver: ${value.error}: ${value.message}`);
  return value;
}
