/** A page that is hidden: browsers let its own timers run once a minute. */
import type { Page } from "@playwright/test";
import { expect, test } from "../harness/test.js";

async function hide(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden" });
    Object.defineProperty(document, "hidden", { value: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

test("a hidden page goes on sending PING, by a worker's timer", async ({
  viewer,
  backend,
  page,
}) => {
  await viewer.connect({ url: backend.url, heartbeat: { intervalMs: 200, timeoutMs: 5_000 } });
  const worker = page.waitForEvent("worker");
  // As Chromium does to a page that has been hidden for long.
  await page.evaluate(() => {
    const own = window.setTimeout;
    const throttled = (act: TimerHandler, delay = 0) => own(act, Math.max(delay, 60_000));
    window.setTimeout = throttled as typeof window.setTimeout;
  });
  await hide(page);
  await worker;
  const pings = () => viewer.recorder.texts.filter(({ text }) => text === "PING").length;
  const before = pings();
  await expect.poll(pings).toBeGreaterThan(before + 5);
  expect(page.workers()).toHaveLength(1);
  await viewer.close();
  await expect.poll(() => page.workers().length).toBe(0);
});

test("a policy that refuses workers costs nothing but that timer", async ({
  viewer,
  backend,
  page,
}) => {
  await page.evaluate(() => {
    const policy = document.createElement("meta");
    policy.httpEquiv = "Content-Security-Policy";
    policy.content = "worker-src 'none'";
    document.head.append(policy);
  });
  await viewer.connect({ url: backend.url, heartbeat: { intervalMs: 200, timeoutMs: 5_000 } });
  const refused = page.waitForEvent("console", (message) => message.text().includes("worker-src"));
  await hide(page);
  await refused;
  const pings = () => viewer.recorder.texts.filter(({ text }) => text === "PING").length;
  const before = pings();
  await expect.poll(pings, { timeout: 30_000 }).toBeGreaterThan(before + 2);
  expect(page.workers()).toEqual([]);
  expect((await viewer.record()).errors).toEqual([]);
});
