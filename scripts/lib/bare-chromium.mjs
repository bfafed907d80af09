// Chromium with CARTA's own viewer, for benchmarks in which frames matter. Playwright makes the
// browser report every WebSocket frame to it, which takes longer than the frame itself; here
// nothing is reported. chrome-remote-interface: since 2014, two dependencies.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM_ARGS, PREFERENCES, VERSION } from "./carta-bench.mjs";
import { ended, Failed } from "./process.mjs";
import { viewer } from "./viewers.mjs";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Starts it for as long as `act` takes; `act` gets a function that opens a viewer. */
export async function withBareChromium(executablePath, backend, act) {
  // Not imported at the top: this file is read before the node modules are installed.
  const { default: CDP } = await import("chrome-remote-interface");
  const profile = await mkdtemp(join(tmpdir(), "carta-resume-chromium-"));
  const child = spawn(executablePath, [
    ...["--headless=new", "--remote-debugging-port=0", `--user-data-dir=${profile}`],
    ...["--window-size=1200,837", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
    ...CHROMIUM_ARGS,
    "about:blank",
  ]);
  const end = ended(child);
  try {
    const port = await debuggingPort(child, end);
    await act((options) => openPage(CDP, port, backend, options));
  } finally {
    child.kill();
    await end;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function debuggingPort(child, end) {
  let text = "";
  child.stderr.setEncoding("utf8");
  return new Promise((resolve, reject) => {
    child.stderr.on("data", (more) => {
      text += more;
      const found = /listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(text);
      if (found) resolve(Number(found[1]));
    });
    void end.then(() => reject(new Failed(`Chromium ended: ${text}`)));
  });
}

/** Opens the viewer, `equipped` with the script or not; `watch` runs in the page first. */
async function openPage(CDP, port, backend, { equipped, watch }) {
  const browser = await CDP({ port, target: (await CDP.Version({ port })).webSocketDebuggerUrl });
  // Each page has its own storage.
  const { browserContextId } = await browser.Target.createBrowserContext();
  const { targetId } = await browser.Target.createTarget({ url: "about:blank", browserContextId });
  const client = await CDP({ port, target: targetId });
  const { Page, Runtime } = client;
  await Page.enable();
  Page.javascriptDialogOpening(() => Page.handleJavaScriptDialog({ accept: true }));
  const preferences = JSON.stringify(JSON.stringify(PREFERENCES));
  await Page.addScriptToEvaluateOnNewDocument({
    source: `localStorage["preferences"] ??= ${preferences}; (${watch})();`,
  });
  const evaluate = async (act, ...args) => {
    const expression = `(${act})(...${JSON.stringify(args)})`;
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await Runtime.evaluate(asked);
    if (exceptionDetails) throw new Failed(exceptionDetails.exception.description);
    return result.value;
  };
  const page = {
    evaluate,
    /** Waits until this is true in the page. */
    async waitFor(act, ...args) {
      while (!(await evaluate(act, ...args))) await pause(50);
    },
    /** Loads it again; from now on, everything is evaluated in the new document. */
    async reload() {
      const loaded = Page.loadEventFired();
      await Page.reload();
      await loaded;
    },
    async close() {
      await browser.Target.disposeBrowserContext({ browserContextId });
      await browser.close();
    },
  };
  const name = equipped ? await equippedPage() : "index.html";
  const socket = encodeURIComponent(backend.ws);
  const url = `${backend.http}/target/viewers/${VERSION}/${name}?socketUrl=${socket}`;
  const loaded = Page.loadEventFired();
  await Page.navigate({ url });
  await loaded;
  await page.waitFor(() => window.app?.backendService?.connectionStatus === 2);
  return page;
}

/** The viewer's page with the script in it, in a file beside the original. */
async function equippedPage() {
  const folder = await viewer(VERSION);
  const name = "equipped.html";
  const html = await readFile(join(folder, "index.html"), "utf8");
  const tag = `<script src="/dist/carta-resume-install.js"></script>`;
  await writeFile(join(folder, name), html.replace("<head>", `<head>${tag}`));
  return name;
}
