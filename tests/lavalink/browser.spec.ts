/** `LavalinkNode` in a page, through the example proxy. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium as playwright, type Browser, type Page } from "@playwright/test";
import { chromium, PLAYWRIGHT_ARGS } from "../e2e/harness/chromium.js";
import { LavalinkProxy } from "./proxy.js";
import { expect, test as base } from "./test.js";

const END = { type: "TrackEndEvent", guildId: "1", reason: "finished" };
const TYPES: Record<string, string> = { js: "text/javascript", wasm: "application/wasm" };

/** What a page of the test has in addition to the browser's globals. */
type Bot = typeof globalThis & {
  told: [event: string, value: { sessionId?: string; op?: string }][];
  node: InstanceType<(typeof import("./package.js"))["LavalinkNode"]>;
};

const test = base.extend<{ site: string; nodeProxy: LavalinkProxy; browserPage: Page }>({
  site: async ({}, use) => {
    const server = createServer(async ({ url = "/" }, response) => {
      const name = url.slice(1);
      if (!/^[\w-]+\.(js|wasm)$/.test(name)) {
        return void response
          .writeHead(200, { "content-type": "text/html" })
          .end("<title>Bot</title>");
      }
      const file = await readFile(new URL(`../../dist/${name}`, import.meta.url));
      const type = TYPES[name.split(".").at(-1) ?? ""] ?? "";
      response.writeHead(200, { "content-type": type }).end(file);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.closeAllConnections();
    server.close();
  },
  nodeProxy: async ({ node, site }, use) => {
    const proxy = await LavalinkProxy.start(node, site);
    await use(proxy);
    await proxy.stop();
  },
  browserPage: async ({ site }, use) => {
    const browser: Browser = await playwright.launch({
      executablePath: chromium(),
      args: PLAYWRIGHT_ARGS,
    });
    const page = await browser.newPage();
    await page.goto(site);
    await use(page);
    await browser.close();
  },
});

/** Makes a node in the page, and connects. */
async function connect(page: Page, proxy: LavalinkProxy): Promise<void> {
  await page.evaluate(
    async (port) => {
      const bot = globalThis as Bot;
      const { LavalinkNode } = (await import(
        "/lavalink.js" as string
      )) as typeof import("./package.js");
      bot.told = [];
      bot.node = new LavalinkNode({
        id: "main",
        host: "127.0.0.1",
        port,
        userId: "170939974227591168",
        clientName: "page/1.0",
        backoff: { initialMs: 10, maxMs: 50 },
      });
      for (const event of ["ready", "lost", "message", "error"] as const) {
        bot.node.on(event, (value) => bot.told.push([event, value as object]));
      }
      await bot.node.connect();
    },
    Number(new URL(proxy.origin).port),
  );
}

const told = (page: Page) =>
  page.evaluate(() => (globalThis as Bot).told.filter(([, { op }]) => op !== "stats"));

test("a reloaded page continues its session", async ({
  node,
  nodeProxy: proxy,
  browserPage: page,
}) => {
  test.setTimeout(60_000);
  await connect(page, proxy);
  const { id } = node.session();
  expect(node.session().resuming).toBe(true);
  expect(node.handshakes).toMatchObject([{ clientName: "page/1.0", authorization: node.password }]);
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  expect(stored).toContain(id);
  expect(stored).not.toContain(node.password);
  await page.goto("about:blank");
  await node.until(() => !node.session().isConnected);
  node.emit(END);
  await page.goBack();
  await connect(page, proxy);
  await expect
    .poll(() => told(page))
    .toEqual([
      ["ready", { sessionId: id, resumed: true }],
      ["message", { op: "event", ...END }],
    ]);
  expect(await page.evaluate(() => (globalThis as Bot).node.players())).toEqual([]);
});

test("a lost connection is resumed, and a restart of the node is reported", async ({
  node,
  nodeProxy: proxy,
  browserPage: page,
}) => {
  test.setTimeout(60_000);
  await connect(page, proxy);
  const { id } = node.session();
  node.drop();
  await node.until(() => node.handshakes.length === 2 && node.session().isConnected);
  await expect.poll(async () => (await told(page)).length).toBe(2);
  await node.restart();
  await expect.poll(async () => (await told(page)).length, { timeout: 20_000 }).toBe(4);
  expect(await told(page)).toEqual([
    ["ready", { sessionId: id, resumed: false }],
    ["ready", { sessionId: id, resumed: true }],
    ["lost", { sessionId: id, why: "node-restarted" }],
    ["ready", { sessionId: node.session().id, resumed: false }],
  ]);
});
