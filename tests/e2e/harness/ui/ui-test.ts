/** Tests of the ready question, each in a page that has it. */
import { test as base } from "@playwright/test";
import { UiPage } from "./ui-page.js";

export { expect } from "../expect.js";

export const test = base.extend<{ ui: UiPage }>({
  ui: async ({ page }, use) => use(await new UiPage(page).open()),
});
