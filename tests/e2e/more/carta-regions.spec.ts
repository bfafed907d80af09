/** A real viewer with very many regions on an image that it matches to another. */
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { equipped, expect, test as base } from "../harness/carta-equipped.js";
import { icdOf } from "../harness/carta-site.js";
import { withFolder } from "../harness/folder.js";
import { fixtures } from "../harness/paths.js";

const COUNT = 300;
/** CARTA's number for region files of CASA's kind. */
const CRTF = 1;

const centre = (n: number) => ({ x: 8 + (n % 20) * 2, y: 8 + Math.floor(n / 20) * 3 });

const test = base.extend<{ root: string }>({
  root: async ({}, use) =>
    withFolder(async (folder) => {
      for (const name of ["a.fits", "b.fits"])
        await copyFile(join(fixtures, name), join(folder, name));
      const boxes = Array.from({ length: COUNT }, (_, n) => {
        const { x, y } = centre(n);
        return `centerbox[[${x}pix, ${y}pix], [3pix, 2pix]]`;
      });
      await writeFile(join(folder, "many.crtf"), ["#CRTFv0", ...boxes, ""].join("\n"));
      await use(folder);
    }),
  backendOptions: async ({ cartaVersion, root }, use) => {
    await use({ icd: icdOf(cartaVersion), root });
  },
});

// 4.1.0 does not take the development backend's answer to IMPORT_REGION.
test.use({ cartaVersion: "6.0.0", cartaSite: equipped() });

test("300 regions of a matched image come back on it", async ({ carta }) => {
  test.setTimeout(240_000);
  await carta.open({}, { autoWCSMatching: 1 });
  for (const file of ["a.fits", "b.fits"]) await carta.openImage(file);
  // A viewer that is busy with them answers late.
  const file = ["", "many.crtf", CRTF, { macroVariable: "frameMap[1]" }];
  await carta.attempt("importRegion", file).catch(() => {});
  const truth = async () => {
    const { regions } = await carta.backend.session(carta.sessionId);
    return (regions as { fileId: number; controlPoints: unknown }[]).map(
      ({ fileId, controlPoints }) => ({ fileId, controlPoints }),
    );
  };
  // The cursor of each image is one of them.
  const counts = async () => {
    const of = (at: number) => carta.read(`frames[${at}].frameRegionSet.regions.length`);
    return [await of(0), await of(1)];
  };
  const all = [COUNT + 1, 1];
  await expect(async () => expect(await counts()).toEqual(all)).toPass({ timeout: 90_000 });
  const before = await truth();
  expect(before).toHaveLength(COUNT);

  await carta.reload();
  const dialog = carta.page.getByRole("dialog", { name: "Restore your work?" });
  await dialog.getByRole("button", { name: "Restore" }).click({ timeout: 30_000 });
  const said = carta.page.getByRole("status").filter({ hasText: "Reopened: 2 images and 300" });
  await expect(said).toBeAttached({ timeout: 150_000 });
  expect(await truth()).toEqual(before);
  expect(await counts()).toEqual(all);
});
