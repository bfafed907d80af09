/** The panel of saved work: what it says, what it does, and how it is opened. */
import { readFile } from "node:fs/promises";
import type { ArchivedWorkspace } from "carta-resume";
import { accessibility, leastContrast } from "../harness/ui/accessibility.js";
import { image, offerOf, savedOf, type UiPage } from "../harness/ui/ui-page.js";
import { expect, test } from "../harness/ui/ui-test.js";

const MARKUP = "<img src=x onerror=document.title='owned'>.fits";
const MANY = Array.from({ length: 7 }, (_, fileId) =>
  image(fileId, `field-${fileId}_with_a_rather_long_name.image.pbcor.fits`),
);
const HERE = "ws://localhost:3002/";

const WORK: ArchivedWorkspace[] = [
  savedOf("a"),
  savedOf("b", { address: HERE, why: "open", images: MANY, catalogs: [] }),
  savedOf("c", { why: "closed", images: [image(0, MARKUP)], catalogs: [] }),
];

const show = (ui: UiPage, work = WORK) =>
  ui.page.evaluate((work) => void window.ui.savedWork(work), work);
const did = (ui: UiPage) => ui.page.evaluate(() => window.ui.did);

test("work by address and time, and what can be done with it", async ({ ui, page }) => {
  await show(ui);
  const panel = ui.dialog;
  await expect(panel).toHaveAccessibleName("Saved work");
  expect(await ui.focused()).toBe("title");
  await expect(panel.getByRole("heading", { level: 3 })).toHaveText([
    "From carta.example.org/socket",
    "From localhost:3002/",
  ]);
  const entries = panel.getByRole("listitem").filter({ has: page.getByRole("heading") });
  await expect(entries).toHaveCount(3);
  await expect(entries.first()).toContainText("5 minutes ago (");
  await expect(entries.first()).toContainText(
    "you chose not to restore it · 2 images, 4 regions and 1 cat",
  );
  await expect(entries.nth(1)).toContainText("its tab was closed");
  await expect(entries.nth(1)).toContainText(MARKUP);
  await expect(panel.locator("img")).toHaveCount(0);
  await expect(entries.nth(2)).toContainText("2 more");
  // What another tab has is moved or left alone.
  await expect(entries.nth(2).getByRole("button")).toHaveText(["Move it here"]);

  const first = "12CO_cube.fits, polarisation.fits and sources.xml";
  const downloading = page.waitForEvent("download");
  await ui.button(`Save to a file: ${first}`).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^carta-work-\d{4}-\d\d-\d\d\.carta-resume$/);
  expect(await readFile(await download.path(), "utf8")).toBe("work");
  const said = panel.getByRole("status");
  await expect(said).toHaveText("Saved to a file, which can be opened in another browser.");

  await ui.button(`Delete: ${first}`).click();
  expect(await ui.focused()).toBe("Keep");
  await expect(ui.button("Delete")).toHaveAccessibleDescription(`Delete this for good? ${first}`);
  await page.keyboard.press("Enter");
  expect(await did(ui)).toEqual(["export a"]);
  await ui.button(`Delete: ${first}`).click();
  await ui.button("Delete").click();
  await expect(said).toHaveText(`Deleted: ${first}.`);
  await expect(entries).toHaveCount(2);
  expect(await ui.focused()).toBe("title");

  const choosing = page.waitForEvent("filechooser");
  await ui.button("Open a file …").click();
  await (await choosing).setFiles({ name: "x", mimeType: "", buffer: Buffer.from("mine") });
  await expect(said).toContainText(
    /^Imported: field-0_.* and 2 more\. You can restore it from the list\./,
  );
  await ui.button("Save what is open").click();
  await expect(said).toHaveText("nothing");
  await ui.button(`Restore: ${MARKUP}`).first().click();
  await expect(panel).toBeHidden();
  const all = ["export a", "delete a", "import mine", "export undefined", "restore c"];
  expect(await did(ui)).toEqual(all);
  expect(await page.title()).not.toBe("owned");
});

test("while the storage opens, nothing is called empty and nothing is dropped", async ({
  ui,
  page,
}) => {
  await page.evaluate(() => {
    window.ui.opened = new Promise((done) => addEventListener("opens", () => done()));
  });
  await show(ui, [savedOf("a")]);
  const choosing = page.waitForEvent("filechooser");
  await ui.button("Open a file …").click();
  await (await choosing).setFiles({ name: "x", mimeType: "", buffer: Buffer.from("mine") });
  await expect(ui.dialog).not.toContainText("There is no saved work");
  await page.evaluate(() => dispatchEvent(new Event("opens")));
  await expect(ui.dialog.getByRole("status")).toContainText("You can restore it from the list.");
  expect(await did(ui)).toEqual(["import mine"]);
});

test("a list that cannot be read is not called empty", async ({ ui, page }) => {
  await page.evaluate(() => {
    const error = Object.assign(new Error("It does not respond."), { code: "storage-failed" });
    window.ui.opened = Promise.reject(error);
    window.ui.opened.catch(() => {});
  });
  await show(ui);
  await expect(ui.dialog.getByRole("status")).not.toBeEmpty();
  await expect(ui.dialog).not.toContainText("There is no saved work");
});

test("from the question: what is restored then answers it", async ({ ui, page }) => {
  const question = await ui.ask(offerOf({ reason: "page-reloaded" }), { savedWork: WORK });
  const panel = page.getByRole("dialog", { name: "Saved work" });
  await ui.button("Saved work …").click();
  await expect(panel).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  expect(await ui.focused()).toBe("Saved work …");
  expect(await ui.outcome(question)).toBeNull();
  await ui.button("Saved work …").click();
  await ui.button(`Restore: ${MARKUP}`).click();
  await expect(ui.dialog).toBeHidden();
  expect(await ui.outcome(question)).toEqual({ answer: false });
  expect(await did(ui)).toEqual(["restore c"]);
});

test("when nothing is asked: by keyboard, at the upper edge, and a hint", async ({ ui, page }) => {
  await page.evaluate((savedWork) => window.ui.line({ savedWork }), WORK);
  await ui.show("active");
  await expect(ui.line).toBeHidden();
  const panel = page.getByRole("dialog", { name: "Saved work" });
  const close = async () => {
    await expect(panel).toBeVisible();
    await expect(ui.line).toBeHidden();
    await ui.button("Close").click();
    await expect(panel).toBeHidden();
  };
  const entry = page.locator("carta-resume-status .entry");
  const nothing = { width: 1, height: 1 };
  expect(await entry.boundingBox()).toMatchObject(nothing);
  await entry.focus();
  expect((await entry.boundingBox())?.width).toBeGreaterThan(60);
  await page.keyboard.press("Enter");
  await close();
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  expect(await entry.boundingBox()).toMatchObject(nothing);

  const { width = 0 } = page.viewportSize() ?? {};
  await page.mouse.move(width / 2 + 30, 2);
  await expect(ui.line).toHaveText(/^Saved work/);
  await ui.button("Saved work …").click();
  await close();

  await page.mouse.move(9, 99);
  await page.evaluate(() => window.ui.status.hint());
  await expect(ui.spoken).toHaveText("Earlier work is kept in this browser.");
  await ui.button("Dismiss").click();
  await expect(ui.line).toBeHidden();
  // A visible line has the button too; a viewer's own line does not.
  await ui.show("failed");
  await ui.button("Saved work …").click();
  await expect(panel).toBeVisible();
});

for (const [name, width, height, colorScheme] of [
  ["light", 1000, 700, "light"],
  ["dark", 1000, 700, "dark"],
  ["narrow", 320, 560, "light"],
] as const) {
  test(`it fits and is accessible: ${name}`, async ({ ui, page }, testInfo) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await show(ui);
    const remove = ui.dialog.getByRole("button", { name: /^Delete/ });
    await remove.last().click();
    await page.screenshot({ path: testInfo.outputPath(`${name}.png`) });
    const { problems } = await accessibility(page, "carta-resume-saved-work");
    expect(problems).toEqual([]);
    expect((await leastContrast(ui.dialog)).ratio).toBeGreaterThanOrEqual(4.5);
    const box = await ui.dialog.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
    for (const button of await ui.dialog.getByRole("button").all()) {
      await button.focus();
      await expect(button).toBeInViewport({ ratio: 1 });
    }
  });
}
