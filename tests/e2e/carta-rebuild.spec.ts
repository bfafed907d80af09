/**
 * What a real viewer has open, of every kind, is there again after a reload of its
 * page; and what cannot be there is named.
 */
import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Carta } from "./harness/carta.js";
import { equipped, expect, test as base } from "./harness/carta-equipped.js";
import { icdOf } from "./harness/carta-site.js";
import { withFolder } from "./harness/folder.js";
import { fixtures } from "./harness/paths.js";
import { RECTANGLE } from "./harness/steps.js";

/** Names that would be markup, end a string, or climb out of a folder. */
const MARKUP = "<img src=x onerror=document.title='owned'>.fits";
const QUOTES = `"],"x":["\\u0041'\`\${1}.fits`;

const CATALOG = `<?xml version="1.0"?>
<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>
<FIELD name="ra" datatype="double" unit="deg"/><FIELD name="dec" datatype="double" unit="deg"/>
<DATA><TABLEDATA><TR><TD>1.5</TD><TD>2.5</TD></TR><TR><TD>3.5</TD><TD>4.5</TD></TR></TABLEDATA>
</DATA></TABLE></RESOURCE></VOTABLE>
`;

const test = base.extend<{ root: string }>({
  root: async ({}, use) =>
    withFolder(async (folder) => {
      const a = ["a.fits", "i.fits", "u.fits", "gone.fits", MARKUP];
      for (const name of a) await copyFile(join(fixtures, "a.fits"), join(folder, name));
      for (const name of ["q.fits", QUOTES])
        await copyFile(join(fixtures, "b.fits"), join(folder, name));
      await writeFile(join(folder, "sources.xml"), CATALOG);
      await use(folder);
    }),
  backendOptions: async ({ cartaVersion, root }, use) => {
    await use({ icd: icdOf(cartaVersion), root });
  },
});

const truth = (carta: Carta) => carta.backend.session(carta.sessionId);

/** Reloads, and says yes to a question that shows all of these. */
const reloadAndRestore = async (carta: Carta, shown: string[]) => {
  await carta.reload();
  const dialog = carta.page.getByRole("dialog");
  for (const text of shown) await expect(dialog).toContainText(text, { timeout: 30_000 });
  await expect(dialog.locator("img")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Restore" }).click();
};

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("a joined image, its vector overlay, and a catalog", async ({ carta }) => {
      test.setTimeout(240_000);
      await carta.open();
      await carta.openImage("a.fits");
      const parts = ["i.fits", "q.fits", "u.fits"].map((file, n) => {
        return { directory: "", file, hdu: "", polarizationType: n + 1 };
      });
      await carta.script("appendConcatFile", [parts, "", ""]);
      await carta.fit();
      await carta.drawVectorOverlay();
      await carta.script("appendCatalog", ["", "sources.xml", 50, 1]);
      const before = await truth(carta);
      expect(before).toMatchObject({
        images: [{ file: "a.fits" }, { stokesFiles: parts, vectorOverlay: { stokesAngle: 1 } }],
        catalogs: [{ name: "sources.xml" }],
      });

      await reloadAndRestore(carta, ["a.fits", "i.fits.hypercube", "sources.xml"]);
      const said = carta.page.getByRole("status").filter({ hasText: "Everything is back." });
      await expect(said).toBeAttached({ timeout: 30_000 });
      const after = await truth(carta);
      expect(after["images"]).toEqual(before["images"]);
      expect(after["catalogs"]).toEqual(before["catalogs"]);
      await carta.expectNoTrouble();
    });

    test("names that mean harm, and a file that is gone", async ({ carta, root }) => {
      test.setTimeout(240_000);
      await carta.open();
      for (const file of ["gone.fits", MARKUP, QUOTES]) await carta.openImage(file);
      const points = [
        { x: 20, y: 30 },
        { x: 10, y: 12 },
      ];
      await carta.addRegion({ type: RECTANGLE, points });
      const before = await truth(carta);
      expect(before["regions"]).toHaveLength(1);

      await rm(join(root, "gone.fits"));
      await reloadAndRestore(carta, ["gone.fits", MARKUP, QUOTES]);
      const said = carta.page.getByRole("status").filter({ hasText: "Not everything came back." });
      await expect(said).toContainText("gone.fits does not exist", { timeout: 30_000 });
      await expect(said.locator("img")).toHaveCount(0);
      // 4.1.0 itself takes it for markup.
      if (version === "6.0.0") expect(await carta.page.title()).not.toBe("owned");
      const after = await truth(carta);
      expect(after["images"]).toMatchObject([{ file: MARKUP }, { file: QUOTES }]);
      expect(after["regions"]).toMatchObject(
        (before["regions"] as object[]).map((region) => ({ ...region, fileId: 1 })),
      );
    });
  });
}
