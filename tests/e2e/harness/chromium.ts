import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** The arguments that it is started with in every test. */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
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
