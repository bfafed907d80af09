// `new WebSocket(…)`: addresses, protocols, what is refused and how.
import { thrown } from "../tools.js";

const plainOnly = "looks at the constructor alone";

/** The `url` of a socket made for each address, or what was thrown. */
const urls = (t, addresses) =>
  addresses.map((address) => {
    try {
      return t.anonymous(t.make(address).url);
    } catch (error) {
      return `${error.constructor.name} ${error.name}`;
    }
  });

export const constructing = [
  {
    name: "schemes, and how an address is normalised",
    plainOnly,
    run: (t) =>
      urls(t, [
        `ws://${t.host}/ws/echo`,
        `WS://${t.host}`,
        `wss://${t.host}/ws/echo`,
        `http://${t.host}/ws/echo`,
        `https://${t.host}/ws/echo`,
        `ws://${t.host}/ws/a/../b/./echo?a b=ü`,
        ` ws://${t.host}/ws/echo\n`,
        "ws://127.0.0.1:80/",
        "ws://user:word@127.0.0.1:80/",
        "ws://0x7f.1:80/",
      ]),
    expected: [
      "ws://HOST/ws/echo",
      "ws://HOST/",
      "wss://HOST/ws/echo",
      "ws://HOST/ws/echo",
      "wss://HOST/ws/echo",
      "ws://HOST/ws/b/echo?a%20b=%C3%BC",
      "ws://HOST/ws/echo",
      "ws://127.0.0.1/",
      "ws://user:word@127.0.0.1/",
      "ws://127.0.0.1/",
    ],
  },
  {
    name: "addresses that are relative to the page",
    plainOnly,
    run: (t) => {
      const make = (address) => t.anonymous(t.keep(new t.WebSocket(address)).url);
      return ["/ws/echo", "echo", "../ws/echo", "?q", `//${t.host}/x`, null, undefined, 12].map(
        make,
      );
    },
    expected: [
      "ws://HOST/ws/echo",
      "ws://HOST/sockets/echo",
      "ws://HOST/ws/echo",
      "ws://HOST/sockets/index.html?q",
      "ws://HOST/x",
      "ws://HOST/sockets/null",
      "ws://HOST/sockets/undefined",
      "ws://HOST/sockets/12",
    ],
  },
  {
    name: "a relative address connects",
    plainOnly,
    run: async (t) => {
      const socket = t.keep(new t.WebSocket("/ws/echo"));
      await t.next(socket, "open");
      return t.echo(socket, "relative");
    },
    expected: ["text relative"],
  },
  {
    name: "an address as a URL, and as an object that has a text",
    plainOnly,
    run: (t) => urls(t, [new URL(`ws://${t.host}/a`), { toString: () => `ws://${t.host}/b` }]),
    expected: ["ws://HOST/a", "ws://HOST/b"],
  },
  {
    name: "addresses that are refused",
    plainOnly,
    run: (t) =>
      urls(t, [
        `ws://${t.host}/ws/echo#part`,
        `ws://${t.host}/ws/echo#`,
        "ws://",
        "ws://a<b/",
        "http://[",
        "ws://host:99999/",
        `ftp://${t.host}/`,
        "mailto:somebody",
        "about:blank",
      ]),
    expected: Array(9).fill("DOMException SyntaxError"),
  },
  {
    name: "no argument, no `new`, a symbol, an object that cannot become a string",
    plainOnly,
    run: (t) => [
      thrown(() => new t.WebSocket()),
      thrown(() => t.WebSocket(`${t.base}/ws/echo`)),
      thrown(() => new t.WebSocket(Symbol("address"))),
      thrown(() => new t.WebSocket(Object.create(null))),
      thrown(() => new t.WebSocket(`${t.base}/ws/echo`, Symbol("protocol"))),
      thrown(() => new t.WebSocket(`${t.base}/ws/echo`, [Symbol("protocol")])),
    ],
    expected: Array(6).fill("TypeError"),
  },
  {
    name: "what an argument throws is thrown to the caller",
    plainOnly,
    run: (t) => {
      const bad = {
        toString() {
          throw new RangeError("mine");
        },
      };
      const url = `${t.base}/ws/echo`;
      return [[bad], [url, bad], [url, [bad]]].map((args) =>
        thrown(() => new t.WebSocket(...args)),
      );
    },
    expected: ["RangeError", "RangeError", "RangeError"],
  },
  {
    name: "each argument is read once, the address first",
    plainOnly,
    run: (t) => {
      const read = [];
      const text = (name, value) => ({
        toString() {
          read.push(name);
          return value;
        },
      });
      const protocols = {
        *[Symbol.iterator]() {
          read.push("protocols");
          yield text("first", "a");
          yield text("second", "b");
        },
      };
      t.make(text("address", `${t.base}/ws/echo`), protocols);
      return read;
    },
    expected: ["address", "protocols", "first", "second"],
  },
  {
    name: "protocols that are refused",
    plainOnly,
    run: (t) =>
      ["", "a b", "a,b", "ü", "a\0", "(a)", "a/b", ["ok", ""], ["a", "a"], {}].map((protocols) =>
        thrown(() => t.make("/ws/echo", protocols)),
      ),
    expected: Array(10).fill("DOMException SyntaxError"),
  },
  {
    name: "protocols as they reach the server",
    plainOnly,
    run: async (t) => {
      const lists = [
        undefined,
        [],
        "carta",
        ["carta", "other"],
        new Set(["x", "y"]),
        [1, { toString: () => "two" }],
        null,
      ];
      const found = [];
      for (const protocols of lists) {
        const socket = t.make("/ws/offered", protocols);
        const offered = await t.messages(socket, 1);
        found.push(`${offered}, chosen "${socket.protocol}"`);
      }
      return found;
    },
    expected: [
      'text none, chosen ""',
      'text none, chosen ""',
      'text carta, chosen "carta"',
      'text carta, other, chosen "carta"',
      'text x, y, chosen "x"',
      'text 1, two, chosen "1"',
      'text null, chosen "null"',
    ],
  },
  {
    name: "the server chooses the second protocol",
    plainOnly,
    run: async (t) => {
      const socket = t.make("/ws/echo?select=second", ["first", "second"]);
      const before = socket.protocol;
      await t.next(socket, "open");
      return [before, socket.protocol];
    },
    expected: ["", "second"],
  },
  {
    name: "the server chooses a protocol that was not offered",
    plainOnly,
    run: (t) => t.untilClose(t.make("/ws/echo?select=other", ["first"])),
    expected: ["error [3]", 'close 1006 "" unclean [3]'],
  },
  {
    name: "nothing has happened when the constructor returns",
    plainOnly,
    run: (t) => {
      const socket = t.make("/ws/echo", ["a"]);
      const { readyState, bufferedAmount, extensions, protocol, binaryType } = socket;
      return { readyState, bufferedAmount, extensions, protocol, binaryType };
    },
    expected: {
      readyState: 0,
      bufferedAmount: 0,
      extensions: "",
      protocol: "",
      binaryType: "blob",
    },
  },
  {
    name: "handlers that are set in a later microtask miss nothing",
    plainOnly,
    run: async (t) => {
      const socket = t.make("/ws/greet");
      await Promise.resolve();
      t.watch(socket);
      await t.next(socket, "message");
      return t.log;
    },
    expected: ["open", "message greeting"],
  },
];
