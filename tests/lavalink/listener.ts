/** A bare client of the socket, which receives what the node sends and does nothing by itself. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import type { StandIn } from "./stand-in/stand-in.js";

/** A message as it was received. */
export type Said = { op: string } & Record<string, unknown>;

export class Listener {
  /** The response headers of the handshake. */
  headers: IncomingMessage["headers"] = {};
  /** The code that the socket was closed with. */
  closed: number | null = null;
  readonly said: Said[] = [];
  readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("upgrade", ({ headers }) => (this.headers = headers));
    socket.on("message", (data) => this.said.push(JSON.parse(String(data)) as Said));
    socket.on("close", (code) => (this.closed = code));
    socket.on("error", () => {});
  }

  /** Connects, with the headers that a bot sends, and `more`. */
  static async connect(node: StandIn, more: Record<string, string> = {}): Promise<Listener> {
    const socket = new WebSocket(`ws://127.0.0.1:${node.port}/v4/websocket`, {
      headers: { ...usual(node), ...more },
    });
    const listener = new Listener(socket);
    await once(socket, "open");
    return listener;
  }

  /** The session id in `ready`. */
  get sessionId(): string {
    return String(this.said.find(({ op }) => op === "ready")?.["sessionId"]);
  }

  /** The messages, once this many have come. */
  async heard(count: number): Promise<Said[]> {
    while (this.said.length < count) await once(this.socket, "message");
    return this.said;
  }

  /** The code with which the socket was closed. */
  async end(): Promise<number> {
    if (this.closed === null) await once(this.socket, "close");
    return Number(this.closed);
  }
}

const usual = (node: StandIn) => ({
  Authorization: node.password,
  "User-Id": "170939974227591168",
  "Client-Name": "listener/1.0",
});

/** The HTTP status with which a handshake is refused. An empty header is left out. */
export async function refusal(node: StandIn, more: Record<string, string>): Promise<number> {
  const headers = Object.fromEntries(
    Object.entries({ ...usual(node), ...more }).filter(([, value]) => value !== ""),
  );
  const socket = new WebSocket(`ws://127.0.0.1:${node.port}/v4/websocket`, { headers });
  socket.on("error", () => {});
  const [request, response] = (await once(socket, "unexpected-response")) as [
    { destroy(): void },
    IncomingMessage,
  ];
  request.destroy();
  return response.statusCode ?? 0;
}

/** A REST request with the right password. */
export function ask(
  node: StandIn,
  path: string,
  method = "GET",
  body?: object,
  headers: Record<string, string> = { authorization: node.password },
): Promise<Response> {
  return fetch(`${node.origin}${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
}
