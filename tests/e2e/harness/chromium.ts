import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** The installed Chromium: `CHROMIUM`, or the first one on the path. */
export function chromium(): string {
  const { CHROMIUM, PATH } = process.env;
  if (CHROMIUM) return CHROMIUM;
  const folders = [...(PATH ?? "").split(delimiter), "/usr/bin"];
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) =>
    existsSync(file),
  );
  if (found === undefined) throw new Error("No Chromium found. Install one or set CHROMIUM.");
  return found;
}
