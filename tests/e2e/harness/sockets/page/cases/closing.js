// `close`, called by the page, in each state.
import { thrown } from "../tools.js";

/** `close(…args)` on an open socket: the state after it, and the events. */
async function closed(t, ...args) {
  const socket = await t.open();
  const events = t.untilClose(socket);
  socket.close(...args);
  return [socket.readyState, ...(await events)];
}

const BAD = [0, 999, 1001, 1005, 1006, 1011, 2999, 5000, 65536, -1, NaN, Infinity, null, "x", {}];
const early = "looks at what comes before the first frame";

export const closing = [
  {
    name: "without a code",
    run: (t) => closed(t),
    expected: [2, 'close 1005 "" clean [3]'],
  },
  {
    name: "with a code that is undefined, with a reason and without",
    run: async (t) => {
      const socket = await t.open();
      const found = [thrown(() => socket.close(undefined, "why")), socket.readyState];
      const events = t.untilClose(socket);
      socket.close(undefined);
      return [...found, socket.readyState, ...(await events)];
    },
    expected: ["DOMException InvalidAccessError", 1, 2, 'close 1005 "" clean [3]'],
    differs: [
      {
        why: "a reason without a code is refused as in Chromium",
        browsers: ["firefox"],
        modes: ["registered", "reconnected"],
        classes: ["ResumableWebSocket", "installed"],
        expected: ["DOMException InvalidAccessError", 1, 2, 'close 1005 "" clean [3]'],
      },
      {
        why: "it takes a reason without a code",
        browsers: ["firefox"],
        expected: ["nothing", 2, 2, 'close 1005 "" clean [3]'],
      },
    ],
  },
  {
    name: "with 1000",
    run: (t) => closed(t, 1000),
    expected: [2, 'close 1000 "" clean [3]'],
  },
  {
    name: "with a code and a reason",
    run: (t) => closed(t, 4999, "why ü€😀"),
    expected: [2, 'close 4999 "why ü€😀" clean [3]'],
  },
  {
    name: "with the longest reason",
    run: (t) => closed(t, 3000, "é".repeat(61) + "x"),
    expected: [2, `close 3000 "${"é".repeat(61)}x" clean [3]`],
  },
  {
    name: "codes and reasons are converted to numbers and strings",
    run: async (t) => [
      await closed(t, "3001", null),
      await closed(t, 3000.4, 12),
      await closed(t, { valueOf: () => 3003 }, { toString: () => "object" }),
      await closed(t, 1000.4, "lone \ud800"),
    ],
    expected: [
      [2, 'close 3001 "null" clean [3]'],
      [2, 'close 3000 "12" clean [3]'],
      [2, 'close 3003 "object" clean [3]'],
      [2, 'close 1000 "lone \ufffd" clean [3]'],
    ],
  },
  {
    name: "codes that are refused, while the socket stays open",
    run: async (t) => {
      const socket = await t.open();
      const found = BAD.map((code) => thrown(() => socket.close(code)));
      return [...found, socket.readyState, ...(await t.echo(socket, "still there"))];
    },
    expected: [...BAD.map(() => "DOMException InvalidAccessError"), 1, "text still there"],
  },
  {
    name: "reasons that are refused, while the socket stays open",
    run: async (t) => {
      const socket = await t.open();
      const found = ["x".repeat(124), "é".repeat(62), "€".repeat(42)].map((reason) =>
        thrown(() => socket.close(3000, reason)),
      );
      found.push(thrown(() => socket.close(3000, Symbol("x"))));
      found.push(thrown(() => socket.close(Symbol("x"))));
      found.push(thrown(() => socket.close(7, "x".repeat(124))));
      return [...found, socket.readyState, ...(await t.echo(socket, "still there"))];
    },
    expected: [
      ...Array(3).fill("DOMException SyntaxError"),
      ...["TypeError", "TypeError", "DOMException InvalidAccessError", 1, "text still there"],
    ],
  },
  {
    name: "it returns nothing",
    run: async (t) => (await t.open()).close(3000, "x") === undefined,
    expected: true,
  },
  {
    name: "what the server sees of it",
    run: async (t) => {
      const seen = [];
      for (const args of [[], [1000], [3333, "reason ü"]]) {
        const key = t.key();
        const socket = await t.open(`/ws/echo?key=${key}`);
        socket.close(...args);
        const { code, reason } = await t.seen(key);
        seen.push([code, reason]);
      }
      return seen;
    },
    expected: [
      [1005, ""],
      [1000, ""],
      [3333, "reason ü"],
    ],
  },
  {
    name: "what was sent before it still leaves",
    run: async (t) => {
      const key = t.key();
      const socket = await t.open(`/ws/echo?key=${key}`);
      socket.send(new Uint8Array(4 * 1024 * 1024).fill(0xee));
      socket.send(new Blob([new Uint8Array(70_000).fill(0xee)]));
      socket.send("last");
      socket.close(3000, "done");
      const { messages, code } = await t.seen(key);
      return [messages.slice(-3), code];
    },
    expected: [["bytes of length 4194304", "bytes of length 70000", "text last"], 3000],
  },
  {
    name: "twice, and with other codes: the first counts",
    run: async (t) => {
      const socket = await t.open();
      const events = t.untilClose(socket);
      socket.close(3001, "first");
      socket.close(3002, "second");
      const closing = thrown(() => socket.close(7));
      const seen = await events;
      const again = [thrown(() => socket.close()), thrown(() => socket.close(3003))];
      return [...seen, closing, ...again, thrown(() => socket.close(7)), socket.readyState];
    },
    expected: [
      'close 3001 "first" clean [3]',
      "DOMException InvalidAccessError",
      ...["nothing", "nothing", "DOMException InvalidAccessError", 3],
    ],
  },
  {
    name: "while connecting",
    leftOutOf: { firefox: "its own sockets end with 1006 or with 1005, as its threads meet" },
    plainOnly: early,
    run: async (t) => {
      const socket = t.make("/ws/echo");
      const events = t.untilClose(socket);
      socket.close();
      const closing = [socket.readyState, t.anonymous(socket.url), socket.protocol];
      return [...closing, ...(await events)];
    },
    expected: [2, "ws://HOST/ws/echo", "", "error [3]", 'close 1006 "" unclean [3]'],
  },
  {
    name: "while connecting, with a code; to a server that says nothing",
    plainOnly: early,
    run: async (t) => {
      const socket = t.make("/ws/silent");
      const events = t.untilClose(socket);
      const refused = [
        thrown(() => socket.close(7)),
        thrown(() => socket.close(3000, "x".repeat(124))),
      ];
      const state = socket.readyState;
      socket.close(3000, "no more");
      return [...refused, state, ...(await events)];
    },
    expected: [
      "DOMException InvalidAccessError",
      "DOMException SyntaxError",
      ...[0, "error [3]", 'close 1006 "" unclean [3]'],
    ],
  },
  {
    name: "while connecting, then sending",
    plainOnly: early,
    run: async (t) => {
      const socket = t.make("/ws/echo");
      socket.close();
      const found = [thrown(() => socket.send("text")), socket.bufferedAmount];
      await t.next(socket, "close");
      return [...found, socket.bufferedAmount];
    },
    expected: ["nothing", 4, 4],
  },
  {
    name: "in the open handler",
    plainOnly: early,
    run: async (t) => {
      const socket = t.make("/ws/greet");
      socket.onopen = () => socket.close(3000);
      return t.untilClose(socket);
    },
    expected: ["open [2]", 'close 3000 "" clean [3]'],
  },
  {
    name: "in a message handler: no further message",
    run: async (t) => {
      const socket = await t.open();
      socket.onmessage = () => socket.close(3000);
      const events = t.untilClose(socket);
      socket.send("!burst 5");
      return events;
    },
    expected: ["message 1 [2]", 'close 3000 "" clean [3]'],
  },
  {
    name: "in the close handler, which also sends",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      socket.onclose = () => {
        seen.push(
          thrown(() => socket.close()),
          thrown(() => socket.send("x")),
          socket.readyState,
        );
      };
      socket.close();
      await t.next(socket, "close");
      await t.settle();
      return seen;
    },
    expected: ["nothing", "nothing", 3],
  },
  {
    name: "no event before the task ends",
    run: async (t) => {
      const socket = t.watch(await t.open());
      socket.close();
      const atOnce = [...t.log];
      await Promise.resolve();
      const microtask = [...t.log];
      await t.next(socket, "close");
      return [atOnce, microtask, t.log];
    },
    expected: [[], [], ['close 1005 "" clean']],
  },
  {
    name: "both sides at once",
    plainOnly: "a close by the server is hidden from a registered viewer",
    run: async (t) => {
      const socket = await t.open();
      const events = t.untilClose(socket);
      socket.send("!close 4001 theirs");
      socket.close(3000, "ours");
      return (await events).length;
    },
    expected: 1,
  },
];
