/** What the server does when a text message begins with "!". */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/** The connection underneath: ws has no function for a reset, nor for a malformed frame. */
const below = (ws: WebSocket) => (ws as unknown as { _socket: Below })._socket;
type Below = Duplex & { resetAndDestroy(): void };

/** Everything that `body` sends is sent in one write. */
function together(ws: WebSocket, body: () => void): void {
  const socket = below(ws);
  socket.cork();
  body();
  socket.uncork();
}

const COMMANDS: Record<string, (ws: WebSocket, args: string[]) => void> = {
  /** Closes, with a code and a reason if they are given. */
  close: (ws, [code, ...reason]) =>
    code === undefined ? ws.close() : ws.close(Number(code), reason.join(" ")),
  /** The connection ends without a closing handshake. */
  drop: (ws) => ws.terminate(),
  reset: (ws) => below(ws).resetAndDestroy(),
  /** This many texts "1", "2" … in one write. */
  burst: (ws, [count]) =>
    together(ws, () => {
      for (let n = 1; n <= Number(count); n += 1) ws.send(String(n));
    }),
  /** The same, and a close in the same write. */
  farewell: (ws, [count]) =>
    together(ws, () => {
      for (let n = 1; n <= Number(count); n += 1) ws.send(String(n));
      ws.close(4000, "farewell");
    }),
  /** Each argument as a message of bytes, in one write. */
  bytes: (ws, args) =>
    together(ws, () => {
      for (const hex of args) ws.send(Buffer.from(hex, "hex"));
    }),
  /** This many bytes in one message, after an 8-byte header of event type 32. */
  image: (ws, [length]) => {
    const frame = Buffer.alloc(Number(length));
    for (let n = 8; n < frame.length; n += 1) frame[n] = n * 7;
    frame.writeUInt32LE(0x001e_0020, 0);
    ws.send(frame);
  },
  /** A text whose bytes are not UTF-8. */
  gibberish: (ws) => ws.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false }),
  /** A frame with an opcode that does not exist. */
  nonsense: (ws) => below(ws).write(Buffer.from([0x8b, 0x00])),
  /** One message in three frames, with a protocol ping between. */
  fragments: (ws) => {
    ws.send("one ", { fin: false });
    ws.ping();
    ws.send("two ", { fin: false });
    ws.send("three", { fin: true });
  },
  ping: (ws) => ws.ping("are you there"),
};

export function obey(ws: WebSocket, command: string): void {
  const [name = "", ...args] = command.split(" ");
  const act = COMMANDS[name];
  if (act === undefined) throw new Error(`unknown command ${name}`);
  act(ws, args);
}
