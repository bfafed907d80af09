/**
 * The real viewers, unchanged except for one script tag, survive: each continues after one click,
 * and neither the viewer nor the backend can tell the difference.
 */
import type { Locator, Page } from "@playwright/test";
import type { Carta, CartaRegion } from "../harness/carta.js";
import { equipped, expect, goOn, test } from "../harness/carta-equipped.js";
import { damage, holdDatabase } from "../harness/durable.js";
import { ELLIPSE, RECTANGLE } from "../harness/steps.js";

/** Two images, the second at another channel, three regions. */
async function work(carta: Carta): Promise<void> {
  await carta.open();
  await carta.openImage("a.fits");
  await carta.openImage("b.fits");
  await carta.setChannel(2);
  const rectangle = [
    { x: 20, y: 30 },
    { x: 10, y: 12 },
  ];
  const ellipse = [
    { x: 40, y: 24 },
    { x: 6, y: 9 },
  ];
  await carta.addRegion({ type: RECTANGLE, points: rectangle, name: "source" });
  await carta.addRegion({ type: ELLIPSE, points: ellipse, rotation: 30 });
  await carta.drawRegion("rectangle", { x: 8, y: 8 }, { x: 16, y: 14 });
}

/** What the backend really has in the viewer's session. */
const truth = (carta: Carta) => carta.backend.session(carta.sessionId);

/** The viewer requires it while the cursor moves, and for a moment afterwards. */
const wantsPartOfProfiles = async (carta: Carta) =>
  JSON.stringify((await truth(carta))["requirements"]).includes('"end":64');

/** The interface has 32-bit coordinates, the viewer 64-bit ones; the interface has no names. */
const onTheWire = (regions: CartaRegion[]) =>
  regions.map(({ points, name: _, ...rest }) => ({
    ...rest,
    points: points.map(({ x, y }) => ({ x: Math.fround(x), y: Math.fround(y) })),
  }));

const drops: Record<string, (carta: Carta) => Promise<void>> = {
  "the backend is killed and started again": ({ backend }) => backend.crashAndRestart(),
  "the connection is reset": ({ backend }) => backend.control("drop"),
  "the connection is half open": ({ backend }) => backend.control("half-open"),
  "five drops in a row": async ({ backend, recorder }) => {
    for (let drop = 0; drop < 5; drop += 1) {
      const registered = recorder.received("REGISTER_VIEWER_ACK").length;
      await backend.control("drop");
      await recorder.waitForReceived("REGISTER_VIEWER_ACK", registered + 1);
    }
  },
};

/** By default, a line of unknown speed counts as dead after 45 seconds. */
const SOON_LOST = equipped({ "data-heartbeat-busy-timeout-ms": "8000" });

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: SOON_LOST });

    test("after any drop, it continues with one click", async ({ carta }, testInfo) => {
      test.setTimeout(240_000);
      await work(carta);
      const regions = await carta.regions(1);
      await expect.poll(() => wantsPartOfProfiles(carta)).toBe(false);
      const before = { truth: await truth(carta), picture: await carta.picture() };
      await testInfo.attach("before", { body: await carta.page.screenshot() });

      for (const [what, happens] of Object.entries(drops)) {
        await test.step(what, async () => {
          await happens(carta);
          await goOn(carta);
          await expect.poll(() => truth(carta)).toEqual(before.truth);
          expect((await carta.picture()).differenceTo(before.picture)).toBeLessThan(0.002);
          expect(await carta.regions(1)).toEqual(regions);
          await carta.expectNoTrouble();
          await carta.recorder.waitUntilUnsuspected();
        });
      }
      await testInfo.attach("after", { body: await carta.page.screenshot() });

      // The session is usable: the next region, its list, another channel.
      await carta.drawRegion("ellipse", { x: 30, y: 10 }, { x: 36, y: 16 });
      expect(await carta.regions(1)).toHaveLength(regions.length + 1);
      expect((await carta.regionList()).join("\n")).toContain("source");
      await carta.setChannel(1);
      await carta.waitUntilDrawn();
      await carta.expectNoTrouble();
    });

    test("after a reload of its page, it is rebuilt", async ({ carta }, testInfo) => {
      test.setTimeout(180_000);
      await work(carta);
      await carta.activate(1);
      await carta.drawContours([2, 4]);
      await carta.hover({ x: 32, y: 20 });
      // Which region is selected is known only to the viewer, like zoom and position.
      await carta.page.keyboard.press("Escape");
      const [first, second] = [await carta.regions(0), await carta.regions(1)];
      const before = { truth: await truth(carta), picture: await carta.picture() };

      await carta.reload();
      const dialog = carta.page.getByRole("dialog");
      await expect(dialog).toContainText("b.fits", { timeout: 30_000 });
      await testInfo.attach("asked", { body: await carta.page.screenshot() });
      await dialog.getByRole("button", { name: "Restore" }).click();
      await expect
        .poll(async () => (await truth(carta))["regions"])
        .toEqual(before.truth["regions"]);
      const said = carta.page.getByRole("status").filter({ hasText: "Back: " });
      await expect(said).toBeAttached({ timeout: 30_000 });
      await testInfo.attach("after", { body: await carta.page.screenshot() });

      expect(onTheWire(await carta.regions(0))).toEqual(onTheWire(first));
      expect(onTheWire(await carta.regions(1))).toEqual(onTheWire(second));
      expect(await carta.read("activeFrame.frameInfo.fileId")).toBe(1);
      // The line covers part of the picture.
      await expect(said).toBeHidden();
      await carta.fit();
      await carta.hover({ x: 32, y: 20 });
      expect((await carta.picture()).differenceTo(before.picture)).toBeLessThan(0.002);
      await expect.poll(() => wantsPartOfProfiles(carta)).toBe(false);
      const after = await truth(carta);
      expect(after["images"]).toEqual(before.truth["images"]);
      await carta.expectNoTrouble();

      // What was rebuilt survives the next drop too.
      await carta.backend.crashAndRestart();
      await goOn(carta);
      await expect.poll(() => truth(carta)).toEqual(after);
    });
  });
}

/** Presses Tab until the button has the focus, like a user without a mouse. */
async function tabTo(page: Page, button: Locator): Promise<void> {
  const hasFocus = () =>
    button.evaluate((it) => (it.getRootNode() as Document | ShadowRoot).activeElement === it);
  for (let stop = 0; !(await hasFocus()); stop += 1) {
    expect(stop, "Tab reaches the button").toBeLessThan(100);
    await page.keyboard.press("Tab");
  }
}

test("by keyboard alone: Try now, and Go on", async ({ carta }) => {
  test.setTimeout(120_000);
  const { page, backend, recorder } = carta;
  await carta.open();
  await carta.openImage("a.fits");
  const before = await truth(carta);
  await backend.kill();
  await tabTo(page, page.getByRole("button", { name: "Try now" }));
  await backend.start();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Pick up where you left off?" });
  await tabTo(page, dialog.getByRole("button", { name: "Continue" }));
  const resumed = recorder.received("RESUME_SESSION_ACK").length;
  await page.keyboard.press("Enter");
  await recorder.waitForReceived("RESUME_SESSION_ACK", resumed + 1);
  await expect(dialog).toBeHidden();
  await expect.poll(() => truth(carta)).toEqual(before);
  await carta.expectNoTrouble();
});

test("an image that the page's address opens is not opened twice", async ({ carta }) => {
  test.setTimeout(120_000);
  await carta.open({ file: "a.fits" });
  await carta.fit();
  await carta.waitUntilDrawn();
  await carta.openImage("b.fits");
  await carta.reload();
  const dialog = carta.page.getByRole("dialog");
  await expect(dialog).toContainText("b.fits", { timeout: 30_000 });
  await expect.poll(async () => (await truth(carta))["images"]).toHaveLength(1);
  await dialog.getByRole("button", { name: "Restore" }).click();
  const said = carta.page.getByRole("status").filter({ hasText: "Back: " });
  await expect(said).toBeAttached({ timeout: 30_000 });
  expect((await truth(carta))["images"]).toMatchObject([{ file: "a.fits" }, { file: "b.fits" }]);
  await carta.expectNoTrouble();
});

/** Reloads, says yes to restoring `b.fits` and more, and reloads again before that ends. */
async function reloadTwice(carta: Carta, between = async () => {}): Promise<void> {
  await carta.reload();
  const dialog = carta.page.getByRole("dialog");
  await expect(dialog).toContainText("b.fits", { timeout: 30_000 });
  await carta.backend.control("delay-type?type=OPEN_FILE_ACK&ms=120000");
  const opened = carta.recorder.sent("OPEN_FILE").length;
  await dialog.getByRole("button", { name: "Restore" }).click();
  await carta.recorder.waitForSent("OPEN_FILE", opened + 1);
  expect(await sessionKeys(carta)).toContain("rebuilding");
  await between();
  await carta.reload();
  await carta.backend.control("delay-type?type=OPEN_FILE_ACK&ms=0");
}

const sessionKeys = (carta: Carta) =>
  carta.page.evaluate(() => JSON.stringify(Object.keys(sessionStorage)));

test("a reload before everything is back asks again, and the next one does not", async ({
  carta,
}) => {
  test.setTimeout(180_000);
  await carta.open();
  await carta.openImage("a.fits");
  await carta.openImage("b.fits");
  await reloadTwice(carta);
  const dialog = carta.page.getByRole("dialog");
  await expect(dialog).toContainText("a.fits", { timeout: 30_000 });
  await expect(dialog).toContainText("b.fits");
  await dialog.getByRole("button", { name: "Restore" }).click();
  const said = carta.page.getByRole("status").filter({ hasText: "Back: " });
  await expect(said).toBeAttached({ timeout: 30_000 });
  expect((await truth(carta))["images"]).toMatchObject([{ file: "a.fits" }, { file: "b.fits" }]);
  expect(await carta.page.evaluate("cartaResume.archive.list()")).toEqual([]);
  expect(await sessionKeys(carta)).not.toContain("rebuilding");
  await carta.expectNoTrouble();
});

test("a reload before everything is back does not ask for what cannot be read", async ({
  carta,
}) => {
  await carta.open();
  await carta.openImage("b.fits");
  await reloadTwice(carta, async () => {
    expect(await damage(carta.page, "flipped")).toBeGreaterThan(0);
  });
  await expect.poll(() => sessionKeys(carta)).not.toContain("rebuilding");
  await carta.openImage("a.fits");
  await carta.expectNoTrouble();
});

test("what was opened before the storage answered is offered after a reload", async ({ carta }) => {
  await carta.open();
  const holder = await carta.page.context().newPage();
  await holder.route("**", (route) => route.fulfill({ contentType: "text/html", body: "" }));
  await holder.goto(carta.page.url());
  await holdDatabase(holder);
  await carta.reload();
  await carta.openImage("b.fits");
  await carta.reload();
  await holder.close();
  const dialog = carta.page.getByRole("dialog");
  await expect(dialog).toContainText("b.fits", { timeout: 30_000 });
  await dialog.getByRole("button", { name: "Restore" }).click();
  await expect.poll(() => truth(carta)).toMatchObject({ images: [{ file: "b.fits" }] });
  await carta.expectNoTrouble();
});

test("what was not restored can be brought back later", async ({ carta }) => {
  test.setTimeout(180_000);
  await carta.open();
  await carta.openImage("a.fits");
  await carta.setChannel(2);
  await carta.reload();
  const dialog = carta.page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Start empty" }).click({ timeout: 30_000 });
  await expect(dialog).toBeHidden();
  expect((await truth(carta))["images"]).toEqual([]);

  // From the console, as a helper may do it.
  const button = carta.page.getByRole("button", { name: "Bring it back" });
  await expect(button).toBeVisible();
  const restored = carta.page.evaluate(
    "cartaResume.archive.list().then(([{ id }]) => cartaResume.archive.restore(id))",
  );
  await expect(dialog).toHaveAccessibleName("Restore this saved work?");
  await expect(dialog).toContainText("a.fits");
  await dialog.getByRole("button", { name: "Restore" }).click();
  const said = carta.page.getByRole("status").filter({ hasText: "Back: " });
  await expect(said).toBeAttached({ timeout: 30_000 });
  expect(await restored).toBe(true);
  // The viewer's last message may still be on its way to the backend.
  await expect
    .poll(async () => (await truth(carta))["images"])
    .toMatchObject([{ file: "a.fits", channel: 2 }]);
  expect(await carta.page.evaluate("cartaResume.archive.list()")).toEqual([]);
  await expect(said).toHaveCount(0);
  await expect(button).toBeHidden();

  // And what was left out of a part, through the button.
  await carta.openImage("b.fits");
  await carta.reload();
  await dialog.getByRole("checkbox", { name: "a.fits" }).uncheck({ timeout: 30_000 });
  await dialog.getByRole("button", { name: "Restore 1 of 2" }).click();
  await button.click({ timeout: 30_000 });
  await expect(dialog.getByRole("checkbox", { name: "a.fits" })).toBeChecked();
  await expect(dialog.getByRole("checkbox", { name: "b.fits" })).not.toBeChecked();
  await dialog.getByRole("button", { name: "Restore 1 of 2" }).click();
  // The other one is where it was, and that is no fault.
  await expect(said).toHaveText(/^Back: 1 image\. Matching, .* are as before\.$/, {
    timeout: 30_000,
  });
  expect(await carta.imageList()).toEqual(["b.fits", "a.fits"]);
  await expect
    .poll(async () => (await truth(carta))["images"])
    .toMatchObject([{ file: "b.fits" }, { file: "a.fits", channel: 2 }]);
  await carta.expectNoTrouble();
});

test.describe('with data-rebuild="off"', () => {
  test.use({ cartaSite: equipped({ "data-rebuild": "off" }) });

  test("a reloaded viewer starts empty, and nobody is asked", async ({ carta }) => {
    test.setTimeout(120_000);
    await carta.open();
    await carta.openImage("a.fits");
    await carta.reload();
    // The viewer answers the backend's own scripting calls after any probe.
    await carta.openImage("b.fits");
    await carta.waitUntilDrawn();
    expect((await truth(carta))["images"]).toMatchObject([{ file: "b.fits" }]);
    await expect(carta.page.getByRole("dialog")).toHaveCount(0);
  });
});
