// The demo page, and the sample data that it shows.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin } from "./node.mjs";
import { buildPackage, contentHash, forViewers } from "./package.mjs";
import { backendBinary, target, www, wwwDist } from "./paths.mjs";
import { say, step } from "./process.mjs";

const sources = [
  "dist",
  "proto",
  "www/index.html",
  "www/src",
  "www/public",
  "www/vite.config.ts",
  "package-lock.json",
];
const stamp = join(target, "demo.stamp");
const built = () => contentHash([...sources, "www/dist"]);

/** Builds the package and the page into www/dist, if something has changed. */
export async function demo() {
  await buildPackage({ parts: forViewers });
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === built())
    return say("- demo page: up to date");
  await step("demo page", bin("vite"), ["build", www, "--logLevel", "warn"]);
  if (!existsSync(wwwDist)) throw new Error("vite build made no www/dist");
  writeFileSync(stamp, built());
}

/** A folder with FITS files, made by the backend itself. */
export async function samples() {
  const folder = join(target, "sample");
  mkdirSync(folder, { recursive: true });
  for (const kind of ["cube", "continuum", "stokes"]) {
    const file = join(folder, `${kind}.fits`);
    if (existsSync(file)) continue;
    // Another process may be making it too.
    const half = `${file}.${process.pid}.part`;
    await step(`sample FITS file, ${kind}`, backendBinary, ["make-sample", half, "--kind", kind]);
    renameSync(half, file);
  }
  return folder;
}
