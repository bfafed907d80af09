/**
 * A stand-in for carta-controller: it serves a viewer's page, logs people in, gives them access
 * tokens, and connects each user's socket to that user's own development backend.
 *
 * What it imitates was taken from the source of carta-controller of March 2024
 * (`src/auth/local.ts`, `src/serverHandlers.ts`, `src/config.ts`) and observed on a running one:
 *
 * - `GET …/config` gives the addresses of the dashboard, of the renewal of tokens and of
 *   the logout, as JSON.
 * - Logging in sets the cookie `Refresh-Token`: HttpOnly, SameSite=Strict, for the address
 *   of the renewal only.
 * - `POST /api/auth/refresh` with this cookie answers `access_token`, `token_type`,
 *   `username` and `expires_in`; without a valid one, 400. The access token is a JWT with
 *   the claims `username` and `exp`, valid for 15 minutes.
 * - A socket's token is checked when it opens, in the query, and only then. If it is missing
 *   or no longer valid, the connection ends without an HTTP answer. A proxy in front may turn
 *   that into a 401 or 403.
 * - The backend gets the request for "/", without a query.
 * - With an address of its API in the configuration, the viewer reads and writes its
 *   preferences, layouts, snippets and workspaces there, each with `Authorization: Bearer`.
 */
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Backend } from "./backend.js";

/** A file of the page. */
export type Page = (path: string) => Promise<{ body: Buffer | string; type: string }>;

export interface ControllerOptions {
  /**
   * How far its clock is ahead of the page's, in milliseconds. If it is an hour behind, the page
   * takes every token for an expired one.
   */
  aheadMs?: number;
  /** How a socket is refused: without an answer, or with this status. */
  refusal?: "silence" | 401 | 403;
  /** Tokens that reveal nothing, and are sent without the user's name. */
  isSecretive?: boolean;
  /**
   * Preferences are kept here for each user; without this, the viewer keeps its own in the page.
   */
  preferences?: Record<string, unknown>;
}

const LIFETIME_S = 900;
const KEY = "only for tests";

export class Controller {
  /** Who has asked for a socket; `null` = refused. */
  readonly sockets: (string | null)[] = [];
  /** The status with which each request for a token was answered. */
  readonly refreshes: number[] = [];
  /** What the viewers have written into its database: the method and the path, with the body. */
  readonly written: [request: string, body: Record<string, unknown>][] = [];
  /** Whether it renews tokens; if not, it answers as a proxy does when nothing is behind it. */
  isRenewing = true;
  readonly #server: Server;
  readonly #accounts: Record<string, Backend>;
  readonly #page: Page;
  readonly #options: ControllerOptions;
  readonly #open = new Set<Socket>();
  #aheadMs: number;
  #count = 0;
  /** What the tokens stand for that do not reveal it. */
  readonly #secrets = new Map<string, string>();

  private constructor(accounts: Record<string, Backend>, page: Page, options: ControllerOptions) {
    this.#accounts = accounts;
    this.#page = page;
    this.#options = options;
    this.#aheadMs = options.aheadMs ?? 0;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#upgrade(request, socket, head);
    });
  }

  /** `accounts`: each user's backend, by the user's name. */
  static async start(
    accounts: Record<string, Backend>,
    page: Page,
    options: ControllerOptions = {},
  ): Promise<Controller> {
    const controller = new Controller(accounts, page, options);
    await new Promise<void>((done) => controller.#server.listen(0, "127.0.0.1", done));
    return controller;
  }

  get #host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get origin(): string {
    return `http://${this.#host}`;
  }

  /** Where sockets connect to, with a token. */
  socketUrl(token: string): string {
    return `ws://${this.#host}/?token=${token}`;
  }

  /** A new access token. */
  issue(username: string): string {
    const token = this.#sign({ username, exp: this.#now() + LIFETIME_S, jti: ++this.#count });
    if (!this.#options.isSecretive) return token;
    const secret = `secret-${this.#count}`;
    this.#secrets.set(secret, token);
    return secret;
  }

  /** Lets enough time pass here for every access token to expire. */
  expire(): void {
    this.#aheadMs += (LIFETIME_S + 1) * 1_000;
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #now(): number {
    return Math.floor((Date.now() + this.#aheadMs) / 1_000);
  }

  #sign(claims: object): string {
    const parts = [{ alg: "HS256", typ: "JWT" }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    const signed = parts.join(".");
    return `${signed}.${createHmac("sha256", KEY).update(signed).digest("base64url")}`;
  }

  /** Whose token it is, if it is valid. */
  #userOf(given: string): string | null {
    const token = this.#secrets.get(given) ?? given;
    const { username, exp, jti } = claimsOf(token);
    const isOurs = this.#sign({ username, exp, jti }) === token;
    return isOurs && Number(exp) > this.#now() ? String(username) : null;
  }

  // HTTP

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", this.origin).pathname;
    const json = (status: number, fields: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(fields));
    };
    const { preferences } = this.#options;
    if (path.endsWith("/config"))
      return json(200, preferences ? { ...CONFIG, apiAddress: "/api" } : CONFIG);
    if (preferences && path.startsWith("/api/database/"))
      return this.#database(request, path, preferences, json);
    if (request.method === "POST") {
      if (path === "/api/auth/login") return this.#logIn(request, response, json);
      if (path === CONFIG.logoutAddress) return logOut(response, json);
      if (path === CONFIG.tokenRefreshAddress) return this.#refresh(request, json);
    }
    if (path === CONFIG.dashboardAddress) {
      response.setHeader("content-type", "text/html; charset=utf-8");
      return void response.end("<!doctype html><title>Dashboard</title><h1>Log in</h1>");
    }
    try {
      const { body, type } = await this.#page(path === "/" ? "/index.html" : path);
      response.setHeader("content-type", type);
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  async #database(
    request: IncomingMessage,
    path: string,
    preferences: Record<string, unknown>,
    json: Json,
  ): Promise<void> {
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (this.#userOf(token) === null) return json(403, {});
    if (request.method !== "GET") {
      this.written.push([`${request.method} ${path}`, parsed(await bodyOf(request))]);
      return json(200, { success: true });
    }
    const nothing = { layouts: {}, snippets: {}, workspaces: [] };
    json(200, { success: true, preferences, ...nothing });
  }

  async #logIn(request: IncomingMessage, response: ServerResponse, json: Json): Promise<void> {
    const { username } = parsed(await bodyOf(request));
    if (typeof username !== "string" || !(username in this.#accounts)) return json(403, {});
    response.setHeader("set-cookie", cookie(this.#sign({ username, refresh: true })));
    json(200, { success: true });
  }

  #refresh(request: IncomingMessage, json: Json): void {
    const answer = (status: number, fields: object) => {
      this.refreshes.push(status);
      json(status, fields);
    };
    if (!this.isRenewing) return answer(503, {});
    const token = /(?:^|; )Refresh-Token=([^;]*)/.exec(request.headers.cookie ?? "")?.[1];
    if (!token) return answer(400, { message: "Missing refresh token" });
    const { username } = claimsOf(token);
    if (this.#sign({ username, refresh: true }) !== token)
      return answer(400, { message: "Invalid refresh token" });
    answer(200, {
      access_token: this.issue(String(username)),
      token_type: "bearer",
      ...(!this.#options.isSecretive && { username }),
      expires_in: LIFETIME_S,
    });
  }

  // Sockets

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const token = new URL(request.url ?? "/", this.origin).searchParams.get("token") ?? "";
    const user = this.#userOf(token);
    this.sockets.push(user);
    const backend = user === null ? undefined : this.#accounts[user];
    if (!backend) {
      const { refusal = "silence" } = this.#options;
      if (refusal !== "silence")
        socket.write(`HTTP/1.1 ${refusal} No\r\ncontent-length: 0\r\n\r\n`);
      return void socket.end();
    }
    const to = connect(backend.port, "127.0.0.1", () => {
      const { rawHeaders } = request;
      const lines = rawHeaders.flatMap((name, at) =>
        at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : [],
      );
      to.write(["GET / HTTP/1.1", ...lines, "", ""].join("\r\n"));
      to.write(head);
      to.pipe(socket).pipe(to);
    });
    for (const [one, other] of [
      [to, socket],
      [socket, to],
    ] as const) {
      this.#open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#open.delete(one);
        other.destroy();
      });
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}

type Json = (status: number, fields: object) => void;

const CONFIG = {
  dashboardAddress: "/dashboard",
  tokenRefreshAddress: "/api/auth/refresh",
  logoutAddress: "/api/auth/logout",
};

const cookie = (token: string, more = ""): string =>
  `Refresh-Token=${token}; HttpOnly; SameSite=Strict; Path=${CONFIG.tokenRefreshAddress}${more}`;

function logOut(response: ServerResponse, json: Json): void {
  response.setHeader("set-cookie", cookie("", "; Max-Age=0"));
  json(200, { success: true });
}

const claimsOf = (token: string): Record<string, unknown> =>
  parsed(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

function parsed(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
