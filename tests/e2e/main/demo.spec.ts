/** The demo page, used by mouse, keyboard and touch. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DemoPage } from "../harness/demo-page.js";
import { fixtures, inRoot } from "../harness/paths.js";
import { expect, test } from "../harness/test.js";
import { Backend } from "../harness/backend.js";

test.use({ backendOptions: { page: inRoot("www/dist") } });

/** What the backend has in its only session, or that there is none. */
const truth = async (backend: Backend) => (await backend.sessions())[0];

test("a morning's work survives a restart of the backend", async ({ page, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await demo.openFile("a.fits");
  await page.locator("#channel").fill("3");
  await expect(page.locator("#channel-text")).toHaveText("3 of 0–7");
  await demo.draw("Ellipse", [0.3, 0.3], [0.45, 0.5]);
  await demo.drawPolygon([
    [0.6, 0.3],
    [0.7, 0.35],
    [0.65, 0.5],
  ]);
  await demo.draw("Rectangle", [0.4, 0.6], [0.6, 0.8]);
  const drawn = await demo.waitForStatistics();
  expect(Number(drawn["Pixels"])).toBeGreaterThan(50);

  // Drag the rectangle: the statistics follow.
  const place = () => demo.regions.last().innerText();
  const before = await place();
  await demo.drag([0.5, 0.7], [0.4, 0.62]);
  expect(await place()).not.toBe(before);
  await expect.poll(() => demo.statistics()).not.toEqual(drawn);
  await demo.settled();
  const [regions, statistics, state] = [
    await demo.regionTexts(),
    await demo.statistics(),
    await truth(backend),
  ];

  await page.getByRole("button", { name: "Restart", exact: true }).click();
  await expect(demo.dialog).toBeVisible();
  await expect(demo.dialog).toContainText("a.fits");
  await expect(demo.dialog).toContainText("channel 3 · 3 regions");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Restore" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Start empty" })).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(demo.dialog).toBeHidden();
  await demo.waitUntilActive();
  await expect(page.locator("#notice")).toContainText("Restored 1 image");

  expect(await demo.regionTexts()).toEqual(regions);
  // The last requirements may still be on their way to the backend.
  await expect.poll(() => truth(backend)).toEqual(state);
  // The statistics are live: moving the region away and back gives the same ones again.
  await page.locator("#regions .region").last().focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => demo.statistics()).not.toEqual(statistics);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => demo.statistics()).toEqual(statistics);
  // So is the picture.
  const picture = await demo.pictureSum();
  await page.locator("#channel").fill("5");
  await expect(page.locator("#channel-text")).toHaveText("5 of 0–7");
  expect(await demo.pictureSum()).not.toBe(picture);
});

test("no empties the viewer, and it works", async ({ page, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await demo.openFile("a.fits");
  await demo.draw("Rectangle", [0.4, 0.4], [0.6, 0.6]);
  await demo.settled();
  await page.getByRole("button", { name: "Drop", exact: true }).click();
  await page.getByRole("button", { name: "Start empty" }).click();
  await demo.waitUntilActive();
  await expect(page.getByRole("tab")).toHaveCount(0);
  await expect(demo.regions).toHaveCount(0);
  await expect(page.locator("#empty")).toBeVisible();

  await demo.openFile("b.fits");
  await demo.draw("Rectangle", [0.4, 0.4], [0.6, 0.6]);
  await demo.waitForStatistics();
});

test("a computed image is made again if that is ticked", async ({ page, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await demo.openFile("a.fits");
  await page.getByRole("button", { name: "Sum channels" }).click();
  const sum = page.getByRole("tab", { name: "a.fits.moment.integrated" });
  await expect(sum).toHaveAttribute("aria-selected", "true");
  const notice = page.locator("#notice");

  await page.getByRole("button", { name: "Restart", exact: true }).click();
  await expect(demo.dialog).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("checkbox", { name: "moments of a.fits" })).toBeFocused();
  await page.keyboard.press("Space");
  await backend.control("delay-type?type=MOMENT_RESPONSE&ms=3000");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(demo.status).toContainText("Making moments of a.fits again …");
  await expect(demo.status.locator(".status-detail")).toHaveText("50 %");
  await expect(notice).toContainText("Made again: moments of a.fits.");
  await expect(demo.status).toContainText("Connected.");
  await sum.click();
  await expect.poll(() => demo.paintedShare()).toBeGreaterThan(0.1);

  // It is not ticked in advance.
  await page.reload();
  await demo.restore("This page was reloaded.");
  await expect(notice).toContainText("Not made again: moments of a.fits.");
  await expect(page.getByRole("tab")).toHaveCount(1);
  expect((await truth(backend))?.["images"]).toHaveLength(1);
});

test("Escape does not answer, and nothing is chosen beforehand", async ({ page, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await demo.openFile("a.fits");
  await page.getByRole("button", { name: "Drop", exact: true }).click();
  await expect(demo.dialog).toBeVisible();
  await expect(demo.dialog).toHaveAccessibleName("Restore your work?");
  await expect(page.locator("#resume-title")).toBeFocused();
  const [no, yes] = [page.locator("#resume-no"), page.locator("#resume-yes")];
  expect((await no.boundingBox())?.width).toBe((await yes.boundingBox())?.width);
  for (let press = 0; press < 3; press++) await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await expect(demo.dialog).toBeVisible();
  await expect(demo.status).toHaveAttribute("data-phase", "confirming");

  // The connection is lost again while the question is open.
  await backend.kill();
  await expect(page.locator("#resume-status")).toContainText("You can answer now");
  await yes.click();
  await backend.start();
  await demo.waitUntilActive();
  await expect(page.getByRole("tab", { name: "a.fits" })).toBeVisible();
});

test("regions by keyboard alone", async ({ page, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await demo.openFile("a.fits");
  await page.locator("#tools input:checked").focus();
  for (let step = 0; step < 2; step++) await page.keyboard.press("ArrowRight");
  await expect(page.locator("#tools input:checked")).toHaveValue("rectangle");
  await page.keyboard.press("Enter");
  await expect(demo.stage).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(demo.regions).toHaveCount(1);
  await expect(demo.regions.first()).toContainText("Rectangle 1");
  const region = page.locator("#regions .region");
  await expect(region).toBeFocused();
  await expect(region).toHaveAccessibleName(/Rectangle 1 at \(31\.5, 31\.5\)/);

  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowUp");
  await expect(region).toHaveAccessibleName(/\(32\.5, 41\.5\)/);
  const size = await region.getAttribute("aria-label");
  await page.keyboard.press("]");
  await expect(region).not.toHaveAccessibleName(size ?? "");
  await expect.poll(async () => JSON.stringify(await truth(backend))).toContain("41.5");
  await page.keyboard.press("Delete");
  await expect(demo.regions).toHaveCount(0);
  await expect(demo.stage).toBeFocused();
});

test.describe("on a touch screen", () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 800 } });

  test("a region follows the finger", async ({ page, backend }) => {
    const demo = await new DemoPage(page).open(backend.origin);
    await demo.waitUntilActive();
    await demo.openFile("a.fits");
    await demo.stage.scrollIntoViewIfNeeded();
    await demo.tool("Point").tap();
    const [from, to] = [await demo.place(0.4, 0.4), await demo.place(0.6, 0.6)];
    await page.touchscreen.tap(from.x, from.y);
    await expect(demo.regions).toHaveCount(1);
    await demo.settled();
    const before = await demo.regions.first().innerText();

    const devtools = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: (typeof from)[]) =>
      devtools.send("Input.dispatchTouchEvent", { type, touchPoints: points });
    await touch("touchStart", [from]);
    await touch("touchMove", [{ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }]);
    await touch("touchMove", [to]);
    await touch("touchEnd", []);
    await expect(demo.regions.first()).not.toHaveText(before, { useInnerText: true });
    await expect(demo.regions).toHaveCount(1);
  });
});

test("file names are text, never markup", async ({ page }) => {
  const root = mkdtempSync(join(tmpdir(), "carta-resume-"));
  const name = "<img src=x onerror=document.title='owned'>.fits";
  copyFileSync(join(fixtures, "a.fits"), join(root, name));
  const backend = await new Backend({ root, page: inRoot("www/dist") }).start();
  try {
    const demo = await new DemoPage(page).open(backend.origin);
    await demo.waitUntilActive();
    await demo.openFile(name);
    await page.getByRole("button", { name: "Drop", exact: true }).click();
    await expect(demo.dialog).toContainText(name);
    await page.getByRole("button", { name: "Restore" }).click();
    await demo.waitUntilActive();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.title()).toBe("carta-resume demo");
  } finally {
    await backend.kill();
    rmSync(root, { recursive: true });
  }
});

test("the address of another backend", async ({ page, backend }) => {
  const demo = new DemoPage(page);
  await demo.open(`${backend.origin}/?backend=not-an-address`);
  await expect(demo.status).toContainText("is not a WebSocket address");

  const gone = new Backend();
  await gone.start();
  await gone.kill();
  await page.clock.install();
  const away = encodeURIComponent(`${gone.url}?token=secret-31`);
  await demo.open(`${backend.origin}/?backend=${away}`);
  await expect(demo.status).toContainText(`Cannot reach ws://127.0.0.1:${gone.port}`);
  await expect(demo.status).toContainText(/Trying again in \d+ s/);
  await page.locator("#log summary").click();
  expect(await page.locator("body").innerText()).not.toContain("secret-31");

  // With its timers stopped, the page connects only because of the button.
  await page.clock.pauseAt(Date.now() + 60_000);
  await expect(demo.status).toHaveAttribute("data-phase", "waiting");
  await gone.start();
  await page.getByRole("button", { name: "Try now" }).click();
  await demo.waitUntilActive();
  await page.clock.resume();
  await expect(page.getByRole("button", { name: "a.fits", exact: true })).toBeVisible();
  await gone.kill();
});
