/**
 * A stand-in for a Lavalink v4 node: the handshake, the sessions and how they resume, and as much
 * of REST as a client of sessions and players needs. It plays no music.
 *
 * Its time passes only through `pass`, so that a window of a minute costs a test no time.
 *
 * What it imitates was taken from Lavalink 4.2.2 (`LavalinkServer/src/main/java/lavalink/server/io`
 * and `docs/api`):
 *
 * - A wrong password on the WebSocket is a 401, a missing or zero `User-Id` a 400. One that is
 *   no number passes, and the connection then ends with an error.
 * - `ready` is the first message. A new session goes on with `stats`.
 * - When the socket of a session with `resuming` closes, the session is parked for `timeout`
 *   seconds; events and stats wait, playerUpdates do not. Any other session ends at once.
 * - A handshake with the id of a parked session resumes it: `ready`, what has waited, in
 *   order, then a playerUpdate for each player. With any other id, also that of a session
 *   which is still connected, it gets a new session, without an error.
 * - REST does not find a parked session: 404.
 * - An orderly shutdown closes all sockets with 1001. Nothing outlives it.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { Clock } from "./clock.js";
import { read, status, type Handshake } from "./handshake.js";
import type { Player, PlayerEvent } from "./messages.js";
import { answer, type Reply, type Request } from "./rest.js";
import type { Session } from "./session.js";
import { Sessions } from "./sessions.js";

/** How long it has been up when a test begins, in seconds. */
const UPTIME_S = 3_600;

export interface StandInOptions {
  password?: string;
  /** 0 = any free one. */
  port?: number;
}

/** A REST request and the status of its answer; `null` = none yet. */
export type Asked = Request & { status: number | null };

export class StandIn {
  readonly password: string;
  /** Every handshake, with its outcome. */
  readonly handshakes: Handshake[] = [];
  /** Every REST request. */
  readonly requests: Asked[] = [];
  /** What clients have sent on their sockets: a node ignores it. */
  readonly ignored: string[] = [];
  /** What handshakes and REST are answered with instead, as by a proxy in front of the node. */
  troubles: { handshake?: number | "silence"; rest?: number | "silence" } = {};
  #port: number;
  #server: Server | null = null;
  #clock = new Clock(UPTIME_S);
  #sessions = new Sessions(this.#clock);
  #breaksOffNext = false;
  /** The sockets that began with a handshake. */
  readonly #open = new Set<Duplex>();
  /** The value of `Session-Resumed` in each accepted handshake. */
  readonly #resumed = new WeakMap<IncomingMessage, boolean>();
  /** Those that wait for a change. */
  readonly #waiting = new Set<() => void>();

  private constructor({ password = "youshallnotpass", port = 0 }: StandInOptions) {
    this.password = password;
    this.#port = port;
  }

  static async start(options: StandInOptions = {}): Promise<StandIn> {
    const node = new StandIn(options);
    await node.#listen();
    return node;
  }

  get port(): number {
    return this.#port;
  }

  /** Where its REST interface is. */
  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Ends it like a crash. */
  close(): Promise<void> {
    return this.goDown({ isOrderly: false });
  }

  /** Ends it and starts it again on the same port: it has forgotten everything. */
  async restart(how: { isOrderly?: boolean } = {}): Promise<void> {
    await this.goDown(how);
    await this.comeUp();
  }

  async goDown({ isOrderly = true }: { isOrderly?: boolean } = {}): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    const { connected } = this.#sessions;
    const lines = connected.flatMap(({ line, isHalfOpen }) => (line && !isHalfOpen ? [line] : []));
    if (isOrderly) for (const line of lines) line.close(1001);
    for (const session of this.#sessions.all) session.end();
    const closed = new Promise((done) => server.close(done));
    if (isOrderly) await Promise.all(lines.map((line) => once(line, "close")));
    server.closeAllConnections();
    for (const socket of this.#open) socket.destroy();
    await closed;
    this.#changed();
  }

  async comeUp(): Promise<void> {
    this.#clock = new Clock(0);
    this.#sessions = new Sessions(this.#clock);
    await this.#listen();
  }

  async #listen(): Promise<void> {
    const server = createServer((request, response) => {
      // It breaks off if the client does.
      this.#answer(request, response).catch(() => response.destroy());
    });
    const sockets = new WebSocketServer({ noServer: true });
    sockets.on("headers", (headers, request) => {
      headers.push(`Session-Resumed: ${this.#resumed.get(request) ?? false}`);
    });
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(sockets, request, socket, head);
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  // What a test can see

  /** Every session, including the parked ones. */
  get sessions(): Session[] {
    return this.#sessions.all;
  }

  /** The session with this id; without an id, the only one that there is. */
  session(id?: string): Session {
    const all = this.sessions;
    const found = id === undefined ? all : all.filter((session) => session.id === id);
    if (found.length !== 1 || !found[0])
      throw new Error(`${found.length} sessions are ${id ?? "there"}`);
    return found[0];
  }

  /** Waits until this is true; checked whenever something happens at the node. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((done) => this.#waiting.add(done));
  }

  // What a test can do

  /** Lets this many seconds pass at the node. */
  pass(seconds: number): void {
    this.#clock.pass(seconds);
    this.#changed();
  }

  /** The window of a parked session is over. */
  expire(id?: string): void {
    this.#sessions.expire(this.session(id).id);
    this.#changed();
  }

  /** An event of a player. */
  emit(event: PlayerEvent, id?: string): void {
    this.session(id).tell({ op: "event", ...event });
  }

  /** Any text, including what no node would send. */
  say(text: string, id?: string): void {
    this.session(id).sendText(text);
  }

  /** The connection is lost on both sides, without a closing handshake. */
  drop(id?: string): void {
    this.session(id).line?.terminate();
  }

  /** The node closes the socket, with any code, as a plugin may. */
  hangUp(code: number, id?: string): void {
    this.session(id).line?.close(code);
  }

  /**
   * The network is gone, and the node does not notice until `notice`; what it sends meanwhile is
   * lost. The client does not notice either, unless `clientNotices`: it receives nothing more.
   */
  halfOpen(id?: string, { clientNotices = false }: { clientNotices?: boolean } = {}): void {
    const session = this.session(id);
    session.becomeHalfOpen();
    if (clientNotices) session.line?.terminate();
    else session.line?.pause();
  }

  /** The node notices that a half-open connection is gone. */
  notice(id?: string): void {
    const session = this.session(id);
    if (!session.isHalfOpen) throw new Error(`The connection of ${session.id} is not half open`);
    session.line?.terminate();
    this.#lose(this.#sessions, session);
  }

  /** The next handshake that would resume breaks off after it has stopped the timer. */
  breakOffNext(): void {
    this.#breaksOffNext = true;
  }

  // Sockets

  #upgrade(sockets: WebSocketServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#open.delete(socket));
    const said = read(request);
    const { handshake: trouble } = this.troubles;
    const result = trouble === "silence" ? null : (trouble ?? status(request, said, this.password));
    const handshake: Handshake = { ...said, status: result };
    this.handshakes.push(handshake);
    if (result === null) return this.#changed();
    if (result !== 101) {
      socket.end(`HTTP/1.1 ${result} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return this.#changed();
    }
    const { userId = "", sessionId } = said;
    const resumed = sessionId !== undefined && this.#sessions.claim(sessionId);
    if (resumed && this.#breaksOffNext) {
      this.#breaksOffNext = false;
      handshake.status = null;
      socket.destroy();
      return this.#changed();
    }
    handshake.resumed = resumed;
    this.#resumed.set(request, resumed);
    sockets.handleUpgrade(request, socket, head, (line) => {
      if (/^\d+$/.test(userId)) this.#connect(line, userId, sessionId);
      else line.close(1011);
      this.#changed();
    });
  }

  #connect(line: WebSocket, userId: string, sessionId: string | undefined): void {
    const sessions = this.#sessions;
    const session = sessions.connect(line, userId, sessionId);
    line.on("message", (data) => this.ignored.push(String(data)));
    line.on("error", () => line.terminate());
    line.on("close", () => {
      // A half-open one is lost when the node notices.
      if (session.line === line && !session.isHalfOpen) this.#lose(sessions, session);
    });
  }

  #lose(sessions: Sessions, session: Session): void {
    sessions.lose(session);
    this.#changed();
  }

  // REST

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://node");
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const asked: Asked = {
      method: request.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      authorization: request.headers.authorization,
      body,
      status: null,
    };
    this.requests.push(asked);
    const { rest: trouble } = this.troubles;
    if (trouble !== "silence") {
      const reply = trouble === undefined ? this.#reply(asked) : { status: trouble, body: "" };
      asked.status = reply.status;
      send(response, reply);
    }
    this.#changed();
  }

  #reply(asked: Request): Reply {
    const { password } = this;
    return answer(asked, { password, sessions: this.#sessions, uptimeS: this.#clock.now });
  }

  #changed(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const done of waiting) done();
  }
}

function send(response: ServerResponse, { status, body }: Reply): void {
  if (body === null) return void response.writeHead(status).end();
  const isText = typeof body === "string";
  response.writeHead(status, { "content-type": isText ? "text/plain" : "application/json" });
  response.end(isText ? body : JSON.stringify(body));
}

export type { Handshake, Player, PlayerEvent, Session };
