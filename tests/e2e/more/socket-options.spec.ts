/** Wrong options of `install()`, and functions of the page that throw. */
import type { Backend } from "../harness/backend.js";
import type { InstallPage } from "../harness/install-page.js";
import { expect, test, work } from "../harness/install-test.js";

test.describe("a wrong option", () => {
  const wrong: Record<string, Record<string, unknown>> = {
    storage: { storage: "cookies" },
    "backoff.maxMs": { backoff: { maxMs: -1 } },
    heartbeat: { heartbeat: "often" },
  };
  for (const [name, options] of Object.entries(wrong)) {
    test(`${name} is reported, and the viewer has the browser's own`, async ({
      installPage,
      backend,
    }) => {
      await installPage.install(options);
      const viewer = await installPage.viewer(backend.url);
      await work(viewer);
      const { errors } = await installPage.told();
      expect(errors).toEqual([
        { isResumeError: true, code: "invalid-option", message: expect.stringContaining(name) },
      ]);
      await viewer.perish(backend);
    });
  }

  const refused = {
    macth: { macth: "ws:" },
    url: { url: "ws://127.0.0.1/" },
    icdVersion: { icdVersion: 28 },
    dropIn: { dropIn: {} },
    confirmResume: { confirmResume: "always" },
    onError: { onError: 12 },
    onResumed: { onResumed: null },
    rebuild: { rebuild: "off" },
    object: "ws://127.0.0.1/",
  };
  for (const [name, options] of Object.entries(refused)) {
    test(`${name} is refused at once, and nothing is installed`, async ({ installPage }) => {
      expect(await installPage.call("installRaw", options)).toMatchObject({
        isResumeError: true,
        code: "invalid-option",
        message: expect.stringContaining(name),
      });
      expect(await installPage.call("isNative")).toBe(true);
    });
  }
});

test.describe("a function of the page that throws does not harm the viewer", () => {
  /** The viewer works as if nothing were installed, and the page is told why. */
  async function isLeftAlone(
    installPage: InstallPage,
    backend: Backend,
    uncaught: RegExp,
  ): Promise<void> {
    const viewer = await installPage.viewer(backend.url);
    await work(viewer);
    await viewer.perish(backend);
    expect(installPage.uncaught.splice(0)).toEqual([expect.stringMatching(uncaught)]);
  }

  test("match", async ({ installPage, backend }) => {
    await installPage.install({ match: { throws: "thrown by match" } });
    await isLeftAlone(installPage, backend, /thrown by match/);
  });

  test("onError", async ({ installPage, backend }) => {
    await installPage.install({ onError: { throws: "thrown by onError" }, storage: "cookies" });
    await isLeftAlone(installPage, backend, /thrown by onError/);
  });

  for (const name of ["onStatus", "onResumed"]) {
    test(name, async ({ installPage, backend }) => {
      await installPage.install({ [name]: { throws: `thrown by ${name}` } });
      const viewer = await installPage.viewer(backend.url);
      await work(viewer);
      await viewer.survive(backend);
      const { errors } = await installPage.told();
      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["handler-failed"]));
    });
  }
});
