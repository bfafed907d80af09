/** Lets a test look into closed shadow roots, where the ready question is. */
import type { BrowserContext, Page } from "@playwright/test";

/** To be called before the page is opened. */
export function openShadowRoots(target: Page | BrowserContext): Promise<unknown> {
  return target.addInitScript(() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (options) {
      return attach.call(this, { ...options, mode: "open" });
    };
  });
}
