// The other side of `npm run bench:socket`, in a process of its own: the pages, the package, and
// WebSockets that send what they are told to as fast as they can. Prints its address when it
// listens.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import { Sender, WebSocketServer } from "ws";
import { target } from "../../../scripts/lib/paths.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
const EVENT = {
  REGISTER_VIEWER: 1,
  OPEN_FILE: 4,
  SET_REGION: 11,
  REGISTER_VIEWER_ACK: 18,
  OPEN_FILE_ACK: 21,
  SET_REGION_ACK: 22,
  RASTER_TILE_DATA: 32,
};
const ICD_VERSION = 30;

const messages = new protobuf.Root().loadSync(
  ["session", "files", "region", "data"].map((name) => join(root, "proto", `${name}.proto`)),
);

/** A message of the interface with its header. */
function frame(type, name, fields, requestId) {
  const message = messages.lookupType(`CARTA.${name}`);
  const payload = message.encode(message.fromObject(fields)).finish();
  const bytes = Buffer.alloc(8 + payload.length);
  bytes.writeUInt16LE(EVENT[type], 0);
  bytes.writeUInt16LE(ICD_VERSION, 2);
  bytes.writeUInt32LE(requestId, 4);
  bytes.set(payload, 8);
  return bytes;
}

/** RASTER_TILE_DATA of this many bytes, header included: one tile, padded. */
function tile(size) {
  const made = (length) => {
    const imageData = Buffer.alloc(length, 0x5a);
    const tiles = [{ layer: 1, x: 1, y: 1, width: 256, height: 256, imageData }];
    return frame("RASTER_TILE_DATA", "RasterTileData", { fileId: 0, channel: 1, tiles }, 0);
  };
  let length = size;
  // The lengths in the message grow with it, so two rounds are enough.
  for (let n = 0; n < 3; n += 1) length = Math.max(0, length + size - made(length).length);
  const found = made(length);
  if (found.length !== size) throw new Error(`a tile of ${size} bytes came out at ${found.length}`);
  return found;
}

const chunks = new Map();

/** This many tiles as they are sent, made once. */
function onTheWire(size, count) {
  const key = `${size} ${count}`;
  const options = { fin: true, opcode: 2, mask: false, readOnly: true, rsv1: false };
  if (!chunks.has(key)) {
    const one = Buffer.concat(Sender.frame(tile(size), options));
    chunks.set(key, Buffer.concat(Array(count).fill(one)));
  }
  return chunks.get(key);
}

/** Writes `count` tiles of `size` bytes, in pieces of about a megabyte. */
async function pump(socket, size, count) {
  const raw = socket._socket;
  const piece = Math.max(1, Math.min(count, Math.floor((1 << 20) / size)));
  for (let left = count; left > 0; left -= piece) {
    const wire = onTheWire(size, Math.min(piece, left));
    if (!raw.write(wire)) await new Promise((done) => raw.once("drain", done));
  }
}

const answers = {
  [EVENT.REGISTER_VIEWER]: (id) =>
    frame("REGISTER_VIEWER_ACK", "RegisterViewerAck", { sessionId: 1, success: true }, id),
  [EVENT.OPEN_FILE]: (id) =>
    frame("OPEN_FILE_ACK", "OpenFileAck", { fileId: 0, success: true }, id),
  [EVENT.SET_REGION]: (id) =>
    frame("SET_REGION_ACK", "SetRegionAck", { regionId: 1, success: true }, id),
};

function serve(socket) {
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => {
    if (isBinary) {
      const answer = answers[data.readUInt16LE(0)];
      if (answer) socket.send(answer(data.readUInt32LE(4)));
      return;
    }
    const [command, ...args] = data.toString().split(" ");
    if (command === "PING") socket.send("PONG");
    if (command === "drop") socket.terminate();
    if (command === "pump") void pump(socket, ...args.map(Number));
  });
}

async function file(path) {
  const [, top = "", ...rest] = normalize(path).split("/");
  const folders = {
    dist: join(root, "dist"),
    bench: join(root, "tests/bench/socket"),
    bundled: join(target, "bench-socket"),
  };
  if (!Object.hasOwn(folders, top) || rest.includes("..")) throw new Error("not here");
  return readFile(join(folders[top], ...rest));
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://site");
  file(pathname).then(
    (body) => {
      response.setHeader("content-type", TYPES[extname(pathname)] ?? "application/octet-stream");
      // Isolated pages have a clock with a resolution of 5 µs; others, 100 µs.
      response.setHeader("cross-origin-opener-policy", "same-origin");
      response.setHeader("cross-origin-embedder-policy", "require-corp");
      response.end(body);
    },
    () => response.writeHead(404).end(),
  );
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", serve);
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
