/**
 * Other people's clients, which were written for real nodes: they connect to the stand-in, resume,
 * and accept its messages as those of a node.
 */
import { once } from "node:events";
import { LavalinkManager, type LavalinkNodeOptions } from "lavalink-client";
import { Connector, Shoukaku, type NodeOption } from "shoukaku";
import { expect, test } from "./test.js";
import type { StandIn } from "./stand-in/stand-in.js";

const BOT = "170939974227591168";
const GUILD = "817327181659111454";

// lavalink-client: a bot saves the session's id and presents it when it starts again

/** A bot with one node, and what the node has sent to it. */
async function bot(node: StandIn, more: Partial<LavalinkNodeOptions> = {}) {
  const manager = new LavalinkManager({
    nodes: [
      {
        id: "main",
        host: "127.0.0.1",
        port: node.port,
        authorization: node.password,
        retryDelay: 1,
        ...more,
      },
    ],
    client: { id: BOT, username: "bot" },
    sendToShard: () => {},
  });
  const said: Record<string, unknown>[] = [];
  const faults: unknown[] = [];
  manager.nodeManager.on("raw", (_, payload) => said.push({ ...(payload as object) }));
  manager.nodeManager.on("error", (_, error) => faults.push(error));
  const connected = once(manager.nodeManager, "connect");
  await manager.init({ id: BOT });
  await connected;
  const its = manager.nodeManager.nodes.get("main");
  if (!its) throw new Error("lavalink-client has no node");
  return { its, manager, said, faults };
}

test("lavalink-client resumes after a restart of the bot", async ({ node }) => {
  const first = await bot(node);
  const { id } = node.session();
  expect(first.its.sessionId).toBe(id);
  expect(first.its.info?.version.semver).toBe("4.2.2");
  expect(await first.its.fetchVersion()).toBe("4.2.2");
  expect(await first.its.updateSession(true, 60)).toEqual({ resuming: true, timeout: 60 });
  const track = { encoded: "a" };
  await first.its.updatePlayer({ guildId: GUILD, playerOptions: { track } });
  first.its.disconnect("Node-Disconnect");
  await node.until(() => !node.session().isConnected);
  const event = { type: "TrackEndEvent", guildId: GUILD, reason: "finished" };
  node.emit(event);
  node.pass(59);

  const second = await bot(node, { sessionId: id });
  await expect.poll(() => second.said.length).toBe(3);
  expect(second.said).toMatchObject([
    { op: "ready", resumed: true, sessionId: id },
    { op: "event", ...event },
    { op: "playerUpdate", guildId: GUILD },
  ]);
  expect(await second.its.fetchAllPlayers()).toMatchObject([{ guildId: GUILD, track }]);
  expect([...first.faults, ...second.faults]).toEqual([]);

  // It presents the id again when the connection drops.
  const resumed = once(second.manager.nodeManager, "resumed");
  node.drop();
  const [, , players] = (await resumed) as [unknown, unknown, unknown[]];
  expect(players).toMatchObject([{ guildId: GUILD }]);
  second.its.disconnect("Node-Disconnect");
  await node.until(() => !node.session().isConnected);
  node.expire();

  const third = await bot(node, { sessionId: id });
  await expect.poll(() => third.said[0]).toMatchObject({ op: "ready", resumed: false });
  expect(third.its.sessionId).toBe(node.session().id);
  expect(third.its.sessionId).not.toBe(id);
  third.its.disconnect("Node-Disconnect");
});

// Shoukaku: resumes when the connection drops

/** The voice side of Discord, which has no servers here. */
class Discord extends Connector {
  override getId(): string {
    return BOT;
  }

  override listen(nodes: NodeOption[]): void {
    setImmediate(() => this.ready(nodes));
  }

  override sendPacket(_: number, packet: { d: { guild_id: string; channel_id: string } }): void {
    const { guild_id, channel_id } = packet.d;
    const state = { user_id: BOT, session_id: "voice", guild_id, channel_id };
    const server = { guild_id, token: "token", endpoint: "voice.example.org" };
    setImmediate(() => {
      this.raw({ t: "VOICE_STATE_UPDATE", d: state });
      this.raw({ t: "VOICE_SERVER_UPDATE", d: server });
    });
  }
}

test("Shoukaku resumes after a drop", async ({ node }) => {
  const nodes = [{ name: "main", url: `127.0.0.1:${node.port}`, auth: node.password }];
  const shoukaku = new Shoukaku(new Discord(null), nodes, { resume: true, resumeTimeout: 60 });
  const faults: unknown[] = [];
  shoukaku.on("error", (_, error) => faults.push(error));
  expect(await once(shoukaku, "ready")).toEqual(["main", false, false]);
  await node.until(() => node.session().resuming);
  const { id } = node.session();
  expect(node.session()).toMatchObject({ resuming: true, timeout: 60 });

  const player = await shoukaku.joinVoiceChannel({ guildId: GUILD, channelId: "1", shardId: 0 });
  const started = once(player, "start");
  await player.playTrack({ track: { encoded: "a" } });
  expect(await started).toMatchObject([{ track: { encoded: "a" } }]);
  node.pass(5);
  await expect.poll(() => player.position).toBe(5_000);

  // What happens while it is away arrives once it is back.
  const ended: unknown[] = [];
  player.on("end", (event) => ended.push(event));
  const ready = once(shoukaku, "ready");
  node.drop();
  await node.until(() => !node.session().isConnected);
  node.emit({ type: "TrackEndEvent", guildId: GUILD, track: { encoded: "a" }, reason: "finished" });
  expect(await ready).toEqual(["main", true, false]);
  await expect.poll(() => ended).toMatchObject([{ reason: "finished" }]);
  expect(node.session().id).toBe(id);
  expect(node.handshakes.at(-1)).toMatchObject({ sessionId: id, status: 101, resumed: true });
  expect(await shoukaku.nodes.get("main")?.rest.getPlayers()).toMatchObject([{ guildId: GUILD }]);

  await shoukaku.leaveVoiceChannel(GUILD);
  expect([...node.session().players.keys()]).toEqual([]);
  shoukaku.removeNode("main");
  expect(faults).toEqual([]);
});
