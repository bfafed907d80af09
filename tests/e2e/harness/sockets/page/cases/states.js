// What a socket says about itself throughout its life.

const CLOSES = "looks at a whole life, which begins before REGISTER_VIEWER";

export const states = [
  {
    name: "readyState, in each event and between them",
    plainOnly: CLOSES,
    run: async (t) => {
      const socket = t.make("/ws/echo");
      const seen = [socket.readyState];
      const note = () => seen.push(socket.readyState);
      socket.onopen = note;
      socket.onclose = note;
      await t.next(socket, "open");
      note();
      socket.close();
      note();
      await t.next(socket, "close");
      note();
      return seen;
    },
    expected: [0, 1, 1, 2, 3, 3],
  },
  {
    name: "url, protocol and extensions stay after the close",
    run: async (t) => {
      const socket = await t.open("/ws/deflate?a=b", ["p"]);
      const read = () => [t.anonymous(socket.url), socket.protocol, socket.extensions];
      const open = read();
      socket.close();
      await t.next(socket, "close");
      return [open, read()];
    },
    expected: Array(2).fill(["ws://HOST/ws/deflate?a=b", "p", "permessage-deflate"]),
  },
  {
    name: "no extension that the server does not take",
    run: async (t) => (await t.open()).extensions,
    expected: "",
  },
  {
    name: "bufferedAmount adds up in one task, for each type, and falls to 0",
    run: async (t) => {
      const socket = await t.openBinary();
      const bytes = new Uint8Array(20).fill(0xee);
      const sends = ["abc", "ü😀", bytes, bytes.subarray(3, 13), bytes.buffer, ""];
      sends.push(new DataView(bytes.buffer, 5, 9), new Blob([bytes, "x"]));
      const seen = [socket.bufferedAmount];
      const answers = t.messages(socket, sends.length);
      for (const data of sends) {
        socket.send(data);
        seen.push(socket.bufferedAmount);
      }
      await answers;
      await t.settle();
      return [...seen, socket.bufferedAmount];
    },
    expected: [0, 3, 9, 29, 39, 59, 59, 68, 89, 0],
  },
  {
    name: "bufferedAmount does not fall while a task runs",
    run: async (t) => {
      const socket = await t.open();
      const answers = t.messages(socket, 1);
      socket.send("x".repeat(1000));
      const until = performance.now() + 30;
      while (performance.now() < until);
      const busy = socket.bufferedAmount;
      await Promise.resolve();
      const microtask = socket.bufferedAmount;
      await answers;
      return [busy, microtask];
    },
    expected: [1000, 1000],
  },
  {
    name: "bufferedAmount grows when something is sent after close()",
    run: async (t) => {
      const socket = await t.open();
      socket.close();
      const seen = [socket.bufferedAmount];
      for (const data of ["abc", new Uint8Array(10).fill(0xee), new Blob(["1234567"])]) {
        socket.send(data);
        seen.push(socket.bufferedAmount);
      }
      await t.next(socket, "close");
      seen.push(socket.bufferedAmount);
      socket.send("after");
      seen.push(socket.bufferedAmount);
      return seen;
    },
    expected: [0, 3, 13, 20, 20, 25],
  },
  {
    name: "binaryType: default, values that are accepted, values that are not",
    run: async (t) => {
      const socket = await t.open();
      const seen = [socket.binaryType];
      const values = ["arraybuffer", "x", "", "Blob", "ARRAYBUFFER", 1, null, undefined, {}];
      for (const value of [...values, "blob", { toString: () => "arraybuffer" }]) {
        socket.binaryType = value;
        seen.push(socket.binaryType);
      }
      return seen;
    },
    expected: ["blob", ...Array(9).fill("arraybuffer"), "blob", "arraybuffer"],
  },
  {
    name: "binaryType can be set before the connection is open and after its end",
    plainOnly: CLOSES,
    run: async (t) => {
      const socket = t.make("/ws/echo");
      socket.binaryType = "arraybuffer";
      await t.next(socket, "open");
      const answer = await t.echo(socket, Uint8Array.of(0xfe));
      socket.close();
      await t.next(socket, "close");
      socket.binaryType = "blob";
      return [answer, socket.binaryType];
    },
    expected: [["ArrayBuffer fe"], "blob"],
  },
];
