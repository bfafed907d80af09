/** A viewer that does not know this package survives. */
import { expect, test } from "../harness/test.js";
import {
  addRegion,
  buildWorkspace,
  openImage,
  rectangle,
  resume,
  truth,
} from "../harness/steps.js";
import type { ViewerPage } from "../harness/viewer-page.js";

for (const plain of ["class", "install"]) {
  test.describe(`by ${plain}`, () => {
    test("the backend crashes and is started again", async ({ viewer, backend }) => {
      await viewer.connect({ url: backend.url, plain });
      await buildWorkspace(viewer);
      const before = await truth(backend, viewer);
      const { sessionId } = await viewer.status();

      await backend.crashAndRestart();
      await resume(viewer);
      expect(await truth(backend, viewer)).toEqual(before);

      const registers = viewer.recorder.sent("REGISTER_VIEWER");
      expect(registers[0]?.message).toMatchObject({ sessionId: 0, clientFeatureFlags: 5 });
      expect(registers.at(-1)?.message).toMatchObject({ sessionId, clientFeatureFlags: 5 });
      expect(await noticed(viewer)).toEqual(["open"]);
    });

    test("the viewer sees no answer that it has not asked for", async ({ viewer, backend }) => {
      await viewer.connect({ url: backend.url, plain });
      await buildWorkspace(viewer);
      await backend.control("drop");
      await resume(viewer);
      await truth(backend, viewer);
      const { frames } = await viewer.record();
      expect(frames.filter(({ requestId }) => requestId >= 0xf000_0000)).toEqual([]);
      expect(viewer.recorder.received("RESUME_SESSION_ACK")).toHaveLength(1);
    });

    test("five drops in a row ask once", async ({ viewer, backend }) => {
      await viewer.connect({ url: backend.url, plain });
      await openImage(viewer, "a.fits", 0);
      const before = await truth(backend, viewer);
      for (let drop = 1; drop <= 5; drop += 1) {
        await backend.control("drop");
        await viewer.recorder.waitForSent("REGISTER_VIEWER", drop + 1);
        await viewer.waitForPhase("confirming");
      }
      expect((await viewer.record()).offers).toHaveLength(1);
      await resume(viewer);
      expect(await truth(backend, viewer)).toEqual(before);
      expect(await noticed(viewer)).toEqual(["open"]);
    });

    test("a half-open connection is noticed and mended", async ({ viewer, backend }) => {
      await viewer.connect({
        url: backend.url,
        plain,
        heartbeat: { intervalMs: 200, timeoutMs: 500, busyTimeoutMs: 500 },
      });
      await openImage(viewer, "a.fits", 0);
      const before = await truth(backend, viewer);
      await backend.control("half-open");
      await viewer.waitForPhase("registering", "confirming");
      await resume(viewer);
      expect(await truth(backend, viewer)).toEqual(before);
      expect(await noticed(viewer)).toEqual(["open"]);
    });

    test("a no reaches the viewer as close", async ({ viewer, backend }) => {
      await viewer.connect({ url: backend.url, plain });
      await openImage(viewer, "a.fits", 0);
      await backend.control("drop");
      await viewer.waitForPhase("confirming");
      await viewer.answer(false);
      await expect.poll(() => noticed(viewer)).toEqual(["open", "close 4900"]);
      await expect.poll(() => backend.sessions()).toEqual([]);
    });

    test("an end that cannot be mended reaches the viewer as error and close", async ({
      viewer,
      backend,
    }) => {
      await viewer.connect({
        url: backend.url,
        plain,
        backoff: { initialMs: 10, maxMs: 20, maxAttempts: 3 },
      });
      await openImage(viewer, "a.fits", 0);
      await backend.kill();
      await expect.poll(() => noticed(viewer)).toEqual(["open", "error", "close 1006"]);
    });

    test("saving whose answer was lost is refused in its own terms", async ({
      viewer,
      backend,
    }) => {
      await viewer.connect({ url: backend.url, plain });
      await openImage(viewer, "a.fits", 0);
      const saving = viewer.request("SAVE_FILE", {});
      await viewer.recorder.waitForSent("SAVE_FILE");
      await backend.control("drop");
      expect(await saving).toMatchObject({ type: "SAVE_FILE_ACK" });
      await resume(viewer);
      await truth(backend, viewer);
      expect(viewer.recorder.sent("SAVE_FILE")).toHaveLength(1);
    });

    test("what is asked while the connection is gone is answered afterwards, in order", async ({
      viewer,
      backend,
    }) => {
      await viewer.connect({ url: backend.url, plain });
      await openImage(viewer, "a.fits", 0);
      await backend.kill();
      await viewer.waitForPhase("waiting", "connecting");
      const asked = [1, 2, 3].map((n) => addRegion(viewer, 0, rectangle(10 * n, 10, 4, 4)));
      await expect.poll(() => text(viewer, "PING")).toBe(true);
      await backend.start();
      await resume(viewer);
      expect(await Promise.all(asked)).toEqual([1, 2, 3]);
    });
  });
}

const noticed = (viewer: ViewerPage): Promise<string[]> =>
  viewer.page.evaluate(
    (name) => (window as unknown as { lab: Lab }).lab.noticed(name),
    viewer.name,
  );

/** Sends a text; returns whether an answer to it has been noticed. */
async function text(viewer: ViewerPage, words: string): Promise<boolean> {
  await viewer.page.evaluate(
    ([name, words]) => (window as unknown as { lab: Lab }).lab.text(name!, words!),
    [viewer.name, words],
  );
  return (await noticed(viewer)).includes("text PONG");
}

interface Lab {
  noticed(name: string): string[];
  text(name: string, words: string): void;
}
