/** Which sockets `install()` takes over. */
import { InstallPage, type InstalledViewer, type Match } from "../harness/install-page.js";
import { expect, test, work } from "../harness/install-test.js";

test.describe("match", () => {
  const matches: Record<string, (origin: string) => Match> = {
    "the beginning of an address": (origin) => `${origin}/kept`,
    "a pattern": () => ({ pattern: "/kept\\b", flags: "" }),
    "a pattern that remembers its position": () => ({ pattern: "/kept\\b", flags: "g" }),
    "a function": () => ({ path: "/kept" }),
  };
  for (const [what, match] of Object.entries(matches)) {
    test(what, async ({ installPage, backend }) => {
      const origin = new URL(backend.url).origin;
      await installPage.install({ match: match(origin) });
      const addresses = ["kept?n=1", "other", "kept?n=2", "kept?n=3"];
      const viewers: InstalledViewer[] = [];
      for (const path of addresses) viewers.push(await installPage.viewer(`${origin}/${path}`));
      const kinds = () => Promise.all(viewers.map((viewer) => viewer.kind()));
      expect(await kinds()).toEqual(["resumable", "native", "resumable", "resumable"]);
      for (const viewer of viewers) await work(viewer);
      expect(await kinds()).toEqual(["kept", "native", "kept", "kept"]);
      await viewers[0]?.survive(backend);
      await viewers[1]?.perish(backend);
      await viewers[3]?.survive(backend);
      const { reports, asked } = await installPage.told();
      expect(reports).toHaveLength(2);
      if (what === "a function") {
        const about = addresses.map((path) => `true ws: /${path.replace(/\?.*/, "")}`);
        expect(asked).toEqual(about);
      }
    });
  }

  test("the beginning of an address matches in any spelling", async ({ installPage, backend }) => {
    const { host } = new URL(backend.url);
    await installPage.install({ match: `WS://${host}/./ke` });
    const viewer = await installPage.viewer(`ws://${host}/kept`);
    await work(viewer);
    await viewer.survive(backend);
    expect(await installPage.call("installRaw", { match: `http://${host}` })).toMatchObject({
      code: "invalid-option",
      message: expect.stringContaining(`ws://${host}`),
    });
  });

  test("a function that answers later counts as a no", async ({ page, site, backend }) => {
    const installPage = await new InstallPage(page).open(site.origin);
    await installPage.install({ match: { later: true } });
    const viewer = await installPage.viewer(backend.url);
    expect(await viewer.kind()).toBe("native");
    expect(installPage.uncaught).toEqual([expect.stringContaining("match must answer at once")]);
  });

  test("nothing given: all on which a viewer registers", async ({ installPage, backend }) => {
    await installPage.install();
    const viewer = await installPage.viewer(backend.url);
    const quiet = await installPage.viewer(backend.url);
    await work(viewer);
    await viewer.survive(backend);
    expect(await quiet.kind()).toBe("resumable");
  });

  test("an address is judged as a WebSocket understands it", async ({ installPage, backend }) => {
    await installPage.install({ match: { path: "/kept/it" } });
    const viewer = await installPage.viewer(`${backend.origin}/kept/no/../it`);
    expect((await installPage.told()).asked).toEqual(["true ws: /kept/it"]);
    await work(viewer);
    await viewer.survive(backend);
  });

  test("a wrong one is refused, and nothing changes", async ({ installPage, backend }) => {
    const wrong = [12, {}, ["ws:"], null, true];
    for (const match of wrong) {
      const problem = await installPage.call("installRaw", { match });
      expect(problem, JSON.stringify(match)).toMatchObject({
        isResumeError: true,
        code: "invalid-option",
        message: expect.stringContaining("match"),
      });
    }
    expect(await installPage.call("isNative")).toBe(true);

    await installPage.install();
    await installPage.call("installRaw", { match: 12 });
    const viewer = await installPage.viewer(backend.url);
    await work(viewer);
    await viewer.survive(backend);
  });
});

test.describe("what replaces the browser's WebSocket", () => {
  /** As in packages for tests: it says that it is open, and echoes. */
  const mock = (isProxied: boolean) => {
    class Mock extends EventTarget {
      readyState = 0;
      url: string;
      constructor(url: string) {
        super();
        this.url = url;
        Object.assign(this, { CONNECTING: 0, onmessage: null });
        queueMicrotask(() => (this.readyState = 1));
      }
    }
    const Native = WebSocket;
    const get = (socket: object, name: string) => Reflect.get(socket, name);
    const construct = (_: unknown, [url]: [string]) => new Proxy(new Native(url), { get });
    const given = isProxied ? new Proxy(WebSocket, { construct }) : Mock;
    Object.assign(window, { WebSocket: given });
  };
  for (const isProxied of [false, true]) {
    test(
      isProxied ? "behind a proxy" : "with members of its own",
      async ({ page, site, backend }) => {
        await page.addInitScript(mock, isProxied);
        const installPage = await new InstallPage(page).open(site.origin);
        await installPage.install();
        const made = await page.evaluate(async (url) => {
          const sockets = [new WebSocket(url), new WebSocket(url)];
          await Promise.resolve();
          return sockets.map(({ url }) => url);
        }, backend.url);
        expect(made).toEqual([backend.url, backend.url]);
        const warnings = installPage.console.filter((text) =>
          text.includes("not the browser's own"),
        );
        expect(warnings).toHaveLength(1);
        expect(installPage.uncaught).toEqual([]);
      },
    );
  }
});
