// A separate project with the tarball that would be published, a development backend, and Chromium.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "@playwright/test";
import { startBackend } from "../../scripts/lib/backend.mjs";
import { root, target } from "../../scripts/lib/paths.mjs";

/** Makes the project in `target/NAME` and installs the package into it. */
function install(name) {
  const app = join(target, name);
  rmSync(app, { recursive: true, force: true });
  cpSync(join(root, "tests/consumers/app"), app, { recursive: true });
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "consumer", type: "module" }));
  const pack = join(app, "pack");
  mkdirSync(pack);
  const npm = (...args) =>
    execFileSync("npm", args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  npm("pack", "--silent", "--ignore-scripts", "--pack-destination", pack);
  const tarball = join(pack, readdirSync(pack)[0]);
  npm("install", "--silent", "--prefix", app, "--no-audit", "--no-fund", "--offline", tarball);
  return app;
}

/** The project's folder, a backend with faults on command, a browser, and `stop()`. */
export async function consumer(name) {
  const app = install(name);
  const images = ["--root", join(root, "tests/fixtures")];
  const backend = await startBackend([...images, "--control"], { quiet: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  const stop = () => Promise.all([browser.close(), backend.stop()]);
  return { app, backend, browser, stop };
}

/** A web server for a folder, without any bundler. `body` gets its address. */
export async function served(app, body, { csp } = {}) {
  const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
  const files = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    try {
      const content = readFileSync(join(app, pathname));
      if (csp) response.setHeader("content-security-policy", csp);
      response.setHeader("content-type", types[extname(pathname)] ?? "text/plain").end(content);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await new Promise((done) => files.once("listening", done));
  try {
    return await body(`http://127.0.0.1:${files.address().port}/`);
  } finally {
    files.closeAllConnections();
    files.close();
  }
}
