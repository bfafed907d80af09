/** `LavalinkNode` in Node, with npm's `ws` and files, against the stand-in. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, stored, test, USER, type Told } from "./bot.js";
import { ResumeError } from "./package.js";
import type { StandIn } from "./stand-in/stand-in.js";

const START = { type: "TrackStartEvent", guildId: "1", track: { encoded: "a" } };
const END = { type: "TrackEndEvent", guildId: "1", reason: "finished" };

/** The requests that changed a session. */
const patches = (node: StandIn) =>
  node.requests
    .filter(({ method }) => method === "PATCH")
    .map(({ path, body }) => [path, JSON.parse(body) as unknown]);

const isParked = (node: StandIn, id: string) => () => !node.session(id).isConnected;

test.describe("the three steps", () => {
  test("the id is saved, one file for each node, without the password", async ({
    node,
    bot,
    folder,
  }) => {
    const main = bot();
    const other = bot({ id: "node of /../ Zoë" });
    await Promise.all([main.node.connect(), other.node.connect()]);
    await expect
      .poll(async () => {
        const texts = Object.values(await stored(folder));
        return texts.filter((text) => text.includes('"sessionId":"')).length;
      })
      .toBe(2);
    const files = await stored(folder);
    expect(Object.keys(files)).toEqual(["main.json", "node_20of_20_2f_2e_2e_2f_20_5ao_c3_ab.json"]);
    for (const text of Object.values(files)) {
      expect(text).not.toContain(node.password);
      expect(node.sessions.map(({ id }) => id)).toContain(
        (JSON.parse(text) as { sessionId: string }).sessionId,
      );
    }
  });

  test("resuming is switched on before anything else, in seconds", async ({ node, bot }) => {
    const first = bot({ resuming: { enabled: true, timeoutSeconds: 90 } });
    await first.node.connect();
    const { id } = node.session();
    expect(node.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `PATCH /v4/sessions/${id}`,
    ]);
    expect(patches(node)).toEqual([[`/v4/sessions/${id}`, { resuming: true, timeout: 90 }]]);
    expect(first.told[0]).toEqual(["ready", { sessionId: id, resumed: false }]);
    expect(node.handshakes).toMatchObject([
      { userId: USER, clientName: "bot/1.0", sessionId: undefined, status: 101 },
    ]);
  });

  test("the id is presented after a restart, and `ready` says that the session continues", async ({
    node,
    bot,
  }) => {
    const first = bot();
    await first.node.connect();
    const { id } = node.session();
    const track = { encoded: "a" };
    node.session().player("1").track = { encoded: "a", info: {}, pluginInfo: {}, userData: track };
    await first.node.close();
    await node.until(isParked(node, id));
    node.emit(END);
    node.emit(START);
    node.pass(59);

    const second = bot();
    await second.node.connect();
    await second.until(() => second.events.length === 2);
    expect(node.handshakes[1]).toMatchObject({ sessionId: id, resumed: true });
    expect(second.life).toEqual([
      ["ready", { sessionId: id, resumed: true }],
      ["resumed", { sessionId: id }],
    ]);
    expect(second.events).toEqual([
      { op: "event", ...END },
      { op: "event", ...START },
    ]);
    expect(second.node.status).toMatchObject({
      phase: "active",
      sessionId: id,
      sessionType: "resumed",
      error: null,
    });
    expect(await second.node.players()).toMatchObject([{ guildId: "1", track: { encoded: "a" } }]);
    expect(node.sessions).toHaveLength(1);
  });
});

test("what `ready` says counts, not the header", async ({ node, bot }) => {
  const first = bot();
  await first.node.connect();
  const { id } = node.session();
  node.breakOffNext();
  node.drop();
  await first.until(() => first.life.length === 3);
  expect(node.handshakes.slice(1)).toMatchObject([
    { sessionId: id, status: null },
    { sessionId: id, status: 101, resumed: false },
  ]);
  expect(first.life[1]).toEqual(["ready", { sessionId: id, resumed: true }]);
});

test("outside the window the session is lost, and a new one is held", async ({ node, bot }) => {
  const first = bot();
  await first.node.connect();
  const { id } = node.session();
  await first.node.close();
  await node.until(isParked(node, id));
  node.pass(60);
  const second = bot();
  await second.node.connect();
  const next = node.session();
  expect(second.life).toEqual([
    ["lost", { sessionId: id, why: "expired" }],
    ["ready", { sessionId: next.id, resumed: false }],
  ]);
  expect(next.resuming).toBe(true);
});

test("a restart of the node is reported, with what is lost", async ({ node, bot }) => {
  const first = bot();
  await first.node.connect();
  const { id } = node.session();
  await first.until(() => first.of("message").length > 0);
  await node.restart();
  await first.until(() => first.life.length === 3);
  expect(first.life.slice(1)).toEqual([
    ["lost", { sessionId: id, why: "node-restarted" }],
    ["ready", { sessionId: node.session().id, resumed: false }],
  ]);
  expect(node.session().resuming).toBe(true);
});

test.describe("a session that is still connected", () => {
  test("is tried again until the node has noticed", async ({ node, bot }) => {
    const first = bot();
    await first.node.connect();
    const { id } = node.session();
    node.halfOpen(id, { clientNotices: true });
    await node.until(() => node.handshakes.length >= 4);
    expect(first.life).toHaveLength(1);
    expect(node.session(id).isConnected).toBe(true);
    node.notice(id);
    node.emit(END, id);
    await first.until(() => first.life.length === 3);
    await node.until(() => node.sessions.length === 1);
    await first.until(() => first.events.length === 1);
    expect(first.life[1]).toEqual(["ready", { sessionId: id, resumed: true }]);
    expect(node.handshakes.slice(1).every(({ sessionId }) => sessionId === id)).toBe(true);
    // Resuming was switched on in no other session.
    expect(new Set(patches(node).map(([path]) => path))).toEqual(new Set([`/v4/sessions/${id}`]));
  });

  test("is given up at once, if the caller wants that", async ({ node, bot }) => {
    const first = bot({ stillConnected: "accept" });
    await first.node.connect();
    const { id } = node.session();
    node.halfOpen(id, { clientNotices: true });
    await first.until(() => first.life.length === 3);
    expect(first.life[1]).toEqual(["lost", { sessionId: id, why: "still-connected" }]);
    expect(node.session(id).resuming).toBe(false);
    node.notice(id);
    expect(node.sessions).toHaveLength(1);
  });
});

test("a silent connection is found dead by pings", async ({ node, bot }) => {
  const first = bot({ heartbeat: { intervalMs: 50, timeoutMs: 100 } });
  await first.node.connect();
  const { id } = node.session();
  await first.until(() => first.node.status.latencyMs !== null);
  node.halfOpen(id);
  await node.until(() => node.handshakes.length >= 2);
  node.notice(id);
  await first.until(() => first.life.length === 3);
  expect(first.life[1]).toEqual(["ready", { sessionId: id, resumed: true }]);
});

test("a wrong password is final", async ({ node, bot }) => {
  const first = bot({ authorization: "wrong" });
  const outcome = await first.node.connect().catch((error: unknown) => error);
  expect(outcome).toMatchObject({ code: "connection-refused" });
  expect(outcome).toBeInstanceOf(ResumeError);
  expect(first.node.status).toMatchObject({
    phase: "failed",
    error: { code: "connection-refused" },
  });
  expect(first.of("error")).toHaveLength(1);
  expect(String((outcome as Error).message)).not.toContain("wrong");
  // It would be tried again within 50 ms.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(node.handshakes).toHaveLength(1);
});

test("a node that is not there is tried again until it is", async ({ node, bot }) => {
  await node.goDown();
  const first = bot();
  const connected = first.node.connect();
  await first.until(() => first.node.status.attempt >= 3);
  await node.comeUp();
  await connected;
  expect(first.node.status.phase).toBe("active");
});

test("a session that the node does not hold is not used", async ({ node, bot }) => {
  node.troubles = { rest: 500 };
  const first = bot();
  const connected = first.node.connect();
  await node.until(() => node.handshakes.length >= 3);
  expect(first.of("error")[0]?.[1]).toMatchObject({ code: "request-failed" });
  expect(first.life).toEqual([]);
  node.troubles = {};
  await connected;
  expect(node.session().resuming).toBe(true);
});

test("a 404 is an error, and so is silence", async ({ node, bot }) => {
  const first = bot({ requestTimeoutMs: 200 });
  await first.node.connect();
  const failed = { code: "request-failed" };
  node.troubles = { rest: 404 };
  await expect(first.node.updateSession({ timeout: 30 })).rejects.toMatchObject(failed);
  await expect(first.node.players()).rejects.toMatchObject(failed);
  node.troubles = { rest: "silence" };
  await expect(first.node.players()).rejects.toMatchObject(failed);
  node.troubles = {};
  expect(await first.node.updateSession({ timeout: 30 })).toEqual({ resuming: true, timeout: 30 });
  expect(node.session().timeout).toBe(30);
  await expect(first.node.updateSession({ timeout: 30_000 })).rejects.toMatchObject({
    code: "invalid-option",
    message: expect.stringContaining("seconds"),
  });
  // The next session has the same value.
  await node.restart();
  await first.until(() => first.life.length === 3);
  expect(node.session().timeout).toBe(30);
});

test("a node that is closed stops", async ({ node, bot, folder }) => {
  const first = bot();
  await first.node.connect();
  const { id } = node.session();
  node.halfOpen(id, { clientNotices: true });
  await first.node.close();
  const handshakes = node.handshakes.length;
  const told = first.told.length;
  await expect(first.node.connect()).rejects.toMatchObject({ code: "closed" });
  first.node.retryNow();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect([node.handshakes.length, first.told.length]).toEqual([handshakes, told]);
  expect(first.node.status.phase).toBe("closed");
  // Neither a lock nor a half-written file is left.
  expect(await readdir(folder)).toEqual(["main.json"]);
});

test("forgetting ends the session, and removes its file", async ({ node, bot, folder }) => {
  const first = bot();
  await first.node.connect();
  await first.node.close({ forget: true });
  await node.until(() => node.sessions.length === 0);
  expect(await readdir(folder)).toEqual([]);
});

test("a handler that throws does not stop the rest", async ({ node, bot }) => {
  const first = bot();
  first.node.on("ready", () => {
    throw new Error("mine");
  });
  await first.node.connect();
  expect(first.of("error")[0]?.[1]).toMatchObject({ code: "handler-failed" });
  node.emit(END);
  await first.until(() => first.events.length === 1);
});

test("wrong options are refused by name", ({ bot }) => {
  for (const [options, said] of [
    [{ sessionId: "abc\n" }, "sessionId must be the id that the node gave, without spaces"],
    [{ sessionId: " abc" }, "sessionId"],
    [{ sessionId: "" }, "sessionId"],
    [{ authorization: "secret\r\n" }, "authorization must be the password, without line breaks"],
    [{ userId: "0" }, "userId"],
    [{ userId: "ada" }, "userId"],
    [{ clientName: "a\nb" }, "clientName"],
    [{ host: "a/b" }, "host"],
    [{ port: 0 }, "port"],
    [
      { resuming: { timeoutSeconds: 60_000 } },
      "is in seconds, at most 3600: 60000 looks like milliseconds",
    ],
    [{ resuming: { timeoutSeconds: 0 } }, "resuming.timeoutSeconds"],
    [{ resuming: { timeout: 60 } }, "resuming.timeout is not known"],
    [{ stillConnected: "never" }, "stillConnected"],
    [{ webSocket: {} }, "webSocket"],
    [{ store: {} }, "store"],
    [{ reconnect: true }, "reconnect is not known"],
  ] as [object, string][]) {
    let error: unknown;
    try {
      bot(options);
    } catch (caught) {
      error = caught;
    }
    expect(error, JSON.stringify(options)).toMatchObject({ code: "invalid-option" });
    expect((error as Error).message).toContain(said);
    expect((error as Error).message).not.toContain("secret");
  }
});

/** A bot in a process of its own. */
function start(node: StandIn, folder: string) {
  const script = fileURLToPath(new URL("process.mjs", import.meta.url));
  const args = [script, String(node.port), node.password, folder];
  const process_ = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: process_.stdout });
  const told: Told[] = [];
  lines.on("line", (line) => told.push(JSON.parse(line) as Told));
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await once(lines, "line");
  };
  return { process: process_, told, until };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

test("a bot that was killed continues its session", async ({ node, folder }) => {
  test.setTimeout(60_000);
  const first = start(node, folder);
  await first.until(() => first.told.some(([event]) => event === "ready"));
  const { id } = node.session();
  await expect.poll(async () => (await stored(folder))["main.json"]).toContain(id);
  await kill(first.process);
  await node.until(isParked(node, id));
  node.emit(END);
  node.emit(START);
  const second = start(node, folder);
  await second.until(() => second.told.filter(([event]) => event === "message").length === 2);
  await kill(second.process);
  expect(second.told).toEqual([
    ["ready", { sessionId: id, resumed: true }],
    ["resumed", { sessionId: id }],
    ["message", { op: "event", ...END }],
    ["message", { op: "event", ...START }],
  ]);
});

test("of two bots with one store, one is refused", async ({ node, folder, bot }) => {
  test.setTimeout(60_000);
  const first = start(node, folder);
  await first.until(() => first.told.some(([event]) => event === "ready"));
  const second = bot();
  await expect(second.node.connect()).rejects.toMatchObject({ code: "session-in-use" });
  expect(second.node.status.phase).toBe("failed");
  expect(node.handshakes).toHaveLength(1);
  const { id } = node.session();
  await expect.poll(async () => (await stored(folder))["main.json"]).toContain(id);
  await kill(first.process);
  await node.until(isParked(node, id));
  await second.node.connect();
  expect(second.life[0]).toEqual(["ready", { sessionId: id, resumed: true }]);
});
