/** The test function of the specs with a login: two users, each with a backend. */
import type { Page } from "@playwright/test";
import { Backend } from "./backend.js";
import { Controller, type ControllerOptions } from "./controller.js";
import { InstallPage, type InstalledViewer } from "./install-page.js";
import { packageFile } from "./site.js";
import { test as base } from "./test.js";

interface Fixtures {
  controllerOptions: ControllerOptions;
  controller: Controller;
  /** The backends of Ada and Bob. */
  ada: Backend;
  bob: Backend;
  /** A page with `install()` in it, in the one browser that both users share. */
  loginPage: () => Promise<InstallPage>;
}

const backend = (): [
  ({}: object, use: (backend: Backend) => Promise<void>) => Promise<void>,
  { auto: false },
] => [
  async ({}, use) => {
    const started = await new Backend().start();
    await use(started);
    await started.kill();
  },
  { auto: false },
];

export const test = base.extend<Fixtures>({
  controllerOptions: [{}, { option: true }],
  ada: backend(),
  bob: backend(),
  controller: async ({ ada, bob, controllerOptions }, use) => {
    const controller = await Controller.start({ ada, bob }, packageFile, controllerOptions);
    await use(controller);
    await controller.stop();
  },
  loginPage: async ({ context, controller }, use) => {
    const pages: InstallPage[] = [];
    await use(async () => {
      const page = await new InstallPage(await context.newPage()).open(controller.origin);
      pages.push(page);
      return page;
    });
    for (const page of pages) page.recorder.checkRules();
  },
});

/** Logs a user in, in any page of the controller. */
export const logIn = (page: Page, username: string): Promise<void> =>
  page.evaluate(async (username) => {
    const body = JSON.stringify({ username });
    const { ok } = await fetch("/api/auth/login", { method: "POST", body });
    if (!ok) throw new Error("not logged in");
  }, username);

export const logOut = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await fetch("/api/auth/logout", { method: "POST" });
  });

/** What CARTA's viewer does with a token: it keeps it where the client looks for it. */
export const haveToken = (page: Page, accessToken: string): Promise<void> =>
  page.evaluate((accessToken) => {
    Object.assign(window, { app: { apiService: { accessToken } } });
  }, accessToken);

/** A viewer like CARTA's that connects as this user. */
export async function viewerOf(
  owner: InstallPage,
  controller: Controller,
  username: string,
): Promise<InstalledViewer> {
  await logIn(owner.page, username);
  const token = controller.issue(username);
  await haveToken(owner.page, token);
  return owner.viewer(controller.socketUrl(token));
}

export { expect } from "./expect.js";
