/**
 * The real viewers, unchanged but for one script tag, survive: each goes on after
 * one click, and neither it nor the backend can tell the difference.
 */
import type { Carta } from "./harness/carta.js";
import { expect, test as base } from "./harness/carta-test.js";
import { inRoot } from "./harness/paths.js";
import { ELLIPSE, RECTANGLE } from "./harness/steps.js";
import { openShadowRoots } from "./harness/ui/open-roots.js";

const test = base.extend<{ asked: Carta }>({
  cartaSite: {
    script: { src: "carta-resume/carta-resume-install.js" },
    folders: { "carta-resume": inRoot("dist") },
  },
  carta: async ({ carta }, use) => {
    await openShadowRoots(carta.page);
    await use(carta);
  },
});

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

/** What the backend has, apart from what each connection counts anew. */
async function truth(carta: Carta): Promise<unknown> {
  const session = await carta.backend.session(carta.sessionId);
  return session;
}

async function goOn(carta: Carta): Promise<void> {
  const resumed = carta.recorder.received("RESUME_SESSION_ACK").length;
  const dialog = carta.page.getByRole("dialog", { name: "Go on where you were?" });
  await dialog.getByRole("button", { name: "Go on" }).click();
  await carta.recorder.waitForReceived("RESUME_SESSION_ACK", resumed + 1);
  await expect(dialog).toBeHidden();
}

const drops: Record<string, (carta: Carta) => Promise<void>> = {
  "the backend is killed and started again": ({ backend }) => backend.crashAndRestart(),
  "the connection is reset": ({ backend }) => backend.control("drop"),
  "the connection is half open": ({ backend }) => backend.control("stall?ms=15000"),
  "five drops in a row": async ({ backend, recorder }) => {
    for (let drop = 0; drop < 5; drop += 1) {
      const registered = recorder.received("REGISTER_VIEWER_ACK").length;
      await backend.control("drop");
      await recorder.waitForReceived("REGISTER_VIEWER_ACK", registered + 1);
    }
  },
};

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version });

    for (const [what, happens] of Object.entries(drops)) {
      test(`${what}: it goes on after one click`, async ({ carta }, testInfo) => {
        test.slow();
        await work(carta);
        const regions = await carta.regions(1);
        const before = { truth: await truth(carta), picture: await carta.picture() };

        await happens(carta);
        await goOn(carta);

        await expect.poll(() => truth(carta)).toEqual(before.truth);
        const after = await carta.picture();
        expect(after.differenceTo(before.picture)).toBeLessThan(0.002);
        await carta.expectNoTrouble();

        // Its own life goes on: the next region, another channel, its list.
        expect(await carta.regions(1)).toEqual(regions);
        await carta.drawRegion("ellipse", { x: 30, y: 10 }, { x: 36, y: 16 });
        expect(await carta.regions(1)).toHaveLength(regions.length + 1);
        expect((await carta.regionList()).join("\n")).toContain("source");
        await carta.setChannel(1);
        await carta.waitUntilDrawn();
        await carta.expectNoTrouble();
        await testInfo.attach("after", { body: await carta.page.screenshot() });
      });
    }
  });
}
