/** What the viewer sends and receives around a drop: nothing lost, nothing twice. */
import { EventType } from "../harness/event-types.js";
import { expect, test } from "../harness/test.js";
import {
  addRegion,
  buildWorkspace,
  openImage,
  rectangle,
  resume,
  truth,
} from "../harness/steps.js";

test("contours, requirements and statistics stream again by themselves", async ({
  viewer,
  backend,
}) => {
  await viewer.connect({ url: backend.url });
  const { regions } = await buildWorkspace(viewer);
  const statistics = viewer.recorder.received("REGION_STATS_DATA").at(-1);
  await backend.crashAndRestart();
  await resume(viewer);

  const after = (type: string) =>
    viewer.recorder.received(type).filter(({ socket }) => socket === viewer.recorder.newest);
  await expect.poll(() => after("REGION_STATS_DATA").length).toBeGreaterThan(0);
  await expect.poll(() => after("CONTOUR_IMAGE_DATA").length).toBeGreaterThan(0);
  await expect.poll(() => after("REGION_HISTOGRAM_DATA").length).toBeGreaterThan(0);
  expect(after("REGION_STATS_DATA")[0]?.message).toEqual(statistics?.message);
  expect(statistics?.message).toMatchObject({ fileId: 0, regionId: regions[0], channel: 3 });

  // And the streams are live: a region that moves gets new numbers.
  const seen = after("REGION_STATS_DATA").length;
  const regionInfo = rectangle(30, 30, 10, 10);
  await viewer.request("SET_REGION", { fileId: 0, regionId: regions[0], regionInfo });
  await expect.poll(() => after("REGION_STATS_DATA").length).toBeGreaterThan(seen);
});

test("the order of frames after a resume", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  await buildWorkspace(viewer);
  await backend.control("lose-next?type=SET_REGION_ACK");
  const unanswered = viewer.request("SET_REGION", {
    fileId: 1,
    regionId: -1,
    regionInfo: rectangle(12, 50, 6, 6),
  });
  await viewer.recorder.waitForSent("SET_REGION", 4);
  await backend.control("drop");
  await viewer.waitForPhase("confirming");
  await viewer.send("SET_CURSOR", { fileId: 0, point: { x: 5, y: 6 } });
  const queued = await viewer.send("ADD_REQUIRED_TILES", { fileId: 0, tiles: [0] });
  expect(viewer.recorder.order(viewer.recorder.newest)).toEqual(["REGISTER_VIEWER"]);
  await resume(viewer);
  expect(await unanswered).toMatchObject({ message: { success: true, regionId: 4 } });
  await viewer.recorder.waitForSent("FILE_INFO_REQUEST", 2);

  const order = viewer.recorder.order(viewer.recorder.newest);
  const requirements = order.slice(4, 6).sort();
  expect([...order.slice(0, 4), ...requirements, ...order.slice(6)]).toEqual([
    "REGISTER_VIEWER",
    "RESUME_SESSION",
    // Off and on: a backend draws nothing for settings that it already has.
    "SET_CONTOUR_PARAMETERS",
    "SET_CONTOUR_PARAMETERS",
    "SET_HISTOGRAM_REQUIREMENTS",
    "SET_STATS_REQUIREMENTS",
    "SET_REGION",
    "ADD_REQUIRED_TILES",
    // The questions whether the files have changed.
    "FILE_INFO_REQUEST",
    "FILE_INFO_REQUEST",
  ]);
  expect(viewer.recorder.sent("ADD_REQUIRED_TILES")[0]?.requestId).toBe(queued);
  // The cursor is resumed where it is.
  const [resumed] = viewer.recorder.sent("RESUME_SESSION");
  expect(resumed?.message).toMatchObject({
    images: [{ regions: { "0": { controlPoints: [{ x: 5, y: 6 }] } } }, {}],
  });
  const acknowledged = viewer.recorder.frames.findIndex(
    ({ type }) => type === "RESUME_SESSION_ACK",
  );
  const next = viewer.recorder.frames.findIndex(
    ({ type, from, socket }, index) =>
      index > 0 &&
      from === "client" &&
      socket === viewer.recorder.newest &&
      type === "SET_CONTOUR_PARAMETERS",
  );
  expect(next).toBeGreaterThan(acknowledged);
});

test("what was meant for a session that is not wanted back is given up, and reported", async ({
  viewer,
  backend,
}) => {
  await viewer.connect({ url: backend.url });
  await openImage(viewer, "a.fits", 0);
  await backend.control("drop");
  await viewer.waitForPhase("confirming");
  const regionInfo = rectangle(9, 9, 3, 3);
  const region = viewer.request("SET_REGION", { fileId: 0, regionId: -1, regionInfo });
  const tiles = await viewer.send("ADD_REQUIRED_TILES", { fileId: 0, tiles: [0] });
  await viewer.answer(false);
  expect(await region).toMatchObject({ error: { isResumeError: true, code: "declined" } });
  const { errors } = await viewer.waitForRecord("errors");
  const given = errors.filter(({ code }) => code === "declined").flatMap(({ frames }) => frames);
  expect(given).toContainEqual({ eventType: EventType.ADD_REQUIRED_TILES, requestId: tiles });
  await truth(backend, viewer);
  expect(viewer.recorder.sent("SET_REGION")).toEqual([]);
  expect(viewer.recorder.sent("ADD_REQUIRED_TILES")).toEqual([]);
});

test("what is sent while away arrives, once and in order", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  await openImage(viewer, "a.fits", 0);
  await backend.kill();
  await viewer.waitForPhase("waiting", "connecting");
  const ids: number[] = [];
  for (let x = 0; x < 20; x++) {
    ids.push(await viewer.send("ADD_REQUIRED_TILES", { fileId: 0, tiles: [0] }));
  }
  await backend.start();
  await resume(viewer);
  await viewer.recorder.waitForSent("ADD_REQUIRED_TILES", 20);
  expect(viewer.recorder.sent("ADD_REQUIRED_TILES").map(({ requestId }) => requestId)).toEqual(ids);
});

test("a full queue says what it refused", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url, queue: { maxFrames: 2 } });
  await openImage(viewer, "a.fits", 0);
  await backend.kill();
  await viewer.waitForPhase("waiting", "connecting");
  for (let x = 0; x < 2; x++) await viewer.send("ADD_REQUIRED_TILES", { fileId: 0, tiles: [0] });
  const refused = await viewer.send("ADD_REQUIRED_TILES", { fileId: 0, tiles: [0] });
  const { errors } = await viewer.waitForRecord("errors");
  expect(errors.at(-1)).toMatchObject({
    code: "queue-full",
    frames: [{ eventType: EventType.ADD_REQUIRED_TILES, requestId: refused }],
  });
  const answer = await viewer.request("SET_REGION", {
    fileId: 0,
    regionId: -1,
    regionInfo: rectangle(9, 9, 3, 3),
  });
  expect(answer).toMatchObject({ error: { code: "queue-full" } });

  await backend.start();
  await resume(viewer);
  await viewer.recorder.waitForSent("ADD_REQUIRED_TILES", 2);
  const sent = viewer.recorder.sent("ADD_REQUIRED_TILES").map(({ requestId }) => requestId);
  expect(sent).not.toContain(refused);
});

test("garbage from the backend is an error event and no more", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  await openImage(viewer, "a.fits", 0);
  const before = await truth(backend, viewer);
  await backend.control("garbage");
  const { errors } = await viewer.waitForRecord("errors");
  expect(errors).toMatchObject([{ isResumeError: true, code: "unreadable-frame", length: 3 }]);

  expect((await viewer.status()).phase).toBe("active");
  expect(viewer.recorder.sockets).toHaveLength(1);
  expect(await truth(backend, viewer)).toEqual(before);
  expect(await addRegion(viewer, 0, rectangle(32, 32, 8, 8))).toBe(1);
});

test("an answer that cannot be read is reported by type, id and length", async ({
  viewer,
  backend,
  page,
}) => {
  const broken = Buffer.from([21, 0, 28, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff]);
  await page.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (typeof message === "string" || message.readUInt16LE(0) !== 21)
        return socket.send(message);
      message.copy(broken, 4, 4, 8);
      socket.send(broken);
    });
  });
  await viewer.connect({ url: backend.url });
  const answer = await viewer.request("OPEN_FILE", { directory: "", file: "a.fits", fileId: 0 });
  expect(answer).toMatchObject({ type: "OPEN_FILE_ACK", message: null });
  const { errors } = await viewer.waitForRecord("errors");
  const requestId = broken.readUInt32LE(4);
  const told = { code: "unreadable-frame", eventType: 21, requestId, length: 3 };
  expect(errors).toMatchObject([told]);
  expect(await viewer.state()).toEqual({ images: [], catalogs: [] });
  await viewer.request("FILE_LIST_REQUEST", { directory: "$BASE" });
  expect((await viewer.status()).phase).toBe("active");
});

test("frames reach the viewer as the socket delivered them", async ({ viewer, backend, page }) => {
  await viewer.connect({ url: backend.url });
  await openImage(viewer, "a.fits", 0);
  const kinds = await page.evaluate(async () => {
    const { lab } = window as unknown as {
      lab: {
        clients: Map<
          string,
          { client: { on: (e: string, h: (f: unknown) => void) => () => void } }
        >;
      };
    };
    const client = lab.clients.get("client")?.client;
    return new Promise<string[]>((done) => {
      const kinds: string[] = [];
      const off = client?.on("frame", (frame) => {
        kinds.push(Object.prototype.toString.call(frame));
        off?.();
        done(kinds);
      });
      void (lab as unknown as { send: (...args: string[]) => void }).send(
        "client",
        // ADD_REQUIRED_TILES of tile 0 of file 0.
        btoa(String.fromCharCode(30, 0, 28, 0, 9, 0, 0, 0, 0x12, 4, 0, 0, 0, 0)),
      );
    });
  });
  expect(kinds).toEqual(["[object ArrayBuffer]"]);
  const [tile] = await viewer.recorder.waitForReceived("RASTER_TILE_DATA");
  expect(tile?.size).toBeGreaterThan(64 * 64 * 4);
});
