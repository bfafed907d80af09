/** `install()` takes what matches, leaves all else alone, and can be taken back. */
import type { Backend } from "./harness/backend.js";
import { dump } from "./harness/durable.js";
import { InstallPage, openFile, type InstalledViewer, type Match } from "./harness/install-page.js";
import { expect, test as base } from "./harness/test.js";
import { rectangle } from "./harness/steps.js";

const test = base.extend<{ installPage: InstallPage }>({
  installPage: async ({ page, site }, use) => {
    const installPage = await new InstallPage(page).open(site.origin);
    await use(installPage);
    expect(installPage.uncaught).toEqual([]);
    installPage.recorder.checkRules();
  },
});

/** An image and a region in it. */
async function work(viewer: InstalledViewer): Promise<void> {
  await viewer.register();
  await viewer.openImage("a.fits", 0);
  await viewer.addRegion(0, rectangle(20, 20, 6, 6));
}

test.describe("match", () => {
  const matches: Record<string, (origin: string) => Match> = {
    "the beginning of an address": (origin) => `${origin}/kept`,
    "a pattern": () => ({ pattern: "/kept\\b", flags: "" }),
    "a pattern that remembers where it stood": () => ({ pattern: "/kept\\b", flags: "g" }),
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

  test("a beginning is one however it is written", async ({ installPage, backend }) => {
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

  test("a function that answers later says no", async ({ page, site, backend }) => {
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

test.describe("what stands in for the browser's WebSocket", () => {
  /** As packages for tests have it: it says that it is open, and echoes. */
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

test("installed twice, the later one counts", async ({ installPage, backend }) => {
  const origin = new URL(backend.url).origin;
  await installPage.install({ match: `${origin}/first` });
  const before = await installPage.viewer(`${origin}/first`);
  await installPage.install({ match: `${origin}/second` });
  const viewers = [before];
  for (const path of ["first", "second"]) {
    viewers.push(await installPage.viewer(`${origin}/${path}`));
  }
  for (const viewer of viewers) await work(viewer);
  expect(await Promise.all(viewers.map((viewer) => viewer.kind()))).toEqual([
    "kept",
    "native",
    "kept",
  ]);
  await viewers[0]?.survive(backend);
  await viewers[1]?.perish(backend);
  await viewers[2]?.survive(backend);
  // Each is kept by those options with which it was made.
  expect((await installPage.told(0)).reports).toEqual([{ images: [0], failedImages: [] }]);
  expect((await installPage.told(1)).reports).toEqual([{ images: [0], failedImages: [] }]);
});

test.describe("uninstall", () => {
  test("puts the very same function back; what was made goes on", async ({
    installPage,
    backend,
  }) => {
    await installPage.call("uninstall");
    expect(await installPage.call("isNative")).toBe(true);
    await installPage.install();
    const viewer = await installPage.viewer(backend.url);
    await work(viewer);
    await installPage.install();
    expect(await installPage.call("isNative")).toBe(false);
    await installPage.call("uninstall");
    expect(await installPage.call("isNative")).toBe(true);

    const other = await installPage.viewer(backend.url);
    await work(other);
    expect(await other.kind()).toBe("native");
    await other.perish(backend);
    await viewer.survive(backend);
    await viewer.survive(backend);
    await installPage.call("uninstall");
    expect(await installPage.call("isNative")).toBe(true);
  });

  test("leaves alone what somebody else has put there since", async ({ installPage }) => {
    await installPage.install();
    const isTheirs = await installPage.page.evaluate(() => {
      const { installed } = window as unknown as { installed: { uninstall(): void } };
      const theirs = class extends WebSocket {};
      globalThis.WebSocket = theirs;
      installed.uninstall();
      return globalThis.WebSocket === theirs;
    });
    expect(isTheirs).toBe(true);
  });
});

test("frames and workers have the browser's own", async ({ installPage, backend }) => {
  await installPage.install();
  const viewer = await installPage.viewer(backend.url);
  await work(viewer);
  const closed = await installPage.page.evaluate(
    async ([url, control]) => {
      const script = `
        const answer = (what) => (self.parent ? parent.postMessage(what, "*") : postMessage(what));
        const isNative = () =>
          /\\[native code\\]/.test(WebSocket) && !("resume" in WebSocket.prototype);
        const socket = new WebSocket(${JSON.stringify(url)});
        socket.binaryType = "arraybuffer";
        const register = new Uint8Array([1, 0, 28, 0, 1, 0, 0, 0, 0x1d, 5, 0, 0, 0]);
        socket.onopen = () => socket.send(register);
        socket.onmessage = ({ data }) => {
          const session = new DataView(data).getUint32(9, true);
          fetch(${JSON.stringify(control)} + session, { method: "POST" });
        };
        socket.onclose = ({ code }) => answer({ isNative: isNative(), code });`;
      const answerFrom = (place: Window | Worker) =>
        new Promise((resolve) =>
          place.addEventListener("message", (event) => resolve((event as MessageEvent).data)),
        );
      const frame = document.createElement("iframe");
      frame.srcdoc = `<script>${script}</script>`;
      document.body.append(frame);
      const worker = new Worker(URL.createObjectURL(new Blob([script])));
      return Promise.all([answerFrom(window), answerFrom(worker)]);
    },
    [backend.url, `${backend.origin}/control/drop?session=`] as const,
  );
  const native = { isNative: true, code: 1006 };
  expect(closed).toEqual([native, native]);
  await viewer.survive(backend);
});

test("a client beside it has its connection to itself", async ({ installPage, backend }) => {
  const { recorder } = installPage;
  await installPage.install();
  await installPage.call("connectClient", { url: backend.url });
  const request = openFile({ directory: "", file: "a.fits", fileId: 0 });
  expect(await installPage.call("clientOpens", request)).toBe(21);
  await backend.control("drop");
  await expect
    .poll(async () => (await installPage.told()).reports)
    .toEqual([{ images: [0], failedImages: [] }]);
  await expect.poll(() => installPage.call("clientPhase")).toBe("active");
  expect(recorder.sent("RESUME_SESSION")).toHaveLength(1);
  expect(recorder.sent("REGISTER_VIEWER")).toHaveLength(2);
  expect(recorder.sockets).toHaveLength(2);
  const { statuses, offers } = await installPage.told(0);
  expect([statuses, offers], "install() has nothing to do with it").toEqual([[], []]);
});

/** What the viewer itself makes of its session, as CARTA's Retry does. */
const OWN_RESUME = {
  images: [
    {
      directory: "",
      file: "b.fits",
      fileId: 3,
      channel: 2,
      stokes: 0,
      regions: { 7: rectangle(30, 12, 4, 8) },
    },
  ],
  catalogFiles: [],
};

/** It connects again, registers with its old id, and restores what it knows. */
async function retry(installPage: InstallPage, url: string, sessionId: number) {
  const viewer = await installPage.viewer(url);
  await viewer.register(sessionId);
  const ack = await viewer.ask("RESUME_SESSION", OWN_RESUME);
  expect(ack).toMatchObject({ type: "RESUME_SESSION_ACK", message: { success: true } });
  return viewer;
}

/** It is left to itself, and survives the next drop with what it has resumed. */
async function isUndisturbed(
  installPage: InstallPage,
  backend: Backend,
  viewer: InstalledViewer,
): Promise<void> {
  const { recorder } = installPage;
  const socket = recorder.newest;
  const resumes = () => recorder.sent("RESUME_SESSION").filter((frame) => frame.socket >= socket);
  const asked = (await installPage.told()).offers.length;
  const restored = await viewer.truth(backend);
  expect(restored).toMatchObject({
    images: [{ fileId: 3, file: "b.fits", channel: 2 }],
    regions: [{ regionId: 7, fileId: 3 }],
  });
  expect(recorder.order(socket)).toEqual([
    "REGISTER_VIEWER",
    "RESUME_SESSION",
    "FILE_LIST_REQUEST",
  ]);
  expect(recorder.newest).toBe(socket);

  await viewer.survive(backend);
  expect(resumes()).toHaveLength(2);
  const { offers } = await installPage.told();
  expect(offers).toHaveLength(asked + 1);
  expect(offers.at(-1)).toMatchObject({
    reason: "connection-lost",
    sessionId: viewer.sessionId,
    images: [{ fileId: 3, file: "b.fits" }],
  });
  expect(await viewer.events()).toEqual(["open"]);
  expect(await viewer.frames("RESUME_SESSION_ACK")).toHaveLength(1);
  // The ids of its regions are the same, too.
  expect(await viewer.addRegion(3, rectangle(5, 5, 2, 2))).toBe(8);
}

test.describe("a viewer that connects again by itself is not disturbed", () => {
  test("after the user's no", async ({ installPage, backend }) => {
    await installPage.install({}, false);
    const first = await installPage.viewer(backend.url);
    await work(first);
    await backend.control("drop");
    await expect.poll(() => first.events()).toEqual(["open", "close 4900"]);
    // From now on the answer is yes.
    await installPage.install();
    const viewer = await retry(installPage, backend.url, first.sessionId);
    expect((await installPage.told()).offers).toEqual([]);
    await isUndisturbed(installPage, backend, viewer);
  });

  test("after an end that could not be mended", async ({ installPage, backend }) => {
    await installPage.install({ backoff: { initialMs: 10, maxMs: 20, maxAttempts: 2 } });
    const first = await installPage.viewer(backend.url);
    await work(first);
    await backend.kill();
    await expect.poll(() => first.events()).toEqual(["open", "error", "close 1006"]);
    await backend.start();
    await installPage.install();
    const viewer = await retry(installPage, backend.url, first.sessionId);
    expect((await installPage.told()).offers).toEqual([]);
    await isUndisturbed(installPage, backend, viewer);
  });

  test("while the one before it still waits", async ({ installPage, backend }) => {
    // As when a viewer has a deadline of its own, and gives its socket up.
    await installPage.install();
    const first = await installPage.viewer(backend.url);
    await work(first);
    await backend.kill();
    await expect.poll(() => installPage.call("phase", first.name)).toMatch(/waiting|connecting/);
    await installPage.call("close", first.name);
    await expect.poll(() => first.events()).toEqual(["open", "close 1005"]);
    await backend.start();
    const viewer = await retry(installPage, backend.url, first.sessionId);
    expect((await installPage.told()).offers).toEqual([]);
    await isUndisturbed(installPage, backend, viewer);
    expect(await first.events()).toEqual(["open", "close 1005"]);
  });
});

test("a viewer that the backend refuses hears it, and why nothing is kept", async ({
  installPage,
  backend,
}) => {
  await backend.control("icd?version=12");
  await installPage.install();
  const viewer = await installPage.viewer(backend.url);
  await expect.poll(() => viewer.events()).toContain("open");
  const ack = await viewer.ask("REGISTER_VIEWER", { sessionId: 0, clientFeatureFlags: 5 });
  expect(ack).toMatchObject({ type: "REGISTER_VIEWER_ACK", message: { success: false } });
  const errors = async () => (await installPage.told()).errors;
  await expect.poll(errors).toMatchObject([{ isResumeError: true }]);
  expect((await errors())[0]?.message).toContain("12");
  expect(await viewer.events()).toEqual(["open"]);
  await backend.kill();
  await expect.poll(() => viewer.events()).toContain("close 1006");
});

test.describe("with a token", () => {
  test.use({ backendOptions: { token: "secret-token" } });

  test("it is in no storage, no message and no status", async ({ installPage, backend }) => {
    expect(backend.url).toContain("?token=secret-token");
    await installPage.install({ backoff: { initialMs: 10, maxMs: 20, maxAttempts: 2 } });
    const viewer = await installPage.viewer(`${backend.url}&more=secret-query`);
    await work(viewer);
    await viewer.survive(backend);
    await backend.control("garbage");
    const stored = () => dump(installPage.page);
    await expect.poll(stored).toContain("a.fits");
    await backend.kill();
    await expect.poll(() => viewer.events()).toContain("close 1006");

    expect(await stored()).toContain(new URL(backend.url).origin);
    expect(await stored()).not.toContain("secret");
    const state = await installPage.page.context().storageState();
    expect(JSON.stringify(state)).not.toContain("secret");
    const told = await installPage.told();
    expect(told.errors.length).toBeGreaterThan(0);
    expect(JSON.stringify(told)).not.toContain("secret");
    // The browser's own words about a failed WebSocket name its address.
    const ours = installPage.console.filter((text) => !text.startsWith("WebSocket connection to"));
    expect(ours.join("\n")).not.toContain("secret");
  });
});

test.describe("a wrong option", () => {
  const wrong: Record<string, Record<string, unknown>> = {
    storage: { storage: "cookies" },
    "backoff.maxMs": { backoff: { maxMs: -1 } },
    heartbeat: { heartbeat: "often" },
  };
  for (const [name, options] of Object.entries(wrong)) {
    test(`${name} is told, and the viewer has the browser's own`, async ({
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

test.describe("a function of the page's that throws does not harm the viewer", () => {
  /** It works as if nothing were installed, and the page is told why. */
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
