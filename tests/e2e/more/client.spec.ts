/** The client as an object on a page: callbacks, closing, other clients. */
import { expect, test } from "../harness/test.js";
import {
  addRegion,
  buildWorkspace,
  openImage,
  rectangle,
  resume,
  truth,
} from "../harness/steps.js";
import { ViewerPage } from "../harness/viewer-page.js";

test("handlers and the callback may call back into the client", async ({
  viewer,
  backend,
  page,
}) => {
  await page.evaluate((url) => {
    const { lab } = window as unknown as { lab: Lab };
    const client = new lab.ResumeClient({
      url,
      backoff: { initialMs: 20, maxMs: 50 },
      confirmResume: () => {
        client.retryNow();
        log.push(`asked while ${client.status.phase}`);
        log.push(`images ${client.viewerState().images.length}`);
        return true;
      },
    });
    const log: string[] = [];
    const list = { eventType: lab.EventType["FILE_LIST_REQUEST"], requestId: 77 };
    client.on("status", ({ phase }) => {
      if (phase === "active") client.send(lab.encodeFrame(list));
      if (phase === "waiting") client.retryNow();
    });
    client.on("frame", (frame) => {
      const { requestId } = lab.decodeFrame(frame);
      if (requestId !== 77) return;
      const again = client.request(lab.EventType["FILE_LIST_REQUEST"] ?? 0, new Uint8Array());
      void again.then(() => log.push("answered"));
    });
    client.on("resumed", () => {
      log.push("resumed");
      client.close();
      log.push(client.status.phase);
    });
    Object.assign(window, { log, client });
    void client.connect().catch(() => {});
    interface Lab {
      ResumeClient: new (options: object) => Client;
      EventType: { [name: string]: number };
      encodeFrame: (frame: object) => Uint8Array;
      decodeFrame: (frame: ArrayBuffer) => { requestId: number };
    }
    interface Client {
      status: { phase: string };
      on(event: string, handler: (value: { phase: string } & ArrayBuffer) => void): void;
      send(frame: Uint8Array): void;
      request(type: number, payload: Uint8Array): Promise<unknown>;
      retryNow(): void;
      close(): void;
      connect(): Promise<void>;
      viewerState(): { images: unknown[] };
      openImage(image: object): void;
    }
  }, backend.url);
  const log = () => page.evaluate(() => (window as unknown as { log: string[] }).log);
  await expect.poll(log).toContain("answered");
  await page.evaluate(() => {
    const { client } = window as unknown as { client: { openImage(image: object): void } };
    client.openImage({ fileId: 0, directory: "", file: "a.fits" });
  });
  await backend.control("drop");
  await expect.poll(log).toContain("closed");
  expect((await log()).filter((entry) => entry !== "answered")).toEqual([
    "asked while confirming",
    "images 1",
    "resumed",
    "closed",
  ]);
  expect(viewer.console.filter((line) => line.startsWith("uncaught"))).toEqual([]);
});

test("after close() nothing more happens", async ({ viewer, backend, page }) => {
  await page.clock.install();
  await page.reload();
  await page.waitForFunction(() => "lab" in window);
  await viewer.connect({ url: backend.url });
  await buildWorkspace(viewer);
  const sockets = viewer.recorder.sockets.length;
  expect(await viewer.call("close")).toBeNull();
  await expect.poll(() => viewer.recorder.sockets.every(({ closed }) => closed)).toBe(true);
  await expect.poll(async () => (await backend.sessions()).length).toBe(0);
  const told = await viewer.record();

  expect(await viewer.call("close")).toBeNull();
  expect(await viewer.call("retryNow")).toBeNull();
  expect(await viewer.sendBytes(new Uint8Array(8))).toMatchObject({ code: "closed" });
  expect(await viewer.startConnecting()).toMatchObject({ code: "closed" });
  expect(await viewer.request("FILE_LIST_REQUEST", {})).toMatchObject({
    error: { code: "closed" },
  });
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await page.clock.runFor(3_600_000);

  expect((await viewer.status()).phase).toBe("closed");
  expect(await viewer.record()).toEqual(told);
  expect(viewer.recorder.sockets).toHaveLength(sockets);
});

test("close() withdraws the question", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  await openImage(viewer, "a.fits", 0);
  await backend.control("drop");
  await viewer.waitForPhase("confirming");
  expect(await viewer.call("close")).toBeNull();
  expect((await viewer.record()).withdrawn).toBe(1);
  await viewer.answer(true);
  expect((await viewer.status()).phase).toBe("closed");
  expect(viewer.recorder.sent("RESUME_SESSION")).toEqual([]);
});

test("free() while connected is a close", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  expect(await viewer.call("free")).toBeNull();
  await expect.poll(async () => (await backend.sessions()).length).toBe(0);
  expect(viewer.console.filter((line) => line.startsWith("uncaught"))).toEqual([]);
});

test("a handler may free the client that called it", async ({ viewer, page }) => {
  const outcome = await page.evaluate(() => {
    const { lab } = window as unknown as { lab: { ResumeClient: new (options: object) => Client } };
    interface Client {
      on(event: string, handler: (status: { phase: string }) => void): void;
      close(): void;
      free(): void;
    }
    const client = new lab.ResumeClient({ url: "ws://127.0.0.1:9/", confirmResume: () => true });
    return new Promise<string>((done) => {
      client.on("status", ({ phase }) => {
        if (phase !== "closed") return;
        try {
          client.free();
          done("freed");
        } catch (error) {
          done(String(error));
        }
      });
      client.close();
    });
  });
  expect(outcome).toBe("freed");
  expect(viewer.console).toEqual([]);
});

test("two clients on one page do not know of each other", async ({ viewer, backend }) => {
  const other = viewer.another("other");
  await viewer.connect({ url: backend.url });
  await other.connect({ url: backend.url });
  const [one, two] = [await viewer.status(), await other.status()];
  expect(one.sessionId).not.toBe(two.sessionId);

  await openImage(viewer, "a.fits", 0);
  await openImage(other, "b.fits", 0);
  await addRegion(other, 0, rectangle(20, 20, 4, 4));
  const before = [await truth(backend, viewer), await truth(backend, other)];
  await backend.control("drop");
  await viewer.waitForPhase("confirming");
  await other.waitForPhase("confirming");
  await resume(viewer);
  await resume(other);
  expect([await truth(backend, viewer), await truth(backend, other)]).toEqual(before);
  expect(await other.call("close")).toBeNull();
  expect((await viewer.status()).phase).toBe("active");
});

test("a second page of the same address gets a session of its own", async ({
  viewer,
  backend,
  site,
  context,
}) => {
  await viewer.connect({ url: backend.url });
  const second = await new ViewerPage(await context.newPage()).open(site.origin);
  await second.connect({ url: backend.url });
  expect((await second.status()).sessionId).not.toBe((await viewer.status()).sessionId);
});

test("status is the same object until something changes", async ({ viewer, backend, page }) => {
  await viewer.connect({ url: backend.url, heartbeat: false });
  const same = () =>
    page.evaluate(() => {
      const { lab } = window as unknown as {
        lab: { clients: Map<string, { client: { status: object } }> };
      };
      const client = lab.clients.get("client")?.client;
      return client?.status === client?.status && Object.isFrozen(lab) === false;
    });
  expect(await same()).toBe(true);
});

test("an aborted request rejects at once", async ({ viewer, backend, page }) => {
  await viewer.connect({ url: backend.url });
  await backend.control("lose-next?type=FILE_LIST_RESPONSE");
  const outcome = await page.evaluate(async () => {
    const { lab } = window as unknown as {
      lab: { clients: Map<string, { client: Client }>; EventType: { [n: string]: number } };
    };
    interface Client {
      request(type: number, payload: Uint8Array, options: object): Promise<unknown>;
    }
    const abort = new AbortController();
    const answer = lab.clients
      .get("client")
      ?.client.request(lab.EventType["FILE_LIST_REQUEST"] ?? 0, new Uint8Array(), {
        signal: abort.signal,
      });
    abort.abort(new Error("changed my mind"));
    return answer?.then(
      () => "answered",
      (error: Error) => error.message,
    );
  });
  expect(outcome).toBe("changed my mind");
});

test("carta-resume/web works from a script tag", async ({ page, site, backend }) => {
  await page.goto(`${site.origin}/page/index.html`);
  const phase = await page.evaluate(async (url) => {
    const name = "carta-resume/web";
    const { init, ResumeClient } = await import(name);
    await init();
    const client = new ResumeClient({ url, confirmResume: () => false });
    await client.connect();
    const { phase } = client.status;
    client.free();
    return phase;
  }, backend.url);
  expect(phase).toBe("active");
});

test("a client continues even if the page keeps only its handlers", async ({
  page,
  viewer,
  backend,
}) => {
  await viewer.page.evaluate(async (url) => {
    const { lab } = window as unknown as {
      lab: {
        ResumeClient: new (options: object) => {
          connect(): Promise<void>;
          on(event: "status", handler: (status: { phase: string }) => void): void;
        };
      };
    };
    const phases: string[] = [];
    Object.assign(window, { phases });
    const client = new lab.ResumeClient({ url, confirmResume: () => true });
    client.on("status", ({ phase }) => phases.push(phase));
    await client.connect();
  }, backend.url);
  const devTools = await page.context().newCDPSession(page);
  for (let round = 0; round < 3; round++) await devTools.send("HeapProfiler.collectGarbage");
  await backend.control("drop");
  const phases = () =>
    page.evaluate(() => (window as unknown as { phases: string[] }).phases.slice(-1)[0]);
  await expect.poll(async () => (await backend.sessions()).length).toBe(1);
  await expect.poll(phases).toBe("active");
  const sockets = viewer.recorder.sockets.length;
  expect(sockets, "the drop was followed by a new socket").toBe(2);
});
