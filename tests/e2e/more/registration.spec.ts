/** Versions, refusals and addresses. */
import { expect, test } from "../harness/test.js";
import { openImage } from "../harness/steps.js";
import { QUICK } from "../harness/viewer-page.js";

test.describe("a backend of version 28", () => {
  test.use({ backendOptions: { icd: 28 } });

  test("gets version 28 from a client that began with 30", async ({ viewer, backend }) => {
    await viewer.connect({ url: backend.url, icdVersion: 30 });
    const registrations = viewer.recorder.sent("REGISTER_VIEWER");
    expect(registrations.map(({ icdVersion }) => icdVersion)).toEqual([30, 28]);
    expect(viewer.recorder.sockets).toHaveLength(1);
    await openImage(viewer, "a.fits", 0);
    expect(viewer.recorder.sent("OPEN_FILE")[0]?.icdVersion).toBe(28);
  });
});

test.describe("a backend with a token", () => {
  const token = "right-4f1c";
  const wrong = "wrong-9b7e";
  test.use({ backendOptions: { token } });

  test("a wrong token ends in failed and is never shown", async ({ viewer, backend, page }) => {
    await viewer.make({ ...QUICK, url: `ws://127.0.0.1:${backend.port}/?token=${wrong}` });
    const error = await viewer.startConnecting();
    expect(error).toMatchObject({ isResumeError: true, code: "connection-refused" });
    expect(error?.message).toMatch(/token/i);
    const status = await viewer.status();
    expect(status).toMatchObject({ phase: "failed", error: { code: "connection-refused" } });
    expect(status.attempt).toBeLessThan(30);

    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
    );
    const told = JSON.stringify([await viewer.record(), status, stored]);
    expect(told).not.toContain(wrong);
    // The browser itself names the address in the console; the client adds nothing.
    const own = viewer.console.filter((line) => !line.startsWith("WebSocket connection to"));
    expect(own.join("\n")).not.toContain(wrong);
  });

  test("the right token is asked for before each attempt", async ({ viewer, backend, page }) => {
    await page.evaluate(
      ([base, right, wrong]) => {
        const { lab } = window as unknown as {
          lab: { make: (name: string, options: object) => void };
        };
        lab.make("client", {
          icdVersion: 28,
          backoff: { initialMs: 20, maxMs: 50 },
          url: async (attempt: number) => `${base}?token=${attempt < 3 ? wrong : right}`,
        });
      },
      [`ws://127.0.0.1:${backend.port}/`, token, wrong] as const,
    );
    expect(await viewer.startConnecting()).toBeNull();
    expect((await viewer.status()).phase).toBe("active");
    expect(viewer.recorder.sockets.map(({ url }) => url.includes(token))).toEqual([
      false,
      false,
      true,
    ]);
  });
});

test("an address that cannot be determined causes an error event, and is tried again", async ({
  viewer,
  backend,
  page,
}) => {
  await page.evaluate((url) => {
    const { lab } = window as unknown as { lab: { make: (name: string, options: object) => void } };
    lab.make("client", {
      backoff: { initialMs: 20, maxMs: 50 },
      url: (attempt: number) => {
        if (attempt === 1) throw new Error("no token yet");
        if (attempt === 2) return Promise.reject(new Error("still none"));
        if (attempt === 3) return "http://example.com/";
        return url;
      },
    });
  }, backend.url);
  expect(await viewer.startConnecting()).toBeNull();
  const { errors } = await viewer.record();
  expect(errors.map(({ code }) => code)).toEqual(["url-failed", "url-failed", "url-failed"]);
});

test("a spent retry budget ends in failed, and retryNow() starts again", async ({
  viewer,
  backend,
}) => {
  await backend.kill();
  await viewer.make({
    icdVersion: 28,
    url: backend.url,
    backoff: { initialMs: 10, maxMs: 20, maxAttempts: 3 },
  });
  expect(await viewer.startConnecting()).toMatchObject({ code: "retry-budget-spent" });
  expect(viewer.recorder.sockets).toHaveLength(3);
  await backend.start();
  expect(await viewer.call("retryNow")).toBeNull();
  await viewer.waitForPhase("active");
});
