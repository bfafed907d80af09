/** The test function of specs in Firefox: one Firefox for each worker, and tabs in it. */
import { Firefox } from "./firefox.js";
import { FirefoxViewer } from "./firefox-viewer.js";
import { withFolder } from "./folder.js";
import { test as base } from "./test.js";

interface Fixtures {
  /** Opens a page with the package in a new tab, which is closed with the test. */
  openFirefoxTab: () => Promise<FirefoxViewer>;
  firefoxViewer: FirefoxViewer;
  /** Starts a Firefox for this test alone on `profile`. */
  launchFirefox: () => Promise<Firefox>;
}

export const test = base.extend<Fixtures, { firefox: Firefox }>({
  firefox: [
    async ({}, use) => {
      await withFolder(async (profile) => {
        const firefox = await Firefox.start(profile);
        try {
          await use(firefox);
        } finally {
          await firefox.kill();
        }
      });
    },
    { scope: "worker" },
  ],
  openFirefoxTab: async ({ firefox, site }, use) => {
    const before = await firefox.handles();
    await use(() => FirefoxViewer.open(firefox, site.origin));
    await firefox.closeAllBut(before);
  },
  firefoxViewer: async ({ openFirefoxTab }, use) => {
    await use(await openFirefoxTab());
  },
  launchFirefox: async ({ profile }, use) => {
    const started: Firefox[] = [];
    await use(async () => {
      const firefox = await Firefox.start(profile);
      started.push(firefox);
      return firefox;
    });
    for (const firefox of started) await firefox.kill();
  },
});

export { expect, repeat } from "./test.js";
