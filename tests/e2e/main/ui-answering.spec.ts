/** How the ready question is answered: by keys, by clicks, in parts. */
import { image, offerOf, UiPage } from "../harness/ui/ui-page.js";
import { expect, test } from "../harness/ui/ui-test.js";

test("by keyboard alone: no answer by accident, Tab stays inside, Escape does nothing", async ({
  ui,
  page,
}) => {
  await page.locator("#field").focus();
  await ui.ask(offerOf());
  expect(await ui.focused()).toBe("title");
  for (const key of ["Enter", "Space", "Escape", "Escape", "Escape"]) {
    await page.keyboard.press(key);
    await expect(ui.dialog).toBeVisible();
  }
  expect(await ui.outcome()).toBeNull();

  const stops = [];
  for (let count = 0; count < 6; count++) {
    await page.keyboard.press("Tab");
    stops.push(await ui.focused());
    expect(await page.evaluate(() => document.activeElement?.id ?? "")).not.toMatch(/field|button/);
  }
  expect(stops.slice(0, 2)).toEqual(["Continue", "Give up"]);
  expect(new Set(stops)).not.toContain("Button");
  await page.locator("#field").evaluate((element) => element.focus());
  expect(await ui.focused()).not.toBe("field");

  await ui.button("Give up").focus();
  await page.keyboard.press("Space");
  await expect.poll(() => ui.outcome()).toEqual({ answer: false });
  expect(await ui.focused()).toBe("field");

  const next = await ui.ask(offerOf());
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect.poll(() => ui.outcome(next)).toEqual({ answer: true });
  expect(await ui.focused()).toBe("field");
});

test("keys do not reach the viewer's shortcuts, even after a click beside the question", async ({
  ui,
  page,
}) => {
  await page.evaluate(() => {
    window.ui.keys.length = 0;
  });
  await ui.ask(offerOf());
  await page.mouse.click(5, 400);
  await page.keyboard.press("Delete");
  await ui.dialog.getByText("You had 2 images").click();
  await page.keyboard.press("c");
  await page.mouse.wheel(0, 100);
  await ui.button("Give up").click();
  expect(await page.evaluate(() => window.ui.keys)).toEqual([]);
  await page.keyboard.press("c");
  expect(await page.evaluate(() => window.ui.keys)).toEqual(["keydown c", "keyup c"]);
});

test("a click that was meant for what the question covers does not answer", async ({
  ui,
  page,
}) => {
  const first = await ui.ask(offerOf());
  const box = await ui.button("Give up").boundingBox();
  if (box === null) throw new Error("no button");
  await ui.withdraw(first, "again");
  const guards = (act: "pause" | "finish") => {
    const root = document.querySelector("carta-resume-question")?.shadowRoot;
    const animations = root?.getAnimations() ?? [];
    for (const animation of animations) animation[act]();
    return animations.length;
  };
  // Asked and paused in one task: a click from the test may come after the guard has ended.
  const [second, paused] = await page.evaluate(
    ([offer, guards]) => {
      const number = window.ui.ask(offer);
      return [number, new Function(`return (${guards})("pause")`)() as number];
    },
    [offerOf(), guards.toString()] as const,
  );
  expect(paused).toBe(1);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  expect(await ui.outcome(second)).toBeNull();
  await page.evaluate(guards, "finish" as const);
  await ui.button("Give up").click();
  await expect.poll(() => ui.outcome(second)).toEqual({ answer: false });
});

test("an offer that is withdrawn closes it and rejects with the reason", async ({ ui, page }) => {
  await page.locator("#button").focus();
  const number = await ui.ask(offerOf());
  await expect(ui.dialog).toBeVisible();
  await ui.withdraw(number, "closed by the viewer");
  await expect.poll(() => ui.outcome(number)).toEqual({ withdrawn: "closed by the viewer" });
  await expect(page.locator("carta-resume-question")).toHaveCount(0);
  expect(await ui.focused()).toBe("button");

  // A question that was withdrawn before it could be asked never shows.
  const late = await page.evaluate((offer) => {
    const number = window.ui.ask(offer);
    window.ui.withdraw(number, "late");
    return number;
  }, offerOf());
  await expect.poll(() => ui.outcome(late)).toEqual({ withdrawn: "late" });
});

test("parts: what is left unticked is left out, and a yes needs something ticked", async ({
  ui,
  page,
}) => {
  const images = [0, 2, 5, 6].map((fileId) => image(fileId, `file-${fileId}.fits`));
  const offer = offerOf({ reason: "page-reloaded", images });
  const first = await ui.ask(offer, { parts: true });
  const box = (name: string) => ui.dialog.getByRole("checkbox", { name });
  await expect(ui.dialog.getByRole("checkbox", { checked: true })).toHaveCount(6);
  await box("file-2.fits").uncheck();
  await expect(ui.button("Restore 4 of 5")).toHaveAccessibleDescription(
    /The rest stays in “Saved work”/,
  );
  const all = box("All of these");
  expect(await all.evaluate((element: HTMLInputElement) => element.indeterminate)).toBe(true);
  await box("sources.xml").uncheck();
  await ui.button("Restore 3 of 5").click();
  await expect
    .poll(() => ui.outcome(first))
    .toEqual({ answer: { images: [0, 5, 6], catalogs: [] } });

  const second = await ui.ask(offer, { parts: true });
  await all.uncheck();
  await expect(ui.button("Restore 0 of 5")).toBeDisabled();
  await box("sources.xml").focus();
  await page.keyboard.press("Space");
  await ui.button("Restore 1 of 5").click();
  await expect.poll(() => ui.outcome(second)).toEqual({ answer: { images: [], catalogs: [0] } });

  const third = await ui.ask(offer, { parts: true });
  await box("file-5.fits").uncheck();
  await all.check();
  await ui.button("Restore").click();
  await expect.poll(() => ui.outcome(third)).toEqual({ answer: true });

  const without = { images: [2, 6], catalogs: [0] };
  const fourth = await ui.ask(offer, { parts: true, without });
  await ui.button("Restore 2 of 5").click();
  await expect.poll(() => ui.outcome(fourth)).toEqual({ answer: { images: [0, 5], catalogs: [] } });
});

test("where the view is kept, it is offered, and can be left out", async ({ ui, page }) => {
  const tick = page.getByLabel("Show it as before");
  const lost = await ui.ask(offerOf({ hasView: true }), { view: true });
  await expect(tick).toBeHidden();
  await ui.withdraw(lost, "over");
  const reload = { reason: "page-reloaded", hasView: true } as const;
  const whole = await ui.ask(offerOf(reload), { view: true, parts: true });
  await expect(tick).toBeChecked();
  await ui.button("Restore").click();
  await expect.poll(() => ui.outcome(whole)).toEqual({ answer: true });
  const files = await ui.ask(offerOf(reload), { view: true, parts: true });
  await tick.uncheck();
  await ui.button("Restore").click();
  const answer = { images: [0, 2], catalogs: [0], view: false };
  await expect.poll(() => ui.outcome(files)).toEqual({ answer });
});

test("an offer that changes is shown as it is, ticks and focus kept", async ({ page }) => {
  await page.clock.install();
  const ui = await new UiPage(page).open();
  const offer = offerOf({
    reason: "page-reloaded",
    savedAt: await page.evaluate(() => Date.now()),
  });
  const number = await ui.ask(offer, { parts: true });
  const box = (name: string) => ui.dialog.getByRole("checkbox", { name });
  await expect(ui.dialog).toContainText("Saved just now");
  await box("12CO_cube.fits").uncheck();
  await box("polarisation.fits").focus();
  await ui.change(number, {
    images: [...offer.images, image(3, "new.fits", { regionCount: 2 })],
  });
  await page.clock.runFor(1_000);
  await expect(box("new.fits")).toBeChecked();
  await expect(box("12CO_cube.fits")).not.toBeChecked();
  await expect(box("polarisation.fits")).toBeFocused();
  await expect(ui.dialog).toContainText("3 images, 6 regions and 1 catalog");
  await page.clock.runFor(120_000);
  await expect(ui.dialog).toContainText("Saved 2 minutes ago");

  // A change at the last moment counts too.
  await ui.change(number, { images: [image(0, "12CO_cube.fits"), image(4, "later.fits")] });
  await ui.button("Restore 3 of 4").dispatchEvent("click");
  await expect.poll(() => ui.outcome(number)).toEqual({ answer: { images: [4], catalogs: [0] } });
});
