/** The real viewers with the one script tag that an administrator adds. */
import type { Carta } from "./carta.js";
import type { CartaSiteOptions } from "./carta-site.js";
import { expect, test as base } from "./carta-test.js";
import { inRoot } from "./paths.js";
import { openShadowRoots } from "./ui/open-roots.js";

/** How the script is deployed, with the attributes of its element. */
export const equipped = (attributes: Record<string, string> = {}): CartaSiteOptions => ({
  script: { src: "carta-resume/carta-resume-install.js", attributes },
  folders: { "carta-resume": inRoot("dist") },
});

export const test = base.extend({
  cartaSite: equipped(),
  carta: async ({ carta }, use) => {
    await openShadowRoots(carta.page);
    await use(carta);
  },
});

/** Answers the question after a drop with yes, and waits until everything is restored. */
export async function goOn(carta: Carta): Promise<void> {
  const resumed = carta.recorder.received("RESUME_SESSION_ACK").length;
  const dialog = carta.page.getByRole("dialog", { name: "Pick up where you left off?" });
  await dialog.getByRole("button", { name: "Continue" }).click();
  await carta.recorder.waitForReceived("RESUME_SESSION_ACK", resumed + 1);
  await expect(dialog).toBeHidden();
}

export { expect } from "./expect.js";
