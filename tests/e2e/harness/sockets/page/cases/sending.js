// `send` with everything that a page can pass to it, and what comes back.
import { frame, thrown } from "../tools.js";

/**
 * Bytes whose event type the interface does not have, so that they are not taken for a frame of it.
 */
const bytes = () => Uint8Array.from({ length: 16 }, (_, n) => 0xe0 + n);
const VIEWS = [
  ...["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array"],
  ...["Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"],
];

/** The size and a checksum of a message, for those that are too long to print. */
const summed = async (data) => {
  const all = new Uint8Array(await new Blob([data]).arrayBuffer());
  let sum = 0;
  for (const byte of all) sum = (sum * 31 + byte) >>> 0;
  return [typeof data, all.length, sum];
};

/** The same of what comes back for `data`. */
async function big(t, data) {
  const socket = await t.openBinary();
  const answer = t.next(socket, "message");
  socket.send(data);
  const [sent, got] = [await summed(data), await summed((await answer).data)];
  return { length: got[1], same: sent[1] === got[1] && sent[2] === got[2] };
}

const LENGTH = 4 * 1024 * 1024;

export const sending = [
  {
    name: "texts",
    run: async (t) => t.echo(await t.open(), "hello", "", "ü€😀\0end", new String("object")),
    expected: ["text hello", "text ", "text ü€😀\0end", "text object"],
  },
  {
    name: "lone surrogates are replaced",
    run: async (t) => t.echo(await t.open(), "a\ud800b", "\udc00", "\ude00\ud83d"),
    expected: ["text a\ufffdb", "text \ufffd", "text \ufffd\ufffd"],
  },
  {
    name: "what is neither text nor bytes is sent as its text",
    run: async (t) =>
      t.echo(
        await t.open(),
        ...[12, -0, 1.5, true, null, undefined, [1, [2, 3]], {}, { toString: () => "mine" }, 7n],
      ),
    expected: ["12", "0", "1.5", "true", "null", "undefined", "1,2,3", "[object Object]"]
      .concat("mine", "7")
      .map((text) => `text ${text}`),
  },
  {
    name: "array buffers, empty and not",
    run: async (t) => t.echo(await t.openBinary(), bytes().buffer, new ArrayBuffer(0)),
    expected: ["ArrayBuffer e0e1e2e3e4e5e6e7e8e9eaebecedeeef", "ArrayBuffer "],
  },
  {
    name: "every kind of view, with an offset",
    run: async (t) => {
      const { buffer } = bytes();
      const views = VIEWS.map((name) => new globalThis[name](buffer, 8, 1));
      return t.echo(await t.openBinary(), ...views, new DataView(buffer, 3, 2));
    },
    expected: ["e8", "e8", "e8", "e8e9", "e8e9", "e8e9eaeb", "e8e9eaeb", "e8e9eaeb"]
      .concat(Array(3).fill("e8e9eaebecedeeef"), "e3e4")
      .map((hex) => `ArrayBuffer ${hex}`),
  },
  {
    name: "blobs: empty, a slice, a file",
    run: async (t) => {
      const blob = new Blob([bytes()], { type: "image/fits" });
      const parts = [blob, new Blob([]), blob.slice(2, 5), new File([bytes()], "a.fits")];
      return t.echo(await t.openBinary(), ...parts);
    },
    expected: [
      "e0e1e2e3e4e5e6e7e8e9eaebecedeeef",
      "",
      "e2e3e4",
      "e0e1e2e3e4e5e6e7e8e9eaebecedeeef",
    ].map((hex) => `ArrayBuffer ${hex}`),
  },
  {
    name: "a blob of another frame's",
    run: async (t) => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      const blob = new frame.contentWindow.Blob([bytes()]);
      return t.echo(await t.openBinary(), blob).finally(() => frame.remove());
    },
    expected: ["ArrayBuffer e0e1e2e3e4e5e6e7e8e9eaebecedeeef"],
  },
  {
    name: "part of a WebAssembly memory",
    run: async (t) => {
      const { buffer } = new WebAssembly.Memory({ initial: 1 });
      const part = new Uint8Array(buffer, 100, 4);
      part.set([0xfa, 0xfb, 0xfc, 0xfd]);
      return t.echo(await t.openBinary(), part);
    },
    expected: ["ArrayBuffer fafbfcfd"],
  },
  {
    name: "buffers that can grow or are shared, and a view of each",
    run: async (t) => {
      const socket = await t.openBinary();
      const growing = new ArrayBuffer(4, { maxByteLength: 8 });
      const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer;
      return [growing, shared, new Uint8Array(growing), new Uint8Array(shared, 0, 4)].map((data) =>
        thrown(() => socket.send(data)),
      );
    },
    expected: Array(4).fill("TypeError"),
  },
  {
    name: "a buffer that was transferred away",
    run: async (t) => {
      const socket = await t.openBinary();
      const { buffer } = bytes();
      structuredClone(buffer, { transfer: [buffer] });
      return t.echo(socket, buffer, "after");
    },
    expected: ["ArrayBuffer ", "text after"],
  },
  {
    name: "bytes are taken at once",
    run: async (t) => {
      const socket = await t.openBinary();
      const data = bytes();
      const answers = t.messages(socket, 2);
      socket.send(data);
      data.fill(0);
      socket.send(data.subarray(0, 2));
      structuredClone(data.buffer, { transfer: [data.buffer] });
      return answers;
    },
    expected: ["ArrayBuffer e0e1e2e3e4e5e6e7e8e9eaebecedeeef", "ArrayBuffer 0000"],
  },
  {
    name: "no argument, a symbol, a text that throws",
    run: async (t) => {
      const socket = await t.open();
      const bad = {
        toString() {
          throw new RangeError("mine");
        },
      };
      return [
        thrown(() => socket.send()),
        thrown(() => socket.send(Symbol("x"))),
        thrown(() => socket.send(Object.create(null))),
        thrown(() => socket.send(bad)),
        ...(await t.echo(socket, "still there")),
      ];
    },
    expected: ["TypeError", "TypeError", "TypeError", "RangeError", "text still there"],
  },
  {
    name: "it returns nothing, and further arguments are ignored",
    run: async (t) => {
      const socket = await t.open();
      const answer = t.messages(socket, 1);
      return [socket.send("text", "more") === undefined, ...(await answer)];
    },
    expected: [true, "text text"],
  },
  {
    name: "before the connection is open",
    plainOnly: "looks at what comes before the first frame",
    run: async (t) => {
      const socket = t.make("/ws/echo");
      const found = ["text", new Uint8Array(3), new Blob(["x"])].map((data) =>
        thrown(() => socket.send(data)),
      );
      found.push(thrown(() => socket.send()));
      await t.next(socket, "open");
      return [...found, socket.bufferedAmount, ...(await t.echo(socket, "now"))];
    },
    expected: [...Array(3).fill("DOMException InvalidStateError"), "TypeError", 0, "text now"],
  },
  {
    name: "after close() and after the end: no error, and nothing is sent",
    run: async (t) => {
      const key = t.key();
      const socket = await t.open(`/ws/echo?key=${key}`);
      socket.send("before");
      socket.close();
      const closing = thrown(() => socket.send("closing"));
      await t.next(socket, "close");
      const closed = thrown(() => socket.send("closed"));
      const noData = thrown(() => socket.send());
      const { messages } = await t.seen(key);
      return [closing, closed, noData, messages.filter((message) => message.startsWith("text"))];
    },
    expected: ["nothing", "nothing", "TypeError", ["text before"]],
  },
  {
    name: "4 MB of bytes",
    run: (t) =>
      big(
        t,
        Uint8Array.from({ length: LENGTH }, (_, n) => (n < 2 ? 0xee : n * 13)),
      ),
    expected: { length: LENGTH, same: true },
  },
  {
    name: "4 MB of text",
    run: (t) => big(t, "0123456789abcdef".repeat(LENGTH / 16)),
    expected: { length: LENGTH, same: true },
  },
  {
    name: "4 MB as a blob, with something short after it",
    run: async (t) => {
      const socket = await t.open();
      const lengths = [];
      socket.onmessage = ({ data }) => lengths.push(data.size ?? data.length);
      const answers = t.messages(socket, 2);
      socket.send(new Blob([new Uint8Array(LENGTH).fill(0xee)]));
      socket.send("short");
      await answers;
      return lengths;
    },
    expected: [LENGTH, 5],
  },
  {
    name: "blobs, bytes and texts arrive in the order they were sent",
    run: async (t) => {
      const socket = await t.openBinary();
      const order = Array.from({ length: 60 }, (_, n) => n);
      const sends = order.map((n) => {
        const data = Uint8Array.of(0xf0, n);
        return [data, new Blob([data]), String(n), data.buffer][n % 4];
      });
      const answers = await t.echo(socket, ...sends);
      return answers.every((answer, n) => {
        const hex = n.toString(16).padStart(2, "0");
        return answer === (n % 4 === 2 ? `text ${n}` : `ArrayBuffer f0${hex}`);
      });
    },
    expected: true,
  },
  {
    name: "500 frames in one task arrive in order",
    run: async (t) => {
      const socket = await t.openBinary();
      const frames = Array.from({ length: 500 }, (_, n) => frame(0xfff0, n + 2, n));
      const ids = [];
      socket.onmessage = ({ data }) => ids.push(new DataView(data).getUint32(4, true));
      await t.echo(socket, ...frames);
      return [ids.length, ids.every((id, n) => id === n + 2)];
    },
    expected: [500, true],
  },
];
