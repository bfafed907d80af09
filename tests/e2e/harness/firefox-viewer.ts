/** A tab of Firefox with one client of the package. */
import { expect } from "./expect.js";
import { FirefoxTab, type Firefox } from "./firefox.js";
import { Viewer, type Edit } from "./viewer.js";

export class FirefoxViewer extends Viewer {
  constructor(
    readonly tab: FirefoxTab,
    name = "client",
  ) {
    super(name);
  }

  /** In a new tab. */
  static async open(firefox: Firefox, origin: string): Promise<FirefoxViewer> {
    const viewer = new FirefoxViewer(await firefox.newTab());
    await viewer.navigate(`${origin}/page/index.html`);
    return viewer;
  }

  async navigate(url: string): Promise<void> {
    await this.tab.navigate(url);
    await this.ready();
  }

  async reload(): Promise<void> {
    await this.tab.reload();
    await this.ready();
  }

  ready(): Promise<void> {
    return this.tab.has("lab");
  }

  /** Makes the edits and reloads, all in one task. */
  async editAndReload(...edits: Edit[]): Promise<void> {
    // The new page has another time of origin than the old one.
    const origin = () => this.evaluate<number>("return performance.timeOrigin");
    const before = await origin();
    await this.lab("editAndReload", this.name, edits).catch(() => null);
    const loaded = () => origin().catch(() => before);
    await expect.poll(loaded, { intervals: [10] }).not.toBe(before);
    await this.ready();
  }

  /** A tab of its own as "Duplicate tab" makes it: with a copy of sessionStorage. */
  async duplicate(): Promise<FirefoxViewer> {
    const { firefox } = this.tab;
    const before = await firefox.handles();
    await this.evaluate("window.open(location.href)");
    let fresh: string | undefined;
    await expect
      .poll(async () => {
        fresh = (await firefox.handles()).find((handle) => !before.includes(handle));
        return fresh;
      })
      .toBeDefined();
    const copy = new FirefoxViewer(new FirefoxTab(firefox, fresh ?? ""), this.name);
    // The new tab is about:blank at first, and a script in it is lost with that page.
    await expect.poll(() => copy.evaluate("return 'lab' in window").catch(() => false)).toBe(true);
    return copy;
  }

  closeTab(): Promise<void> {
    return this.tab.close();
  }

  evaluate<T>(script: string, ...args: unknown[]): Promise<T> {
    return this.tab.evaluate<T>(script, ...args);
  }

  protected async lab<T>(method: string, ...args: unknown[]): Promise<T> {
    const script = `const [method, args] = arguments;
      const plain = (value) => done({ value: value === undefined ? null : value });
      const failed = (error) => done({ failed: String(error) });
      try {
        Promise.resolve(lab[method](...args)).then(plain, failed);
      } catch (error) {
        failed(error);
      }`;
    const answer = await this.tab.evaluateAsync<{ value: T; failed?: string }>(
      script,
      method,
      args,
    );
    if (answer.failed !== undefined) throw new Error(`lab.${method}: ${answer.failed}`);
    return answer.value;
  }
}
