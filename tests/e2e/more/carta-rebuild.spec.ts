/**
 * What a real viewer has open, of every kind, is there again after a reload of its page; and what
 * cannot be restored is named.
 */
import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Carta } from "../harness/carta.js";
import { equipped, expect, test as base } from "../harness/carta-equipped.js";
import { icdOf } from "../harness/carta-site.js";
import { withFolder } from "../harness/folder.js";
import { fixtures } from "../harness/paths.js";
import { RECTANGLE } from "../harness/steps.js";

/** Names that would be markup, end a string, or climb out of a folder. */
const MARKUP = "<img src=x onerror=document.title='owned'>.fits";
const QUOTES = `"],"x":["\\u0041'\`\${1}.fits`;

const EXPRESSION = `("i.fits" - 'q.fits') / 2`;

const CATALOG = `<?xml version="1.0"?>
<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>
<FIELD name="ra" datatype="double" unit="deg"/><FIELD name="dec" datatype="double" unit="deg"/>
<DATA><TABLEDATA><TR><TD>1.5</TD><TD>2.5</TD></TR><TR><TD>3.5</TD><TD>4.5</TD></TR></TABLEDATA>
</DATA></TABLE></RESOURCE></VOTABLE>
`;

const test = base.extend<{ root: string }>({
  root: async ({}, use) =>
    withFolder(async (folder) => {
      const a = ["i.fits", "u.fits", "gone.fits", MARKUP];
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

for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });

    test("of every kind, with malicious names, and one that is gone", async ({ carta, root }) => {
      test.setTimeout(240_000);
      await carta.open();
      const parts = ["i.fits", "q.fits", "u.fits"].map((file, n) => {
        return { directory: "", file, hdu: "", polarizationType: n + 1 };
      });
      await carta.openImage(MARKUP);
      await carta.script("appendConcatFile", [parts, "", ""]);
      await carta.fit();
      await carta.drawVectorOverlay();
      await carta.openImage(QUOTES);
      const points = [
        { x: 20, y: 30 },
        { x: 10, y: 12 },
      ];
      await carta.addRegion({ type: RECTANGLE, points });
      await carta.script("appendCatalog", ["", "sources.xml", 50, 1]);
      const made = ["", EXPRESSION, "", true];
      expect(await carta.script("appendFile", made, "frameInfo.fileId")).toBe(3);
      const before = await truth(carta);
      const joined = { stokesFiles: parts, vectorOverlay: { stokesAngle: 1 } };
      expect(before).toMatchObject({
        images: [
          { file: MARKUP },
          joined,
          { file: QUOTES },
          { fileId: 3, file: EXPRESSION, lelExpr: true },
        ],
        regions: [{ fileId: 2 }],
        catalogs: [{ name: "sources.xml" }],
      });
      await carta.openImage("gone.fits");
      await rm(join(root, "gone.fits"));

      await carta.reload();
      const dialog = carta.page.getByRole("dialog");
      const names = [MARKUP, "i.fits.hypercube", QUOTES, EXPRESSION, "gone.fits", "sources.xml"];
      for (const name of names) await expect(dialog).toContainText(name, { timeout: 30_000 });
      await expect(dialog.locator("img")).toHaveCount(0);
      await dialog.getByRole("button", { name: "Restore" }).click();
      const said = carta.page
        .getByRole("status")
        .filter({ hasText: "Not everything could be restored." });
      await expect(said).toContainText("gone.fits does not exist", { timeout: 30_000 });
      await expect(said.locator("img")).toHaveCount(0);
      // 4.1.0 itself takes one of the names for markup.
      if (version === "6.0.0") expect(await carta.page.title()).not.toBe("owned");
      const { images, regions, catalogs } = await truth(carta);
      expect({ images, regions, catalogs }).toEqual({
        images: before["images"],
        regions: before["regions"],
        catalogs: before["catalogs"],
      });
      expect(await carta.read("frames[3].frameInfo.fileInfo.name")).toBe(EXPRESSION);
      expect(await carta.read("frames[3].frameInfo.lelExpr")).toBe(true);
    });
  });
}
