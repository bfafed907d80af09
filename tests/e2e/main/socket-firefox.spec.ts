/** A viewer that does not know this package survives, in Firefox. */
import { EventType } from "../harness/event-types.js";
import { expect, test } from "../harness/firefox-test.js";
import { FirefoxViewer } from "../harness/firefox-viewer.js";
import type { Fields } from "../harness/messages.js";
import { STATISTICS, addRegion, openImage, rectangle, resume, truth } from "../harness/steps.js";

test.setTimeout(120_000);

const noticed = (viewer: FirefoxViewer) =>
  viewer.evaluate<string[]>("return lab.noticed(arguments[0])", viewer.name);

/** The position of a region in the backend. */
const at = (x: number) => ({ fileId: 0, controlPoints: [[x, 10], expect.anything()] });

/** Two images, one at another channel, a region, and data that streams. */
async function work(viewer: FirefoxViewer): Promise<void> {
  await openImage(viewer, "a.fits", 0);
  await openImage(viewer, "b.fits", 1);
  await viewer.send("SET_IMAGE_CHANNELS", { fileId: 0, channel: 3, stokes: 0 });
  const regionId = await addRegion(viewer, 1, rectangle(20, 20, 6, 6));
  await viewer.send("SET_STATS_REQUIREMENTS", { fileId: 1, regionId, statsConfigs: [STATISTICS] });
}

test("the backend crashes and is started again: a viewer on install() continues", async ({
  firefoxViewer: viewer,
  backend,
}) => {
  await viewer.connect({ url: backend.url, plain: "install" });
  await work(viewer);
  const before = await truth(backend, viewer);
  expect(before).toMatchObject({ images: [{ channel: 3 }, { channel: 0 }] });

  await backend.kill();
  await viewer.waitForPhase("waiting", "connecting");
  const asked: number[] = [];
  for (const x of [10, 20, 30]) {
    const region = { fileId: 0, regionId: -1, regionInfo: rectangle(x, 10, 4, 4) };
    asked.push(await viewer.send("SET_REGION", region));
  }
  await backend.start();
  await resume(viewer);
  const after = await truth(backend, viewer);
  expect(after["images"]).toEqual(before["images"]);
  const [kept, ...more] = after["regions"] as Fields[];
  expect([kept]).toEqual(before["regions"]);
  expect(more).toMatchObject([10, 20, 30].map((x, n) => ({ regionId: 2 + n, ...at(x) })));

  const { offers, errors, frames } = await viewer.record();
  const answers = frames.filter(({ eventType }) => eventType === EventType.SET_REGION_ACK);
  expect(answers.slice(1).map(({ requestId }) => requestId)).toEqual(asked);
  expect(offers).toMatchObject([{ reason: "connection-lost", sessionId: before.sessionId }]);
  expect(errors).toEqual([]);
  expect(frames.filter(({ requestId }) => requestId >= 0xf000_0000)).toEqual([]);
  expect(await noticed(viewer)).toEqual(["open"]);
  expect(await viewer.uncaught()).toEqual([]);
});

test("a half-open connection and a no, on ResumableWebSocket", async ({
  firefoxViewer: viewer,
  backend,
}) => {
  const heartbeat = { intervalMs: 200, timeoutMs: 500, busyTimeoutMs: 500 };
  await viewer.connect({ url: backend.url, plain: "class", heartbeat });
  await work(viewer);
  const before = await truth(backend, viewer);
  await backend.control("half-open");
  await resume(viewer);
  expect(await truth(backend, viewer)).toEqual(before);
  expect(await noticed(viewer)).toEqual(["open"]);

  await backend.control("drop");
  await viewer.waitForPhase("confirming");
  await viewer.answer(false);
  await expect.poll(() => noticed(viewer)).toEqual(["open", "close 4900"]);
  await expect.poll(() => backend.sessions()).toEqual([]);
  expect(await viewer.uncaught()).toEqual([]);

  const again = new FirefoxViewer(viewer.tab, "again");
  await again.connect({ url: backend.url, plain: "class" });
  // The client that was answered may still be storing the outcome.
  await expect.poll(() => again.archived()).toMatchObject([{ why: "declined", images: [{}, {}] }]);
});
