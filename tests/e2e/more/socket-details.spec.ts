/** Details of its socket that a viewer may notice. */
import type { EventName } from "../harness/event-types.js";
import type { Fields } from "../harness/messages.js";
import { expect, test } from "../harness/test.js";
import { openImage, rectangle, resume } from "../harness/steps.js";
import type { ViewerPage } from "../harness/viewer-page.js";

test("what waits for a connection is counted by bufferedAmount", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url, plain: "install" });
  await openImage(viewer, "a.fits", 0);
  const buffered = () =>
    viewer.page.evaluate((name) => {
      const { lab } = window as unknown as { lab: Lab };
      return lab.clients.get(name)!.client.socket.bufferedAmount;
    }, viewer.name);
  await backend.kill();
  await viewer.waitForPhase("waiting", "connecting");
  expect(await buffered()).toBe(0);
  const [, frame] = viewer.frame("STOP_FILE_LIST", {});
  const bytes = Buffer.from(String(frame), "base64");
  await viewer.sendBytes(bytes);
  await viewer.sendBytes(bytes);
  expect(await buffered()).toBe(2 * bytes.length);
  await backend.start();
  await resume(viewer);
  await expect.poll(buffered).toBe(0);
});

test("a PING that went into a dead connection is answered", async ({ viewer, backend }) => {
  const heartbeat = { intervalMs: 200, timeoutMs: 500, busyTimeoutMs: 500 };
  await viewer.connect({ url: backend.url, plain: "install", heartbeat });
  await openImage(viewer, "a.fits", 0);
  await backend.control("half-open");
  await viewer.page.evaluate((name) => {
    (window as unknown as { lab: Lab }).lab.text(name, "PING");
  }, viewer.name);
  await viewer.waitForPhase("registering", "confirming");
  expect(await noticed(viewer)).toEqual(["open", "text PONG"]);
  await resume(viewer);
  expect(await noticed(viewer)).toEqual(["open", "text PONG"]);
});

test("nothing arrives after close", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url, plain: "install" });
  await openImage(viewer, "a.fits", 0);
  // The answer is delayed for good: the page has sent the request before the backend has it.
  await backend.control("delay-type?type=SET_REGION_ACK&ms=60000");
  const fields = { fileId: 0, regionId: -1, regionInfo: rectangle(3, 4, 5, 6) };
  const asked = await viewer.send("SET_REGION", fields);
  await viewer.recorder.waitForSent("SET_REGION");
  await backend.control("drop");
  await viewer.waitForPhase("confirming");
  await viewer.answer(false);
  await expect.poll(() => noticed(viewer)).toEqual(["open", "close 4900"]);
  const { frames } = await viewer.record();
  expect(frames.filter(({ requestId }) => requestId === asked)).toEqual([]);
});

test("every connection asks for the viewer's subprotocols", async ({ viewer, backend }) => {
  // The backend knows none, and a browser gives up a socket whose protocols are not accepted.
  await viewer.page.addInitScript(() => {
    const asked: unknown[] = [];
    class Recording extends WebSocket {
      constructor(url: string, protocols: unknown) {
        super(url);
        asked.push(protocols);
      }
    }
    Object.assign(window, { WebSocket: Recording, asked });
  });
  await viewer.reload();
  const asked = () => viewer.page.evaluate(() => (window as unknown as { asked: unknown }).asked);
  const register = viewer.frame("REGISTER_VIEWER", { sessionId: 0, clientFeatureFlags: 5 })[1];
  await viewer.page.evaluate(
    async ([url, register]) => {
      const path = "/package/socket.js";
      const { ResumableWebSocket } = (await import(path)) as { ResumableWebSocket: Resumable };
      const options = { confirmResume: () => true, backoff: { initialMs: 10 } };
      const protocols = ["carta", "other"];
      const socket = new ResumableWebSocket(url!, protocols, options);
      protocols.push("late");
      const bytes = Uint8Array.from(atob(register!), (letter) => letter.charCodeAt(0));
      await new Promise((opened) => (socket.onopen = opened));
      const answered = new Promise((answered) => (socket.onmessage = answered));
      socket.send(bytes);
      await answered;
    },
    [backend.url, String(register)],
  );
  await backend.control("drop");
  await expect.poll(asked).toEqual([
    ["carta", "other"],
    ["carta", "other"],
  ]);
});

test("a subclass of the installed WebSocket is the browser's where it is not matched", async ({
  viewer,
  backend,
}) => {
  const seen = await viewer.page.evaluate(async (url) => {
    const path = "/package/socket.js";
    const { install } = (await import(path)) as { install(options: { match: string }): void };
    install({ match: "wss://elsewhere/" });
    class Mine extends WebSocket {}
    const socket = new Mine(url);
    const seen: unknown[] = [socket.url === url, socket.readyState];
    await new Promise((opened) => (socket.onopen = opened));
    seen.push(socket.readyState, typeof socket.onopen);
    socket.binaryType = "arraybuffer";
    const answered = new Promise<MessageEvent>((answered) => (socket.onmessage = answered));
    socket.send("PING");
    seen.push((await answered).data, socket.binaryType);
    const closed = new Promise<CloseEvent>((closed) => (socket.onclose = closed));
    socket.close(1000);
    return [...seen, (await closed).code, socket instanceof Mine, socket instanceof WebSocket];
  }, backend.url);
  expect(seen).toEqual([true, 0, 1, "function", "PONG", "arraybuffer", 1000, true, true]);
});

/** Registers on the page's own `new WebSocket` after `install()`; `window.kept` tells of it. */
async function registered(viewer: ViewerPage, url: string, options = {}): Promise<void> {
  const register = viewer.frame("REGISTER_VIEWER", { sessionId: 0, clientFeatureFlags: 5 })[1];
  await viewer.page.evaluate(
    async ([url, register, options]) => {
      const path = "/package/socket.js";
      const { install } = (await import(path)) as { install(options: object): void };
      const kept: Kept = { events: [], phases: [] };
      install({
        match: url,
        backoff: { initialMs: 10 },
        storage: "memory",
        onStatus: ({ phase }: { phase: string }) => kept.phases.push(phase),
        onError: () => {},
        ...options,
      });
      const socket = new WebSocket(url);
      Object.assign(window, { kept, socket });
      await new Promise((opened) => (socket.onopen = opened));
      socket.onmessage = () => kept.events.push("message");
      socket.onclose = ({ code }) => kept.events.push(`close ${code}`);
      socket.send(Uint8Array.from(atob(register), (letter) => letter.charCodeAt(0)));
    },
    [url, String(register), options] as const,
  );
}

const kept = (viewer: ViewerPage): Promise<Kept> =>
  viewer.page.evaluate(() => (window as unknown as { kept: Kept }).kept);

const sendOn = (viewer: ViewerPage, [, frame]: unknown[]): Promise<void> =>
  viewer.page.evaluate((frame) => {
    const { socket } = window as unknown as { socket: WebSocket };
    socket.send(Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0)));
  }, String(frame));

test("what is sent in one task is kept in the order in which it was sent", async ({
  viewer,
  backend,
}) => {
  await registered(viewer, backend.url);
  const messages = async () => (await kept(viewer)).events.length;
  await expect.poll(messages).toBe(1);
  await sendOn(viewer, viewer.frame("OPEN_FILE", { directory: "", file: "a.fits", fileId: 0 }));
  const region = (regionId: number) =>
    viewer.frame("SET_REGION", { fileId: 0, regionId, regionInfo: rectangle(20, 20, 6, 6) });
  await sendOn(viewer, region(-1));
  const state = () =>
    viewer.page.evaluate(() =>
      (window as unknown as { socket: { resume: Resume } }).socket.resume.viewerState(),
    );
  await expect.poll(state).toMatchObject({ images: [{ regions: [{ regionId: 1 }] }] });
  const before = await messages();
  // One of these has been sent before the client has looked at it.
  const frames = [region(1), viewer.frame("REMOVE_REGION", { regionId: 1 })];
  await viewer.page.evaluate(
    (frames) => {
      const { socket } = window as unknown as { socket: WebSocket };
      for (const frame of frames) {
        socket.send(Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0)));
      }
    },
    frames.map(([, frame]) => String(frame)),
  );
  // The region has been acknowledged, and it is gone.
  await viewer.recorder.waitForReceived("SET_REGION_ACK", 2);
  await expect.poll(messages).toBeGreaterThan(before);
  await expect.poll(state).toMatchObject({ images: [{ regions: [] }] });
});

test("what the page has put in place of WebSocket before install() is extended", async ({
  viewer,
  backend,
}) => {
  await viewer.page.evaluate(() => {
    const Native = WebSocket;
    const hooked: unknown[] = [];
    class Hook extends Native {
      override send(data: never): void {
        hooked.push(typeof data);
        super.send(data);
      }
    }
    // It always makes the browser's own class, whatever the new target is.
    const careless = new Proxy(Hook, { construct: (_, args) => new Hook(args[0] as string) });
    Object.assign(window, { WebSocket: careless, hooked });
  });
  await registered(viewer, backend.url);
  await expect.poll(async () => (await kept(viewer)).events).toEqual(["message"]);
  await backend.control("drop");
  await expect.poll(async () => (await kept(viewer)).phases).toContain("waiting");
  await expect.poll(async () => (await kept(viewer)).phases.at(-1)).toBe("active");
  expect((await kept(viewer)).events).toEqual(["message"]);
});

test("the console reports once per outage that messages were left out", async ({
  viewer,
  backend,
}) => {
  await viewer.page.evaluate(async (url) => {
    const path = "/package/socket.js";
    const { install } = (await import(path)) as { install(options: object): void };
    install({ queue: { maxFrames: 1 }, confirmResume: () => true, backoff: { initialMs: 50 } });
    const socket = new WebSocket(url);
    await new Promise((opened) => (socket.onopen = opened));
    Object.assign(window, { socket });
  }, backend.url);
  const send = (name: EventName, fields: Fields) => {
    const frame = String(viewer.frame(name, fields)[1]);
    return viewer.page.evaluate((frame) => {
      const { socket } = window as unknown as { socket: WebSocket };
      socket.send(Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0)));
    }, frame);
  };
  const told = () =>
    viewer.console.filter((text) => text.includes("too much is waiting to be sent"));
  const { recorder } = viewer;
  await send("REGISTER_VIEWER", { sessionId: 0, clientFeatureFlags: 5 });
  await recorder.waitForReceived("REGISTER_VIEWER_ACK");
  for (const round of [1, 2]) {
    await backend.kill();
    for (let more = 5; more > 0; more -= 1) await send("STOP_FILE_LIST", {});
    await expect.poll(() => told().length).toBe(round);
    await backend.start();
    await recorder.waitForReceived("REGISTER_VIEWER_ACK", round + 1);
  }
  expect(told()).toHaveLength(2);
});

test("if the ready question cannot be loaded, the viewer handles the drop itself", async ({
  viewer,
  backend,
}) => {
  await viewer.page.route(/\/package\/ui\.js/, (route) => route.abort());
  await registered(viewer, backend.url);
  await expect.poll(async () => (await kept(viewer)).events).toEqual(["message"]);
  await sendOn(viewer, viewer.frame("OPEN_FILE", { directory: "", file: "a.fits", fileId: 0 }));
  await expect.poll(async () => (await kept(viewer)).events.length).toBeGreaterThan(1);
  await backend.control("drop");
  await expect.poll(async () => (await kept(viewer)).events.at(-1)).toBe("close 1006");
});

test("a viewer registers even if the WebAssembly never arrives", async ({ viewer, backend }) => {
  await viewer.page.clock.install();
  await viewer.page.route(/carta_resume_bg\.wasm/, () => {});
  // A page that has not loaded it for something else.
  await viewer.page.goto(new URL("plain-viewer.js", viewer.page.url()).href);
  await registered(viewer, backend.url);
  expect((await kept(viewer)).events).toEqual([]);
  await viewer.page.clock.runFor(10_000);
  await expect.poll(async () => (await kept(viewer)).events).toEqual(["message"]);
  await backend.control("drop");
  await expect.poll(async () => (await kept(viewer)).events.at(-1)).toBe("close 1006");
});

test("a file that can no longer be read ends the connection", async ({ viewer, backend }) => {
  await registered(viewer, backend.url);
  await expect.poll(async () => (await kept(viewer)).events).toEqual(["message"]);
  const after = await viewer.page.evaluate(() => {
    const { socket } = window as unknown as { socket: WebSocket };
    const gone = new Blob(["a file"]);
    gone.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
    socket.send(gone);
    socket.send(new Uint8Array(8));
    return socket.readyState;
  });
  expect(after).toBe(1);
  await expect.poll(async () => (await kept(viewer)).events.at(-1)).toBe("close 1006");
  const state = () =>
    viewer.page.evaluate(() => (window as unknown as { socket: WebSocket }).socket.readyState);
  expect(await state()).toBe(3);
});

test("what is known about a session can be read after it has ended", async ({
  viewer,
  backend,
}) => {
  await registered(viewer, backend.url);
  await expect.poll(async () => (await kept(viewer)).events).toEqual(["message"]);
  await viewer.page.evaluate(() => (window as unknown as { socket: WebSocket }).socket.close());
  await expect.poll(async () => (await kept(viewer)).events.at(-1)).toBe("close 1005");
  const asked = await viewer.page.evaluate(() => {
    const { resume } = (window as unknown as { socket: { resume: Resume } }).socket;
    resume.retryNow();
    return [resume.status.phase, resume.viewerState()];
  });
  expect(asked).toEqual(["closed", { images: [], catalogs: [] }]);
});

const noticed = (viewer: ViewerPage): Promise<string[]> =>
  viewer.page.evaluate(
    (name) => (window as unknown as { lab: Lab }).lab.noticed(name),
    viewer.name,
  );

interface Lab {
  noticed(name: string): string[];
  text(name: string, text: string): void;
  clients: Map<string, { client: { socket: WebSocket } }>;
}

interface Kept {
  events: string[];
  phases: string[];
}

interface Resume {
  status: { phase: string };
  retryNow(): void;
  viewerState(): unknown;
}

type Resumable = new (url: string, protocols: string[], options: object) => WebSocket;
