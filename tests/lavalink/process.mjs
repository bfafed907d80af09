// A bot in a process of its own, for tests/lavalink/node.spec.ts: prints what it is told, one line
// of JSON each, until it is killed.
import { WebSocket } from "ws";
import { fileStore, LavalinkNode } from "../../dist/lavalink-node.js";

const [port, authorization, folder] = process.argv.slice(2);
const node = new LavalinkNode({
  id: "main",
  host: "127.0.0.1",
  port: Number(port),
  authorization,
  userId: "170939974227591168",
  store: fileStore(folder),
  webSocket: WebSocket,
});
for (const event of ["ready", "resumed", "lost", "message", "error"]) {
  node.on(event, (value) => {
    const { code } = value;
    console.log(JSON.stringify([event, code ? { code } : value]));
  });
}
await node.connect().catch(() => {});
