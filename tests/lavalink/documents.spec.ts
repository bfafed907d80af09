/** The examples of docs/lavalink.md: each is run as written, except for the address. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
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

/** The example that contains `part`, with some texts replaced. */
function example(part: string, others: Record<string, string | number> = {}): string {
  let { text } = block(FILE, part);
  for (const [what, by] of Object.entries(others)) {
    expect(text).toContain(what);
    text = text.replace(what, String(by));
  }
  return text;
}

/**
 * Runs a module as a bot's author does, in an empty folder. `said`: the lines that it prints;
 * `warned`: those on stderr. `interrupt()`: presses Ctrl-C; returns the exit code.
 */
async function bot(folder: string, code: string) {
  const file = join(folder, "bot.mjs");
  await writeFile(file, code);
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  const warned: string[] = [];
  createInterface(child.stdout).on("line", (line) => said.push(line));
  createInterface(child.stderr).on("line", (line) => warned.push(line));
  const interrupt = async (): Promise<unknown> => {
    const gone = once(child, "close");
    child.kill("SIGINT");
    return (await gone)[0];
  };
  return { said, warned, interrupt };
}

/** Inside the repository, so that a bot in it finds the package and `ws`. */
async function emptyFolder(name: string): Promise<string> {
  const folder = inRoot(`target/lavalink-documents/${name}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

test("a bot that survives its own restart, and what it does then", async ({ node }) => {
  const folder = await emptyFolder("restarts");
  // Event handlers come before the connection.
  const players = example(PLAYERS);
  const code = example(BOT, {
    "port: 2333": `port: ${node.port}`,
    "await node.connect()": `${players}\nawait node.connect()`,
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

test("Ctrl-C while no node answers", async () => {
  const nobody = createServer().listen(0, "127.0.0.1");
  await once(nobody, "listening");
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  const { said, warned, interrupt } = await bot(
    await emptyFolder("interrupted"),
    example(BOT, { "port: 2333": `port: ${port}` }),
  );
  await expect.poll(() => warned).not.toEqual([]);
  expect(warned[0]).toMatch(/^Cannot connect\. Check that the node is running/);
  expect(await interrupt()).toBe(0);
  expect(said).toEqual([]);
  expect(warned.join("\n")).not.toMatch(/closed|Error/);
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
