/** The test function of the specs with the real viewers. */
import { Carta } from "./carta.js";
import { CartaSite, icdOf, type CartaSiteOptions, type CartaVersion } from "./carta-site.js";
import { chromium, PLAYWRIGHT_ARGS } from "./chromium.js";
import { test as base } from "./test.js";

/** WebGL without a graphics card; the page around it is drawn faster without GL. */
export const SOFTWARE_WEBGL = [
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-gpu-rasterization",
  "--disable-gpu-compositing",
];

interface CartaFixtures {
  cartaVersion: CartaVersion;
  /** How the viewer is deployed. */
  cartaSite: CartaSiteOptions;
  /** A viewer, not opened yet. */
  carta: Carta;
}

export const test = base.extend<CartaFixtures>({
  launchOptions: [
    {
      executablePath: chromium(),
      args: [...PLAYWRIGHT_ARGS.filter((arg) => arg !== "--disable-gpu"), ...SOFTWARE_WEBGL],
    },
    { scope: "worker" },
  ],
  // A small window: its pixels are drawn by the processor.
  viewport: { width: 1200, height: 750 },
  cartaVersion: ["6.0.0", { option: true }],
  cartaSite: [{}, { option: true }],
  backendOptions: async ({ cartaVersion }, use) => {
    await use({ icd: icdOf(cartaVersion) });
  },
  carta: async ({ page, backend, cartaVersion, cartaSite }, use) => {
    const site = await CartaSite.start(cartaVersion, cartaSite);
    await use(new Carta(page, backend, site));
    await page.close();
    await site.stop();
  },
});

export { expect } from "./expect.js";
