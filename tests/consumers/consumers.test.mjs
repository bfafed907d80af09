// Packs the tarball that would be published, installs it into a fresh project,
// and loads it as users do.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "@playwright/test";
import { createRsbuild } from "@rsbuild/core";
import * as vite from "vite";
import { root, target } from "../../scripts/lib/paths.mjs";

const app = join(target, "consumer");
const expected = JSON.stringify({
  eventType: 1,
  requestId: 7,
  payload: [8, 5],
  code: "invalid-option",
  phase: "idle",
});
const inBrowser = `${expected} stored`;

let browser;

before(async () => {
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
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
});

after(() => browser?.close());

/** The page's title once its module has run. */
async function titleOf(address) {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  try {
    await page.goto(address);
    await page.waitForFunction(() => document.title !== "", null, { timeout: 15_000 });
    return await page.title();
  } catch (error) {
    throw new Error([error.message, ...errors].join("\n"));
  } finally {
    await page.close();
  }
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => probe.once("listening", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

const server = async () => ({ host: "127.0.0.1", port: await freePort(), strictPort: true });
const address = ({ port }) => `http://127.0.0.1:${port}/`;

const viteConfig = (more) => ({
  root: app,
  configFile: false,
  logLevel: "error",
  cacheDir: join(app, ".vite"),
  build: { outDir: "dist-vite" },
  ...more,
});

test("Vite, development server with pre-bundled dependencies", async () => {
  const settings = await server();
  const running = await vite.createServer(viteConfig({ server: settings }));
  try {
    await running.listen();
    assert.equal(await titleOf(address(settings)), inBrowser);
  } finally {
    await running.close();
  }
});

test("Vite, build and preview", async () => {
  const settings = await server();
  await vite.build(viteConfig());
  const running = await vite.preview(viteConfig({ preview: settings }));
  try {
    assert.equal(await titleOf(address(settings)), inBrowser);
  } finally {
    await running.close();
  }
});

const rsbuild = (settings) =>
  createRsbuild({
    cwd: app,
    config: {
      source: { entry: { index: "./main.js" } },
      html: { title: "" },
      output: { distPath: { root: "dist-rsbuild" } },
      server: settings,
      logLevel: "error",
    },
  });

test("rsbuild, development server", async () => {
  const settings = await server();
  const running = await (await rsbuild(settings)).startDevServer();
  try {
    assert.equal(await titleOf(address(settings)), inBrowser);
  } finally {
    await running.server.close();
  }
});

test("rsbuild, build and preview", async () => {
  const settings = await server();
  const bundler = await rsbuild(settings);
  await (await bundler.build()).close();
  const running = await bundler.preview();
  try {
    assert.equal(await titleOf(address(settings)), inBrowser);
  } finally {
    await running.server.close();
  }
});

test("a script tag, without a bundler", async () => {
  const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
  const files = createServer((request, response) => {
    try {
      const content = readFileSync(join(app, new URL(request.url, "http://localhost").pathname));
      response.setHeader("content-type", types[extname(request.url)] ?? "text/plain").end(content);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await new Promise((done) => files.once("listening", done));
  try {
    assert.equal(await titleOf(`${address(files.address())}plain.html`), inBrowser);
  } finally {
    files.closeAllConnections();
    files.close();
  }
});

test("Node", () => {
  const script = 'console.log((await import("./check.js")).check(await import("carta-resume")))';
  const args = ["--input-type=module", "--eval", script];
  assert.equal(
    execFileSync(process.execPath, args, { cwd: app, encoding: "utf8" }).trim(),
    expected,
  );
});
