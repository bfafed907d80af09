/** What the demo's line says when nothing arrives any more: it names the reason. */
import { DemoPage } from "../harness/demo-page.js";
import { inRoot } from "../harness/paths.js";
import { expect, test } from "../harness/test.js";

test.use({ backendOptions: { page: inRoot("www/dist") } });

test("a backend that does not answer", async ({ page, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await page.getByRole("button", { name: "Stall 20 s" }).click();
  const said = /^Connected\. The backend has not answered for \d+ s\./;
  await expect(demo.status.locator(".status-text")).toHaveText(said, { timeout: 15_000 });
});

test("work that another tab has taken", async ({ page, context, backend }) => {
  const demo = await new DemoPage(page).open(backend.origin);
  await demo.waitUntilActive();
  await demo.openFile("a.fits");
  await demo.draw("Ellipse", [0.4, 0.4], [0.6, 0.6]);
  await demo.settled();

  const other = await new DemoPage(await context.newPage()).open(backend.origin);
  await other.waitUntilActive();
  await other.archived.getByRole("button", { name: "Restore" }).click();
  await other.dialog.getByRole("button", { name: "Restore" }).click();
  await expect(other.regions).toHaveCount(1);
  await expect(demo.status.locator(".status-text")).toHaveText(
    "This work has moved to another tab. Reload this page to start over here.",
  );
  await expect(demo.status.locator(".status-detail")).toHaveText("");
});
