/** What came on a connection that has a key, for a case that asks for it afterwards. */
import type { WebSocket } from "ws";

export interface Seen {
  /** In order: `text …` or `bytes …` in hexadecimal; long ones by their length. */
  messages: string[];
  code: number;
  reason: string;
}

interface Entry {
  connection: WebSocket;
  ended: Promise<Seen>;
}

const shown = (data: Buffer, isBinary: boolean) => {
  const what = isBinary ? "bytes" : "text";
  if (data.length > 64) return `${what} of length ${data.length}`;
  return `${what} ${data.toString(isBinary ? "hex" : "utf8")}`;
};

export class Ledger {
  readonly #entries = new Map<string, Entry>();

  open(key: string, connection: WebSocket): void {
    const messages: string[] = [];
    connection.on("message", (data: Buffer, isBinary) => messages.push(shown(data, isBinary)));
    const ended = new Promise<Seen>((done) =>
      connection.on("close", (code, reason) => done({ messages, code, reason: reason.toString() })),
    );
    this.#entries.set(key, { connection, ended });
  }

  connection(key: string): WebSocket | undefined {
    return this.#entries.get(key)?.connection;
  }

  /** What was seen, once the connection is over. */
  async ended(key: string): Promise<Seen> {
    const entry = this.#entries.get(key);
    if (entry === undefined) throw new Error(`no connection had the key ${key}`);
    return entry.ended;
  }
}
