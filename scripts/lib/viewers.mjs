// The real viewers, for the end-to-end tests: prebuilt in their npm packages. They are GPL
// software, downloaded for a test and never shipped. Nothing in them is executed here and none of
// their dependencies is installed.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { target } from "./paths.mjs";
import { Failed, say, seconds, watch } from "./process.mjs";

/** Version → what the registry says about its tarball. */
const PINNED = {
  "6.0.0":
    "sha512-pEUMTfPc25C2vM2NcxZKpQ7Kwkp7s55yp2perS4YC6zXYswCgTVPBwWLgSRRSk5yyT/f/EwKqVRMjc8YEOclHQ==",
  "4.1.0":
    "sha512-1x0ECwDEKWDr4IpaDWfm0PV1bx8gaBEVhgODrGxcb/m8ePdnTmND/puWCMUtTqrGOuXXlOzCns5hO2aBrJJOxg==",
};

const cache = join(target, "viewers");

/** The folder with a viewer's index.html. It is downloaded if it is not there. */
export async function viewer(version) {
  const folder = join(cache, version);
  if (existsSync(join(folder, "index.html"))) return folder;
  const began = performance.now();
  say(`- carta-frontend ${version} …`);
  const work = join(cache, `${version}.${process.pid}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    const tarball = await fetched(version, work);
    verify(version, tarball);
    const only = ["--strip-components=2", "package/build"];
    await quietly("tar", ["-xzf", tarball, "-C", work, ...only], `unpacking ${tarball}`);
    rmSync(tarball);
    if (existsSync(join(folder, "index.html"))) return folder; // by another process, meanwhile
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say(`  carta-frontend ${version}: done, ${seconds(began)}`);
  return folder;
}

async function fetched(version, folder) {
  const what = `carta-frontend@${version}`;
  const pack = ["pack", what, "--ignore-scripts", "--pack-destination", folder];
  await quietly(
    "npm",
    pack,
    `npm pack ${what} (the real viewer, for the tests; it needs npm's registry once)`,
  );
  return join(folder, `carta-frontend-${version}.tgz`);
}

function verify(version, tarball) {
  const hash = createHash("sha512").update(readFileSync(tarball)).digest("base64");
  if (`sha512-${hash}` !== PINNED[version])
    throw new Failed(`carta-frontend ${version} is not the one that is pinned: sha512-${hash}`);
}

/** Runs a program; its output is shown if it fails. */
async function quietly(command, args, what) {
  const lines = [];
  const code = await watch(command, args, { quiet: true, onLine: (line) => lines.push(line) });
  if (code === 0) return;
  throw new Failed(
    [...lines.slice(-20), `${what} failed (${command} ended with ${code})`].join("\n"),
  );
}
