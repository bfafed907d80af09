/**
 * A web server with the page of the socket cases, the package, and WebSockets whose behaviour
 * depends on the path and the messages. It is the other side of every case in `page/cases`, for the
 * browser's own WebSocket and for the package's.
 */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { extname, normalize } from "node:path";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { encode } from "../messages.js";
import { inRoot } from "../paths.js";
import { obey } from "./commands.js";
import { Ledger } from "./ledger.js";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

const FOLDERS: Record<string, string> = {
  package: inRoot("dist"),
  sockets: inRoot("tests/e2e/harness/sockets/page"),
};

/** The protocol that is chosen: the first, unless the query names another or none. */
function choose(offered: Set<string>, request: IncomingMessage): string | false {
  const asked = new URL(request.url ?? "/", "http://site").searchParams.get("select");
  if (asked === "none") return false;
  return asked ?? offered.values().next().value ?? false;
}

export class SocketServer {
  readonly #server: Server;
  readonly #plain = new WebSocketServer({ noServer: true, handleProtocols: choose });
  readonly #deflating = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  readonly #connections = new Set<Socket>();
  readonly #ledger = new Ledger();
  #sessions = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.writeHead(404).end());
    });
    this.#server.on("connection", (socket) => {
      this.#connections.add(socket);
      socket.on("close", () => this.#connections.delete(socket));
    });
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  static async start(): Promise<SocketServer> {
    const site = new SocketServer();
    await new Promise<void>((done) => site.#server.listen(0, "127.0.0.1", done));
    return site;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://site");
    const key = searchParams.get("key") ?? "";
    if (pathname === "/seen") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(await this.#ledger.ended(key)));
      return;
    }
    if (pathname === "/say") {
      this.#ledger.connection(key)?.send(searchParams.get("text") ?? "");
      response.end();
      return;
    }
    const [, folder = "", ...rest] = normalize(pathname).split("/");
    const place = FOLDERS[folder];
    if (place === undefined || rest.includes("..")) throw new Error("not here");
    const body = await readFile(`${place}/${rest.join("/")}`);
    response.setHeader("content-type", TYPES[extname(pathname)] ?? "application/octet-stream");
    response.end(body);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => {});
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://site");
    const accept = (server: WebSocketServer, then: (socket: WebSocket) => void) =>
      server.handleUpgrade(request, socket, head, then);
    switch (pathname) {
      case "/ws/silent":
        return;
      case "/ws/echo":
        return accept(this.#plain, (ws) => this.#serve(ws, searchParams.get("key")));
      case "/ws/deflate":
        return accept(this.#deflating, (ws) => this.#serve(ws, null));
      case "/ws/greet":
        return accept(this.#plain, (ws) => {
          ws.send("greeting");
          this.#serve(ws, null);
        });
      case "/ws/offered":
        return accept(this.#plain, (ws) => {
          ws.send(request.headers["sec-websocket-protocol"] ?? "none");
          this.#serve(ws, null);
        });
      case "/ws/goodbye":
        return accept(this.#plain, (ws) => {
          ws.on("error", () => {});
          ws.close(4100, "at once");
        });
      default:
        socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    }
  }

  #serve(ws: WebSocket, key: string | null): void {
    if (key !== null) this.#ledger.open(key, ws);
    ws.on("error", () => {});
    ws.on("message", (data: Buffer, isBinary) => {
      if (isBinary && data.length >= 8 && data.readUInt16LE(0) === 1) {
        this.#sessions += 1;
        const fields = { sessionId: this.#sessions, success: true, message: "welcome" };
        ws.send(encode("REGISTER_VIEWER_ACK", fields, data.readUInt32LE(4)));
      } else if (!isBinary && data.toString() === "PING") {
        ws.send("PONG");
      } else if (!isBinary && data[0] === "!".charCodeAt(0)) {
        obey(ws, data.toString().slice(1));
      } else {
        ws.send(data, { binary: isBinary });
      }
    });
  }
}
