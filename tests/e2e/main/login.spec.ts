/** Sites with a login: fresh tokens for new connections, and no user sees another's work. */
import type { Backend } from "../harness/backend.js";
import { dump } from "../harness/durable.js";
import { openFile, type InstalledViewer, type InstallPage } from "../harness/install-page.js";
import { work } from "../harness/install-test.js";
import { expect, haveToken, logIn, logOut, test, viewerOf } from "../harness/login-test.js";

/** An hour behind the page: the page takes every token for an expired one. */
const BEHIND = { aheadMs: -3_600_000 };

const LOGGED_OUT =
  "You are logged out. Log in again, for example in another tab, then come back to this one. " +
  "Your work is kept.";
const OTHER =
  "Another user has logged in. Log in as before to continue the work in this tab, or reload the " +
  "page to start as the other user. The work is kept.";

const cut = (viewer: InstalledViewer, backend: Backend) =>
  backend.control(`drop?session=${viewer.sessionId}`);

/** The work is there again after one question, and the viewer has not noticed anything. */
async function expectBack(viewer: InstalledViewer, backend: Backend, before: object) {
  expect(await viewer.truth(backend)).toEqual(before);
  expect((await viewer.owner.told()).offers).toHaveLength(1);
  expect(await viewer.events()).toEqual(["open"]);
}

/** Waits until the user has been told, once, that a login is needed. */
async function expectTold(page: InstallPage, message: string) {
  await expect.poll(async () => (await page.told()).errors).toHaveLength(1);
  expect((await page.told()).errors).toMatchObject([{ code: "login-required", message }]);
}

test.describe("a token that has ended", () => {
  test.use({ controllerOptions: BEHIND });

  test("costs one attempt with a fresh one, and one click", async ({
    controller,
    ada,
    loginPage,
  }) => {
    const page = await loginPage();
    await page.install();
    const viewer = await viewerOf(page, controller, "ada");
    await work(viewer);
    const before = await viewer.truth(ada);
    controller.expire();
    await cut(viewer, ada);
    await expectBack(viewer, ada, before);
    expect(controller.sockets).toEqual(["ada", "ada"]);
    expect(controller.refreshes).toEqual([200]);
    const [first, second] = page.recorder.sockets;
    const tokenOf = (url = "") => new URL(url).searchParams.get("token") ?? "none";
    const tokens = [tokenOf(first?.url), tokenOf(second?.url)];
    expect(tokens[0]).not.toBe(tokens[1]);

    const seen = (await dump(page.page)) + JSON.stringify(await page.told()) + page.console.join();
    for (const token of tokens) expect(seen).not.toContain(token);
  });

  test("while nothing renews it: the old one is not tried", async ({
    controller,
    ada,
    loginPage,
  }) => {
    const page = await loginPage();
    await page.install();
    const viewer = await viewerOf(page, controller, "ada");
    await work(viewer);
    const before = await viewer.truth(ada);
    controller.expire();
    controller.isRenewing = false;
    await cut(viewer, ada);
    await expect.poll(() => controller.refreshes.length).toBeGreaterThan(12);
    expect(controller.sockets).toEqual(["ada"]);
    controller.isRenewing = true;
    await expectBack(viewer, ada, before);
    expect(controller.sockets).toEqual(["ada", "ada"]);
    expect((await page.told()).errors).toEqual([]);
  });

  test("after a logout: one sentence, and the work is back after the next login", async ({
    controller,
    ada,
    loginPage,
  }) => {
    const page = await loginPage();
    await page.install();
    const viewer = await viewerOf(page, controller, "ada");
    await work(viewer);
    const before = await viewer.truth(ada);
    controller.expire();
    await logOut(page.page);
    await cut(viewer, ada);
    await expectTold(page, LOGGED_OUT);
    const tries = controller.refreshes.length;
    for (const more of [1, 2]) {
      // Until then, the last attempt may not have ended.
      await expect.poll(() => page.call("phase", viewer.name)).toBe("waiting");
      await page.call("retry", viewer.name);
      await expect.poll(() => controller.refreshes.length).toBeGreaterThanOrEqual(tries + more);
    }
    expect(new Set(controller.refreshes)).toEqual(new Set([400]));
    expect(controller.sockets).toEqual(["ada"]);
    expect(await viewer.events()).toEqual(["open"]);
    await expectTold(page, LOGGED_OUT);

    await logIn(page.page, "ada");
    await expect.poll(() => page.call("phase", viewer.name)).toBe("waiting");
    await page.call("retry", viewer.name);
    await expectBack(viewer, ada, before);
  });

  test("and somebody else has logged in: nothing is resumed for that user", async ({
    controller,
    ada,
    bob,
    loginPage,
  }) => {
    const page = await loginPage();
    await page.install();
    const viewer = await viewerOf(page, controller, "ada");
    await work(viewer);
    const before = await viewer.truth(ada);
    controller.expire();
    await logIn(page.page, "bob");
    await cut(viewer, ada);
    await expectTold(page, OTHER);
    expect(controller.sockets).toEqual(["ada"]);
    expect((await page.told()).offers).toEqual([]);
    expect(await bob.sessions()).toEqual([]);

    await logIn(page.page, "ada");
    await page.call("retry", viewer.name);
    await expectBack(viewer, ada, before);
  });
});

for (const refusal of ["silence", 401, 403] as const) {
  test.describe(`refused by ${refusal}`, () => {
    test.use({ controllerOptions: { refusal } });

    test("a token that looks good is renewed after one attempt", async ({
      controller,
      ada,
      loginPage,
    }) => {
      const page = await loginPage();
      await page.install();
      const viewer = await viewerOf(page, controller, "ada");
      await work(viewer);
      const before = await viewer.truth(ada);
      controller.expire();
      await cut(viewer, ada);
      await expectBack(viewer, ada, before);
      expect(controller.sockets).toEqual(["ada", null, "ada"]);
      expect(controller.refreshes).toEqual([200]);
    });
  });
}

test("if the viewer itself has a new token, none is requested", async ({
  controller,
  ada,
  loginPage,
}) => {
  const page = await loginPage();
  await page.install();
  const viewer = await viewerOf(page, controller, "ada");
  await work(viewer);
  const before = await viewer.truth(ada);
  controller.expire();
  await haveToken(page.page, controller.issue("ada"));
  await cut(viewer, ada);
  await expectBack(viewer, ada, before);
  expect(controller.sockets).toEqual(["ada", "ada"]);
  expect(controller.refreshes).toEqual([]);
});

test("a page that is not CARTA's is not asked for a token", async ({
  controller,
  ada,
  loginPage,
}) => {
  const page = await loginPage();
  await page.install();
  await logIn(page.page, "ada");
  const viewer = await page.viewer(controller.socketUrl(controller.issue("ada")));
  await work(viewer);
  controller.expire();
  await cut(viewer, ada);
  await expect.poll(() => controller.sockets.length).toBeGreaterThan(4);
  expect(controller.refreshes).toEqual([]);
  // The token still says who the user is.
  await expect.poll(() => dump(page.page)).toContain('"ada"');
});

test.describe("two people in one browser", () => {
  test("see nothing of each other's work, and get their own back", async ({
    controller,
    ada,
    bob,
    loginPage,
  }) => {
    const hers = await loginPage();
    await hers.install();
    const before = await viewerOf(hers, controller, "ada");
    await work(before);
    await before.truth(ada);
    await expect.poll(() => dump(hers.page)).toContain("a.fits");
    await hers.page.close();

    const his = await loginPage();
    await his.install();
    const viewer = await viewerOf(his, controller, "bob");
    await viewer.register();
    await viewer.openImage("b.fits", 0);
    // By now, the storage has been read.
    await expect.poll(() => dump(his.page)).toContain('"bob"');
    expect(await his.call("archive", viewer.name)).toEqual([]);
    expect(JSON.stringify(await his.told())).not.toContain("a.fits");
    expect((await his.told()).offers).toEqual([]);
    expect((await bob.sessions())[0]).toMatchObject({ images: [{ file: "b.fits" }] });
    await his.page.close();

    const again = await loginPage();
    await again.install();
    const after = await viewerOf(again, controller, "ada");
    await after.register();
    await after.openImage("b.fits", 0);
    const archived = () => again.call<{ images: { file: string }[] }[]>("archive", after.name);
    await expect.poll(archived).toMatchObject([{ images: [{ file: "a.fits" }] }]);
    expect(await archived()).toHaveLength(1);
  });

  test.describe("users about whom nothing is known", () => {
    test.use({ controllerOptions: { isSecretive: true } });

    test("are offered nothing, because nothing is stored", async ({
      controller,
      ada,
      loginPage,
    }) => {
      const page = await loginPage();
      await page.install();
      const viewer = await viewerOf(page, controller, "ada");
      await work(viewer);
      await expect.poll(async () => (await page.told()).errors).toHaveLength(1);
      const { errors } = await page.told();
      expect(errors).toMatchObject([{ code: "storage-failed" }]);
      expect(errors[0]?.message).toContain("It is not known who is logged in");
      // A lost connection is survived nevertheless.
      await viewer.survive(ada);
      expect(await dump(page.page)).not.toContain("a.fits");
    });
  });

  test("are who the page says they are", async ({ controller, ada, loginPage }) => {
    const page = await loginPage();
    await page.install({ user: { gives: "from the page" } });
    const viewer = await viewerOf(page, controller, "ada");
    await work(viewer);
    await viewer.survive(ada);
    await expect.poll(() => dump(page.page)).toContain('"from the page"');
  });
});

test.describe("a client that is told whose work it is", () => {
  const who = (page: InstallPage, name: string | null) =>
    page.page.evaluate((name) => void Object.assign(window, { who: name }), name);
  const error = (page: InstallPage) => page.call("clientError");
  const opens = (page: InstallPage) =>
    page.call("clientOpens", openFile({ directory: "", file: "a.fits", fileId: 0 }));

  test("resumes it only for that user", async ({ ada, loginPage }) => {
    const page = await loginPage();
    await who(page, "ada");
    await page.call("connectClient", { url: ada.url, user: { global: "who" } });
    await opens(page);
    await expect.poll(() => dump(page.page)).toContain('"ada"');
    await who(page, "bob");
    await ada.control("drop");
    await expect.poll(() => error(page)).toBe("login-required");
    expect((await page.told()).offers).toEqual([]);
    await who(page, "ada");
    await page.call("clientRetry");
    await expect.poll(() => page.call("clientPhase")).toBe("active");
    expect((await page.told()).offers).toHaveLength(1);
  });

  test("stores nothing for an unknown user", async ({ ada, loginPage }) => {
    const page = await loginPage();
    await who(page, null);
    await page.call("connectClient", { url: ada.url, user: { global: "who" } });
    await opens(page);
    await ada.control("drop");
    await expect.poll(() => page.told()).toMatchObject({ reports: [{ images: [0] }] });
    expect(await dump(page.page)).not.toContain("a.fits");
    expect(await page.page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
  });
});

test.describe("a page that gives an address of its own", () => {
  test("is asked before each attempt", async ({ controller, ada, loginPage }) => {
    const page = await loginPage();
    await page.install({ url: { gives: controller.socketUrl(controller.issue("ada")) } });
    const viewer = await viewerOf(page, controller, "ada");
    await work(viewer);
    await viewer.survive(ada);
    expect(controller.refreshes).toEqual([]);
    expect(page.recorder.sockets[1]?.url).not.toBe(page.recorder.sockets[0]?.url);
  });

  test("can say that the user has to log in", async ({ controller, ada, loginPage }) => {
    const page = await loginPage();
    await page.install({ url: { throws: "secret", code: "login-required" } });
    const viewer = await viewerOf(page, controller, "ada");
    await work(viewer);
    await cut(viewer, ada);
    await expectTold(page, LOGGED_OUT);
    expect(await viewer.events()).toEqual(["open"]);
    expect(JSON.stringify(await page.told())).not.toContain("secret");
  });
});
