/**
 * What a real viewer shows is as it was, however the page or its connection has ended: checked by a
 * dump of its own store, and by the pixels on the screen.
 */
import type { Page, TestInfo } from "@playwright/test";
import type { Backend } from "../harness/backend.js";
import type { BrowserProcess } from "../harness/browser-process.js";
import { Carta } from "../harness/carta.js";
import { differences, dump, type Dump } from "../harness/carta-dump.js";
import { equipped, expect, goOn, test as base } from "../harness/carta-equipped.js";
import type { Picture } from "../harness/carta-picture.js";
import { CartaSite, icdOf } from "../harness/carta-site.js";
import { SOFTWARE_WEBGL } from "../harness/carta-test.js";
import { kept, putFiles, work } from "../harness/carta-work.js";
import { holdDatabase } from "../harness/durable.js";
import { withFolder } from "../harness/folder.js";
import { RECTANGLE } from "../harness/steps.js";
import { openShadowRoots } from "../harness/ui/open-roots.js";

const SIZE = { width: 1200, height: 750 };

/** A user with a browser that can be killed, and the viewer in one of its tabs. */
class User {
  #browser: BrowserProcess | undefined;
  #carta: Carta | undefined;

  constructor(
    readonly launch: (...args: string[]) => Promise<BrowserProcess>,
    readonly backend: Backend,
    readonly site: CartaSite,
  ) {}

  get carta(): Carta {
    if (this.#carta === undefined) throw new Error("No viewer is open");
    return this.#carta;
  }

  async startBrowser(): Promise<void> {
    this.#browser = await this.launch(...SOFTWARE_WEBGL);
  }

  async openViewer(): Promise<void> {
    const page = await this.#browser?.context.newPage();
    if (page === undefined) throw new Error("No browser is open");
    await page.setViewportSize(SIZE);
    await openShadowRoots(page);
    this.#carta = await new Carta(page, this.backend, this.site).open();
  }

  async killBrowser(): Promise<void> {
    await this.#browser?.kill();
  }
}

const test = base.extend<{ root: string; user: User }>({
  root: async ({}, use) =>
    withFolder(async (folder) => {
      await putFiles(folder);
      await use(folder);
    }),
  backendOptions: async ({ cartaVersion, root }, use) => {
    await use({ icd: icdOf(cartaVersion), root });
  },
  user: async ({ launch, backend, cartaVersion, cartaSite }, use) => {
    const site = await CartaSite.start(cartaVersion, cartaSite);
    await use(new User(launch, backend, site));
    await site.stop();
  },
});

/** Says yes to the question of a page that has just been loaded; returns the final sentence. */
async function restore(carta: Carta, meanwhile = async () => {}): Promise<string> {
  const dialog = carta.page.getByRole("dialog", { name: /^Restore (your|this) work\?$/ });
  const yes = dialog.getByRole("button", { name: "Restore" });
  await expect(yes).toBeVisible({ timeout: 30_000 });
  await expect(dialog.getByLabel("Show it as before")).toBeChecked();
  // Before anything is given to the viewer.
  await meanwhile();
  await yes.click();
  const said = carta.page.getByRole("status").filter({ hasText: "Back: " });
  await expect(said).toBeAttached({ timeout: 60_000 });
  return (await said.allTextContents()).join();
}

/** What ends the page or its connection, and what the user is told at the end. */
const ENDS: Record<string, (user: User) => Promise<string | undefined>> = {
  "a backend that crashes": async ({ carta }) => {
    await carta.backend.crashAndRestart();
    await goOn(carta);
    return undefined;
  },
  "a reload": async ({ carta }) => {
    await carta.reload();
    return restore(carta);
  },
  "a closed tab": async (user) => {
    const { page } = user.carta;
    await page.close({ runBeforeUnload: true });
    await expect.poll(() => page.isClosed()).toBe(true);
    await user.openViewer();
    return restore(user.carta);
  },
  "a killed browser": async (user) => {
    await kept(user.carta.page);
    await user.killBrowser();
    await user.startBrowser();
    await user.openViewer();
    return restore(user.carta);
  },
};

interface Seen {
  dump: Dump;
  page: Picture;
  /** The part of the page that shows the images. */
  image: Picture;
}

async function look(carta: Carta): Promise<Seen> {
  const page = await carta.pagePicture();
  const box = await carta.imageView.boundingBox();
  if (box === null) throw new Error("No image is shown");
  return { dump: await dump(carta.page), page, image: page.part(box) };
}

async function expectSame(now: Seen, before: Seen, what: string, info: TestInfo): Promise<void> {
  await info.attach(what, { body: now.page.png, contentType: "image/png" });
  expect.soft(differences(before.dump, now.dump), what).toEqual([]);
  expect.soft(now.image.differenceTo(before.image), what).toBeLessThan(0.005);
  expect.soft(now.page.differenceTo(before.page), what).toBeLessThan(0.005);
}

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("everything at once is as it was, whatever ends it", async ({ user }, info) => {
      test.setTimeout(240_000);
      await user.startBrowser();
      await user.openViewer();
      await work(user.carta);
      const before = await look(user.carta);
      await info.attach("before", { body: before.page.png, contentType: "image/png" });
      expect(Object.keys(before.dump).length).toBeGreaterThan(240);
      for (const [what, end] of Object.entries(ENDS)) {
        await test.step(what, async () => {
          const said = await end(user);
          if (said !== undefined)
            expect
              .soft(said, what)
              .toContain(
                "Back: 3 images, 1 region and 2 catalogs. Matching, zoom, colours and panels are as before.",
              );
          await expectSame(await look(user.carta), before, what, info);
          expect.soft(user.carta.consoleErrors, what).toEqual([]);
          expect.soft(user.carta.pageErrors, what).toEqual([]);
        });
      }
    });
  });
}

/** The interface's number of a text annotation. */
const TEXT = 15;

const CORNER = [
  { x: 20, y: 30 },
  { x: 10, y: 12 },
];

/** Pages that a reload ends. */
const PAGES: Record<string, (page: Page) => Promise<unknown>> = {
  "a page that is looked at": async () => {},
  // The page has been hidden for a while, so there is no `visibilitychange` when it ends.
  "a hidden page": (page) =>
    page.addInitScript(() =>
      addEventListener("visibilitychange", (event) => event.stopImmediatePropagation(), {
        capture: true,
      }),
    ),
};

for (const version of ["6.0.0", "4.1.0"] as const) {
  for (const [what, prepare] of Object.entries(PAGES)) {
    test.describe(`viewer ${version}, ${what}`, () => {
      test.use({ cartaVersion: version, cartaSite: equipped() });

      test("what changes right before a reload is not lost", async ({ carta }) => {
        test.setTimeout(120_000);
        await prepare(carta.page);
        await carta.open();
        for (const file of ["a.fits", "b.fits"]) {
          await carta.openImage(file);
          await carta.addRegion({ type: RECTANGLE, points: CORNER });
        }
        const [, second] = await carta.images();
        await carta.page.evaluate("app.appendFile('', 'a.fits', '')");
        await carta.addRegion({ type: TEXT, points: CORNER });
        await carta.activate(second?.fileId ?? NaN);
        await kept(carta.page);
        await holdDatabase(carta.page);
        const sockets = carta.recorder.sockets.length;
        const isHidden = what === "a hidden page";
        await carta.page.evaluate((isHidden) => {
          const { app } = globalThis as unknown as { app: any };
          const region = (image: number) => app.frames[image].frameRegionSet.regions[1];
          if (isHidden) Object.defineProperty(document, "hidden", { get: () => true });
          // With the second image, before the user clicks on the first.
          region(1).setColor("#123456");
          dispatchEvent(new PointerEvent("pointerdown"));
          if (app.setActiveFrameById) app.setActiveFrameById(0);
          else app.setActiveImageById(0, 0);
          region(0).setColor("#654321");
          app.frames[0].setZoom(3);
          app.frames[0].renderConfig.setColorMap("viridis");
          // By the viewer itself, in an image that nobody has worked with. It notes the time of
          // one of these only, but a page that is hidden is read whole.
          if (isHidden) region(2).setName("at the end");
          else region(2).setText("at the end");
          location.reload();
        }, isHidden);
        await carta.waitUntilConnected(sockets);
        expect(await restore(carta)).toContain("zoom, colours and panels are as before.");
        expect(await carta.read("frames[0].zoomLevel")).toBe(3);
        expect(await carta.read("frames[0].renderConfig.colorMap")).toBe("viridis");
        const changed = `frames[2].frameRegionSet.regions[1].${isHidden ? "name" : "text"}`;
        expect(await carta.read(changed)).toBe("at the end");
        const colours = ["#654321", "#123456"].entries();
        for (const [image, colour] of colours)
          expect(await carta.read(`frames[${image}].frameRegionSet.regions[1].color`)).toBe(colour);
        expect(carta.consoleErrors).toEqual([]);
      });
    });
  }
}

/** Starting with the next page, the viewer does not learn how large its panels are. */
const hideSizes = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    globalThis.ResizeObserver = class extends ResizeObserver {
      constructor() {
        super(() => {});
      }
    };
  });

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("zoom is not reported to be as before if the viewer has yet to fit the image", async ({
      carta,
    }) => {
      test.setTimeout(120_000);
      await carta.open();
      await carta.openImage("a.fits");
      await carta.script("activeFrame.setZoom", [3]);
      await hideSizes(carta.page);
      await carta.reload();
      expect(await restore(carta)).toContain("Not restored: zoom.");
      expect(carta.consoleErrors).toEqual([]);
    });
  });
}

test.describe("a viewer that lacks names", () => {
  test.use({ cartaSite: equipped() });

  test("gets what is possible, and the rest is named", async ({ carta }) => {
    test.setTimeout(180_000);
    await carta.open();
    await work(carta);
    const before = await dump(carta.page);
    await kept(carta.page);
    await carta.reload();
    const said = await restore(carta, () =>
      carta.page.evaluate(() => {
        const page = globalThis as unknown as { app: Record<string, unknown> };
        // The viewer's own names can be neither deleted nor replaced.
        const without = (of: Record<string, unknown>, ...names: string[]) =>
          new Proxy(
            {},
            { get: (_, name) => (names.includes(String(name)) ? undefined : of[String(name)]) },
          );
        const { app } = page;
        const lacks = ["setSpatialMatchingEnabled", "setSpectralReference", "overlaySettings"];
        const store = (name: string) => app[name] as Record<string, unknown>;
        const animatorStore = without(store("animatorStore"), "setFrameRate");
        const widgetsStore = without(store("widgetsStore"), "createFloatingWidget");
        page.app = new Proxy({ animatorStore, widgetsStore } as Record<string, unknown>, {
          get: (own, name) =>
            own[String(name)] ?? (lacks.includes(String(name)) ? undefined : app[String(name)]),
        });
      }),
    );
    const missing = said.slice(said.indexOf("Not restored: "));
    for (const what of ["matching", "animator settings", "image view settings"])
      expect(missing).toContain(what);
    expect(missing).not.toMatch(/colours|contour styles|selection/);
    const after = await dump(carta.page);
    for (const name of ["1: zoomLevel", "1: renderConfig.colorMap", "2: contourConfig.color"])
      expect([name, after[name]]).toEqual([name, before[name]]);
    expect(carta.consoleErrors).toEqual([]);
    expect(carta.pageErrors).toEqual([]);
  });
});
