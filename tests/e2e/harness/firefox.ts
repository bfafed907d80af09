/** Firefox over WebDriver: a geckodriver, a Firefox, and tabs in it. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { end } from "./browser-process.js";
import { onPath } from "./chromium.js";
import { inRoot } from "./paths.js";

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

/** How long a script in a page may take, in ms. */
const SCRIPT_MS = 30_000;

export class Firefox {
  private constructor(
    readonly driver: ChildProcess,
    readonly session: string,
  ) {}

  /** Starts a Firefox on a profile folder, in one process group with its driver. */
  static async start(profile: string, prefs: Record<string, boolean> = {}): Promise<Firefox> {
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
              ...prefs,
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

  async newTab(): Promise<FirefoxTab> {
    // The tab that was in front may have been closed.
    const [open] = await this.handles();
    if (open !== undefined) await this.post("window", { handle: open });
    const { handle } = (await this.post("window/new", { type: "tab" })) as { handle: string };
    return new FirefoxTab(this, handle);
  }

  async handles(): Promise<string[]> {
    return (await request(`${this.session}/window/handles`)) as string[];
  }

  /** Closes all tabs but these. */
  async closeAllBut(kept: string[]): Promise<void> {
    for (const handle of await this.handles()) {
      if (!kept.includes(handle)) await new FirefoxTab(this, handle).close();
    }
  }

  post(command: string, body: object = {}): Promise<unknown> {
    return post(`${this.session}/${command}`, body);
  }

  /** kill -9 of the browser, all its children, and its driver. */
  kill(): Promise<void> {
    return end(this.driver);
  }
}

/** A tab, which is brought to the front whenever something is asked of it. */
export class FirefoxTab {
  constructor(
    readonly firefox: Firefox,
    readonly handle: string,
  ) {}

  async navigate(url: string): Promise<void> {
    await this.#post("url", { url });
  }

  async reload(): Promise<void> {
    await this.#post("refresh");
  }

  async close(): Promise<void> {
    await this.#switch();
    await request(`${this.firefox.session}/window`, { method: "DELETE" });
  }

  async evaluate<T>(script: string, ...args: unknown[]): Promise<T> {
    return (await this.#post("execute/sync", { script, args })) as T;
  }

  /** Runs `script`; returns what it calls `done` with. */
  async evaluateAsync<T>(script: string, ...args: unknown[]): Promise<T> {
    const whole = `const done = arguments[arguments.length - 1];\n${script}`;
    return (await this.#post("execute/async", { script: whole, args })) as T;
  }

  /** Waits until the page has a global with this name. */
  async has(name: string): Promise<void> {
    const look = `const [name] = arguments;
      const look = () => (name in window ? done(true) : setTimeout(look, 10));
      look();`;
    await this.evaluateAsync(look, name);
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
