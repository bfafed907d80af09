// What a viewer sees after its REGISTER_VIEWER, while the connection holds.
import { frame, registration } from "../tools.js";

const registeredOnly = "is about frames of the interface";

/** The header fields and the payload of a frame. */
const read = (data) => {
  const view = new DataView(data);
  const payload = Array.from(new Uint8Array(data, 8));
  return [view.getUint16(0, true), view.getUint16(2, true), view.getUint32(4, true), payload];
};

/** A socket that is open and has not registered. */
async function fresh(t, path = "/ws/echo") {
  const socket = t.make(path);
  socket.binaryType = "arraybuffer";
  await t.next(socket, "open");
  return socket;
}

/** The next few frames, decoded. */
async function frames(socket, count, send) {
  const got = [];
  const all = new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      got.push(data instanceof ArrayBuffer ? read(data) : data);
      if (got.length === count) resolve(got);
    };
  });
  send();
  return all;
}

export const registered = [
  {
    name: "the answer to REGISTER_VIEWER arrives once, under its id",
    registeredOnly,
    run: async (t) => {
      const socket = await fresh(t);
      const got = await frames(socket, 2, () => {
        socket.send(registration());
        socket.send("after");
      });
      await t.settle();
      return [got.length, got[0].slice(0, 3), got[0][3].length > 8, got[1]];
    },
    expected: [2, [18, 28, 1], true, "after"],
  },
  {
    name: "frames sent in the same task as REGISTER_VIEWER follow it",
    registeredOnly,
    run: async (t) => {
      const socket = await fresh(t);
      const got = await frames(socket, 4, () => {
        socket.send(registration());
        for (const id of [2, 3, 4]) socket.send(frame(0xfff0, id, id));
      });
      return got.map(([eventType, , id]) => [eventType, id]);
    },
    expected: [
      [18, 1],
      [0xfff0, 2],
      [0xfff0, 3],
      [0xfff0, 4],
    ],
  },
  {
    name: "frames of unknown types pass both ways unchanged",
    registeredOnly,
    run: async (t) => {
      const socket = await t.openBinary();
      return frames(socket, 4, () => {
        socket.send(frame(0xfff0, 2, 1, 2, 3));
        socket.send(frame(5, 0xffffffff));
        socket.send(frame(44, 0, 0xff));
        socket.send(frame(0x7fff, 0x80000000, ...Array(20).fill(9)));
      });
    },
    expected: [
      [0xfff0, 28, 2, [1, 2, 3]],
      [5, 28, 0xffffffff, []],
      [44, 28, 0, [0xff]],
      [0x7fff, 28, 0x80000000, Array(20).fill(9)],
    ],
  },
  {
    name: "messages that are too short for a frame pass both ways",
    registeredOnly,
    run: async (t) => {
      const socket = await t.openBinary();
      const short = Array.from({ length: 8 }, (_, n) => new Uint8Array(n).fill(0xee));
      return t.echo(socket, ...short);
    },
    expected: Array.from({ length: 8 }, (_, n) => `ArrayBuffer ${"ee".repeat(n)}`),
  },
  {
    name: "PING is answered by PONG, as often as it was sent",
    registeredOnly,
    run: async (t) => t.echo(await t.open(), "PING", "PING", "ping", "PONG"),
    expected: ["text PONG", "text PONG", "text ping", "text PONG"],
  },
  {
    name: "the server gets what the viewer sends and nothing else",
    registeredOnly,
    firstOnly: "on a second connection the client registers, with the session id",
    run: async (t) => {
      const key = t.key();
      const socket = await t.openBinary(`/ws/echo?key=${key}`);
      await t.echo(socket, "text", frame(0xfff0, 2, 7), new Blob([frame(0xfff1, 3)]), "PING");
      socket.close(1000, "done");
      return t.seen(key);
    },
    expected: {
      messages: [
        "bytes 01001c00010000001d05000000",
        "text text",
        "bytes f0ff1c000200000007",
        "bytes f1ff1c0003000000",
        "text PING",
      ],
      code: 1000,
      reason: "done",
    },
  },
  {
    name: "what is sent in a message handler leaves before its close",
    registeredOnly,
    firstOnly: "on a second connection the client registers, with the session id",
    run: async (t) => {
      const key = t.key();
      const socket = await t.openBinary(`/ws/echo?key=${key}`);
      socket.onmessage = () => {
        socket.send(frame(0xfff1, 3));
        socket.close(1000, "done");
      };
      socket.send(frame(0xfff0, 2));
      return (await t.seen(key)).messages;
    },
    expected: [
      "bytes 01001c00010000001d05000000",
      "bytes f0ff1c0002000000",
      "bytes f1ff1c0003000000",
    ],
  },
  {
    name: "a frame as a blob keeps its place",
    registeredOnly,
    run: async (t) => {
      const socket = await t.openBinary();
      const ids = Array.from({ length: 20 }, (_, n) => n + 2);
      const got = await frames(socket, ids.length, () => {
        for (const id of ids) {
          const data = frame(0xfff0, id, ...Array(id * 50).fill(id));
          socket.send(id % 3 === 0 ? new Blob([data]) : data);
        }
      });
      return got.every(([, , id, payload], n) => id === ids[n] && payload.length === id * 50);
    },
    expected: true,
  },
  {
    name: "frames arrive as blobs, too, when nothing else was asked for",
    registeredOnly,
    run: async (t) => t.echo(await t.open(), frame(0xfff0, 2, 1, 2, 3)),
    expected: ["Blob f0ff1c0002000000010203"],
  },
  {
    name: "REGISTER_VIEWER as a blob is answered",
    registeredOnly,
    run: async (t) => {
      const socket = await fresh(t);
      const got = await frames(socket, 2, () => {
        socket.send(new Blob([registration()]));
        socket.send("after");
      });
      return [got[0].slice(0, 3), got[1]];
    },
    expected: [[18, 28, 1], "after"],
  },
  {
    name: "4 MB of image data arrive whole",
    registeredOnly,
    run: async (t) => {
      const socket = await t.openBinary();
      const next = t.next(socket, "message");
      socket.send(`!image ${4 * 1024 * 1024}`);
      const bytes = new Uint8Array((await next).data);
      const right = bytes.every((byte, n) => n < 8 || byte === ((n * 7) & 0xff));
      return [bytes.length, bytes[0], right];
    },
    expected: [4 * 1024 * 1024, 32, true],
  },
  {
    name: "streamed data while a handler throws",
    registeredOnly,
    run: async (t) => {
      const uncaught = t.uncaught();
      const socket = await t.openBinary();
      socket.onmessage = () => {
        throw new Error("mine");
      };
      const answers = await t.echo(socket, frame(0xfff0, 2), frame(0xfff0, 3));
      return [answers.length, uncaught, socket.readyState];
    },
    expected: [2, ["mine", "mine"], 1],
  },
];
