/** The example proxy: what it adds, what it does not pass on, and whom it refuses. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { LavalinkProxy } from "./proxy.js";
import { expect, test as base } from "./test.js";

const ORIGIN = "https://bots.example.org";
const USER = "user-id=170939974227591168";

const test = base.extend<{ nodeProxy: LavalinkProxy }>({
  nodeProxy: async ({ node }, use) => {
    const proxy = await LavalinkProxy.start(node, ORIGIN);
    await use(proxy);
    await proxy.stop();
  },
});

/** A page's socket, as a browser opens it. */
const open = (
  proxy: LavalinkProxy,
  query: string,
  headers: Record<string, string> = { origin: ORIGIN },
) => new WebSocket(`${proxy.origin.replace("http", "ws")}/v4/websocket?${query}`, { headers });

/** The status with which a page's socket is refused. */
async function refusal(socket: WebSocket): Promise<number | undefined> {
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  return response.statusCode;
}

/** What a page receives. */
async function next(socket: WebSocket): Promise<Record<string, unknown>> {
  const [data] = (await once(socket, "message")) as [Buffer];
  return JSON.parse(String(data)) as Record<string, unknown>;
}

test("puts the query of a page into headers, and adds the password", async ({
  node,
  nodeProxy: proxy,
}) => {
  const page = open(proxy, `${USER}&client-name=page%2F1.0`);
  const ready = await next(page);
  expect(ready).toMatchObject({ op: "ready", resumed: false });
  expect(node.handshakes).toEqual([
    {
      authorization: node.password,
      userId: "170939974227591168",
      clientName: "page/1.0",
      sessionId: undefined,
      origin: undefined,
      status: 101,
      resumed: false,
    },
  ]);
  const { id } = node.session();
  const held = await fetch(`${proxy.origin}/v4/sessions/${id}`, {
    method: "PATCH",
    headers: { origin: ORIGIN, "content-type": "application/json" },
    body: JSON.stringify({ resuming: true, timeout: 60 }),
  });
  expect(await held.json()).toEqual({ resuming: true, timeout: 60 });
  expect(held.headers.get("access-control-allow-origin")).toBe(ORIGIN);

  // The node learns at once that a page is gone.
  page.close(1000);
  await node.until(() => !node.session().isConnected);
  const again = open(proxy, `${USER}&session-id=${id}`);
  expect(await next(again)).toEqual({ op: "ready", resumed: true, sessionId: id });
  again.send("hello");
  await node.until(() => node.sessions.length === 1);
  await expect.poll(() => node.ignored).toEqual(["hello"]);
  const closed = once(again, "close");
  node.hangUp(4_001);
  expect((await closed)[0]).toBe(4_001);
});

test("lets in only pages of its origin, and only to Lavalink's paths", async ({
  node,
  nodeProxy: proxy,
}) => {
  const elsewhere = { origin: "https://example.org" };
  expect(await refusal(open(proxy, USER, elsewhere))).toBe(403);
  expect(await refusal(open(proxy, USER, {}))).toBe(403);
  expect(await refusal(open(proxy, `${USER}&session-id=a%0D%0AB:%20c`))).toBe(400);
  expect(await refusal(open(proxy, ""))).toBe(400);
  expect(node.handshakes.map(({ status }) => status)).toEqual([400]);

  const status = async (path: string, headers: Record<string, string>) =>
    (await fetch(`${proxy.origin}${path}`, { headers })).status;
  expect(await status("/v4/info", elsewhere)).toBe(403);
  expect(await status("/v4/info", {})).toBe(403);
  expect(await status("/v4/info", { "sec-fetch-site": "same-origin" })).toBe(200);
  expect(await status("/metrics", { origin: ORIGIN })).toBe(404);
  expect(await status("/v4/%2e%2e/metrics", { origin: ORIGIN })).toBe(404);
  expect(await status("//", { origin: ORIGIN })).toBe(404);
  expect(node.requests.map(({ path }) => path)).toEqual(["/v4/info"]);
});

test("passes on how a node refuses", async ({ node, nodeProxy: proxy }) => {
  node.troubles = { handshake: 401, rest: 403 };
  expect(await refusal(open(proxy, USER))).toBe(401);
  const headers = { origin: ORIGIN };
  expect((await fetch(`${proxy.origin}/v4/info`, { headers })).status).toBe(403);
  await node.goDown();
  expect(await refusal(open(proxy, USER))).toBe(502);
  expect((await fetch(`${proxy.origin}/v4/info`, { headers })).status).toBe(502);
});

test("a page that vanishes does not keep its session busy", async ({ node }) => {
  const proxy = await LavalinkProxy.start(node, ORIGIN, { PING_MS: "100" });
  const page = open(proxy, USER);
  await next(page);
  node.session().resuming = true;
  page.pause();
  await node.until(() => !node.session().isConnected);
  page.terminate();
  await proxy.stop();
});
