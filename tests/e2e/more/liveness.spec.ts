/** Telling a dead connection from a backend that is busy. */
import { expect, test } from "../harness/test.js";
import { buildWorkspace, openImage, resume, truth } from "../harness/steps.js";

test("a half-open connection is noticed within 13 seconds", async ({ viewer, backend }) => {
  await viewer.make({ icdVersion: 28, url: backend.url });
  expect(await viewer.startConnecting()).toBeNull();
  await buildWorkspace(viewer);
  // This shows that the line is fast.
  await viewer.request("FILE_LIST_REQUEST", { directory: "$BASE" });
  await backend.control("flood?type=RASTER_TILE_DATA&bytes=8000000&count=1");
  await viewer.recorder.waitForReceived("RASTER_TILE_DATA");
  const began = performance.now();
  await backend.control("half-open");
  await expect
    .poll(async () => (await viewer.status()).phase, { timeout: 20_000, intervals: [100] })
    .not.toBe("active");
  const seconds = (performance.now() - began) / 1000;
  test.info().annotations.push({ type: "noticed after", description: `${seconds.toFixed(1)} s` });
  expect(seconds).toBeLessThan(13);
});

test("a backend that is silent for 20 seconds while it resumes is not taken for dead", async ({
  viewer,
  backend,
}) => {
  test.setTimeout(90_000);
  await viewer.make({ icdVersion: 28, url: backend.url });
  expect(await viewer.startConnecting()).toBeNull();
  await buildWorkspace(viewer);
  const before = await truth(backend, viewer);
  await backend.control("drop");
  await viewer.waitForPhase("confirming");
  const registered = viewer.recorder.sent("REGISTER_VIEWER").length;
  await backend.control("busy-type?type=RESUME_SESSION&ms=20000");
  await viewer.answer(true);
  await viewer.recorder.waitForSent("RESUME_SESSION");
  const began = performance.now();
  await expect
    .poll(async () => (await viewer.record()).reports.length, { timeout: 50_000, intervals: [250] })
    .toBe(1);
  expect((performance.now() - began) / 1000).toBeGreaterThan(18);
  expect(viewer.recorder.sent("REGISTER_VIEWER")).toHaveLength(registered);
  const { statuses } = await viewer.record();
  expect(statuses.slice(-2).map(({ phase }) => phase)).not.toContain("waiting");
  expect(viewer.recorder.sent("RESUME_SESSION")).toHaveLength(1);
  await expect.poll(() => truth(backend, viewer)).toEqual(before);
});

for (const plain of [undefined, "install"] as const) {
  const kind = plain ? "ResumableWebSocket" : "ResumeClient";
  test(`${kind} keeps its connection to a busy backend, and tries others beside it`, async ({
    viewer,
    backend,
  }) => {
    const { recorder } = viewer;
    const heartbeat = { intervalMs: 250, timeoutMs: 1_000, busyTimeoutMs: 1_000 };
    await viewer.connect({
      url: backend.url,
      plain,
      heartbeat,
      timeouts: { connectMs: 1_500 },
      backoff: { initialMs: 50, maxMs: 100 },
    });
    await openImage(viewer, "a.fits", 0);
    const before = await truth(backend, viewer);
    const { statuses: known } = await viewer.record();
    const asked = recorder.sent("FILE_LIST_REQUEST").length;
    const answered = recorder.received("FILE_LIST_RESPONSE").length;
    await backend.control("busy-type?type=FILE_LIST_REQUEST&ms=8000");
    await viewer.send("FILE_LIST_REQUEST", { directory: "$BASE" });
    await expect
      .poll(async () => (await viewer.record()).statuses.at(-1)?.silentSince)
      .not.toBeNull();
    await recorder.waitForReceived("FILE_LIST_RESPONSE", answered + 1);
    const open = () => recorder.sockets.filter(({ closed }) => !closed).length;
    await expect.poll(open).toBe(1);
    expect(recorder.sockets[0]?.closed).toBe(false);
    expect(recorder.sockets.length).toBeGreaterThanOrEqual(3);
    expect(recorder.sent("FILE_LIST_REQUEST")).toHaveLength(asked + 1);
    expect(recorder.sent("REGISTER_VIEWER")).toHaveLength(1);
    const { statuses, offers } = await viewer.record();
    expect(offers).toEqual([]);
    const phases = statuses.slice(known.length).map(({ phase }) => phase);
    expect(new Set(phases)).toEqual(new Set(["active"]));
    await expect.poll(async () => (await viewer.record()).statuses.at(-1)?.silentSince).toBeNull();
    expect(await truth(backend, viewer)).toEqual(before);
  });
}

test("a resume that is never answered is given up, and the user is asked again", async ({
  viewer,
  backend,
}) => {
  const heartbeat = { intervalMs: 100, timeoutMs: 200, busyTimeoutMs: 60_000 };
  await viewer.connect({ url: backend.url, heartbeat, timeouts: { resumeMs: 500 } });
  await buildWorkspace(viewer);
  const before = await truth(backend, viewer);
  await backend.control("drop");
  await viewer.waitForPhase("confirming");
  await backend.control("lose-next?type=RESUME_SESSION_ACK");
  await viewer.answer(true);
  const { errors } = await viewer.waitForRecord("errors");
  expect(errors.at(-1)?.code).toBe("resume-timeout");
  await viewer.waitForRecord("offers", 2);
  await resume(viewer);
  expect(await truth(backend, viewer)).toEqual(before);
});

test("PING is answered, and the latency shown", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url, heartbeat: { intervalMs: 50, timeoutMs: 2_000 } });
  await expect.poll(async () => (await viewer.status()).latencyMs).not.toBeNull();
  const texts = viewer.recorder.texts.map(({ from, text }) => `${from} ${text}`);
  expect(new Set(texts)).toEqual(new Set(["client PING", "backend PONG"]));
});

test("without a heartbeat there is no PING", async ({ viewer, backend, page }) => {
  await page.clock.install();
  await page.reload();
  await page.waitForFunction(() => "lab" in window);
  await viewer.connect({ url: backend.url, heartbeat: false });
  await page.clock.runFor(120_000);
  await viewer.request("FILE_LIST_REQUEST", { directory: "$BASE" });
  expect(viewer.recorder.texts).toEqual([]);
});

test("the browser coming back online ends a long wait", async ({ viewer, backend, page }) => {
  const backoff = { initialMs: 500, factor: 100, maxMs: 600_000, jitter: "none" };
  await viewer.connect({ url: backend.url, backoff });
  await backend.kill();
  await expect.poll(async () => (await viewer.status()).retryInMs).toBe(50_000);
  await backend.start();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await viewer.waitForPhase("active");
});
