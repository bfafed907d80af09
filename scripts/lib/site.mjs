// What `npm start` serves: the demo page, and beside it the real CARTA viewer,
// unchanged but for one script tag.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dist, target, wwwDist } from "./paths.mjs";
import { say } from "./process.mjs";
import { viewer } from "./viewers.mjs";

const VERSION = "6.0.0";
const SCRIPT = "carta-resume-install.js";

/** The folder to serve, and where in it the real viewer is, if it can be had. */
export async function site() {
  const folder = join(target, "site");
  rmSync(folder, { recursive: true, force: true });
  cpSync(wwwDist, folder, { recursive: true });
  let found;
  try {
    found = await viewer(VERSION);
  } catch (error) {
    say(`- the CARTA viewer cannot be fetched, so that the demo goes without: ${error.message}`);
    return { folder };
  }
  const carta = join(folder, "carta");
  mkdirSync(carta);
  cpSync(found, carta, { recursive: true });
  cpSync(join(dist, SCRIPT), join(carta, SCRIPT));
  const page = join(carta, "index.html");
  const tag = `<head><script src="${SCRIPT}"></script>`;
  writeFileSync(
    page,
    readFileSync(page, "utf8").replace("<head>", () => tag),
  );
  // What a viewer asks its server for: nothing is configured.
  writeFileSync(join(carta, "config"), "{}");
  return { folder, carta: "carta/" };
}
