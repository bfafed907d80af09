/**
 * The test function of the specs about the status line: its page, with a clock that stands still.
 */
import { test as base } from "@playwright/test";
import { UiPage } from "./ui-page.js";

export const test = base.extend<{ ui: UiPage }>({
  ui: async ({ page }, use) => {
    await page.clock.install();
    const ui = await new UiPage(page).open();
    await page.clock.pauseAt(Date.now() + 1_000_000);
    await page.evaluate(() => window.ui.line());
    await use(ui);
  },
});

export { expect } from "../expect.js";
