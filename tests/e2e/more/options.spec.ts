/** Wrong options and wrong arguments are refused by name. */
import { expect, test } from "../harness/test.js";
import { openImage } from "../harness/steps.js";

const url = "ws://127.0.0.1:9/";

/** Wrong options, and the name that the message must say. */
const WRONG: [string, Record<string, unknown>, string][] = [
  ["no url", {}, "url"],
  ["a url of the wrong type", { url: 5 }, "url"],
  ["a url that is none", { url: "not an address" }, "url"],
  ["a url of another scheme", { url: "http://127.0.0.1/" }, "url"],
  ["an unknown option", { url, ulr: "x" }, "ulr"],
  ["an unknown option inside", { url, backoff: { initialMS: 5 } }, "initialMS"],
  ["no callback", { url, confirmResume: null }, "confirmResume"],
  ["a callback of the wrong type", { url, confirmResume: "yes" }, "confirmResume"],
  ["a version that is not spoken", { url, icdVersion: 27 }, "icdVersion"],
  ["a version of the wrong type", { url, icdVersion: "30" }, "icdVersion"],
  ["an apiKey of the wrong type", { url, apiKey: 1 }, "apiKey"],
  ["negative flags", { url, clientFeatureFlags: -1 }, "clientFeatureFlags"],
  ["flags with a fraction", { url, clientFeatureFlags: 1.5 }, "clientFeatureFlags"],
  ["a backoff of the wrong type", { url, backoff: 5 }, "backoff"],
  ["NaN", { url, backoff: { initialMs: NaN } }, "initialMs"],
  ["a negative time", { url, backoff: { maxMs: -1 } }, "maxMs"],
  ["a time that is text", { url, backoff: { hiddenMaxMs: "5" } }, "hiddenMaxMs"],
  ["a factor below 1", { url, backoff: { factor: 0.5 } }, "factor"],
  ["an unknown jitter", { url, backoff: { jitter: "half" } }, "jitter"],
  ["no attempts", { url, backoff: { maxAttempts: 0 } }, "maxAttempts"],
  ["an endless time", { url, backoff: { resetAfterMs: Infinity } }, "resetAfterMs"],
  ["a heartbeat of the wrong type", { url, heartbeat: true }, "an object or false"],
  ["a heartbeat of no time", { url, heartbeat: { intervalMs: 0 } }, "intervalMs"],
  ["a negative deadline", { url, heartbeat: { timeoutMs: -5 } }, "timeoutMs"],
  ["a busy deadline of NaN", { url, heartbeat: { busyTimeoutMs: NaN } }, "busyTimeoutMs"],
  ["a timeout of the wrong type", { url, timeouts: { connectMs: null } }, "connectMs"],
  ["a negative timeout", { url, timeouts: { registerMs: -1 } }, "registerMs"],
  ["an unknown timeout", { url, timeouts: { resume: 5 } }, "resume"],
  ["a negative queue", { url, queue: { maxFrames: -1 } }, "maxFrames"],
  ["a queue of NaN bytes", { url, queue: { maxBytes: NaN } }, "maxBytes"],
  ["half a frame in the queue", { url, queue: { maxFrames: 1.5 } }, "queue.maxFrames"],
  ["an unknown storage", { url, storage: "cloud" }, "storage"],
  ["a user of the wrong type", { url, user: 7 }, "user"],
  ["a negative archive", { url, archive: { maxCount: -1 } }, "archive.maxCount"],
  ["an unknown bound of the archive", { url, archive: { maxDays: 30 } }, "archive.maxDays"],
  ["half a byte", { url, openFileAnswers: { maxBytes: 0.5 } }, "openFileAnswers.maxBytes"],
];

test("each wrong option is refused, naming it", async ({ viewer }) => {
  for (const [what, options, name] of WRONG) {
    await test.step(what, async () => {
      const error = await viewer.tryToMake(options);
      expect(error, what).toMatchObject({ isResumeError: true, code: "invalid-option" });
      expect(error?.message).toContain(name);
    });
  }
});

test("valid options are accepted", async ({ viewer }) => {
  for (const options of [
    { url },
    { url: "wss://example.org/path?token=x", icdVersion: 28, apiKey: "k", clientFeatureFlags: 0 },
    { url, backoff: { initialMs: 0, maxMs: 0, factor: 1, jitter: "none", maxAttempts: 1 } },
    { url, backoff: { maxAttempts: Infinity }, heartbeat: false, storage: "memory" },
    { url, archive: { maxCount: Infinity, maxBytes: 0 }, user: "" },
    { url, backoff: undefined, heartbeat: undefined, icdVersion: undefined },
  ]) {
    expect(await viewer.tryToMake(options), JSON.stringify(options)).toBeNull();
  }
});

test("a token in a wrong address is not in the message", async ({ viewer }) => {
  const error = await viewer.tryToMake({ url: "http://127.0.0.1/?token=hidden-77" });
  expect(error?.code).toBe("invalid-option");
  expect(error?.message).not.toContain("hidden-77");
});

test("wrong arguments of calls are refused", async ({ viewer, backend }) => {
  await viewer.connect({ url: backend.url });
  for (const length of [0, 1, 7]) {
    expect(await viewer.sendBytes(new Uint8Array(length))).toMatchObject({ code: "invalid-frame" });
  }
  await openImage(viewer, "a.fits", 0);
  const region = (controlPoints: object[], regionType = 3) =>
    viewer.call("setRegion", 0, 1, { regionType, controlPoints, rotation: 0 });
  const point = { x: 5, y: 5 };
  expect(await region([point])).toMatchObject({ isResumeError: true, code: "invalid-region" });
  expect(await region([point, { x: NaN, y: 2 }])).toMatchObject({ code: "invalid-region" });
  expect(await region([point, { x: 0, y: 2 }])).toMatchObject({ code: "invalid-region" });
  expect(await region([point, point], 6)).toMatchObject({ code: "invalid-region" });
  expect(await region([], 0)).toMatchObject({ code: "invalid-region" });
  expect(await viewer.call("setChannel", 9, 0, 0)).toMatchObject({ code: "unknown-image" });
  expect(await viewer.call("setContours", 9, null)).toMatchObject({ code: "unknown-image" });
  expect((await viewer.state()).images).toMatchObject([{ fileId: 0, regions: [] }]);
  expect((await viewer.status()).phase).toBe("active");
});

test("a wrong argument is named, and a viewer may pass back what it was given", async ({
  viewer,
}) => {
  await viewer.make({ url });
  const point = { x: 5, y: 5 };
  const bounds = { xMin: 0, xMax: 9, yMin: 0 };
  for (const [name, method, ...given] of [
    ["image must", "openImage", "a.fits"],
    ["image.fileId", "openImage", { file: "a.fits" }],
    ["image.lelExpr", "openImage", { fileId: 0, lelExpr: 1 }],
    ["image.fiel", "openImage", { fileId: 0, fiel: "a.fits" }],
    ["image.stokesFiles.file", "openImage", { fileId: 0, stokesFiles: [{ polarizationType: 1 }] }],
    ["region.regionType", "setRegion", 0, 1, { regionType: 0.5, controlPoints: [point] }],
    ["region.controlPoints", "setRegion", 0, 1, { regionType: 0, controlPoints: point }],
    ["region.controlPoints.z", "setRegion", 0, 1, { regionType: 0, controlPoints: [{ z: 1 }] }],
    ["settings.levels", "setContours", 0, { levels: [1, NaN] }],
    ["settings.imageBounds.yMax", "setContours", 0, { levels: [], imageBounds: bounds }],
    ["catalog.name", "openCatalog", { fileId: 0 }],
  ] as [string, string, ...unknown[]][]) {
    const error = await viewer.call(method, ...given);
    expect(error, name).toMatchObject({ isResumeError: true, code: "invalid-option" });
    expect(error?.message).toContain(name);
  }
  expect(await viewer.call("openImage", { fileId: 0, file: "a.fits" })).toBeNull();
  const { images } = await viewer.state();
  expect(await viewer.call("openImage", images[0])).toBeNull();
  expect(await viewer.state()).toMatchObject({ images });
});

test("a frame that was transferred elsewhere is refused like any that is too short", async ({
  viewer,
  page,
}) => {
  await viewer.make({ url: "ws://127.0.0.1:9/" });
  const codes = await page.evaluate(async () => {
    const { lab } = window as unknown as {
      lab: {
        ResumeClient: new (options: object) => {
          send(frame: unknown): void;
          request(type: number, payload: unknown): Promise<unknown>;
          close(): void;
        };
      };
    };
    const client = new lab.ResumeClient({ url: "ws://127.0.0.1:9/", confirmResume: () => true });
    const codes: unknown[] = [];
    const whole = new ArrayBuffer(16);
    const view = new Uint8Array(whole);
    structuredClone(whole, { transfer: [whole] });
    for (const gone of [whole, view]) {
      try {
        client.send(gone);
      } catch (error) {
        codes.push((error as { code: string }).code);
      }
      const answer = client.request(2, gone).catch((error: { code: string }) => error.code);
      client.close();
      codes.push(await answer);
    }
    return codes;
  });
  expect(codes).toEqual(["invalid-frame", "closed", "invalid-frame", "closed"]);
});
