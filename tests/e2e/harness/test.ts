/** The test function of all specs here: a backend, a site, and a page with a client. */
import { test as base } from "@playwright/test";
import { Backend, type BackendOptions } from "./backend.js";
import { Site } from "./site.js";
import { ViewerPage } from "./viewer-page.js";

interface Fixtures {
  backendOptions: BackendOptions;
  backend: Backend;
  viewer: ViewerPage;
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
});

export { expect } from "@playwright/test";
