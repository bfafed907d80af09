/** What the ready status line says about what came back, what was made again, and what did not. */
import type { RemakeReport, ResumeReport } from "carta-resume";
import { expect, test } from "../harness/ui/line-test.js";
import { calculation, image, offerOf, reportOf } from "../harness/ui/ui-page.js";

test("a resume: progress first, then that everything is back", async ({ ui, page }) => {
  await ui.show("active");
  await ui.show("waiting", { retryInMs: 2_000 });
  await page.clock.runFor(2_000);
  await ui.show("confirming");
  await expect(ui.line).toBeHidden();
  await ui.show("resuming");
  await expect(ui.line).toContainText("Restoring your session …");
  await page.evaluate((report) => window.ui.status.report(report), reportOf());
  await ui.show("active");
  await expect(ui.line).toContainText("Everything is back.");
  await expect(ui.spoken).toHaveText("Everything is back.");
  await page.clock.runFor(3_900);
  await expect(ui.line).toBeVisible();
  await page.clock.runFor(100);
  await expect(ui.line).toBeHidden();
});

test("a rebuild shows how far it is; what the viewer did not take stays", async ({ ui, page }) => {
  const rebuilding = (done: number, all: number, problems?: string[]) =>
    page.evaluate(([done, all, problems]) => window.ui.status.rebuilding(done, all, problems), [
      done,
      all,
      problems,
    ] as const);
  await ui.show("active");
  await rebuilding(0, 12);
  const reason = "page-reloaded" as const;
  const report = reportOf({ reason, images: [0, 1], regionCount: 1 });
  await page.evaluate((report) => window.ui.status.report(report), report);
  await rebuilding(3, 12);
  await expect(ui.line).toContainText("Restoring your session … step 3 of 12");
  const bar = ui.line.getByRole("progressbar", { name: "Restoring your session … step 3 of 12" });
  expect(await bar.evaluate(({ value, max }: HTMLProgressElement) => [value, max])).toEqual([
    3, 12,
  ]);
  // Steps are not read aloud one by one.
  await expect(ui.spoken).toHaveText("Restoring your session …");
  await page.evaluate(() => window.ui.status.rebuilding(4, 12, [], { done: 1_200, all: 5_000 }));
  await expect(ui.line).toContainText("Restoring regions … 1,200 of 5,000");
  expect(await bar.count()).toBe(0);
  await ui.line.getByRole("button", { name: "Stop" }).click();
  expect(await page.evaluate(() => window.ui.stops)).toBe(1);
  await rebuilding(12, 12);
  await expect(ui.line).toContainText("Back: 2 images and 1 region.");
  await expect(ui.line.getByRole("progressbar")).toBeHidden();
  await page.clock.runFor(4_000);
  await expect(ui.line).toBeHidden();

  await rebuilding(0, 2);
  await rebuilding(2, 2, ["The contours of <b>a.fits</b> could not be restored."]);
  await expect(ui.line).toContainText(
    "Not everything could be restored.The contours of <b>a.fits</b> could not be restored.",
  );
  await page.clock.runFor(600_000);
  await expect(ui.line).toBeVisible();
});

test("what could not be restored is named and stays until it is dismissed", async ({
  ui,
  page,
}) => {
  await ui.show("active");
  await page.evaluate(([report, offer]) => window.ui.status.report(report, offer), [
    reportOf({
      success: false,
      failedImages: [2, 9],
      failedRegions: [4, 5],
      message: "Problem loading files: 2 9 ",
    }),
    offerOf({ images: [{ ...offerOf().images[1]!, file: `<i>\u202Ea</i>.fits` }] }),
  ] as const);
  await expect(ui.line).toContainText(
    "Could not be restored: <i>\uFFFDa</i>.fits, image 9 and 2 regions.",
  );
  await expect(ui.line).toContainText("The backend says: “Problem loading files: 2 9”.");
  await expect(ui.line.locator("i")).toHaveCount(0);
  await page.clock.runFor(600_000);
  await expect(ui.spoken).toContainText("Could not be restored");
  await page.locator("#field").focus();
  await ui.button("Dismiss").focus();
  await page.keyboard.press("Space");
  await expect(ui.line).toBeHidden();
  await expect(ui.spoken).toBeEmpty();
  expect(await ui.focused()).toBe("field");
});

test("what is not as it was is reported, and then nothing claims that everything is back", async ({
  ui,
  page,
}) => {
  await ui.show("active");
  const report = (given: Partial<ResumeReport>) =>
    page.evaluate(([report, offer]) => window.ui.status.report(report, offer), [
      reportOf(given),
      offerOf({ cannotRestore: [{ fileId: 5, name: "<i>m</i>.moment", why: "" }] }),
    ] as const);
  await report({ lostImages: [5, 6] });
  await expect(ui.line).toContainText(
    "Not restored: <i>m</i>.moment and image 6. Computed images exist only in",
  );
  await expect(ui.line).toContainText("Everything else is back.");
  await report({ changedImages: [{ fileId: 0, file: "a\u202E.fits" }] });
  await expect(ui.line).toContainText("Changed on disk in the meantime: a\uFFFD.fits.");
  await report({ success: false, failedRegions: [4], lostImages: [5], message: "Too bad." });
  await expect(ui.line).toContainText(
    "Could not be restored: 1 region.The backend says: “Too bad”. Not restored:",
  );
  await page.clock.runFor(600_000);
  await expect(ui.line).toBeVisible();
  await expect(ui.line).not.toContainText("Everything is back.");
});

test("a resume in the middle of a rebuild does not claim that everything is back", async ({
  ui,
  page,
}) => {
  await ui.show("active");
  await page.evaluate(() => window.ui.status.rebuilding(1, 3));
  await page.evaluate((report) => window.ui.status.report(report), reportOf());
  await page.evaluate(() => window.ui.status.rebuilding(3, 3));
  await expect(ui.line).toBeHidden();
  const reason = "page-reloaded" as const;
  const report = reportOf({ reason, images: [0], regionCount: 1 });
  await page.evaluate((report) => window.ui.status.report(report), report);
  await expect(ui.line).toContainText("Back: 1 image and 1 region.");
});

test("a message that was not read is shown again after newer ones", async ({ ui, page }) => {
  await ui.show("active");
  const report = (given: Partial<ResumeReport>) =>
    page.evaluate((report) => window.ui.status.report(report), reportOf(given));
  await report({ lostImages: [5] });
  const lost = "Not restored: image 5. Computed images exist only in the backend’s memory.";
  await expect(ui.line).toContainText(lost);
  await report({});
  await expect(ui.line).toContainText("Everything is back.");
  await expect(ui.line).not.toContainText(lost);
  await page.clock.runFor(4_000);
  await expect(ui.line).toContainText(new RegExp(`^At \\d+:\\d\\d(\\s[AP]M)?: ${lost}`));
  await ui.button("Dismiss").click();
  await expect(ui.line).toBeHidden();
});

test("what is made again is shown with its progress and its outcome, and what was not made is named", async ({
  ui,
  page,
}) => {
  await ui.show("active");
  const moments = calculation(0, "moments", "a.fits", 5);
  const pv = calculation(1, "pv-image", "<i>b</i>.fits", 6);
  const report = (more: Partial<ResumeReport>) =>
    page.evaluate(([report, offer]) => window.ui.status.report(report, offer), [
      reportOf({ remaking: [moments, pv], ...more }),
      offerOf({ cannotRestore: [{ fileId: 9, name: "survey", why: "" }] }),
    ] as const);
  const progress = (progress: number) =>
    page.evaluate((progress) => window.ui.status.remaking(progress), {
      ...{ calculation: moments, progress, done: 0, all: 2 },
    });
  const end = (report: RemakeReport) =>
    page.evaluate((report) => window.ui.status.remade(report), report);
  const made = [{ calculation: moments, images: [{ fileId: 2, was: 5 }] }];

  await report({ lostImages: [5, 6] });
  await progress(0.407);
  await expect(ui.line).toContainText("Making moments of a.fits again … 40 %");
  await expect(ui.spoken).toHaveText("Making moments of a.fits again …");
  await ui.button("Stop").click();
  expect(await page.evaluate(() => window.ui.stops)).toBe(1);
  const notMade = [{ calculation: pv, message: "Too \u202elarge." }];
  await end({ made, notMade });
  await expect(ui.line).toContainText("Not made again: PV image of <i>b</i>.fits.");
  await expect(ui.line).toContainText(
    "Too \uFFFDlarge. Made again: moments of a.fits. Everything else is back.",
  );
  await ui.button("Dismiss").click();
  await expect(ui.line).toBeHidden();

  // What is lost for good is reported too, and all of it at once.
  await report({ lostImages: [5, 6, 9] });
  await progress(0);
  await end({ made, notMade });
  await expect(ui.line).toContainText("Not restored: survey. Computed images");
  await expect(ui.line).toContainText("Made again: moments of a.fits. Not made again: PV image");
  await ui.button("Dismiss").click();

  await report({ lostImages: [5, 6] });
  await end({ made, notMade: [] });
  await expect(ui.line).toHaveText(/^Made again: moments of a\.fits\. Everything else is back\./);
  // Good news disappears after a while.
  await page.clock.runFor(5_000);
  await expect(ui.line).toBeHidden();

  // How it looks is named where it is not as before.
  await report({ lostImages: [5, 6] });
  await end({ made, notMade: [], view: { back: ["zoom"], notBack: ["colours", "matching"] } });
  await expect(ui.line).toContainText(
    "Made again: moments of a.fits.Not restored: colours and matching. Everything else is back.",
  );
  await page.clock.runFor(600_000);
  await expect(ui.line).toBeVisible();
  await ui.button("Dismiss").click();

  // A lost connection ends it.
  await progress(0.5);
  await ui.show("waiting", { retryInMs: 500_000 });
  await ui.show("active");
  await expect(ui.line).not.toContainText("Making");
});

test("regions that were drawn on computed images are named", async ({ ui, page }) => {
  await ui.show("active");
  const told = (part: Partial<ResumeReport>) =>
    page.evaluate((report) => window.ui.status.report(report), reportOf(part));
  const remaking = [calculation(3, "moments", "a.fits", 5)];
  await told({ lostImages: [5], failedRegions: [7], remaking });
  await expect(ui.line).toContainText(
    "1 region was drawn on a computed image and is gone.Everything else is back.",
  );
  await told({ lostImages: [5, 6], failedRegions: [7, 8], remaking });
  await expect(ui.line).toContainText("2 regions were drawn on computed images and are gone.");
});

test("after a reload of a viewer that does not know the client, its view is not back", async ({
  ui,
  page,
}) => {
  await page.evaluate(() => {
    window.ui.status.remove();
    window.ui.line({ unmodified: true });
  });
  await ui.show("active");
  const reopened = { images: [0], regionCount: 2, catalogs: [1] };
  const report = reportOf({ reason: "page-reloaded", ...reopened });
  await page.evaluate((report) => window.ui.status.report(report), report);
  await expect(ui.line).toContainText(
    "Back: 1 image, 2 regions and 1 catalog. Zoom, colours, matching and panels are not restored.",
  );
});

test("the parts of its view that are back are named, and so are the others", async ({
  ui,
  page,
}) => {
  await ui.show("active");
  const told = (view: NonNullable<ResumeReport["view"]>) => {
    const report = reportOf({ reason: "page-reloaded", images: [0], regionCount: 2, view });
    return page.evaluate((report) => window.ui.status.report(report), report);
  };
  await told({ back: ["zoom", "layout"], notBack: [] });
  await expect(ui.line).toContainText(
    "Back: 1 image and 2 regions. Matching, zoom, colours and panels are as before.",
  );
  await told({ back: ["zoom"], notBack: ["matching", "layout"] });
  await expect(ui.line).toContainText(
    "Back: 1 image and 2 regions.Not restored: matching and panels.",
  );
  await expect(ui.line).not.toContainText("as before");
  // What is not back does not disappear after a while.
  await page.clock.runFor(600_000);
  await expect(ui.line).toBeVisible();
  await ui.button("Dismiss").click();
  await expect(ui.line).toBeHidden();
});

test("for a viewer that does not know the client, the line says where everything is kept", async ({
  ui,
  page,
}) => {
  await page.evaluate(() => {
    window.ui.status.remove();
    window.ui.line({ unmodified: true });
  });
  await ui.show("active");
  const told = (given: Partial<ResumeReport>) =>
    page.evaluate((report) => window.ui.status.report(report), reportOf(given));
  const view = { back: [], notBack: [] };
  const message = "b.fits could not be restored: the viewer says “gone”.";
  const part = { success: false, failedImages: [1], images: [0], message, view };
  await told({ reason: "page-reloaded", ...part });
  const isKept = "All of it is kept in “Saved work”, from where you can restore what is missing.";
  await expect(ui.line).toContainText(`Could not be restored: image 1.${message} Back: 1 image.`);
  await expect(ui.line).toContainText(isKept);
  await told({ reason: "archive", images: [0, 1], view });
  await expect(ui.line).toContainText(
    "Back: 2 images. Matching, zoom, colours and panels are as before.",
  );
  await expect(ui.line).not.toContainText(isKept);
  // After a lost connection, nothing is in an archive.
  await told({ ...part, reason: "connection-lost" });
  await expect(ui.line).toContainText("Could not be restored: image 1.");
  await expect(ui.line).not.toContainText(isKept);
});

test("a no in the middle of a rebuild names what is not there, and where it is", async ({
  ui,
  page,
}) => {
  await page.evaluate(() => {
    window.ui.status.remove();
    window.ui.line({ unmodified: true });
  });
  await ui.show("active");
  await page.evaluate(() => window.ui.status.rebuilding(4, 12));
  const gaveUp = (regions: number) => {
    const stillRestoring = { images: 0, regions, catalogs: 0 };
    return page.evaluate((offer) => window.ui.status.gaveUp(offer), offerOf({ stillRestoring }));
  };
  await gaveUp(288);
  await ui.show("closed");
  const said =
    "The restore was not finished. Not restored: 288 regions. All of it is kept in “Saved work”.";
  await expect(ui.line).toContainText(said);
  // The viewer's own Retry does not bring it back.
  await ui.show("registering");
  await ui.show("active");
  await page.clock.runFor(600_000);
  await expect(ui.line).toContainText(said);
  await ui.button("Dismiss").click();
  await expect(ui.line).toBeHidden();
  await gaveUp(0);
  await expect(ui.line).toBeHidden();
});

test("nothing says that everything is back before a rebuilt viewer has its view", async ({
  ui,
  page,
}) => {
  await page.evaluate(() => {
    window.ui.status.remove();
    window.ui.line({ unmodified: true });
  });
  await ui.show("active");
  await page.evaluate(() => window.ui.status.rebuilding(12, 12));
  await page.evaluate((report) => window.ui.status.report(report), reportOf());
  await expect(ui.line).toBeHidden();
  const rebuilt = reportOf({ reason: "page-reloaded", images: [0] });
  await page.evaluate((report) => window.ui.status.report(report), rebuilt);
  await expect(ui.line).toContainText("Back: 1 image.");
  await page.evaluate((report) => window.ui.status.report(report), reportOf());
  await expect(ui.line).toContainText("Everything is back.");
});

test("what the message names is not named twice", async ({ ui, page }) => {
  await ui.show("active");
  const report = (message: string, failedRegions: number[] = []) =>
    page.evaluate(([report, offer]) => window.ui.status.report(report, offer), [
      reportOf({ success: false, failedImages: [0, 2], failedRegions, message }),
      offerOf(),
    ] as const);
  const [first, second] = offerOf().images.map(({ file }) => file);
  await report(`${first} could not be restored: it is gone.`);
  await expect(ui.line).toContainText(
    `Could not be restored: ${second}.The backend says: “${first} could not be restored: it is gone”.`,
  );
  await report(`${first} and ${second} are gone.`);
  await expect(ui.line).toContainText(
    `Not everything could be restored.The backend says: “${first} and ${second} are gone”.`,
  );
  await report(`${second} and ${first} are locked.`);
  await expect(ui.line).toContainText("are locked”.");
  // Regions alone would not tell which image they are missing from.
  await report(`${first} and ${second} are away.`, [7]);
  await expect(ui.line).toContainText(`Could not be restored: ${first}, ${second} and 1 region.`);
});

test("a name within another name is not that name", async ({ ui, page }) => {
  await ui.show("active");
  const report = (files: string[], message: string) =>
    page.evaluate(([report, offer]) => window.ui.status.report(report, offer), [
      reportOf({ success: false, failedImages: files.map((_, n) => n), message }),
      offerOf({ images: files.map((file, n) => image(n, file)) }),
    ] as const);
  await report(["M51.fits"], "NGC_M51.fits could not be restored.");
  await expect(ui.line).toContainText("Could not be restored: M51.fits.");
  await report(["cube.fits"], "cube.fits.gz and ücube.fits are gone.");
  await expect(ui.line).toContainText("Could not be restored: cube.fits.");
  await report(["b.fits", "b.fits"], "b.fits is locked.");
  await expect(ui.line).toContainText("Could not be restored: b.fits and b.fits.");
  await report(["c.fits"], "xc.fits and set/c.fits: locked.");
  await expect(ui.line).toContainText("Not everything could be restored.The backend says: “xc");
});
