/** The examples of docs/lavalink.md: each is run as it stands, but for the address. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { block, blocks } from "../docs/documents.mjs";
import { inRoot } from "../e2e/harness/paths.js";
import { Site } from "../e2e/harness/site.js";
import { LavalinkProxy } from "./proxy.js";
import { trackOf } from "./stand-in/messages.js";
import { expect, test } from "./test.js";

const FILE = "docs/lavalink.md";
const BOT = "fileStore(";
const PLAYERS = "node.players()";
const STORE = "SessionStore";
const PAGE = "port: 443";

/** The example with `part` in it, with other texts in the place of some. */
function example(part: string, others: Record<string, string | number> = {}): string {
  let { text } = block(FILE, part);
  for (const [what, by] of Object.entries(others)) {
    expect(text).toContain(what);
    text = text.replace(what, String(by));
  }
  return text;
}

/** Runs a module as a bot's author does, in an empty folder. `said`: the lines it prints. */
async function bot(folder: string, code: string) {
  // In the repository, so that it finds the package and `ws`.
  const file = join(folder, "bot.mjs");
  await writeFile(file, code);
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said: string[] = [];
  createInterface(child.stdout).on("line", (line) => said.push(line));
  const interrupt = async () => {
    const gone = once(child, "exit");
    child.kill("SIGINT");
    await gone;
  };
  return { said, interrupt };
}

test("a bot that survives its own restart, and what it does then", async ({ node }) => {
  const folder = inRoot("target/lavalink-documents");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // What handles events comes before what connects.
  const players = example(PLAYERS);
  const code = example(BOT, {
    "port: 2333": `port: ${node.port}`,
    "await node.connect();": `${players}\nawait node.connect();`,
  });

  const first = await bot(folder, code);
  await expect.poll(() => first.said).toHaveLength(2);
  const { id } = node.session();
  expect(first.said).toEqual([`A new session ${id}`, "stats"]);
  const player = node.session().player("817327181659111454");
  player.track = trackOf("a", {});
  await first.interrupt();
  await node.until(() => !node.session().isConnected);
  node.emit({ type: "TrackEndEvent", guildId: player.guildId, reason: "finished" });

  const second = await bot(folder, code);
  await expect
    .poll(() => [...second.said].sort())
    .toEqual(
      [`The players go on ${id}`, "event", "playerUpdate", "817327181659111454 title of a"].sort(),
    );
  await second.interrupt();
  await node.until(() => !node.session().isConnected);
  node.expire();

  const third = await bot(folder, code);
  await expect.poll(() => third.said).toHaveLength(3);
  expect(third.said).toEqual([
    `Gone, with its players: ${id} expired`,
    `A new session ${node.session().id}`,
    "stats",
  ]);
  await third.interrupt();
});

test("a page, through the proxy", async ({ node, page }) => {
  const site = await Site.start();
  const proxy = await LavalinkProxy.start(node, site.origin);
  const { port } = new URL(proxy.origin);
  const code = example(PAGE, {
    "bots.example.org": "127.0.0.1",
    "port: 443": `port: ${port}`,
    "secure: true": "secure: false",
  });
  await page.goto(`${site.origin}/page/elsewhere.html`);
  const said = page.waitForEvent("console");
  await page.evaluate(
    (scripts) => {
      for (const [type, text] of scripts) {
        const script = document.createElement("script");
        document.head.append(Object.assign(script, { type, text }));
      }
    },
    [
      ["importmap", '{"imports":{"carta-resume/lavalink":"/package/lavalink.js"}}'],
      ["module", code],
    ],
  );
  expect((await said).text()).toBe("stats");
  expect(node.session().resuming).toBe(true);
  await proxy.stop();
  await site.stop();
});

test("every example is run, or only types", () => {
  const parts = [BOT, PLAYERS, STORE, PAGE];
  const left = blocks
    .filter(({ file, language }) => file === FILE && /^[jt]s$/.test(language))
    .filter(({ text }) => !parts.some((part) => text.includes(part)));
  expect(left).toEqual([]);
});
