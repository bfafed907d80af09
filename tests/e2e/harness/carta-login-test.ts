/** The real viewers with the script tag, behind the stand-in for the controller. */
import { viewer } from "../../../scripts/lib/viewers.mjs";
import { Backend } from "./backend.js";
import { Carta } from "./carta.js";
import { equipped } from "./carta-equipped.js";
import { icdOf, viewerFile } from "./carta-site.js";
import { test as base } from "./carta-test.js";
import { Controller, type ControllerOptions } from "./controller.js";
import { logIn } from "./login-test.js";
import { openShadowRoots } from "./ui/open-roots.js";

interface Fixtures {
  controllerOptions: ControllerOptions;
  /** Bob's backend; `backend` is Ada's. */
  bob: Backend;
  controller: Controller;
  /** Logs a user in and opens the viewer in a tab of the one browser that all users share. */
  open: (who: "ada" | "bob") => Promise<Carta>;
}

export const test = base.extend<Fixtures>({
  cartaSite: equipped(),
  bob: async ({ cartaVersion }, use) => {
    const bob = await new Backend({ icd: icdOf(cartaVersion) }).start();
    await use(bob);
    await bob.kill();
  },
  controllerOptions: [{}, { option: true }],
  controller: async ({ backend, bob, cartaVersion, cartaSite, controllerOptions }, use) => {
    const folder = await viewer(cartaVersion);
    const page = (path: string) => viewerFile(folder, path, cartaSite);
    // An hour behind the page, which therefore takes every token for an expired one.
    const options = { aheadMs: -3_600_000, ...controllerOptions };
    const controller = await Controller.start({ ada: backend, bob }, page, options);
    await use(controller);
    await controller.stop();
  },
  open: async ({ context, controller, backend, bob, cartaVersion }, use) => {
    await use(async (who) => {
      const page = await context.newPage();
      await page.goto(`${controller.origin}/dashboard`);
      await logIn(page, who);
      const site = { version: cartaVersion, pageFor: () => `${controller.origin}/?login=1` };
      const carta = new Carta(page, who === "ada" ? backend : bob, site);
      await openShadowRoots(page);
      return carta.open();
    });
  },
});

export { expect } from "./expect.js";
