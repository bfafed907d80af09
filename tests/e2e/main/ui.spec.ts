/** The ready question, in a viewer's page: what it says. */
import { calculation, image, offerOf } from "../harness/ui/ui-page.js";
import { expect, test } from "../harness/ui/ui-test.js";

test("it names what would come back, since when, why it is asked, and what is lost", async ({
  ui,
}) => {
  await ui.ask(
    offerOf({
      backendMessage: "Maintenance begins at 18:00",
      cannotRestore: [
        { fileId: 1000, name: "12CO.moment0", why: "It exists only in the backend's memory." },
      ],
    }),
  );
  await expect(ui.dialog).toHaveAccessibleName("Pick up where you left off?");
  await expect(ui.dialog).toHaveAccessibleDescription(
    /The connection to the backend was lost\. You had 2 images, 4 regions, 1 catalog and 1 computed image open\. Saved 5 minutes ago \(.*\d\d.*\)\./,
  );
  const list = ui.dialog.getByRole("group", { name: "What would be restored" });
  await expect(list.getByRole("list").first().getByRole("listitem")).toHaveText([
    "12CO_cube.fitsngc1333 · channel 112 · 3 regions · contours",
    "polarisation.fitsHDU 1 · channel 0 · Plinear · 1 region",
    "sources.xmlcatalog · catalogs",
  ]);
  await expect(
    list.getByRole("list", { name: "What cannot be restored" }).getByRole("listitem"),
  ).toHaveText(["12CO.moment0 It exists only in the backend's memory."]);
  await expect(ui.dialog).toContainText("The backend says: “Maintenance begins at 18:00”");
  await expect(ui.button("Give up")).toHaveAccessibleDescription(
    "The viewer reports the lost connection. Your work is kept in “Saved work”.",
  );
  await expect(ui.dialog.getByRole("checkbox")).toHaveCount(0);
});

test("what was still being restored at the drop is named, and continues", async ({ ui }) => {
  const stillRestoring = { images: 1, regions: 288, catalogs: 0 };
  const question = await ui.ask(offerOf({ stillRestoring }));
  const goesOn =
    "A restore was under way. It goes on if you continue. Still to come: 1 image and 288 regions.";
  await expect(ui.dialog).toContainText(goesOn);
  await expect(ui.dialog).toHaveAccessibleDescription(new RegExp(goesOn));
  await ui.change(question, { stillRestoring: { images: 0, regions: 0, catalogs: 0 } });
  await expect(ui.dialog).not.toContainText("under way");
});

test("what can be made again is made only if it is ticked", async ({ ui }) => {
  const canRemake = [
    calculation(3, "moments", "a.fits", 5),
    calculation(4, "pv-image", "<i>b</i>.fits", 6),
    { ...calculation(7, "pv-preview", "b.fits"), regionId: 4 },
    {
      ...calculation(8, "moments", "a.fits", 7),
      regionId: 4,
      channels: [3, 8] as [number, number],
    },
  ];
  const lost = (fileId: number, name: string) => ({ fileId, name, why: "It is gone." });
  const cannotRestore = [lost(5, "a.fits.moments"), lost(9, "survey")];
  const question = await ui.ask(offerOf({ canRemake, cannotRestore }));
  const named = (name: string) => ui.dialog.getByRole("list", { name }).getByRole("listitem");
  const remakes = named("Tick the ones that you want; the others are closed.");
  await expect(remakes).toHaveText([
    "Moments of a.fitsa.fits.moments",
    "PV image of <i>b</i>.fits<i>b</i>.fits.pv-image",
    "PV preview of b.fits (region 4)",
    "Moments of a.fits (region 4)a.fits.moments · channels 3 to 8",
  ]);
  await expect(named("What cannot be restored")).toHaveText(["survey It is gone."]);
  const boxes = ui.dialog.getByRole("checkbox");
  await expect(boxes).toHaveCount(4);
  for (const box of await boxes.all()) await expect(box).not.toBeChecked();
  for (const box of [boxes.nth(0), boxes.nth(1)]) await box.check();
  // What is no longer offered is no longer ticked.
  await ui.change(question, { canRemake: canRemake.slice(1) });
  await expect(boxes).toHaveCount(3);
  await expect(boxes.first()).toBeChecked();
  await ui.button("Continue").click();
  await expect.poll(() => ui.outcome(question)).toEqual({ answer: { remake: [4] } });

  const suspected = { images: [2], catalogs: [] };
  const part = await ui.ask(offerOf({ canRemake, suspected }));
  await ui.dialog.getByRole("checkbox", { name: "Moments of a.fits" }).first().check();
  await ui.button("Restore 2 of 3").click();
  const answer = { images: [0], catalogs: [0], remake: [3] };
  await expect.poll(() => ui.outcome(part)).toEqual({ answer });
});

const SUSPECTS = "The backend stopped twice while files were being reopened.";

test("after a drop too, what may crash the backend is marked, and not ticked at first", async ({
  ui,
}) => {
  const suspected = { images: [2], catalogs: [0] };
  const question = await ui.ask(offerOf({ suspected }));
  await expect(ui.dialog).toHaveAccessibleDescription(new RegExp(SUSPECTS.replaceAll(".", "\\.")));
  const rows = ui.dialog
    .getByRole("group", { name: "What would be restored" })
    .getByRole("listitem");
  await expect(rows.filter({ hasText: "may crash the backend" })).toHaveText([
    "polarisation.fitsHDU 1 · channel 0 · Plinear · 1 region · may crash the backend",
    "sources.xmlcatalog · catalogs · may crash the backend",
  ]);
  const catalog = ui.dialog.getByRole("checkbox", { name: /sources\.xml/ });
  await expect(catalog).not.toBeChecked();
  await catalog.check();
  // It stays as the user has set it, whatever the offer says.
  await ui.change(question, { suspected: { images: [2], catalogs: [] } });
  await expect(catalog).toBeChecked();
  await ui.button("Restore 2 of 3").click();
  await expect.poll(() => ui.outcome(question)).toEqual({ answer: { images: [0], catalogs: [0] } });
});

test("if all may crash the backend, the user decides", async ({ ui }) => {
  const question = await ui.ask(offerOf({ suspected: { images: [0, 2], catalogs: [0] } }));
  await expect(ui.dialog.getByRole("checkbox", { checked: true })).toHaveCount(3);
  await ui.dialog.getByRole("checkbox", { name: /12CO/ }).uncheck();
  await ui.button("Restore 2 of 3").click();
  await expect.poll(() => ui.outcome(question)).toEqual({ answer: { images: [2], catalogs: [0] } });
});

const ANSWERS = [
  { reason: "connection-lost", yes: "Continue", no: "Give up" },
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
  test(`a message that every backend sends is not shown to the user: ${backendMessage}`, async ({
    ui,
  }) => {
    const question = await ui.ask(offerOf({ backendMessage }));
    await expect(ui.dialog).not.toContainText("The backend says");
    await ui.change(question, { backendMessage: `${backendMessage}. The disk is full.` });
    await expect(ui.dialog).toContainText("The disk is full.");
  });
}

test("the question does not mention what is not known", async ({ ui }) => {
  await ui.ask(offerOf({ savedAt: 0, backendMessage: "", images: [], catalogs: [] }));
  await expect(ui.dialog).toContainText("You had nothing open.");
  await expect(ui.dialog.locator("#saved")).toBeHidden();
  await expect(ui.dialog).not.toContainText("says");
  await expect(ui.dialog.getByText("What cannot be restored")).toBeHidden();
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
