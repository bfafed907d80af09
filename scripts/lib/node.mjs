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

/** The packages of this repository: the published one, and those that need something more. */
const BUILD = [""];
const MORE = ["scripts/packages/tests", "scripts/packages/docs"];

/** What npm has recorded about the installed packages, and what should be installed, by path. */
function packages() {
  const note = join(nodeModules, ".package-lock.json");
  return {
    found: existsSync(note) ? read(note).packages : {},
    wanted: read(join(root, "package-lock.json")).packages,
  };
}

/** For each direct dependency of these packages, whether it is installed. */
const has = ({ wanted }, paths) =>
  paths.flatMap((path) =>
    Object.keys(wanted[path].devDependencies).map((name) =>
      [path, ""].some((each) => existsSync(join(root, each, "node_modules", name))),
    ),
  );

/**
 * Whether the installed packages have the versions of the lock file, and all direct dependencies of
 * these are there.
 */
const complete = ({ found, wanted }, paths) =>
  Object.entries(found).every(([path, { version }]) => wanted[path]?.version === version) &&
  has({ wanted }, paths).every(Boolean);

const install = (...more) =>
  step("node modules", "npm", ["ci", "--include=dev", "--no-audit", "--no-fund", ...more]);

/** Installs what the package and the demo page are built with. */
export async function buildPackages() {
  const all = packages();
  if (complete(all, BUILD)) return;
  // Otherwise, what else is installed would be removed.
  const keep = has(all, MORE).some(Boolean);
  await install(...(keep ? [] : ["--workspaces=false"]));
}

/** Installs that and everything that tests, linters, benchmarks and the documents need. */
export async function nodePackages() {
  if (!complete(packages(), [...BUILD, ...MORE])) await install();
}

export const bin = (name) => join(nodeBin, name);
