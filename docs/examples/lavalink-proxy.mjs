// A proxy between web pages and a Lavalink node, for docs/lavalink.md#in-a-browser.
//
// A WebSocket in a browser cannot set headers, and a node does not answer pages of other
// origins. So the page says in the query what belongs in headers, and the proxy adds the
// password, which no page ever sees:
//
//   page:  ws://proxy/v4/websocket?user-id=U&client-name=C&session-id=S
//   node:  ws://node/v4/websocket with Authorization, User-Id: U, Client-Name: C, Session-Id: S
//
// `client-name` and `session-id` may be left out. REST has the same paths at both, `/version`
// and those below `/v4/`. Answers have the CORS headers that the page needs.
//
// Only pages of one origin get through. That does not keep out programs: anyone who
// reaches the proxy can do everything that the password allows. It therefore listens only
// on this machine; put the login of your site in front of it.
//
//   npm install ws
//   LAVALINK_PASSWORD=… ORIGIN=https://example.org node lavalink-proxy.mjs
import { createServer, request as ask } from "node:http";
import { request as askSecurely } from "node:https";
import { pipeline } from "node:stream";
import WebSocket, { WebSocketServer } from "ws";

const { LAVALINK_PASSWORD, ORIGIN } = process.env;
const { LAVALINK_URL = "http://127.0.0.1:2333", PORT = "2334", PING_MS = "10000" } = process.env;
if (!LAVALINK_PASSWORD || !ORIGIN) throw new Error("Set LAVALINK_PASSWORD and ORIGIN.");

const node = new URL(LAVALINK_URL);
/** So much may wait for a slow page before the node is read no further. */
const HIGH_WATER = 1_000_000;

/** The path and the query of a request. */
const target = ({ url }) => new URL(URL.canParse(url, "http://proxy") ? url : "/", "http://proxy");

/** Whether a page of the one origin asks. From its own, a browser may leave the origin out. */
const isOurs = ({ headers: { origin, "sec-fetch-site": site } }) =>
  origin === undefined ? site === "same-origin" : origin === ORIGIN;

// REST

const server = createServer((request, response) => {
  const { pathname, search } = target(request);
  if (!isOurs(request)) return void response.writeHead(403).end();
  response.setHeader("access-control-allow-origin", ORIGIN);
  response.setHeader("vary", "origin");
  if (request.method === "OPTIONS") {
    response.setHeader("access-control-allow-methods", "GET, POST, PATCH, DELETE");
    response.setHeader("access-control-allow-headers", "authorization, content-type");
    return void response.writeHead(204).end();
  }
  if (pathname !== "/version" && !pathname.startsWith("/v4/"))
    return void response.writeHead(404).end();
  const { "content-type": type } = request.headers;
  const headers = { authorization: LAVALINK_PASSWORD, ...(type && { "content-type": type }) };
  const onward = (node.protocol === "https:" ? askSecurely : ask)(
    new URL(pathname + search, node),
    { method: request.method, headers },
    (answer) => {
      const { "content-type": type } = answer.headers;
      response.writeHead(answer.statusCode, type && { "content-type": type });
      pipeline(answer, response, () => {});
    },
  );
  onward.on("error", () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
  response.on("close", () => onward.destroy());
  request.pipe(onward);
});

// The WebSocket

const pages = new WebSocketServer({ noServer: true });

server.on("upgrade", (request, socket, head) => {
  socket.on("error", () => socket.destroy());
  const refuse = (status) => {
    if (!socket.writable) return;
    socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  };
  const { pathname, searchParams } = target(request);
  if (!isOurs(request)) return refuse(403);
  if (pathname !== "/v4/websocket") return refuse(404);
  const headers = { authorization: LAVALINK_PASSWORD };
  for (const name of ["user-id", "client-name", "session-id"]) {
    const value = searchParams.get(name);
    // What no header may contain never reaches one.
    if (value !== null && !/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value))
      return refuse(400);
    if (value !== null) headers[name] = value;
  }
  const address = new URL("/v4/websocket", node);
  address.protocol = node.protocol === "https:" ? "wss:" : "ws:";
  const line = new WebSocket(address, { headers });
  // The page is answered when the node has answered, and with its status if it refuses.
  const leave = () => line.terminate();
  socket.on("close", leave);
  line.on("unexpected-response", (_, { statusCode }) => {
    refuse(statusCode);
    line.terminate();
  });
  line.on("error", () => {
    if (line.readyState !== WebSocket.OPEN) refuse(502);
  });
  line.on("open", () => {
    socket.off("close", leave);
    pages.handleUpgrade(request, socket, head, (page) => join(page, line));
  });
});

/** Passes on what both say, and when one ends. */
function join(page, line) {
  for (const [from, to] of [
    [page, line],
    [line, page],
  ]) {
    from.on("message", (data, isBinary) => {
      to.send(data, { binary: isBinary }, () => {
        if (to.bufferedAmount <= HIGH_WATER) from.resume();
      });
      if (to.bufferedAmount > HIGH_WATER) from.pause();
    });
    from.on("error", () => from.terminate());
    from.on("close", (code, reason) => {
      if (code === 1006) to.terminate();
      else to.close(code === 1005 ? undefined : code, reason);
    });
  }
  // A node resumes a session only when its socket has ended, so a page that has silently
  // gone must not keep it open.
  let isHeard = true;
  page.on("pong", () => (isHeard = true));
  const pings = setInterval(() => {
    if (!isHeard) return page.terminate();
    isHeard = false;
    page.ping();
  }, Number(PING_MS));
  page.on("close", () => clearInterval(pings));
}

server.listen(Number(PORT), "127.0.0.1", () =>
  console.log(`A proxy of ${node.origin} on http://127.0.0.1:${server.address().port}`),
);
