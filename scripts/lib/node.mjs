// Node itself, and the packages of package-lock.json.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeBin, nodeModules, root } from "./paths.mjs";
import { Missing, step } from "./process.mjs";

export function node() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Missing({
    what: `Node 20.19 or newer (this is ${process.versions.node})`,
    why: "by the tools that build the demo page",
    type: "see https://nodejs.org/en/download",
  });
}

const read = (file) => JSON.parse(readFileSync(file, "utf8"));

/** Whether everything that the lock file names is there, in that version. */
function complete() {
  const inside = join(nodeModules, ".package-lock.json");
  if (!existsSync(inside)) return false;
  const wanted = read(join(root, "package-lock.json")).packages;
  const found = read(inside).packages;
  return Object.entries(wanted).every(
    // What is for another system is left out.
    ([path, { version, optional }]) =>
      path === "" || (found[path] ? found[path].version === version : optional),
  );
}

export async function nodePackages() {
  if (complete()) return;
  await step("node modules", "npm", ["ci", "--include=dev", "--no-audit", "--no-fund"]);
}

export const bin = (name) => join(nodeBin, name);
