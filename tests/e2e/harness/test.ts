/** The test function of all specs here: a backend, a site, and a page with a client. */
import { test as base } from "@playwright/test";
import { Backend, type BackendOptions } from "./backend.js";
import { BrowserProcess } from "./browser-process.js";
import { withFolder } from "./folder.js";
import { Site } from "./site.js";
import { ViewerPage } from "./viewer-page.js";

interface Fixtures {
  backendOptions: BackendOptions;
  backend: Backend;
  viewer: ViewerPage;
  /** An empty folder for a browser's profile. */
  profile: string;
  /** Starts a Chromium for this test alone on `profile`; it is killed at the end of the test. */
  launch: (...args: string[]) => Promise<BrowserProcess>;
  /** Opens a further tab in the same browser, with the package in it. */
  openTab: () => Promise<ViewerPage>;
}

export const test = base.extend<Fixtures, { site: Site }>({
  site: [
    async ({}, use) => {
      const site = await Site.start();
      await use(site);
      await site.stop();
    },
    { scope: "worker" },
  ],
  backendOptions: [{}, { option: true }],
  backend: async ({ backendOptions }, use, testInfo) => {
    const backend = await new Backend(backendOptions).start();
    await use(backend);
    await backend.kill();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach("backend", { body: backend.output, contentType: "text/plain" });
    }
  },
  viewer: async ({ page, site }, use) => {
    const viewer = await new ViewerPage(page).open(site.origin);
    await use(viewer);
    viewer.recorder.checkRules();
  },
  openTab: async ({ context, site }, use) => {
    await use(async () => new ViewerPage(await context.newPage()).open(site.origin));
  },
  profile: async ({}, use) => withFolder(use),
  launch: async ({ profile }, use) => {
    const started: BrowserProcess[] = [];
    await use(async (...args) => {
      const browser = await BrowserProcess.start(profile, args);
      started.push(browser);
      return browser;
    });
    for (const browser of started) await browser.kill();
  },
});

export { expect } from "./expect.js";

/** How often a test repeats what must never fail: `REPEAT`, or as often as there is time for. */
export const repeat = (count: number): number => Number(process.env["REPEAT"] || count);
