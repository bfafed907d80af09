import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Pages of the address bar, which no test sees. Each new window spent 0.8 s of CPU on them. */
const UNSEEN = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"];

/** What Playwright switches off. Of two such lists only the last one counts. */
const PLAYWRIGHT_OFF = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
];

/** What it is started with in every test. */
const COMMON = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Of a Chromium that a test starts by itself. */
export const CHROMIUM_ARGS = [...COMMON, `--disable-features=${UNSEEN.join()}`];

/** Of one that Playwright starts. */
export const PLAYWRIGHT_ARGS = [
  ...COMMON,
  `--disable-features=${[...PLAYWRIGHT_OFF, ...UNSEEN].join()}`,
];

/** The first of these programs that is on the path. */
export function onPath(names: string[]): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin"];
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
}

/** The installed Chromium: `CHROMIUM`, or the first one on the path. */
export function chromium(): string {
  const found = process.env["CHROMIUM"] || onPath(NAMES);
  if (!found) throw new Error("No Chromium found. Install one or set CHROMIUM.");
  return found;
}
