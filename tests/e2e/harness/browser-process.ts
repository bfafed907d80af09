/**
 * A separate Chromium with a profile that outlives it, and nothing switched off: one started by
 * Playwright has no back/forward cache and cannot be killed with -9.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chromium as playwright, type BrowserContext } from "@playwright/test";
import { chromium, CHROMIUM_ARGS } from "./chromium.js";
import { ViewerPage } from "./viewer-page.js";

const ARGS = [
  ...CHROMIUM_ARGS,
  "--headless=new",
  "--remote-debugging-port=0",
  "--disable-popup-blocking",
  "--no-default-browser-check",
  "--password-store=basic",
];

export class BrowserProcess {
  private constructor(
    readonly context: BrowserContext,
    readonly process: ChildProcess,
  ) {}

  static async start(profile: string, more: string[] = []): Promise<BrowserProcess> {
    const args = [...ARGS, `--user-data-dir=${profile}`, ...more, "about:blank"];
    // A process group of its own, so that it can be killed with its children.
    const child = spawn(chromium(), args, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
    try {
      const browser = await playwright.connectOverCDP(await announced(child));
      const [context] = browser.contexts();
      if (context === undefined) throw new Error("Chromium has no context");
      return new BrowserProcess(context, child);
    } catch (error) {
      await end(child);
      throw error;
    }
  }

  /** A new tab with the package in it. */
  async viewer(origin: string): Promise<ViewerPage> {
    return new ViewerPage(await this.context.newPage()).open(origin);
  }

  /** kill -9 of the browser and all its children. */
  kill(): Promise<void> {
    return end(this.process);
  }
}

/** The address of its DevTools, which it prints. */
function announced(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const address = /^DevTools listening on (ws:\S+)/m.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Chromium ended with ${code}:\n${output}`)));
  });
}

/** Ends a process group at once. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  process.kill(-child.pid, "SIGKILL");
  await gone;
}
