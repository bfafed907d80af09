/** The ready question, in a viewer's page: what it says, and how it is answered. */
import { expect, test as base } from "@playwright/test";
import { accessibility, leastContrast } from "./harness/ui/accessibility.js";
import { image, offerOf, UiPage } from "./harness/ui/ui-page.js";

const test = base.extend<{ ui: UiPage }>({
  ui: async ({ page }, use) => use(await new UiPage(page).open()),
});

test("it names what would come back, since when, why it is asked, and what is lost", async ({
  ui,
}) => {
  await ui.ask(
    offerOf({
      backendMessage: "Maintenance begins at 18:00",
      cannotRestore: [
        { fileId: 1000, name: "12CO.moment0", why: "It exists in the backend's memory only." },
      ],
    }),
  );
  await expect(ui.dialog).toHaveAccessibleName("Go on where you were?");
  await expect(ui.dialog).toHaveAccessibleDescription(
    /The connection to the backend was lost\. You had 2 images, 4 regions and 1 catalog open\. Saved 5 minutes ago \(.*\d\d.*\)\./,
  );
  const list = ui.dialog.getByRole("group", { name: "What would be restored" });
  await expect(list.getByRole("list").first().getByRole("listitem")).toHaveText([
    "12CO_cube.fitsngc1333 · channel 112 · 3 regions · contours",
    "polarisation.fitsHDU 1 · channel 0 · Plinear · 1 region",
    "sources.xmlcatalog · catalogs",
  ]);
  await expect(
    list.getByRole("list", { name: "What cannot come back" }).getByRole("listitem"),
  ).toHaveText(["12CO.moment0 It exists in the backend's memory only."]);
  await expect(ui.dialog).toContainText("The backend says: “Maintenance begins at 18:00”");
  await expect(ui.button("Give up")).toHaveAccessibleDescription(
    "The viewer is told that the connection is gone. Your work stays in the archive.",
  );
  await expect(ui.dialog.getByRole("checkbox")).toHaveCount(0);
});

const ANSWERS = [
  { reason: "connection-lost", yes: "Go on", no: "Give up" },
  { reason: "page-reloaded", yes: "Restore", no: "Start empty" },
  { reason: "tab-closed", yes: "Restore", no: "Start empty" },
  { reason: "archive", yes: "Restore", no: "Not now" },
] as const;

for (const { reason, yes, no } of ANSWERS) {
  test(`${reason}: the buttons are equal and mean yes and no`, async ({ ui, page }) => {
    const first = await ui.ask(offerOf({ reason }));
    const [left, right] = [ui.button(yes), ui.button(no)];
    const [a, b] = [await left.boundingBox(), await right.boundingBox()];
    expect(a?.width).toBeCloseTo(b?.width ?? 0, 1);
    expect(a?.height).toBeCloseTo(b?.height ?? 0, 1);
    const look = ["color", "backgroundColor", "borderColor", "fontWeight"] as const;
    for (const property of look)
      expect(await left.evaluate((element, key) => getComputedStyle(element)[key], property)).toBe(
        await right.evaluate((element, key) => getComputedStyle(element)[key], property),
      );
    await left.click();
    await expect.poll(() => ui.outcome(first)).toEqual({ answer: true });
    await expect(page.locator("carta-resume-question")).toHaveCount(0);

    const second = await ui.ask(offerOf({ reason }));
    await ui.button(no).click();
    await expect.poll(() => ui.outcome(second)).toEqual({ answer: false });
  });
}

for (const backendMessage of [
  "Start a new backend and assign it with session id 7",
  "Start a new frontend and assign it with session id 7",
  "Network reconnected with session id 7",
]) {
  test(`what a backend says each time is no instruction to a user: ${backendMessage}`, async ({
    ui,
  }) => {
    const question = await ui.ask(offerOf({ backendMessage }));
    await expect(ui.dialog).not.toContainText("The backend says");
    await ui.change(question, { backendMessage: `${backendMessage}. The disk is full.` });
    await expect(ui.dialog).toContainText("The disk is full.");
  });
}

test("what is not known is not said", async ({ ui }) => {
  await ui.ask(offerOf({ savedAt: 0, backendMessage: "", images: [], catalogs: [] }));
  await expect(ui.dialog).toContainText("You had nothing open.");
  await expect(ui.dialog).not.toContainText("Saved");
  await expect(ui.dialog).not.toContainText("says");
  await expect(ui.dialog.getByText("cannot come back")).toBeHidden();
  await expect(ui.dialog.getByRole("group")).toHaveCount(0);
});

test("names are text: no markup, no reordering, no flood", async ({ ui, page }) => {
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  const markup = `<img src="http://viewer.test/hit" onerror="window.hit=1">`;
  await ui.ask(
    offerOf({
      backendMessage: `${markup}<script>window.hit=1</script>`,
      images: [
        image(0, markup, { directory: markup, hdu: markup }),
        image(1, "evil\u202Estif.exe\u0000\n\uD800"),
        image(2, `${"A".repeat(1_000_000)}.fits`, { directory: "مجرة/صور" }),
      ],
      catalogs: [{ fileId: 0, directory: "", name: markup }],
      cannotRestore: [{ fileId: 9, name: markup, why: markup }],
    }),
  );
  const names = ui.dialog.locator("ul").first().locator(".name");
  await expect(names).toHaveText([
    markup,
    "evil\uFFFDstif.exe\uFFFD\uFFFD\uFFFD",
    /^A{160} … A{72}\.fits$/,
    markup,
  ]);
  await expect(ui.dialog.locator("img, script")).toHaveCount(0);
  expect(await page.evaluate(() => "hit" in window)).toBe(false);
  expect(requests).toEqual([]);
  const box = await ui.dialog.evaluate((element) => [element.scrollWidth, element.clientWidth]);
  expect(box[0]).toBe(box[1]);
});

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
  expect(stops.slice(0, 2)).toEqual(["Go on", "Give up"]);
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

test("the viewer's shortcuts hear nothing, also after a click beside the question", async ({
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

test("a click that was meant for what it covers does not answer", async ({ ui, page }) => {
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
  // Asked and stopped in one task: a click from here may take longer than the guard lasts.
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

  // One that was withdrawn before it could be asked never shows.
  const late = await page.evaluate((offer) => {
    const number = window.ui.ask(offer);
    window.ui.withdraw(number, "late");
    return number;
  }, offerOf());
  await expect.poll(() => ui.outcome(late)).toEqual({ withdrawn: "late" });
});

test("parts: what is left unticked is left out, and nothing ticked is no yes", async ({
  ui,
  page,
}) => {
  const images = [0, 2, 5, 6].map((fileId) => image(fileId, `file-${fileId}.fits`));
  const offer = offerOf({ reason: "page-reloaded", images });
  const first = await ui.ask(offer, { parts: true });
  const box = (name: string) => ui.dialog.getByRole("checkbox", { name });
  await expect(ui.dialog.getByRole("checkbox", { checked: true })).toHaveCount(6);
  await box("file-2.fits").uncheck();
  await expect(ui.button("Restore 4 of 5")).toHaveAccessibleDescription(/The rest stays/);
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

  // A change in the last moment counts too.
  await ui.change(number, { images: [image(0, "12CO_cube.fits"), image(4, "later.fits")] });
  await ui.button("Restore 3 of 4").dispatchEvent("click");
  await expect.poll(() => ui.outcome(number)).toEqual({ answer: { images: [4], catalogs: [0] } });
});

test("it stands above the viewer's overlays, whatever the viewer's styles say", async ({
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
  await ui.button("Go on").click();
  await expect.poll(() => ui.outcome(number)).toEqual({ answer: true });
});

test("it comes back when the page takes it away, or the browser closes it", async ({ page }) => {
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

  // At once, without waiting for the next look.
  await ui.dialog.evaluate((element: HTMLDialogElement) => element.close());
  await expect(ui.dialog).toBeVisible();
  await ui.button("Go on").click();
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
  await ui.button("Go on").click();
  await expect.poll(() => ui.outcome(number)).toEqual({ answer: true });
  expect(complaints).toEqual([]);
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

test("words can be replaced, some or all", async ({ ui }) => {
  await ui.ask(offerOf(), {
    texts: {
      language: "de",
      direction: "rtl",
      title: { "connection-lost": "Weitermachen?" },
      yes: { "connection-lost": "Ja" },
    },
  });
  await expect(ui.dialog).toHaveAccessibleName("Weitermachen?");
  await expect(ui.button("Ja")).toBeVisible();
  await expect(ui.button("Give up")).toBeVisible();
  await expect(ui.dialog).toContainText("vor 5 Minuten");
  expect(await ui.dialog.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
});

const MANY = Array.from({ length: 30 }, (_, fileId) =>
  image(fileId, `field-${fileId}_with_a_rather_long_name.image.pbcor.fits`, {
    regionCount: fileId,
  }),
);
const LOOKS = [
  { name: "light", width: 1000, height: 700, media: { colorScheme: "light" } },
  { name: "dark", width: 1000, height: 700, media: { colorScheme: "dark" } },
  { name: "narrow", width: 320, height: 640, media: { colorScheme: "light" } },
  { name: "zoomed", width: 320, height: 256, media: { colorScheme: "dark" } },
  { name: "forced", width: 1000, height: 700, media: { forcedColors: "active" } },
  { name: "still", width: 600, height: 700, media: { reducedMotion: "reduce" } },
] as const;

for (const { name, width, height, media } of LOOKS) {
  test(`it fits and is accessible: ${name}`, async ({ ui, page }, testInfo) => {
    await page.emulateMedia(media);
    await page.setViewportSize({ width, height });
    const lost = {
      fileId: 1000,
      name: "12CO.moment0",
      why: "It exists in the backend's memory only.",
    };
    const offers = [
      {
        what: "plain",
        parts: false,
        offer: offerOf({ cannotRestore: [lost], backendMessage: "Ok" }),
      },
      { what: "parts", parts: true, offer: offerOf({ reason: "page-reloaded", images: MANY }) },
      { what: "long", parts: false, offer: offerOf({ reason: "tab-closed", images: MANY }) },
    ] as const;
    for (const { what, parts, offer } of offers) {
      const number = await ui.ask(offer, { parts });
      await expect(ui.dialog).toBeVisible();
      await page.screenshot({ path: testInfo.outputPath(`${name}-${what}.png`) });
      const { problems, kept } = await accessibility(page, "carta-resume-question");
      expect(problems).toEqual([]);
      expect(kept).toEqual(expect.arrayContaining(["button-name", "aria-required-children"]));
      expect((await leastContrast(ui.dialog)).ratio).toBeGreaterThanOrEqual(4.5);

      const box = await ui.dialog.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
      for (const button of await ui.dialog.getByRole("button").all()) {
        await button.focus();
        await expect(button).toBeInViewport({ ratio: 1 });
      }
      await ui.withdraw(number, "next");
    }
  });
}

test("it is dark in a page that is dark, whatever the system says", async ({ ui, page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  const background = () =>
    ui.dialog.evaluate((element) => getComputedStyle(element).backgroundColor);
  await ui.ask(offerOf());
  expect(await background()).toBe("rgb(255, 255, 255)");
  await page.evaluate(() => (document.documentElement.style.colorScheme = "dark"));
  await expect.poll(background).toBe("rgb(24, 31, 39)");
});
