// Packs the tarball that would be published, installs it into a new project, and loads it as users
// do. In browsers the development backend drops connections, and what was open is restored
// afterwards.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createRsbuild } from "@rsbuild/core";
import * as vite from "vite";
import { bin } from "../../scripts/lib/node.mjs";
import { block } from "../docs/documents.mjs";
import { consumer, served as serve } from "./consumer.mjs";

const checked = JSON.stringify({
  eventType: 1,
  requestId: 7,
  payload: [8, 5],
  code: "invalid-option",
  phase: "idle",
});
// The second region's id shows that the first one exists.
const survived = { images: [0], regions: [1, 2] };
const unnoticed = { ...survived, noticed: ["open", "close 1005 true"] };
const inBrowser = {
  checked,
  storage: "stored",
  client: survived,
  socket: unnoticed,
  installed: unnoticed,
};

let app;
let backend;
let browser;
let stop;

before(async () => ({ app, backend, browser, stop } = await consumer("consumer")));

after(() => stop?.());

const served = (body, options) => serve(app, body, options);

/** Ends the connection of a session, without a closing handshake. */
async function drop(session) {
  const order = `${backend.http}/control/drop?session=${session}`;
  const { ok, status } = await fetch(order, { method: "POST" });
  assert.ok(ok, `${order}: ${status}`);
}

/**
 * What a page says in its title once its module has run, and what the browser has reported
 * meanwhile. A question is answered by keyboard.
 */
async function visit(address) {
  const page = await browser.newPage();
  const messages = [];
  page.on("console", (message) => messages.push(message.text()));
  const uncaught = new Promise((_, reject) => {
    page.on("pageerror", ({ message }) => reject(new Error(`uncaught: ${message}`)));
  });
  uncaught.catch(() => {});
  try {
    await page.exposeFunction("drop", drop);
    await page.goto(`${address}?backend=${encodeURIComponent(`${backend.ws}/`)}`);
    let isAsked = false;
    const question = page.waitForSelector("carta-resume-question", { state: "attached" });
    const answered = question.then(async () => {
      isAsked = true;
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
    });
    // If there is no question, this ends with the page.
    answered.catch(() => {});
    const titled = () => document.title !== "";
    const shown = page.waitForFunction(titled, null, { timeout: 15_000, polling: 20 });
    await Promise.race([shown, uncaught]);
    return { ...JSON.parse(await page.title()), isAsked, messages };
  } catch (error) {
    throw new Error([error.message, ...messages].join("\n"));
  } finally {
    await page.close();
  }
}

/** Checks that everything works on a page that uses the package in every way. */
async function checkPage(address) {
  const { messages, ...outcome } = await visit(address);
  assert.deepEqual(outcome, { ...inBrowser, isAsked: true }, messages.join("\n"));
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
    await checkPage(address(settings));
  } finally {
    await running.close();
  }
});

test("Vite, build and preview", async () => {
  const settings = await server();
  await vite.build(viteConfig());
  const running = await vite.preview(viteConfig({ preview: settings }));
  try {
    await checkPage(address(settings));
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
    await checkPage(address(settings));
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
    await checkPage(address(settings));
  } finally {
    await running.server.close();
  }
});

test("a script tag, without a bundler", () => served((site) => checkPage(`${site}plain.html`)));

/** What an administrator adds to a deployed viewer's page. */
const TAG =
  '<script src="/node_modules/carta-resume/dist/carta-resume-install.js" data-user="ann"></script>';

/** The deployed viewer with the script tag, and nothing else. */
function equip() {
  const page = readFileSync(join(app, "deployed.html"), "utf8");
  const equipped = page.replace("<script ", `${TAG}\n    <script `);
  assert.notEqual(equipped, page);
  writeFileSync(join(app, "equipped.html"), equipped);
}

/** What docs/deployment.md recommends, for this host, with nothing else allowed. */
const recommended = block("docs/deployment.md", "script-src")
  .text.replace("wss://carta.example.org", "ws://127.0.0.1:*")
  .replace("https://carta.example.org", "http://127.0.0.1:*");
const SUFFICIENT = `default-src 'self'; ${recommended.trim()}`;
const LACKING = SUFFICIENT.replace(" 'wasm-unsafe-eval'", "");

/** What happens to a viewer whose connection is dropped when nothing is installed. */
const lost = { regions: [1, null], noticed: ["open", "close 1006 false"], isAsked: false };

for (const [title, csp] of [
  ["no policy", undefined],
  ["a strict content security policy", SUFFICIENT],
]) {
  test(`a deployed viewer with one more script tag, under ${title}`, async () => {
    equip();
    await served(
      async (site) => {
        const { messages, ...without } = await visit(`${site}deployed.html`);
        assert.deepEqual(without, lost, messages.join("\n"));
        const { messages: said, ...equipped } = await visit(`${site}equipped.html`);
        assert.deepEqual(
          equipped,
          { regions: [1, 2], noticed: ["open"], isAsked: true },
          said.join("\n"),
        );
        assert.doesNotMatch(said.join("\n"), /security policy|carta-resume/i);
      },
      { csp },
    );
  });
}

test("under a policy without 'wasm-unsafe-eval' it is as if nothing were installed", async () => {
  equip();
  await served(
    async (site) => {
      const { messages, ...equipped } = await visit(`${site}equipped.html`);
      assert.deepEqual(equipped, lost, messages.join("\n"));
      const advice = messages.filter((message) => message.startsWith("carta-resume: "));
      assert.equal(advice.length, 1, messages.join("\n"));
      assert.match(advice[0], /'wasm-unsafe-eval' in script-src/);
    },
    { csp: LACKING },
  );
});

/** What a module prints when Node runs it in the project. */
const node = (script) =>
  execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: app,
    encoding: "utf8",
  }).trim();

test("Node", () => {
  const script = 'console.log((await import("./check.js")).check(await import("carta-resume")))';
  assert.equal(node(script), checked);
});

test("Node, carta-resume/socket: what exists without a WebSocket", () => {
  const script = `
    delete globalThis.WebSocket;
    const client = await import("carta-resume");
    const { ResumableWebSocket, ResumeError, ...rest } = await import("carta-resume/socket");
    console.log(JSON.stringify({
      name: ResumableWebSocket.name,
      open: ResumableWebSocket.OPEN,
      isOneError: ResumeError === client.ResumeError,
      rest: Object.entries(rest).map(([name, value]) => [name, typeof value]),
    }));`;
  assert.deepEqual(JSON.parse(node(script)), {
    name: "ResumableWebSocket",
    open: 1,
    isOneError: true,
    rest: [
      ["install", "function"],
      ["uninstall", "function"],
    ],
  });
});

test("Node, carta-resume/lavalink", () => {
  const script = `
    const { fileStore, LavalinkNode } = await import("carta-resume/lavalink");
    const options = { id: "main", host: "127.0.0.1", userId: "1", webSocket: class {} };
    const node = new LavalinkNode({ ...options, store: fileStore("sessions") });
    await node.close();
    console.log(node.status.phase);`;
  assert.equal(node(script), "closed");
});

for (const resolution of ["nodenext", "bundler"]) {
  test(`types, moduleResolution ${resolution}`, () => {
    const args = ["-p", join(app, `tsconfig.${resolution}.json`)];
    try {
      execFileSync(bin("tsc"), args, { cwd: app, encoding: "utf8" });
    } catch ({ stdout, message }) {
      assert.fail(stdout || message);
    }
  });
}
