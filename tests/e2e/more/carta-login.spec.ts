/** The real viewers behind a login: tokens that end, and two people sharing one browser. */
import { goOn } from "../harness/carta-equipped.js";
import { expect, test } from "../harness/carta-login-test.js";
import type { CartaVersion } from "../harness/carta-site.js";
import { logIn, logOut } from "../harness/login-test.js";
import { RECTANGLE } from "../harness/steps.js";
import { UNDISTURBED, type Carta } from "../harness/carta.js";

const points = [
  { x: 20, y: 30 },
  { x: 10, y: 12 },
];

/** An image and a region; returns what the backend has of it. */
async function work(carta: Carta, file: string) {
  await carta.openImage(file);
  await carta.addRegion({ type: RECTANGLE, points });
  return carta.backend.session(carta.sessionId);
}

const truth = (carta: Carta) => carta.backend.session(carta.sessionId);

const archived = (carta: Carta): Promise<unknown[]> =>
  carta.page.evaluate(() =>
    (
      globalThis as unknown as { cartaResume: { archive: { list(): Promise<unknown[]> } } }
    ).cartaResume.archive.list(),
  );

for (const cartaVersion of ["6.0.0", "4.1.0"] satisfies CartaVersion[]) {
  test.describe(cartaVersion, () => {
    test.use({ cartaVersion });
    test.setTimeout(180_000);

    test("a token that has ended costs one attempt and one click", async ({ open, controller }) => {
      const carta = await open("ada");
      const before = await work(carta, "a.fits");
      controller.expire();
      const refreshed = controller.refreshes.length;
      await carta.backend.crashAndRestart();
      await goOn(carta);
      await expect.poll(() => truth(carta)).toEqual(before);
      expect(controller.sockets.filter((user) => user === null)).toEqual([]);
      expect(controller.refreshes.length).toBeGreaterThan(refreshed);
      await carta.expectNoTrouble();
    });

    test("after a logout, one sentence says what to do; then it continues", async ({
      open,
      controller,
    }) => {
      const carta = await open("ada");
      const before = await work(carta, "a.fits");
      controller.expire();
      await logOut(carta.page);
      const sockets = controller.sockets.length;
      await carta.backend.crashAndRestart();
      const line = carta.page.locator("carta-resume-status");
      await expect(line).toContainText("You are logged out. Log in again");
      expect(await carta.modals()).toEqual([]);
      expect(controller.sockets).toHaveLength(sockets);
      await logIn(carta.page, "ada");
      await line.getByRole("button", { name: "Try now" }).click();
      await goOn(carta);
      await expect.poll(() => truth(carta)).toEqual(before);
      await expect(line).not.toContainText("logged out");
      await carta.expectNoTrouble();
    });

    test.describe("with preferences on the server", () => {
      test.use({
        controllerOptions: {
          preferences: { ...UNDISTURBED, colormap: "magma", astGridVisible: true },
        },
      });

      test("the view comes back, and none of it becomes a preference", async ({
        open,
        controller,
      }) => {
        const carta = await open("ada");
        await carta.openImage("a.fits");
        await carta.openImage("b.fits");
        const shown = () =>
          carta.page.evaluate(() => {
            const { app } = globalThis as unknown as { app: any };
            const of = ({ renderConfig, zoomLevel }: any) => [
              renderConfig.colorMap,
              renderConfig.scaling,
              zoomLevel,
            ];
            const { grid } = app.overlaySettings ?? app.overlayStore;
            return [
              app.frames.map(of),
              grid.isVisible ?? grid.visible,
              app.widgetsStore.floatingWidgets.length,
            ];
          });
        await carta.page.evaluate(() => {
          const { app } = globalThis as unknown as { app: any };
          const [a] = app.frames;
          a.renderConfig.setColorMap("viridis");
          a.renderConfig.setScaling(1);
          a.setZoom(3);
          (app.overlaySettings ?? app.overlayStore).grid.setVisible(false);
          app.widgetsStore.createFloatingHistogramWidget();
        });
        const before = await shown();
        expect(before).toEqual([
          [
            ["viridis", 1, 3],
            ["magma", 0, expect.any(Number)],
          ],
          false,
          1,
        ]);
        const written = controller.written.length;
        await carta.reload();
        const dialog = carta.page.getByRole("dialog", { name: "Restore your work?" });
        await dialog.getByRole("button", { name: "Restore" }).click({ timeout: 30_000 });
        const said = carta.page.getByRole("status").filter({ hasText: "Back: 2 images. " });
        await expect(said).toContainText("are as before", { timeout: 30_000 });
        expect(await shown()).toEqual(before);
        // Whenever a file is opened, the viewer notes its folder.
        const names = controller.written.slice(written).flatMap(([, body]) => Object.keys(body));
        expect(names.filter((name) => name !== "lastUsedFolder")).toEqual([]);
        await carta.expectNoTrouble();
      });
    });

    test("two people sharing one browser see nothing of each other's work", async ({ open }) => {
      const hers = await open("ada");
      const before = await work(hers, "a.fits");
      await hers.page.reload();
      await expect(hers.page.getByRole("dialog")).toContainText("a.fits", { timeout: 30_000 });
      await hers.page.close();

      const his = await open("bob");
      await his.openImage("b.fits");
      expect(await archived(his)).toEqual([]);
      await expect(his.page.getByRole("dialog")).toHaveCount(0);
      await expect(his.page.getByText("a.fits")).toHaveCount(0);
      expect(his.recorder.sent("OPEN_FILE")).toHaveLength(1);
      await his.page.close();

      const again = await open("ada");
      const dialog = again.page.getByRole("dialog");
      await expect(dialog).toContainText("a.fits", { timeout: 30_000 });
      await expect(dialog).not.toContainText("b.fits");
      await dialog.getByRole("button", { name: "Restore" }).click();
      await expect.poll(async () => (await truth(again))["images"]).toEqual(before["images"]);
    });
  });
}
