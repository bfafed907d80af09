/** kill -9 of the whole browser, and a new one on the same profile: once. */
import { comeBack, moved, openOneRegion, xOf } from "../harness/durable.js";
import { truth } from "../harness/steps.js";
import { expect, test } from "../harness/test.js";

/** An edit is promised to be stored after this time. */
const GRACE_MS = 300;

test("the work is there after a crash of the browser", async ({ backend, site, launch }) => {
  const crashed = await launch();
  const before = await crashed.viewer(site.origin);
  await before.connect({ url: backend.url });
  const region = await openOneRegion(before);
  await before.edit(moved(region, 24), ["setChannel", 0, 5, 0]);
  await before.page.waitForTimeout(GRACE_MS);
  await crashed.kill();

  const browser = await launch();
  const viewer = await browser.viewer(site.origin);
  const { offer, report } = await comeBack(viewer, { url: backend.url });
  expect(offer).toMatchObject({ reason: "tab-closed", images: [{ channel: 5 }] });
  expect(xOf(report.state, region)).toBe(24);
  expect(await truth(backend, viewer)).toMatchObject({
    images: [{ channel: 5 }],
    regions: [{ controlPoints: [[24, 20], expect.anything()] }],
  });
});
