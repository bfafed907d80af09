/** The test function of the specs of `install()`. */
import { expect } from "./expect.js";
import { InstallPage, type InstalledViewer } from "./install-page.js";
import { rectangle } from "./steps.js";
import { test as base } from "./test.js";

export const test = base.extend<{ installPage: InstallPage }>({
  installPage: async ({ page, site }, use) => {
    const installPage = await new InstallPage(page).open(site.origin);
    await use(installPage);
    expect(installPage.uncaught).toEqual([]);
    installPage.recorder.checkRules();
  },
});

/** An image and a region in it. */
export async function work(viewer: InstalledViewer): Promise<void> {
  await viewer.register();
  await viewer.openImage("a.fits", 0);
  await viewer.addRegion(0, rectangle(20, 20, 6, 6));
}

export { expect };
