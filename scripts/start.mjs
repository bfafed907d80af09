// `npm start`: the demo page with a development backend behind it, on one port.
// `npm run dev`: the same with the page served by Vite, which reloads it.
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { startBackend } from "./lib/backend.mjs";
import { demo, samples } from "./lib/demo.mjs";
import { buildPackage, forViewers } from "./lib/package.mjs";
import { backendBinary, www } from "./lib/paths.mjs";
import { capture, Failed, main, say, which } from "./lib/process.mjs";
import { forDemo } from "./lib/setup.mjs";
import { fetchViewer, site } from "./lib/site.mjs";

const dev = process.argv.includes("--dev");
const host = "127.0.0.1";

function wantedPort() {
  const port = Number(process.env.PORT || 8090);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Failed(
    `PORT=${process.env.PORT} is not a port. Type, for example: PORT=8091 npm start`,
  );
}

/** Refuses a taken port before anything is built. */
const free = (port) =>
  new Promise((done, refuse) => {
    const probe = createServer();
    probe.on("error", ({ code }) => {
      const why = code === "EADDRINUSE" ? "taken by another program" : `not available (${code})`;
      refuse(new Failed(`Port ${port} is ${why}. Type, for example: PORT=${port + 1} npm start`));
    });
    probe.listen(port, host, () => probe.close(done));
  });

/** Opens the page, if there is a screen to show it on. Never fails. */
function open(address) {
  const unwanted = process.argv.includes("--no-open") || process.env.NO_OPEN || process.env.CI;
  const display =
    process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (unwanted || !display || !process.stdout.isTTY) return;
  const opener = { darwin: "open", win32: "explorer" }[process.platform] ?? "xdg-open";
  if (which(opener)) capture(opener, [address], { timeout: 5_000, stdio: "ignore" });
}

async function serveWithVite(port, backend) {
  const { createServer: createViteServer } = await import("vite");
  const proxy = {
    "/control": backend.http,
    // The page is at the same address as the WebSocket, and so is Vite's own WebSocket.
    "^/(\\?.*)?$": {
      target: backend.ws,
      ws: true,
      bypass: (request, response) =>
        response || request.headers["sec-websocket-protocol"]?.startsWith("vite-")
          ? request.url
          : undefined,
    },
  };
  const server = await createViteServer({
    root: www,
    configFile: `${www}/vite.config.ts`,
    server: { host, port, strictPort: true, proxy },
  });
  await server.listen();
}

await main(async () => {
  const port = wantedPort();
  await free(port);
  if (!existsSync(backendBinary))
    say("The first time, this compiles everything: two to three minutes on two free cores.\n");
  await forDemo(...(dev ? [] : [fetchViewer]));
  await (dev ? buildPackage({ parts: forViewers }) : demo());
  // The version of the interface that the CARTA viewer speaks.
  const root = ["--root", await samples(), "--control", "--icd", "30"];
  const address = `http://${host}:${port}/`;
  const { folder, carta } = dev ? {} : await site();
  const page = folder ? ["--static", folder] : [];
  const backend = await startBackend([...root, ...page], { port: dev ? 0 : port, quiet: true });
  if (dev) await serveWithVite(port, backend);
  open(address);
  say("\nThe demo is running. Ctrl-C ends it.");
  if (carta) {
    const socket = encodeURIComponent(address.replace("http", "ws"));
    say(`The CARTA viewer, with one script tag: ${address}${carta}?socketUrl=${socket}`);
  }
  say(address);
  const { code } = await backend.ended;
  throw new Failed(`The backend ended with ${code}.`);
});
