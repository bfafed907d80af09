import { writeFile } from "node:fs/promises";
import { equipped, test as base } from "../harness/carta-equipped.js";
const test = base;
for (const version of ["6.0.0", "4.1.0"] as const) {
  test.describe(`viewer ${version}`, () => {
    test.use({ cartaVersion: version, cartaSite: equipped() });
    test("explore", async ({ carta }) => {
      test.setTimeout(120_000);
      await carta.open();
      await carta.openImage("a.fits");
      await carta.openImage("b.fits");
      await carta.fit();
      const dump = await carta.page.evaluate(() => {
        const names = (o: any) => {
          const all: Record<string, string> = {};
          for (let p = o; p && p !== Object.prototype; p = Object.getPrototypeOf(p)) {
            for (const k of Object.getOwnPropertyNames(p)) {
              if (k in all || k === "constructor") continue;
              const d = Object.getOwnPropertyDescriptor(p, k)!;
              let v: any; try { v = o[k]; } catch { v = "throws"; }
              const t = typeof v;
              all[k] = t === "function" ? `fn(${v.length})` : t === "object" && v ? (Array.isArray(v) ? `Array(${v.length})` : v.constructor?.name + (v instanceof Map ? `(${v.size})` : "")) : String(v).slice(0, 60);
              if (d.get && !d.set) all[k] += " [get]";
            }
          }
          return all;
        };
        const app = (window as any).app;
        const f = app.activeFrame;
        const out: any = {};
        const add = (n: string, o: any) => { out[n] = o ? names(o) : String(o); };
        add("app", app); add("frame", f); add("renderConfig", f.renderConfig); add("contourConfig", f.contourConfig); add("vectorOverlayConfig", f.vectorOverlayConfig);
        add("regionSet", f.frameRegionSet ?? f.regionSet); add("layoutStore", app.layoutStore); add("widgetsStore", app.widgetsStore);
        add("animatorStore", app.animatorStore); add("overlayStore", app.overlayStore ?? app.overlaySettings); add("catalogStore", app.catalogStore);
        add("overlaySettings", app.overlaySettings); add("imageViewConfigStore", app.imageViewConfigStore); add("colorBlendingStore", app.imageViewConfigStore?.colorBlendingImages); 
        add("preferenceStore", app.preferenceStore);
        add("cursor", f.cursorInfo);
        out.globals = Object.keys(window).filter((k) => /app|carta|util|enum|mobx/i.test(k));
        return out;
      });
      await writeFile(`/tmp/explore-${version}.json`, JSON.stringify(dump, null, 1));
    });
  });
}
