// What `npm start` serves: the demo page, and beside it the real CARTA viewer, unchanged except for
// one script tag.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dist, target, wwwDist } from "./paths.mjs";
import { say } from "./process.mjs";
import { viewer } from "./viewers.mjs";

const VERSION = "6.0.0";
const SCRIPT = "carta-resume-install.js";

/** The folder of the real viewer, or undefined if it cannot be downloaded. */
export const fetchViewer = () =>
  viewer(VERSION).catch(({ message }) =>
    say(`- the CARTA viewer was not downloaded, so the demo goes without it: ${message}`),
  );

/** The folder to serve, and where the real viewer is in it, if it is there. */
export async function site() {
  const folder = join(target, "site");
  rmSync(folder, { recursive: true, force: true });
  cpSync(wwwDist, folder, { recursive: true });
  const found = await fetchViewer();
  if (!found) return { folder };
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
  // What a viewer asks its server for: an empty configuration.
  writeFileSync(join(carta, "config"), "{}");
  return { folder, carta: "carta/" };
}
