/** `install()` coexists with everything else that connects, and can be undone. */
import type { Backend } from "../harness/backend.js";
import { dump } from "../harness/durable.js";
import { openFile, type InstallPage, type InstalledViewer } from "../harness/install-page.js";
import { expect, test, work } from "../harness/install-test.js";
import { rectangle } from "../harness/steps.js";

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
  // Each is kept with the options with which it was made.
  expect((await installPage.told(0)).reports).toEqual([{ images: [0], failedImages: [] }]);
  expect((await installPage.told(1)).reports).toEqual([{ images: [0], failedImages: [] }]);
});

test.describe("uninstall", () => {
  test("puts the very same function back; existing sockets continue", async ({
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

/** The viewer's own resume, as after CARTA's Retry. */
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

/** The viewer connects again, registers with its old id, and restores what it knows. */
async function retry(installPage: InstallPage, url: string, sessionId: number) {
  const viewer = await installPage.viewer(url);
  await viewer.register(sessionId);
  const ack = await viewer.ask("RESUME_SESSION", OWN_RESUME);
  expect(ack).toMatchObject({ type: "RESUME_SESSION_ACK", message: { success: true } });
  return viewer;
}

/** The viewer is left alone, and survives the next drop with what it has resumed. */
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
  // The ids of new regions are the same, too.
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
    // As when a viewer has a deadline of its own, and gives up its socket.
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

test("a viewer that the backend refuses is told so, and why nothing is kept", async ({
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

    expect(await stored()).toContain(`ws://localhost:${backend.port}/`);
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
