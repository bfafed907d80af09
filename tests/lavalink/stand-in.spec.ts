/**
 * Checks that the stand-in does what its description says, with a client that does nothing by
 * itself.
 */
import { ask, Listener, refusal } from "./listener.js";
import { expect, test } from "./test.js";
import type { StandIn } from "./stand-in/stand-in.js";

const START = { type: "TrackStartEvent", guildId: "1" };
const END = { type: "TrackEndEvent", guildId: "1", reason: "finished" };

/** Switches resuming on. */
async function hold(node: StandIn, id: string, timeout = 60): Promise<void> {
  const reply = await ask(node, `/v4/sessions/${id}`, "PATCH", { resuming: true, timeout });
  expect(await reply.json()).toEqual({ resuming: true, timeout });
}

/** A client whose session is held for it. */
async function held(node: StandIn, timeout?: number): Promise<Listener> {
  const client = await Listener.connect(node);
  await client.heard(2);
  await hold(node, client.sessionId, timeout);
  return client;
}

/** Drops a client and waits until the node has noticed. */
async function dropped(node: StandIn, client: Listener): Promise<void> {
  const session = node.session(client.sessionId);
  node.drop(session.id);
  await node.until(() => !session.isConnected);
  expect(await client.end()).toBe(1006);
}

test("looks at the headers of a handshake", async ({ node }) => {
  expect(await refusal(node, { Authorization: "wrong" })).toBe(401);
  expect(await refusal(node, { Authorization: "" })).toBe(401);
  expect(await refusal(node, { "User-Id": "" })).toBe(400);
  expect(await refusal(node, { "User-Id": "0" })).toBe(400);
  expect(await refusal(node, { Origin: "https://example.org" })).toBe(403);
  const confused = await Listener.connect(node, { "User-Id": "ada" });
  expect(await confused.end()).toBe(1011);
  expect(confused.said).toEqual([]);
  expect(node.handshakes.map(({ status }) => status)).toEqual([401, 401, 400, 400, 403, 101]);
});

test("begins with ready and stats", async ({ node }) => {
  const client = await Listener.connect(node);
  const [ready, stats] = await client.heard(2);
  expect(ready).toEqual({ op: "ready", resumed: false, sessionId: node.session().id });
  expect(ready?.["sessionId"]).toMatch(/^[a-z0-9]{16}$/);
  expect(stats).toMatchObject({ op: "stats", players: 0, frameStats: null });
  expect(client.headers["session-resumed"]).toBe("false");
  node.pass(60);
  expect((await client.heard(3))[2]).toMatchObject({ op: "stats", uptime: 3_660_000 });
});

test("REST wants the password, and names what is missing", async ({ node }) => {
  const path = "/v4/sessions/unknown";
  expect((await ask(node, path, "PATCH", {}, {})).status).toBe(401);
  expect((await ask(node, path, "PATCH", {}, { authorization: "wrong" })).status).toBe(403);
  const reply = await ask(node, `${path}?trace=true`, "PATCH", {});
  expect(reply.status).toBe(404);
  expect(await reply.json()).toMatchObject({
    status: 404,
    error: "Not Found",
    message: "Session not found",
    path,
    trace: expect.any(String),
    timestamp: expect.any(Number),
  });
  expect(await (await ask(node, "/version")).text()).toMatch(/^4\./);
  expect(await (await ask(node, "/v4/info")).json()).toMatchObject({ version: { major: 4 } });
});

test("a session is not held unless that is requested", async ({ node }) => {
  const client = await Listener.connect(node);
  await client.heard(2);
  const { id } = node.session();
  const reply = await ask(node, `/v4/sessions/${id}`, "PATCH", {});
  expect(await reply.json()).toEqual({ resuming: false, timeout: 60 });
  await dropped(node, client);
  expect(node.sessions).toEqual([]);
  const again = await Listener.connect(node, { "Session-Id": id });
  const [ready] = await again.heard(1);
  expect(ready).toMatchObject({ resumed: false });
  expect(again.sessionId).not.toBe(id);
});

test("a session that is held continues, and what has waited comes in order", async ({ node }) => {
  const client = await held(node, 90);
  const { sessionId: id } = client;
  const players = `/v4/sessions/${id}/players`;
  await ask(node, `${players}/1`, "PATCH", { track: { encoded: "a" } });
  expect((await client.heard(3))[2]).toMatchObject({ type: "TrackStartEvent", guildId: "1" });
  await dropped(node, client);
  expect((await ask(node, players)).status).toBe(404);
  expect((await ask(node, `/v4/sessions/${id}`, "PATCH", {})).status).toBe(404);
  node.emit(END, id);
  node.emit(START, id);
  // Stats wait too, a playerUpdate does not.
  node.pass(60);
  const again = await Listener.connect(node, { "Session-Id": id });
  await again.heard(5);
  expect(again.headers["session-resumed"]).toBe("true");
  expect(again.said).toMatchObject([
    { op: "ready", resumed: true, sessionId: id },
    { op: "event", ...END },
    { op: "event", ...START },
    { op: "stats", playingPlayers: 1 },
    { op: "playerUpdate", guildId: "1", state: { position: 60_000 } },
  ]);
  expect(await (await ask(node, players)).json()).toMatchObject([{ guildId: "1" }]);
  // The window stays as it was set.
  await dropped(node, again);
  expect(node.session()).toMatchObject({ resuming: true, timeout: 90 });
});

test("a window ends after its seconds", async ({ node }) => {
  const client = await held(node, 10);
  await dropped(node, client);
  node.pass(9);
  expect(node.session().id).toBe(client.sessionId);
  node.pass(1);
  expect(node.sessions).toEqual([]);
});

test("an id that is still connected gets a new session", async ({ node }) => {
  const client = await held(node);
  const { sessionId: id } = client;
  node.halfOpen(id, { clientNotices: true });
  expect(await client.end()).toBe(1006);
  const second = await Listener.connect(node, { "Session-Id": id });
  await second.heard(2);
  expect(second.sessionId).not.toBe(id);
  expect(node.sessions).toHaveLength(2);
  // What is sent before the node notices is lost; what comes later waits.
  node.emit(END, id);
  node.notice(id);
  node.emit(START, id);
  const third = await Listener.connect(node, { "Session-Id": id });
  expect(await third.heard(2)).toMatchObject([
    { op: "ready", resumed: true, sessionId: id },
    { op: "event", ...START },
  ]);
});

test("on a dead line the client receives nothing", async ({ node }) => {
  const client = await held(node);
  node.halfOpen();
  node.emit(START);
  client.socket.ping();
  let ponged = false;
  client.socket.on("pong", () => (ponged = true));
  node.notice();
  expect(await client.end()).toBe(1006);
  expect(ponged).toBe(false);
  expect(client.said).toHaveLength(2);
});

test("after a handshake that broke off, the header and ready disagree", async ({ node }) => {
  const client = await held(node);
  const { sessionId: id } = client;
  await dropped(node, client);
  node.breakOffNext();
  const broken = Listener.connect(node, { "Session-Id": id });
  await expect(broken).rejects.toThrow("socket hang up");
  // Without a timer, the session lives on.
  node.pass(3_600);
  const again = await Listener.connect(node, { "Session-Id": id });
  await again.heard(1);
  expect(again.headers["session-resumed"]).toBe("false");
  expect(again.said[0]).toMatchObject({ resumed: true, sessionId: id });
});

test("a restart forgets everything", async ({ node }) => {
  const client = await held(node);
  const { port } = node;
  await node.restart();
  expect(await client.end()).toBe(1001);
  const again = await Listener.connect(node, { "Session-Id": client.sessionId });
  const [ready, stats] = await again.heard(2);
  expect(node.port).toBe(port);
  expect(ready).toMatchObject({ resumed: false });
  expect(stats).toMatchObject({ uptime: 0 });
  await node.restart({ isOrderly: false });
  expect(await again.end()).toBe(1006);
  expect(node.sessions).toEqual([]);
});

test("players are changed and removed", async ({ node }) => {
  const client = await held(node);
  const path = `/v4/sessions/${client.sessionId}/players/7`;
  expect((await ask(node, path)).status).toBe(404);
  const body = { track: { encoded: "a", userData: { by: "ada" } }, volume: 40 };
  const made = await (await ask(node, path, "PATCH", body)).json();
  expect(made).toMatchObject({ guildId: "7", volume: 40, track: { userData: { by: "ada" } } });
  await ask(node, `${path}?noReplace=true`, "PATCH", { track: { encoded: "b" } });
  expect(await (await ask(node, path)).json()).toMatchObject({ track: { encoded: "a" } });
  await ask(node, path, "PATCH", { track: { encoded: "b" } });
  await ask(node, path, "PATCH", { track: { encoded: null } });
  const events = (await client.heard(6)).slice(2);
  expect(events.map(({ type, reason = "" }) => `${type} ${reason}`.trim())).toEqual([
    "TrackStartEvent",
    "TrackEndEvent replaced",
    "TrackStartEvent",
    "TrackEndEvent stopped",
  ]);
  expect((await ask(node, path, "DELETE")).status).toBe(204);
  expect((await ask(node, path)).status).toBe(404);
});

test("ignores what a client sends, and can send and do unusual things", async ({ node }) => {
  const client = await held(node);
  client.socket.send("hello");
  await expect.poll(() => node.ignored).toEqual(["hello"]);
  node.say('{"op":"surprise"}');
  expect((await client.heard(3))[2]).toEqual({ op: "surprise" });
  node.hangUp(4_000);
  expect(await client.end()).toBe(4_000);
  node.troubles = { handshake: 502, rest: 500 };
  expect(await refusal(node, {})).toBe(502);
  expect((await ask(node, "/version")).status).toBe(500);
});
