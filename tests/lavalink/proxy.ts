/** The example proxy of the documents, as a process. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { StandIn } from "./stand-in/stand-in.js";

const FILE = fileURLToPath(new URL("../../docs/examples/lavalink-proxy.mjs", import.meta.url));

export class LavalinkProxy {
  private constructor(
    readonly origin: string,
    readonly process: ChildProcess,
  ) {}

  /** In front of `node`, for pages of `origin`. */
  static async start(
    node: StandIn,
    origin: string,
    more: Record<string, string> = {},
  ): Promise<LavalinkProxy> {
    const child = spawn(process.execPath, [FILE], {
      env: {
        LAVALINK_URL: node.origin,
        LAVALINK_PASSWORD: node.password,
        ORIGIN: origin,
        PORT: "0",
        ...more,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const address = /on (http:\S+)/.exec(line)?.[1];
    if (address === undefined) throw new Error(`The proxy says: ${line}`);
    return new LavalinkProxy(address, child);
  }

  async stop(): Promise<void> {
    const gone = once(this.process, "exit");
    this.process.kill();
    await gone;
  }
}
