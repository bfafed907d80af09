/** A bot with one node: what the package reports to it, and what it has stored. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { fileStore, LavalinkNode, type LavalinkNodeOptions } from "./package.js";
import type { StandIn } from "./stand-in/stand-in.js";
import { test as base } from "./test.js";

export { expect } from "./test.js";

export const USER = "170939974227591168";

/** What a node object has reported: the event, and its argument. */
export type Told = [event: string, value: unknown];

export class Bot {
  readonly node: InstanceType<typeof LavalinkNode>;
  readonly told: Told[] = [];

  constructor(standIn: StandIn, more: Partial<LavalinkNodeOptions> = {}) {
    this.node = new LavalinkNode({
      id: "main",
      host: "127.0.0.1",
      port: standIn.port,
      authorization: standIn.password,
      userId: USER,
      clientName: "bot/1.0",
      webSocket: WebSocket,
      backoff: { initialMs: 10, maxMs: 50 },
      ...more,
    });
    for (const event of ["ready", "resumed", "lost", "message", "error"] as const) {
      this.node.on(event, (value) => this.told.push([event, value]));
    }
  }

  /** The arguments of these events. */
  of(...events: string[]): Told[] {
    return this.told.filter(([event]) => events.includes(event));
  }

  /** The events of the session's life, without the node's messages. */
  get life(): Told[] {
    return this.of("ready", "resumed", "lost");
  }

  /** The events of players. */
  get events(): unknown[] {
    return this.of("message").flatMap(([, value]) =>
      (value as { op: string }).op === "event" ? [value] : [],
    );
  }

  /** Waits until the package has reported something that makes this true. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        const offs = (["ready", "resumed", "lost", "message", "error", "status"] as const).map(
          (event) =>
            this.node.on(event, () => {
              for (const off of offs) off();
              resolve();
            }),
        );
      });
    }
  }
}

/** A folder for sessions, and bots that are closed at the end. */
export const test = base.extend<{
  folder: string;
  bot: (more?: Partial<LavalinkNodeOptions>) => Bot;
}>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "carta-resume-"));
    await use(folder);
    await rm(folder, { recursive: true });
  },
  bot: async ({ node, folder }, use) => {
    const bots: Bot[] = [];
    await use((more) => {
      const bot = new Bot(node, { store: fileStore(folder), ...more });
      bots.push(bot);
      return bot;
    });
    await Promise.all(bots.map((bot) => bot.node.close()));
  },
});

/** The stored texts in a folder, by file name. Other files come and go beside them. */
export async function stored(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return Object.fromEntries(names.map((name, at) => [name, texts[at] ?? ""]));
}
