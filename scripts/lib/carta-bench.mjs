// CARTA's own viewer in Chromium, for the benchmarks.
import { buildFastBackend, startBackend } from "./backend.mjs";
import { buildPackage } from "./package.mjs";
import { root } from "./paths.mjs";
import { say } from "./process.mjs";
import { forChromium } from "./setup.mjs";
import { viewer } from "./viewers.mjs";

export const VERSION = "6.0.0";
export const PREFERENCES = {
  telemetryConsentShown: true,
  telemetryMode: "none",
  checkNewRelease: false,
  autoLaunch: false,
};

export const CHROMIUM_ARGS = [
  ...["--no-sandbox", "--disable-dev-shm-usage"],
  // Intercepted answers of the server count as coming from another network.
  "--disable-features=LocalNetworkAccessChecks",
  ...["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
];

/**
 * Builds what is needed and starts a backend with the images of `folder`, for as long as `act`
 * takes.
 */
export async function withBackend(folder, act) {
  const { chromium: executablePath } = await forChromium();
  await buildPackage();
  await buildFastBackend();
  await viewer(VERSION);
  const flags = ["--icd", "30", "--root", folder, "--static", root];
  const backend = await startBackend(flags, { quiet: true, fast: true });
  try {
    await act(executablePath, backend);
  } finally {
    await backend.stop();
  }
}

/** The same with a browser that Playwright drives. */
export const withViewers = (folder, act) =>
  withBackend(folder, async (executablePath, backend) => {
    // Not imported at the top: this file is read before the node modules are installed.
    const { chromium } = await import("@playwright/test");
    const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
    try {
      await act(browser, backend);
    } finally {
      await browser.close();
    }
  });

/** Opens the viewer, `equipped` with the script or not; `watch` runs in the page first. */
export async function openViewer(browser, backend, { equipped = true, watch } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 750 } });
  const page = await context.newPage();
  page.on("pageerror", (error) => say(`  page: ${error.message}`));
  page.on("dialog", (dialog) => void dialog.accept());
  await page.route(/^https?:\/\/(?!127\.0\.0\.1[:/])/, (route) => route.abort());
  await page.route(/\/config$/, (route) => route.fulfill({ json: {} }));
  if (equipped) {
    await page.route(/\/index\.html/, async (route) => {
      const response = await route.fetch();
      const tag = `<script src="/dist/carta-resume-install.js"></script>`;
      const body = (await response.text()).replace("<head>", `<head>${tag}`);
      await route.fulfill({ response, body });
    });
  }
  await page.addInitScript((text) => {
    localStorage["preferences"] ??= text;
  }, JSON.stringify(PREFERENCES));
  if (watch) await page.addInitScript(watch);
  const path = `target/viewers/${VERSION}/index.html`;
  await page.goto(`${backend.http}/${path}?socketUrl=${encodeURIComponent(backend.ws)}`);
  await page.waitForFunction(() => window.app?.backendService?.connectionStatus === 2);
  return { page, close: () => context.close() };
}
