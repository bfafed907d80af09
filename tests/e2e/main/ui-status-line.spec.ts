/** The ready status line, in a viewer's page: what is worth a line, and for how long. */
import type { ResumeError } from "carta-resume";
import { EventType } from "../harness/event-types.js";
import { accessibility, leastContrast } from "../harness/ui/accessibility.js";
import { expect, test } from "../harness/ui/line-test.js";

const failure = (message: string) => ({ code: "storage-failed", message }) as const;

test("a page that never had a connection is left to its viewer", async ({ ui, page }) => {
  for (const phase of ["idle", "connecting", "registering", "waiting", "failed"] as const) {
    await ui.show(phase, { retryInMs: 5_000 });
    await page.clock.runFor(3_000);
    await expect(ui.line).toBeHidden();
  }
  await expect(ui.spoken).toBeEmpty();
});

test("a drop that heals within a second is not mentioned", async ({ ui, page }) => {
  await ui.show("active");
  await ui.show("waiting", { retryInMs: 300 });
  await page.clock.runFor(400);
  await ui.show("connecting");
  await ui.show("registering");
  await page.clock.runFor(590);
  await expect(ui.line).toBeHidden();
  await ui.show("active");
  await page.clock.runFor(10_000);
  await expect(ui.line).toBeHidden();
  await expect(ui.spoken).toBeEmpty();
});

test("while the question is open, nothing is said to be restored", async ({ ui, page }) => {
  await ui.show("active");
  await page.evaluate(() => window.ui.status.rebuilding(3, 12));
  await expect(ui.line).toContainText("step 3 of 12");
  await ui.show("confirming");
  await expect(ui.line).not.toContainText("step 3 of 12");
  await ui.show("active");
  await expect(ui.line).toContainText("step 3 of 12");
});

test("for a silent backend, which may be busy, the line says how long it has been silent", async ({
  ui,
  page,
}) => {
  await ui.show("active");
  const silentSince = await page.evaluate(() => Date.now() - 7_000);
  await ui.show("active", { silentSince });
  await expect(ui.line).toHaveText(/The backend has not answered yet\. It may be busy\./);
  const retry = ui.line.getByRole("button", { name: "Try now" });
  await expect(retry).toBeHidden();
  await page.clock.runFor(33_000);
  await expect(ui.line).toHaveText(/The backend has not answered for 40 s\./);
  await expect(ui.spoken).toHaveText("The backend is not answering.");
  await expect(retry).toBeVisible();
  await ui.show("active");
  await expect(ui.line).toBeHidden();
  await ui.show("resuming", { silentSince });
  await expect(ui.line).toHaveText(/The backend has not answered for 40 s\./);
});

test("a longer one is counted down, and announced once", async ({ ui, page }) => {
  await ui.show("active");
  await ui.show("waiting", { retryInMs: 4_600 });
  await page.clock.runFor(999);
  await expect(ui.line).toBeHidden();
  await page.clock.runFor(1);
  const texts = [];
  for (let second = 0; second < 5; second++) {
    texts.push(await ui.line.locator(".words > span").innerText());
    await page.clock.runFor(second === 0 ? 600 : 1_000);
  }
  expect(texts).toEqual([
    "Connection lost. Trying again in 4 s.",
    "Connection lost. Trying again in 3 s.",
    "Connection lost. Trying again in 2 s.",
    "Connection lost. Trying again in 1 s.",
    "Connection lost. Trying again …",
  ]);
  await expect(ui.spoken).toHaveText("Connection lost.");
  await ui.show("connecting");
  await ui.show("waiting", { retryInMs: 5_000 });
  await expect(ui.line).toContainText("Trying again in 5 s.");
  await expect(ui.spoken).toHaveText("Connection lost.");

  await ui.show("connecting");
  await ui.show("active");
  await expect(ui.line).toContainText("Reconnected.");
  await expect(ui.spoken).toHaveText("Reconnected.");
  await page.clock.runFor(4_000);
  await expect(ui.line).toBeHidden();
});

test("if the user has to log in, the line says so in place of a countdown", async ({
  ui,
  page,
}) => {
  const message = "You are logged out. Log in again.";
  const error = { code: "login-required", message } as ResumeError;
  await ui.show("active");
  for (const phase of ["waiting", "connecting", "waiting"] as const) {
    await ui.show(phase, { retryInMs: phase === "waiting" ? 40_000 : null, error });
    await page.clock.runFor(2_000);
    expect(await ui.line.locator(".words > span").innerText()).toBe(message);
    await expect(ui.spoken).toHaveText(message);
    await expect(ui.line.getByRole("button", { name: "Try now" })).toBeVisible();
  }
  await ui.show("active");
  await expect(ui.line).toContainText("Reconnected.");
});

test("it runs no timer while there is nothing to count, or while it is hidden", async ({
  ui,
  page,
}) => {
  await page.evaluate(() => {
    const set = window.setTimeout;
    Object.assign(window, { timers: 0 });
    window.setTimeout = ((...args: Parameters<typeof setTimeout>) => {
      (window as unknown as { timers: number }).timers++;
      return set(...args);
    }) as typeof setTimeout;
  });
  const timers = () => page.evaluate(() => (window as unknown as { timers: number }).timers);
  const look = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);

  await ui.show("active");
  await page.clock.runFor(60_000);
  expect(await timers()).toBe(0);
  await ui.show("waiting", { retryInMs: 60_000 });
  await page.clock.runFor(10_000);
  // One timer for the whole first second, then one for each second.
  expect(await timers()).toBeLessThanOrEqual(12);

  await look(true);
  const before = await timers();
  await page.clock.runFor(20_000);
  expect(await timers()).toBe(before);
  await look(false);
  await expect(ui.line).toContainText("Trying again in 30 s.");
  await ui.show("connecting");
  const counted = await timers();
  await page.clock.runFor(20_000);
  expect(await timers()).toBe(counted);
});

test("Try now, by mouse and by keyboard; the focus goes back to where it was", async ({
  ui,
  page,
}) => {
  await page.locator("#field").focus();
  await ui.show("active");
  await ui.show("waiting", { retryInMs: 60_000 });
  await page.clock.runFor(1_000);
  expect(await ui.focused()).toBe("field");
  await ui.button("Try now").click();
  await ui.button("Try now").focus();
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => window.ui.retries)).toBe(2);
  // The button stays during the attempt, so that the focus is not lost.
  await ui.show("connecting");
  expect(await ui.focused()).toBe("Try now");
  await ui.show("active");
  expect(await ui.focused()).toBe("field");
});

test("Tab reaches its buttons", async ({ ui, page }) => {
  await ui.show("active");
  await ui.show("waiting", { retryInMs: 60_000 });
  await page.clock.runFor(1_000);
  const stops = [];
  for (let count = 0; count < 5; count++) {
    await page.keyboard.press("Tab");
    stops.push(await ui.focused());
  }
  expect(stops).toContain("Try now");
});

test("what was archived can be brought back for a minute", async ({ ui, page }) => {
  const archived = (isPart: boolean) => page.evaluate((part) => window.ui.archived(part), isPart);
  const broughtBack = () => page.evaluate(() => window.ui.broughtBack);
  await ui.show("active");
  await archived(false);
  await expect(ui.line).toContainText("Your work is in “Saved work”.");
  await expect(ui.spoken).toHaveText("Your work is in “Saved work”.");
  await ui.button("Bring it back").focus();
  await page.keyboard.press("Enter");
  expect(await broughtBack()).toBe(1);
  await expect(ui.line).toBeHidden();

  await archived(true);
  await expect(ui.line).toContainText("What you left out is in “Saved work”.");
  // Other news comes first, and afterwards the button is there again.
  await ui.show("waiting", { retryInMs: 20_000 });
  await page.clock.runFor(1_500);
  await expect(ui.line).toContainText("Connection lost.");
  await expect(ui.button("Bring it back")).toBeHidden();
  await ui.show("active");
  await expect(ui.line).toContainText("Reconnected.");
  await expect(ui.button("Bring it back")).toBeHidden();
  await page.clock.runFor(4_000);
  await expect(ui.button("Bring it back")).toBeVisible();
  // Without a connection, it could not do anything.
  await ui.show("failed");
  await expect(ui.button("Bring it back")).toBeHidden();
  await ui.button("Dismiss").click();
  await expect(ui.line).toBeHidden();
  await ui.show("active");
  await page.clock.runFor(54_000);
  await expect(ui.line).toBeVisible();
  await page.clock.runFor(500);
  await expect(ui.line).toBeHidden();

  // The minute starts when it is shown.
  await page.evaluate(() => window.ui.status.rebuilding(1, 2));
  await archived(false);
  await page.clock.runFor(90_000);
  await page.evaluate(() => window.ui.status.rebuilding(2, 2));
  await page.clock.runFor(4_000);
  await ui.button("Dismiss").click();
  await expect(ui.line).toBeHidden();
  await page.clock.runFor(1_000);
  await expect(ui.line).toBeHidden();
  expect(await broughtBack()).toBe(1);
});

test("errors that concern the user are shown, once; the connection comes first", async ({
  ui,
  page,
}) => {
  const error = (error: { code: "storage-failed" | "unreadable-frame"; message: string }) =>
    page.evaluate((error) => window.ui.status.error(error), error);
  await ui.show("active");
  await error({ code: "unreadable-frame", message: "A frame" });
  await expect(ui.line).toBeHidden();
  await error(failure("The disk is full."));
  await error(failure("The disk is full."));
  await expect(ui.line).toContainText("cannot be saved in this browser");
  await ui.show("waiting", { retryInMs: 60_000 });
  await page.clock.runFor(1_000);
  await expect(ui.line).toContainText("Connection lost.");
  await expect(ui.button("Dismiss")).toBeHidden();
  await ui.show("active");
  await expect(ui.line).toContainText("The disk is full.");
  await ui.button("Dismiss").click();
  await expect(ui.line).not.toContainText("disk");
  await error(failure("The disk is full."));
  await page.clock.runFor(10_000);
  await expect(ui.line).toBeHidden();
  await error(failure("The disk is gone."));
  await expect(ui.line).toContainText("The disk is gone.");
});

test("if a no costs work beyond the offer, that is reported", async ({ ui, page }) => {
  const declined = (...types: number[]) =>
    page.evaluate(
      (frames) => window.ui.status.error({ code: "declined", message: "…", frames }),
      types.map((eventType) => ({ eventType, requestId: 1 })),
    );
  await ui.show("active");
  await declined(EventType.SET_STATS_REQUIREMENTS);
  await expect(ui.line).toBeHidden();
  await declined(EventType.SET_STATS_REQUIREMENTS, EventType.SET_REGION);
  await expect(ui.line).toContainText(
    "just before the connection was lost may not have been saved.",
  );
});

test("what was said about a connection that has ended is not said about the next one", async ({
  ui,
  page,
}) => {
  const error = (code: "moved" | "retry-budget-spent", message: string) =>
    page.evaluate((error) => window.ui.status.error(error), { code, message });
  await ui.show("active");
  await error("moved", "This work has moved to another tab.");
  await ui.show("closed");
  await expect(ui.line).toContainText("This work has moved to another tab.");
  // The viewer connects by itself, and has what it shows.
  await ui.show("registering");
  await expect(ui.line).toContainText("This work has moved to another tab.");
  await ui.show("active");
  await expect(ui.line).toContainText("This is a copy: the work itself has moved to another tab.");
  await ui.button("Dismiss").click();
  await expect(ui.line).toBeHidden();

  await error("retry-budget-spent", "It was tried often enough.");
  await ui.show("failed", {
    error: { code: "retry-budget-spent", message: "Too often." } as never,
  });
  await expect(ui.line).toContainText("could not be restored. Too often.");
  await ui.show("active");
  await expect(ui.line).toBeHidden();
});

test("the end of a connection that worked is reported with its reason", async ({ ui, page }) => {
  await ui.show("active");
  await ui.show("waiting", { retryInMs: 500 });
  await page.clock.runFor(1_000);
  const error = { code: "connection-refused", message: "Check the token." } as never;
  await ui.show("failed", { error });
  await expect(ui.line).toContainText("could not be restored. Check the token.");
  await expect(ui.button("Try now")).toBeHidden();
  await ui.button("Dismiss").click();
  await expect(ui.line).toBeHidden();
});

test("it is above the viewer's overlays and takes no shortcuts from it", async ({ ui, page }) => {
  await page.evaluate(() => {
    const overlay = document.createElement("div");
    overlay.className = "overlay";
    document.body.append(overlay);
  });
  await page.addStyleTag({
    content: `html > :not(head, body), body *:not(.overlay) { display: none !important; opacity: 0 !important }`,
  });
  await ui.show("active");
  await ui.show("waiting", { retryInMs: 60_000 });
  await page.clock.runFor(1_000);
  await page.evaluate(() => (window.ui.keys.length = 0));
  await ui.button("Try now").click();
  await page.keyboard.press("c");
  expect(await page.evaluate(() => [window.ui.retries, window.ui.keys])).toEqual([1, []]);
});

test("once removed, it stays away", async ({ ui, page }) => {
  await ui.show("active");
  await ui.show("waiting", { retryInMs: 60_000 });
  await page.clock.runFor(1_000);
  await page.evaluate(() => window.ui.status.remove());
  await ui.show("connecting");
  await ui.show("waiting", { retryInMs: 60_000 });
  await page.evaluate(() => window.ui.status.rebuilding(1, 2));
  await page.clock.runFor(5_000);
  await expect(page.locator("carta-resume-status")).toHaveCount(0);
});

const LOOKS = [
  { name: "light", width: 1000, height: 300, media: { colorScheme: "light" } },
  { name: "dark", width: 1000, height: 300, media: { colorScheme: "dark" } },
  { name: "narrow", width: 320, height: 300, media: { colorScheme: "dark" } },
  { name: "forced", width: 1000, height: 300, media: { forcedColors: "active" } },
] as const;

for (const { name, width, height, media } of LOOKS) {
  test(`it fits and is accessible: ${name}`, async ({ ui, page }, testInfo) => {
    await page.emulateMedia(media);
    await page.setViewportSize({ width, height });
    // axe-core needs a running clock.
    await page.clock.resume();
    const look = async (what: string) => {
      await expect(ui.line).toBeVisible();
      await page.screenshot({ path: testInfo.outputPath(`${name}-${what}.png`) });
      const { problems, kept } = await accessibility(page, "carta-resume-status");
      expect(problems).toEqual([]);
      expect(kept).toContain("aria-valid-attr-value");
      expect((await leastContrast(ui.line)).ratio).toBeGreaterThanOrEqual(4.5);
      const box = await ui.line.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
    };
    await ui.show("active");
    await ui.show("waiting", { retryInMs: 60_000 });
    await look("drop");
    await ui.show("active");
    await look("again");
    await page.evaluate(() => window.ui.status.rebuilding(3, 12));
    await look("rebuilding");
    await page.evaluate(() =>
      window.ui.status.rebuilding(12, 12, ["The contours of a.fits could not be restored."]),
    );
    await look("problem");
    await page.evaluate((error) => window.ui.status.error(error), failure("The disk is full."));
    await look("error");
  });
}
