// Runs the examples of the documents in Chromium with the packed package and the development
// backend, and checks the names of files that the documents mention.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startBackend } from "../../scripts/lib/backend.mjs";
import { root } from "../../scripts/lib/paths.mjs";
import { consumer, served } from "../consumers/consumer.mjs";
import { block, blocks, documents } from "./documents.mjs";

let app;
let backend;
let browser;
let stop;

before(async () => ({ app, backend, browser, stop } = await consumer("documents")));

after(() => stop?.());

const UNMODIFIED = "docs/unmodified-viewers.md";
const LOCAL = '"ws://localhost:3002/"';
const PACKAGE = "node_modules/carta-resume";

const used = new Set();

/** The text of the example that contains `part`, which counts as run. */
function example(file, part) {
  const found = block(file, part);
  used.add(found);
  return found.text;
}

/** Replaces text that must be present. */
function put(text, what, by) {
  assert.ok(text.includes(what), what);
  return text.replace(what, () => by);
}

const imports = JSON.stringify({
  imports: {
    "carta-resume": `/${PACKAGE}/dist/index.js`,
    "carta-resume/carta-view": `/${PACKAGE}/dist/carta-view.js`,
    "carta-resume/socket": `/${PACKAGE}/dist/socket.js`,
  },
});
const withImports = (code) =>
  `<script type="importmap">${imports}</script><script type="module">${code}</script>`;

/**
 * Opens a page with `head` in its `<head>`, and passes it to `body` with the messages of its
 * console.
 */
async function opened(head, body, { origin, routes = {} } = {}) {
  writeFileSync(join(app, "example.html"), `<!doctype html><head><title></title>${head}</head>`);
  const visit = async (site) => {
    const page = await browser.newPage();
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", ({ message }) => said.push(`uncaught: ${message}`));
    try {
      for (const [path, answer] of Object.entries(routes))
        await page.route(`**${path}`, (route) => route.fulfill({ json: answer }));
      await page.goto(`${site}example.html`);
      return await body(page, said);
    } catch (error) {
      throw new Error([error.message, ...said].join("\n"));
    } finally {
      await page.close();
    }
  };
  return origin ? visit(`${origin}/`) : served(app, visit);
}

/** Waits for a page's title, which its module sets when it is done. */
async function titled(page, title) {
  await page.waitForFunction((wanted) => document.title === wanted, title, { polling: 20 });
}

test("README: asks after a reload, and returns what it takes to rebuild", async () => {
  const first = put(example("README.md", "OPEN_FILE, as"), LOCAL, JSON.stringify(`${backend.ws}/`));
  const second = put(
    example("README.md", "state === null"),
    "// image.openFileAck is",
    'console.log("rebuilt:", image.file, image.openFileAck instanceof Uint8Array); //',
  );
  const both = put(first, "await client.connect();", `${second}\nawait client.connect();`);
  await opened(withImports(`${both}document.title = "open";`), async (page, said) => {
    const questions = [];
    page.on("dialog", (dialog) => {
      questions.push(dialog.message());
      void dialog.accept();
    });
    await titled(page, "open");
    // Written when the page is left, at the latest.
    const rebuilt = page.waitForEvent("console", (message) => message.text().startsWith("rebuilt"));
    await page.reload();
    assert.equal((await rebuilt).text(), "rebuilt: a.fits true");
    assert.deepEqual(questions, ["Restore a.fits?"]);
    assert.ok(said.includes("back: [0]"));
  });
});

test("README: without a bundler", async () => {
  const text = example("README.md", "dist/web.js");
  const done = put(
    text,
    "</script>",
    "document.title = new ResumeClient({ url: 'ws://a', confirmResume: () => true }).status.phase;</script>",
  );
  await opened(done, (page) => titled(page, "idle"));
});

for (const file of ["README.md", UNMODIFIED]) {
  test(`${file}: the script tag, and the archive in the console`, async () => {
    copyFileSync(
      join(app, PACKAGE, "dist/carta-resume-install.js"),
      join(app, "carta-resume-install.js"),
    );
    const tag = example(file, 'src="carta-resume-install.js"');
    const archive = example(UNMODIFIED, "cartaResume.archive");
    await opened(tag, async (page) => {
      const outcome = await page.evaluate(
        async ([url, code]) => {
          const { Viewer } = await import("/viewer.js");
          const viewer = new Viewer(new WebSocket(url));
          await viewer.start();
          const AsyncFunction = (async () => {}).constructor;
          return new AsyncFunction("id", code)("an id").catch(({ code }) => code);
        },
        [`${backend.ws}/`, archive],
      );
      assert.equal(outcome, "unknown-workspace");
    });
  });
}

test("unmodified viewers: install() and ResumableWebSocket", async () => {
  const code = put(example(UNMODIFIED, "install();"), LOCAL, JSON.stringify(`${backend.ws}/`));
  const then = `
    const kinds = [socket, new WebSocket("${backend.ws}/")];
    await new Promise((open) => socket.addEventListener("open", open));
    document.title = String(kinds.every((each) => each.resume === null));`;
  await opened(withImports(code + then), (page) => titled(page, "true"));
});

test("unmodified viewers: install() with a view", async () => {
  const code = example(UNMODIFIED, "cartaView()");
  const then = `
    const socket = new WebSocket("${backend.ws}/");
    await new Promise((open) => socket.addEventListener("open", open));
    document.title = String(socket.resume === null);`;
  await opened(withImports(code + then), (page) => titled(page, "true"));
});

test("unmodified viewers: the lines for preloading name what is loaded, and nothing else", async () => {
  const links = example(UNMODIFIED, "modulepreload");
  const ready =
    'await new ResumableWebSocket("ws://127.0.0.1:9/").close(); document.title = "ready";';
  const code = `import { ResumableWebSocket } from "carta-resume/socket"; ${ready}`;
  const loads = async (head) => {
    const loaded = await opened(head + withImports(code), async (page) => {
      await titled(page, "ready");
      await page.waitForLoadState("networkidle");
      return page.evaluate(() =>
        performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname),
      );
    });
    return loaded.filter((path) => path.includes("/dist/")).sort();
  };
  const named = [...links.matchAll(/href="\.([^"]+)"/g)].map(([, path]) => path).sort();
  assert.deepEqual(await loads(""), named);
  assert.deepEqual(await loads(links), named);
});

test("deployment: a token is fetched before each attempt", async () => {
  const code = put(example("docs/deployment.md", "auth/refresh"), "wss:", "ws:");
  const images = ["--root", join(root, "tests/fixtures")];
  const strict = await startBackend([...images, "--static", app, "--token", "secret"], {
    quiet: true,
  });
  try {
    await opened(
      withImports(`${code} await client.connect(); document.title = client.status.phase;`),
      (page) => titled(page, "active"),
      {
        origin: strict.http,
        routes: { "/api/auth/refresh": { access_token: "secret", username: "ada" } },
      },
    );
  } finally {
    await strict.stop();
  }
});

test("deployment: a page says whose work it is", async () => {
  const code = example("docs/deployment.md", "/whoami");
  const then = `document.title = String(WebSocket.name);`;
  await opened(withImports(code + then), (page) => titled(page, "WebSocket"));
});

/** Parts of examples that are not run, because there is nothing to run. */
const NOT_RUN = { "docs/api.md": "const defaults" };

/** Its examples are run in tests/lavalink. */
const LAVALINK = "docs/lavalink.md";

test("every example is run", () => {
  const examples = blocks.filter(
    ({ file, language }) => file !== LAVALINK && /^([tj]s|html)$/.test(language),
  );
  const left = examples
    .filter((each) => !used.has(each) && !each.text.includes(NOT_RUN[each.file]))
    .map(({ file, line }) => `${file}:${line}`);
  assert.deepEqual(left, []);
});

test("the files that the documents name are in the package", () => {
  const named = documents.flatMap(({ text }) =>
    [...text.matchAll(/\bcarta-resume\/(dist\/[\w./-]*\w)/g)].map(([, path]) => path),
  );
  assert.ok(named.length > 5);
  assert.deepEqual(
    named.filter((path) => !existsSync(join(app, PACKAGE, path))),
    [],
  );
  const { exports } = JSON.parse(readFileSync(join(app, PACKAGE, "package.json"), "utf8"));
  const imported = documents.flatMap(({ text }) =>
    [...text.matchAll(/"carta-resume(\/[^"]+)?"/g)].map(([, path = ""]) => `.${path}`),
  );
  assert.deepEqual(
    imported.filter((path) => !(path in exports)),
    [],
  );
});

test("the package has what is meant to be published, and nothing else", () => {
  const listed = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  const names = new Set(listed[0].files.map(({ path }) => path.split("/")[0]));
  assert.deepEqual([...names].sort(), [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "dist",
    "docs",
    "package.json",
    "www",
  ]);
});
