/** The development backend as a process that can be killed and started again. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fixtures, inRoot } from "./paths.js";

export interface BackendOptions {
  icd?: number;
  token?: string;
  sessionGrace?: number;
  /** A folder of FITS images. */
  root?: string;
  /** The folder of a web page to serve. */
  page?: string;
}

/** What `GET /control/sessions` reports about one session. */
export interface SessionState {
  sessionId: number;
  [field: string]: unknown;
}

export class Backend {
  #process: ChildProcess | null = null;
  #port = 0;
  #output = "";

  constructor(readonly options: BackendOptions = {}) {}

  get port(): number {
    return this.#port;
  }

  /** The WebSocket address, with the token if there is one. */
  get url(): string {
    const query = this.options.token === undefined ? "" : `?token=${this.options.token}`;
    return `ws://127.0.0.1:${this.#port}/${query}`;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What the process has printed, for error messages. */
  get output(): string {
    return this.#output;
  }

  /** Starts the process, on the same port as before. */
  async start(): Promise<this> {
    const { icd, token, sessionGrace, root = fixtures, page } = this.options;
    const args = ["--port", String(this.#port), "--control", "--root", root];
    if (icd !== undefined) args.push("--icd", String(icd));
    if (token !== undefined) args.push("--token", token);
    if (sessionGrace !== undefined) args.push("--session-grace", String(sessionGrace));
    if (page !== undefined) args.push("--static", page);
    const child = spawn(binary(), args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    this.#port = await this.#announcedPort(child);
    return this;
  }

  #announcedPort(child: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;
        createInterface(stream).on("line", (line) => {
          this.#output += `${line}\n`;
          const port = /:\/\/[^\s/]*:(\d+)/.exec(line)?.[1];
          if (port !== undefined) resolve(Number(port));
        });
      }
      child.once("error", reject);
      child.once("exit", (code) => {
        reject(new Error(`The backend ended with ${code}:\n${this.#output}`));
      });
    });
  }

  /** Ends the process like a crash: kill -9. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  /** Kills the process and starts a new one, which has forgotten everything. */
  async crashAndRestart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Runs a control command, for example `control("stall?ms=1000")`. */
  async control(order: string): Promise<void> {
    const answer = await fetch(`${this.origin}/control/${order}`, { method: "POST" });
    if (!answer.ok) throw new Error(`/control/${order}: ${answer.status} ${await answer.text()}`);
  }

  /** What each session really has open, according to the backend. */
  async sessions(): Promise<SessionState[]> {
    const answer = await fetch(`${this.origin}/control/sessions`);
    if (!answer.ok) throw new Error(`/control/sessions: ${answer.status}`);
    return ((await answer.json()) as { sessions: SessionState[] }).sessions;
  }

  /** The state of the session with this id. */
  async session(id: number): Promise<SessionState> {
    const found = (await this.sessions()).filter(({ sessionId }) => sessionId === id);
    if (found[0] === undefined) throw new Error(`The backend has no session ${id}`);
    return found[0];
  }
}

function binary(): string {
  const given = process.env["BACKEND_BIN"] || process.env["BACKEND"];
  const candidates = given
    ? [given]
    : ["debug", "release"].map((p) => inRoot("target", p, "backend"));
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) {
    throw new Error("The development backend is not built. Type: cargo build -p backend");
  }
  return found;
}
