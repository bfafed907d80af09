// Requests to a node, each with a deadline and its status checked.
import { ResumeError } from "../errors.js";
import type { Fetch } from "./options.js";

/** A node's answer. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

export class Rest {
  constructor(
    private readonly origin: string,
    private readonly headers: Readonly<Record<string, string>>,
    private readonly timeoutMs: number,
    private readonly fetch: Fetch,
  ) {}

  /** The node's answer, whatever its status; `null`: none in time. */
  async ask(
    method: string,
    path: string,
    body?: object,
    left?: AbortSignal,
  ): Promise<Reply | null> {
    // Not AbortSignal.timeout(): its timer does not keep a process alive.
    const overdue = new AbortController();
    const abort = () => overdue.abort();
    const timer = setTimeout(abort, this.timeoutMs);
    left?.addEventListener("abort", abort, { once: true });
    try {
      const { signal } = overdue;
      const headers = { ...this.headers };
      if (body) headers["Content-Type"] = "application/json";
      const init = { method, headers, signal, ...(body && { body: JSON.stringify(body) }) };
      const reply = await this.fetch(this.origin + path, init);
      return { status: reply.status, text: await reply.text() };
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      left?.removeEventListener("abort", abort);
    }
  }

  /** What the node answers, read as JSON. */
  async request(method: string, path: string, body?: object): Promise<unknown> {
    const reply = await this.ask(method, path, body);
    if (!reply) throw failed(`The node did not answer within ${this.timeoutMs} ms.`);
    if (reply.status === 404) {
      throw failed(
        "The node does not know this session as a connected one (HTTP status 404). Wait for `ready`.",
      );
    }
    if (reply.status < 200 || reply.status > 299) {
      throw failed(`The node answered with HTTP status ${reply.status}.`);
    }
    try {
      return JSON.parse(reply.text);
    } catch {
      throw failed("The node's answer could not be read.");
    }
  }
}

export const failed = (message: string): ResumeError => ResumeError.of("request-failed", message);
