/** The demo page after a reload, a closed tab and a no: one click brings the work back. */
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Backend } from "../harness/backend.js";
import { DemoPage } from "../harness/demo-page.js";
import { EventType } from "../harness/event-types.js";
import { fitsWithManyCards } from "../harness/fits.js";
import { inRoot } from "../harness/paths.js";
import { expect, test } from "../harness/test.js";

test.use({ backendOptions: { page: inRoot("www/dist") } });

const RELOADED = "This page was reloaded.";

/** The event types of the frames that a page sends from now on. */
function sentFrames(page: Page): number[] {
  const types: number[] = [];
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (typeof payload !== "string") types.push(payload.readUInt16LE(0));
    }),
  );
  return types;
}

/** Two images, a channel, regions, statistics and a zoom. */
async function work(demo: DemoPage): Promise<void> {
  await demo.openFile("b.fits");
  await demo.openFile("a.fits");
  await demo.page.locator("#channel").fill("3");
  await expect(demo.page.locator("#channel-text")).toHaveText("3 of 0–7");
  await demo.draw("Ellipse", [0.3, 0.3], [0.45, 0.5]);
  await demo.draw("Rectangle", [0.4, 0.6], [0.6, 0.8]);
  await demo.waitForStatistics();
  await demo.settled();
  await demo.page.locator("#zoom-in").click();
}

const shown = async (demo: DemoPage) => ({
  tabs: await demo.page.getByRole("tab").allInnerTexts(),
  active: await demo.page.locator("[role=tab][aria-selected=true]").innerText(),
  channel: await demo.page.locator("#channel-text").innerText(),
  regions: await demo.regionTexts(),
  selected: await demo.regions.locator("[aria-pressed=true]").allInnerTexts(),
  statistics: await demo.statistics(),
  limits: await demo.page.locator("div.limits").innerText(),
  picture: await demo.pictureSum(),
});

test("a reload costs one click: images, channel, regions, statistics and the picture", async ({
  page,
  backend,
}) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await work(demo);
  const [before, truth] = [await shown(demo), await backend.sessions()];

  const sent = sentFrames(page);
  await page.reload();
  await expect(demo.dialog).toContainText("You had 2 images and 2 regions open, saved just now.");
  await expect(demo.dialog).toContainText("channel 3 · 2 regions");
  await demo.restore(RELOADED);
  await expect.poll(() => shown(demo)).toEqual(before);
  await expect.poll(() => backend.sessions()).toEqual(truth);
  expect(sent[0]).toBe(EventType.REGISTER_VIEWER);
  expect(sent.filter((type) => type === EventType.RESUME_SESSION)).toHaveLength(1);
  expect(sent).not.toContain(EventType.OPEN_FILE);
  // The client checks whether each of the two files has changed.
  expect(sent.filter((type) => type === EventType.FILE_INFO_REQUEST)).toHaveLength(2);

  // It works: a region moves, a new region gets the next number, a file a new id.
  await page.locator("#regions .region").last().focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => demo.statistics()).not.toEqual(before.statistics);
  await demo.draw("Rectangle", [0.2, 0.7], [0.3, 0.8]);
  await expect(demo.regions.last()).toContainText("Rectangle 3");
  await page.getByRole("tab", { name: "b.fits" }).click();
  await expect.poll(() => demo.paintedShare()).toBeGreaterThan(0.1);
  await page.getByRole("button", { name: "a.fits", exact: true }).click();
  await expect(page.getByRole("tab")).toHaveText(["b.fits", "a.fits", "a.fits"]);
});

test("a page that is reloaded while it asks has not been answered", async ({ page, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await work(demo);
  const [before, truth] = [await shown(demo), await backend.sessions()];
  for (let load = 0; load < 3; load += 1) {
    await page.reload();
    await expect(demo.dialog).toContainText(RELOADED);
  }
  // The backend is restarted while the question is open.
  await backend.crashAndRestart();
  await demo.restore(RELOADED);
  await expect.poll(() => shown(demo)).toEqual(before);
  await expect.poll(() => backend.sessions()).toEqual(truth);
  await expect(demo.archived).toHaveCount(0);
});

test("what a closed tab has left is offered to the next", async ({ page, context, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await work(demo);
  const [tabs, regions] = [await page.getByRole("tab").allInnerTexts(), await demo.regionTexts()];
  await page.close();

  const next = await new DemoPage(await context.newPage()).open(backend.origin);
  await expect(next.dialog).toContainText("2 images and 2 regions, saved just now.");
  await next.restore("Another tab was closed and left this work");
  await expect(next.page.getByRole("tab")).toHaveText(tabs);
  await next.page.getByRole("tab", { name: "a.fits" }).click();
  expect(await next.regionTexts()).toEqual(regions);
  await next.waitForStatistics();
});

test("a no puts the work into the archive, and from there it comes back", async ({
  page,
  backend,
}) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await expect(page.locator("#archive-none")).toBeVisible();
  await work(demo);
  const regions = await demo.regionTexts();
  await page.reload();
  await expect(demo.dialog).toContainText("this work goes to the archive");
  await demo.startEmpty();
  await expect(page.getByRole("tab")).toHaveCount(0);
  await expect(page.locator("#scale")).toBeHidden();
  await expect(page.locator("#log-list")).toContainText("The work was not restored.");
  await expect(demo.archived).toHaveCount(1);
  await expect(demo.archived).toContainText("a.fits\nchannel 3 · 2 regions", {
    useInnerText: true,
  });
  await expect(demo.archived).toContainText("You chose not to restore it");
  await expect(demo.archived).toContainText(/Saved just now · \d+ (kB|bytes)/);

  await demo.openFile("b.fits");
  await demo.draw("Rectangle", [0.4, 0.4], [0.6, 0.6]);
  await demo.waitForStatistics();
  const open = await shown(demo);
  const restore = demo.archived.getByRole("button", { name: "Restore b.fits and 1 more" });
  await restore.click();
  await expect(demo.dialog).toHaveAccessibleName("Restore this from the archive?");
  await expect(demo.dialog).toContainText("From the archive: 2 images and 2 regions");
  await expect(demo.dialog).toContainText("takes the place of what is open now");
  await demo.dialog.getByRole("button", { name: "Not now" }).click();
  await expect(demo.dialog).toBeHidden();
  await expect(restore).toBeFocused();
  expect(await shown(demo)).toEqual(open);
  await expect(demo.archived).toHaveCount(1);

  await restore.click();
  await demo.restore("From the archive");
  await expect(demo.said).toHaveText("Restored b.fits and 1 more.");
  await expect(demo.stage).toBeFocused();
  await expect(page.getByRole("tab")).toHaveText(["b.fits", "a.fits"]);
  await page.getByRole("tab", { name: "a.fits" }).click();
  await expect(page.locator("#channel-text")).toHaveText("3 of 0–7");
  expect(await demo.regionTexts()).toEqual(regions);
  await demo.waitForStatistics();
  await expect.poll(() => demo.paintedShare()).toBeGreaterThan(0.1);
  await expect(demo.archived).toHaveCount(1);
  await expect(demo.archived).toContainText("b.fits\nchannel 4 · 1 region", { useInnerText: true });
  await expect(demo.archived).toContainText("An earlier state");

  // What was restored is now this tab's work.
  await page.reload();
  await expect(demo.dialog).toContainText("2 images and 2 regions");
  await demo.restore(RELOADED);
});

test("the archive by keyboard alone", async ({ page, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  for (const file of ["a.fits", "b.fits", "a.fits", "b.fits"]) {
    await demo.openFile(file);
    const count = await demo.archived.count();
    await page.reload();
    await demo.startEmpty();
    await expect(demo.archived).toHaveCount(count + 1);
  }
  await expect(page.locator("#archive-count")).toHaveText("4");
  const remove = (index: number) =>
    demo.archived.nth(index).getByRole("button", { name: "Delete" });

  await page.locator("#archive-delete-all").focus();
  for (let press = 0; press < 6; press += 1) await page.keyboard.press("Tab");
  await expect(remove(1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(demo.said).toHaveText("Deleted a.fits.");
  await expect(demo.archived).toHaveCount(3);
  // The next entry gets the focus, and after the last one, the one before it.
  await expect(remove(1)).toBeFocused();
  await remove(2).focus();
  await page.keyboard.press("Space");
  await expect(demo.archived).toHaveCount(2);
  await expect(remove(1)).toBeFocused();

  const all = page.locator("#archive-delete-all");
  await all.focus();
  await page.keyboard.press("Enter");
  await expect(demo.dialog).toHaveAccessibleName("Delete all archived work?");
  await expect(demo.dialog).toContainText("2 workspaces will be gone for good.");
  await expect(page.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(demo.dialog).toBeHidden();
  await expect(all).toBeFocused();
  await expect(demo.archived).toHaveCount(2);

  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(demo.archived).toHaveCount(0);
  await expect(page.locator("#archive-title")).toBeFocused();
  await expect(demo.said).toHaveText("The archive was emptied.");
  await page.reload();
  await demo.waitUntilActive();
  await expect(page.locator("#archive-none")).toBeVisible();
  await expect(demo.archived).toHaveCount(0);
});

test("what cannot be restored now is reported, and stays", async ({ page, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await demo.openFile("a.fits");
  await page.reload();
  await demo.startEmpty();
  await backend.kill();
  await expect(demo.status).not.toHaveAttribute("data-phase", "active");
  await demo.archived.getByRole("button", { name: "Restore" }).click();
  await expect(demo.said).toHaveClass(/bad/);
  await expect(demo.said).toHaveText(/connect/i);
  await expect(demo.archived).toHaveCount(1);
  await backend.start();
  await demo.waitUntilActive();
  await demo.archived.getByRole("button", { name: "Restore" }).click();
  await demo.restore("From the archive");
  await expect(page.getByRole("tab")).toHaveText(["a.fits"]);
});

test("forgetting everything leaves nothing", async ({ page, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await demo.openFile("a.fits");
  await page.reload();
  await demo.startEmpty();
  await demo.openFile("b.fits");
  await page.getByRole("button", { name: "Forget everything stored" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(demo.archived).toHaveCount(1);
  await expect(page.getByRole("tab")).toHaveText(["b.fits"]);

  await page.getByRole("button", { name: "Forget everything stored" }).click();
  const loaded = page.waitForEvent("load");
  await demo.dialog.getByRole("button", { name: "Forget everything" }).click();
  await loaded;
  await demo.waitUntilActive();
  await expect(page.locator("#archive-none")).toBeVisible();
  await expect(demo.archived).toHaveCount(0);
  await expect(page.getByRole("tab")).toHaveCount(0);
  await page.reload();
  await demo.waitUntilActive();
  await expect(demo.dialog).toBeHidden();
});

test.describe("files in a folder of their own", () => {
  let root: string;
  let backend: Backend;
  test.beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "carta-resume-"));
    backend = await new Backend({ root, page: inRoot("www/dist") }).start();
  });
  test.afterEach(async () => {
    await backend.kill();
    rmSync(root, { recursive: true });
  });

  test("names in the archive are text, never markup", async ({ page }) => {
    const name = "<img src=x onerror=document.title='owned'>.fits";
    await writeFile(join(root, name), fitsWithManyCards(0));
    const demo = await new DemoPage(page).open(backend.origin);
    await demo.waitUntilActive();
    await demo.openFile(name);
    await page.reload();
    await expect(demo.dialog).toContainText(name);
    await demo.startEmpty();
    await expect(demo.archived).toContainText(name);
    await demo.archived.getByRole("button", { name: `Restore ${name}` }).click();
    await demo.restore("From the archive");
    await expect(demo.said).toHaveText(`Restored ${name}.`);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.title()).toBe("carta-resume demo");
  });

  test("a file that is gone is named", async ({ page }) => {
    for (const name of ["gone.fits", "kept.fits"])
      await writeFile(join(root, name), fitsWithManyCards(0));
    const demo = await new DemoPage(page).open(backend.origin);
    await demo.waitUntilActive();
    await demo.openFile("kept.fits");
    await demo.openFile("gone.fits");
    rmSync(join(root, "gone.fits"));
    await page.reload();
    await demo.restore(RELOADED);
    const words = /^Restored 1 image in \d+ ms\. Not restored: gone\.fits\.$/;
    await expect(page.locator("#notice-text")).toHaveText(words);
  });

  test("a file whose header is too long to be kept", async ({ page }) => {
    await writeFile(join(root, "wordy.fits"), fitsWithManyCards(60_000));
    const demo = await new DemoPage(page).open(backend.origin);
    await demo.waitUntilActive();
    await demo.openFile("wordy.fits");
    await demo.draw("Rectangle", [0.4, 0.4], [0.6, 0.6]);
    await demo.waitForStatistics();
    const before = await shown(demo);
    const sent = sentFrames(page);
    await page.reload();
    await demo.restore(RELOADED);
    await expect.poll(() => shown(demo)).toEqual(before);
    expect(sent).toContain(EventType.FILE_INFO_REQUEST);
    expect(sent).not.toContain(EventType.OPEN_FILE);
  });
});
