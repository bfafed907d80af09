/** A page of Chromium with one client of the package, and everything that passes its sockets. */
import type { Page } from "@playwright/test";
import { Recorder } from "./recorder.js";
import { Viewer, type Edit } from "./viewer.js";

export * from "./viewer.js";

export class ViewerPage extends Viewer {
  readonly console: string[] = [];
  readonly recorder: Recorder;

  constructor(
    readonly page: Page,
    name = "client",
    recorder?: Recorder,
  ) {
    super(name);
    this.recorder = recorder ?? new Recorder(page);
    page.on("console", (message) => this.console.push(message.text()));
    page.on("pageerror", (error) => this.console.push(`uncaught: ${error.message}`));
  }

  /** Loads the bare page and the package in it. */
  async open(origin: string): Promise<this> {
    await this.page.goto(`${origin}/page/index.html`);
    await this.ready();
    return this;
  }

  /** A second client on the same page. */
  another(name: string): ViewerPage {
    return new ViewerPage(this.page, name, this.recorder);
  }

  async ready(): Promise<void> {
    await this.page.waitForFunction(() => "lab" in window);
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Makes the edits and reloads, all in one task. */
  async editAndReload(...edits: Edit[]): Promise<void> {
    const loaded = this.page.waitForEvent("load");
    // The answer may be lost with the page that gives it.
    await this.lab("editAndReload", this.name, edits).catch(() => null);
    await loaded;
    await this.ready();
  }

  /** A tab of its own as "Duplicate tab" makes it: with a copy of sessionStorage. */
  async duplicate(): Promise<ViewerPage> {
    const opened = this.page.context().waitForEvent("page");
    await this.page.evaluate(() => void window.open(location.href));
    const copy = new ViewerPage(await opened, this.name);
    await copy.ready();
    return copy;
  }

  protected lab<T>(method: string, ...args: unknown[]): Promise<T> {
    const call = ([method, args]: [string, unknown[]]) => {
      const { lab } = window as unknown as { lab: { [name: string]: (...args: unknown[]) => T } };
      return lab[method]!(...args);
    };
    return this.page.evaluate(call, [method, args] as [string, unknown[]]);
  }
}
