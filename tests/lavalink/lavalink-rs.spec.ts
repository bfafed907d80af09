/**
 * lavalink-rs, a client in Rust: it connects to the stand-in, resumes, and accepts its messages as
 * those of a node. `LAVALINK_RS` is the program built from the folder `lavalink-rs`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { ask } from "./listener.js";
import { expect, test } from "./test.js";
import type { StandIn } from "./stand-in/stand-in.js";

const PROGRAM = process.env["LAVALINK_RS"] ?? "";

/** A bot as a process, and what it was told. */
function bot(node: StandIn, ...sessionId: string[]) {
  const address = `127.0.0.1:${node.port}`;
  const child = spawn(PROGRAM, [address, node.password, ...sessionId], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const told: unknown[] = [];
  createInterface(child.stdout).on("line", (line) => told.push(JSON.parse(line)));
  const kill = async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  return { told, kill };
}

test("lavalink-rs resumes after its process was killed", async ({ node }) => {
  const held = { resuming: true, timeout: 60 };
  const first = bot(node);
  await expect.poll(() => first.told).toHaveLength(2);
  const { id } = node.session();
  const ready = { ready: id, resumed: false, held, players: 0, version: "4.2.2" };
  expect(first.told).toEqual(expect.arrayContaining([ready, { stats: 0 }]));
  const path = `/v4/sessions/${id}/players/1`;
  await ask(node, path, "PATCH", { track: { encoded: "a" } });
  await expect.poll(() => first.told[2]).toEqual({ start: "a" });

  await first.kill();
  await node.until(() => !node.session().isConnected);
  const [player] = node.session().players.values();
  const { track } = player ?? {};
  node.emit({ type: "TrackEndEvent", guildId: "1", track, reason: "finished" });
  node.emit({ type: "TrackStartEvent", guildId: "1", track });

  const second = bot(node, id);
  await expect.poll(() => second.told).toHaveLength(4);
  // It waits for its own requests to be answered before it prints that it is ready.
  expect(second.told).toContainEqual({ ...ready, resumed: true, players: 1 });
  const events = second.told.filter((each) => !Object.hasOwn(Object(each), "ready"));
  expect(events).toEqual([{ end: "a" }, { start: "a" }, { playerUpdate: 1 }]);
  await second.kill();
});
