/** A page that is hidden: browsers let its own timers run once a minute. */
import type { Page } from "@playwright/test";
import { expect, test } from "../harness/test.js";

/** As Chromium does to a page that was hidden for long. */
async function hideAndThrottle(page: Page): Promise<void> {
  await page.evaluate(() => {
    const own = window.setTimeout;
    const throttled = (act: TimerHandler, delay = 0) => own(act, Math.max(delay, 60_000));
    window.setTimeout = throttled as typeof window.setTimeout;
    Object.defineProperty(document, "visibilityState", { value: "hidden" });
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
  await hideAndThrottle(page);
  await worker;
  const pings = () => viewer.recorder.texts.filter(({ text }) => text === "PING").length;
  const before = pings();
  await expect.poll(pings).toBeGreaterThan(before + 5);
  expect(page.workers()).toHaveLength(1);
  await viewer.close();
  await expect.poll(() => page.workers().length).toBe(0);
});
