/** The ready question in pages with styles, scripts and overlays of their own. */
import { offerOf, UiPage } from "../harness/ui/ui-page.js";
import { expect, test } from "../harness/ui/ui-test.js";

test("it is above the viewer's overlays, whatever the viewer's styles say", async ({
  ui,
  page,
}) => {
  const offer = offerOf({ savedAt: 1_700_000_000_000 });
  const picture = async () => {
    await expect(ui.dialog).toBeVisible();
    return ui.dialog.screenshot({ animations: "disabled" });
  };
  await page.evaluate(() => {
    const overlay = document.createElement("div");
    overlay.className = "overlay";
    overlay.style.setProperty("display", "block", "important");
    document.body.replaceChildren(overlay);
  });
  const first = await ui.ask(offer);
  const before = await picture();
  await ui.withdraw(first, "again");

  await page.addStyleTag({
    content: `
      html { font-size: 40px; line-height: 3; color: red; text-align: right; text-transform: uppercase; }
      html > :not(head, body), body :not(.overlay), dialog, button, carta-resume-question {
        display: none !important; visibility: hidden !important; opacity: 0 !important;
        color: red !important; font: 60px cursive !important; letter-spacing: 1em !important;
        transform: scale(3) !important; filter: invert(1) !important; pointer-events: none !important;
        inset: 50px !important; width: 10px !important; content-visibility: hidden !important;
      }
      * { --panel: red !important; --text: red !important; --accent: red !important; }
      ::backdrop { background: lime !important; }`,
  });
  const number = await ui.ask(offer);
  expect((await picture()).equals(before)).toBe(true);
  await ui.button("Continue").click();
  await expect.poll(() => ui.outcome(number)).toEqual({ answer: true });
});

test("it comes back when the page removes it, or the browser closes it", async ({ page }) => {
  await page.clock.install();
  const ui = await new UiPage(page).open();
  await page.clock.pauseAt(Date.now() + 1_000_000);
  const number = await ui.ask(offerOf());
  await page.evaluate(() => {
    document.body.replaceChildren();
    document.querySelector("carta-resume-question")?.remove();
  });
  await expect(ui.dialog).toHaveCount(0);
  await page.clock.runFor(1_000);
  await expect(ui.dialog).toBeVisible();
  expect(await ui.dialog.evaluate((element) => element.matches(":modal"))).toBe(true);

  // At once, without waiting for the next check.
  await ui.dialog.evaluate((element: HTMLDialogElement) => element.close());
  await expect(ui.dialog).toBeVisible();
  await ui.button("Continue").click();
  await expect.poll(() => ui.outcome(number)).toEqual({ answer: true });
});

test("asked before there is a body, and in a page that forbids styles and markup", async ({
  page,
}) => {
  const csp =
    "default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const ui = await new UiPage(page).open({ csp });
  complaints.length = 0;
  await page.evaluate(() => document.body.remove());
  const number = await ui.ask(offerOf());
  const style = await ui.dialog.evaluate((element) => getComputedStyle(element).borderRadius);
  expect(style).toBe("12px");
  await ui.button("Continue").click();
  await expect.poll(() => ui.outcome(number)).toEqual({ answer: true });
  expect(complaints).toEqual([]);
});

test("a drag and a key that began in the page end there", async ({ ui, page }) => {
  await page.evaluate(() => {
    const heard: string[] = [];
    for (const type of ["keydown", "keyup", "pointerdown", "pointerup", "mousedown", "mouseup"]) {
      window.addEventListener(type, () => heard.push(type));
    }
    Object.assign(window, { heard });
  });
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  await page.mouse.move(5, 5);
  await page.mouse.down();
  await page.keyboard.down("Shift");
  await ui.ask(offerOf());
  await expect(ui.dialog).toBeVisible();
  const { x, y } = (await ui.dialog.boundingBox()) ?? { x: 0, y: 0 };
  await page.mouse.move(x + 20, y + 20);
  await page.mouse.up();
  await page.keyboard.up("Shift");
  const all = ["pointerdown", "mousedown", "keydown", "pointerup", "mouseup", "keyup"];
  expect(await heard()).toEqual(all);
  // And what begins in the question ends in it.
  await page.mouse.down();
  await page.mouse.up();
  await page.keyboard.press("a");
  expect(await heard()).toEqual(all);
});

test("the page's scripts cannot reach into it", async ({ page }) => {
  const ui = await new UiPage(page).open({ closed: true });
  await ui.ask(offerOf());
  const host = page.locator("carta-resume-question");
  await expect(host).toHaveCount(1);
  expect(await host.evaluate(({ shadowRoot, innerHTML }) => [shadowRoot, innerHTML])).toEqual([
    null,
    "",
  ]);
});
