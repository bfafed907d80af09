/** `npm start` and `npm run dev`: each shows the demo with its own backend. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { end } from "../harness/browser-process.js";
import { DemoPage } from "../harness/demo-page.js";
import { root } from "../harness/paths.js";
import { expect, test } from "../harness/test.js";

test.setTimeout(120_000);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Resolves when the program has printed the address of its page. */
function announced(child: ChildProcess, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    const hear = (text: string) => {
      output += text;
      if (output.split("\n").includes(address)) resolve();
    };
    child.stdout?.setEncoding("utf8").on("data", hear);
    child.stderr?.setEncoding("utf8").on("data", hear);
    child.once("exit", (code) => reject(new Error(`It ended with ${code}:\n${output}`)));
  });
}

for (const [command, args] of [
  ["npm start", ["--no-open"]],
  ["npm run dev", ["--dev", "--no-open"]],
] as const) {
  test(`${command} shows the demo, loaded once, with an image`, async ({ page }) => {
    const port = await freePort();
    const address = `http://127.0.0.1:${port}/`;
    const child = spawn(process.execPath, ["scripts/start.mjs", ...args], {
      cwd: root,
      env: { ...process.env, PORT: String(port) },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      await announced(child, address);
      const said: string[] = [];
      let loads = 0;
      page.on("console", (message) => said.push(message.text()));
      page.on("load", () => (loads += 1));
      const demo = await new DemoPage(page).open(address);
      await demo.waitUntilActive();
      await demo.openFile("cube.fits");
      // Vite's own socket, beside the demo's: without it, Vite loads the page again and again.
      if (command === "npm run dev") await expect.poll(() => said).toContain("[vite] connected.");
      await page.getByRole("button", { name: "Restart", exact: true }).click();
      await demo.restore("cube.fits");
      expect(loads).toBe(1);
      expect(said.filter((text) => /error/i.test(text) && !text.startsWith("WebSocket"))).toEqual(
        [],
      );
    } finally {
      await end(child);
    }
  });
}
