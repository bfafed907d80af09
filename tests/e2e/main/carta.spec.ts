/**
 * The real viewer, unchanged except for one script tag, survives a restart of the backend and a
 * reload of its page. What else can happen to it is tested in `more`.
 */
import { expect, goOn, test } from "../harness/carta-equipped.js";
import { RECTANGLE } from "../harness/steps.js";

test("one click after a restart of the backend, and one after a reload", async ({ carta }) => {
  test.setTimeout(180_000);
  await carta.open();
  await carta.openImage("a.fits");
  await carta.openImage("b.fits");
  await carta.setChannel(2);
  const points = [
    { x: 20, y: 30 },
    { x: 10, y: 12 },
  ];
  await carta.addRegion({ type: RECTANGLE, points, name: "source" });
  const truth = () => carta.backend.session(carta.sessionId);
  const regions = await carta.regions(1);
  const before = { truth: await truth(), picture: await carta.picture() };

  await carta.backend.crashAndRestart();
  await goOn(carta);
  await expect.poll(truth).toEqual(before.truth);
  expect((await carta.picture()).differenceTo(before.picture)).toBeLessThan(0.002);
  expect(await carta.regions(1)).toEqual(regions);
  await carta.expectNoTrouble();

  await carta.reload();
  const dialog = carta.page.getByRole("dialog");
  await expect(dialog).toContainText("b.fits", { timeout: 30_000 });
  await dialog.getByRole("button", { name: "Restore" }).click();
  const said = carta.page.getByRole("status").filter({ hasText: "Back: 2 images and 1 region." });
  await expect(said).toBeAttached({ timeout: 30_000 });
  expect((await truth())["images"]).toEqual(before.truth["images"]);
  await expect.poll(async () => (await truth())["regions"]).toEqual(before.truth["regions"]);
  // The region's name is not compared, because only the viewer has it: it is not part of the
  // interface.
  expect(await carta.regions(1)).toMatchObject([{ type: RECTANGLE, points }]);
  await carta.expectNoTrouble();
});
