// What the class and its instances consist of, as far as a page can find out.
import { thrown } from "../tools.js";

const plainOnly = "looks at the class, not at a connection";
const CONSTANTS = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];

/** A property's descriptor, wherever it is on the prototype chain, as text. */
function described(object, name) {
  for (let place = object; place !== null; place = Object.getPrototypeOf(place)) {
    const found = Object.getOwnPropertyDescriptor(place, name);
    if (found === undefined) continue;
    const flags = ["writable", "enumerable", "configurable"].filter((flag) => found[flag]);
    if (found.get === undefined) return `${typeof found.value} ${flags.join(" ")}`;
    const { get, set } = found;
    return `${get.name}/${get.length} ${set ? `${set.name}/${set.length}` : "no set"} ${flags.join(" ")}`;
  }
  return "missing";
}

const describedAll = (object, names) =>
  Object.fromEntries(names.map((name) => [name, described(object, name)]));

const HANDLERS = ["onopen", "onmessage", "onerror", "onclose"];

const MEMBERS = [
  ...CONSTANTS,
  ...HANDLERS,
  ...["addEventListener", "binaryType", "bufferedAmount", "close", "dispatchEvent"],
  ...["extensions", "protocol", "readyState", "removeEventListener", "send", "url"],
];

export const interfaces = [
  {
    name: "constants, on the class, its prototype and an instance",
    plainOnly,
    run: (t) => {
      const places = [t.WebSocket, t.WebSocket.prototype, t.make("/ws/echo")];
      return places.map((place) => CONSTANTS.map((name) => place[name]));
    },
    expected: Array(3).fill([0, 1, 2, 3]),
  },
  {
    name: "constants cannot be changed",
    plainOnly,
    run: (t) =>
      [t.WebSocket, t.WebSocket.prototype].flatMap((place) => [
        described(place, "OPEN"),
        thrown(() => (place.OPEN = 7)),
        place.OPEN,
      ]),
    expected: ["number enumerable", "TypeError", 1, "number enumerable", "TypeError", 1],
  },
  {
    name: "constants stand on the class itself and on its prototype",
    plainOnly,
    run: (t) =>
      [t.WebSocket, t.WebSocket.prototype].map((place) =>
        CONSTANTS.map((name) => Object.hasOwn(place, name)),
      ),
    expected: Array(2).fill([true, true, true, true]),
  },
  {
    name: "the class: length, prototype",
    plainOnly,
    run: (t) => ({
      length: t.WebSocket.length,
      type: typeof t.WebSocket,
      prototype: described(t.WebSocket, "prototype"),
      constructor: t.WebSocket.prototype.constructor === t.WebSocket,
    }),
    expected: { length: 1, type: "function", prototype: "object ", constructor: true },
  },
  {
    name: "its name",
    plainOnly,
    run: (t) => t.WebSocket.name,
    expected: "WebSocket",
    differs: [
      {
        why: "imported by name it has that name; installed it is called as the browser's",
        classes: ["ResumableWebSocket"],
        expected: "ResumableWebSocket",
      },
    ],
  },
  {
    name: "accessors",
    plainOnly,
    run: (t) =>
      describedAll(t.WebSocket.prototype, [
        "url",
        "readyState",
        "bufferedAmount",
        "extensions",
        "protocol",
        "binaryType",
        ...HANDLERS,
      ]),
    expected: {
      url: "get url/0 no set enumerable configurable",
      readyState: "get readyState/0 no set enumerable configurable",
      bufferedAmount: "get bufferedAmount/0 no set enumerable configurable",
      extensions: "get extensions/0 no set enumerable configurable",
      protocol: "get protocol/0 no set enumerable configurable",
      binaryType: "get binaryType/0 set binaryType/1 enumerable configurable",
      ...Object.fromEntries(
        HANDLERS.map((name) => [name, `get ${name}/0 set ${name}/1 enumerable configurable`]),
      ),
    },
  },
  {
    name: "methods",
    plainOnly,
    run: (t) =>
      ["send", "close", "addEventListener", "removeEventListener", "dispatchEvent"].map((name) => {
        const method = t.WebSocket.prototype[name];
        const own = "prototype" in method ? "has a prototype" : "no constructor";
        return `${method.name}/${method.length} ${described(t.WebSocket.prototype, name)}, ${own}`;
      }),
    expected: [
      "send/1 function writable enumerable configurable, no constructor",
      "close/0 function writable enumerable configurable, no constructor",
      "addEventListener/2 function writable enumerable configurable, no constructor",
      "removeEventListener/2 function writable enumerable configurable, no constructor",
      "dispatchEvent/1 function writable enumerable configurable, no constructor",
    ],
  },
  {
    name: "attributes that can only be read",
    plainOnly,
    run: (t) => {
      const socket = t.make("/ws/echo");
      return ["url", "readyState", "bufferedAmount", "extensions", "protocol"].map((name) =>
        thrown(() => (socket[name] = "x")),
      );
    },
    expected: Array(5).fill("TypeError"),
  },
  {
    name: "properties of an instance, as `for in` finds them",
    plainOnly,
    run: (t) => {
      const found = [];
      for (const name in t.make("/ws/echo")) found.push(name);
      return found.sort();
    },
    expected: [...MEMBERS, "when"].sort(),
    differs: [
      { why: "it has no observables", browsers: ["firefox"], expected: MEMBERS.toSorted() },
    ],
  },
  {
    name: "an instance has no property of its own",
    plainOnly,
    run: (t) => {
      const socket = t.make("/ws/echo");
      return [Reflect.ownKeys(socket), JSON.stringify(socket), Object.assign({}, socket)];
    },
    expected: [[], "{}", {}],
  },
  {
    name: "text and tag",
    plainOnly,
    run: (t) => [
      String(t.make("/ws/echo")),
      Object.prototype.toString.call(t.WebSocket.prototype),
      t.WebSocket.prototype[Symbol.toStringTag],
      described(t.WebSocket.prototype, Symbol.toStringTag),
    ],
    expected: ["[object WebSocket]", "[object WebSocket]", "WebSocket", "string configurable"],
  },
  {
    name: "instance of",
    plainOnly,
    run: (t) => {
      const socket = t.make("/ws/echo");
      return [
        socket instanceof t.WebSocket,
        socket instanceof EventTarget,
        socket instanceof WebSocket,
        socket instanceof t.native,
        {} instanceof t.WebSocket,
        null instanceof t.WebSocket,
        t.WebSocket.prototype instanceof EventTarget,
      ];
    },
    expected: [true, true, true, true, false, false, true],
  },
  {
    name: "an instance's constructor is the class",
    plainOnly,
    run: (t) => t.make("/ws/echo").constructor === t.WebSocket,
    expected: true,
    differs: [
      {
        why: "a socket for another address is the browser's own, untouched",
        classes: ["unmatched"],
        expected: false,
      },
    ],
  },
  {
    name: "accessors and methods on what is not a socket",
    plainOnly,
    run: (t) => {
      const { prototype } = t.WebSocket;
      const get = (name, on) =>
        thrown(() => Reflect.get(Object.create(prototype), name, on ?? Object.create(prototype)));
      return [
        get("url"),
        get("readyState"),
        get("onopen"),
        get("bufferedAmount", {}),
        thrown(() => prototype.url),
        thrown(() => prototype.send.call({}, "text")),
        thrown(() => prototype.close.call(new EventTarget())),
        thrown(() => (prototype.binaryType = "blob")),
      ];
    },
    expected: Array(8).fill("TypeError"),
  },
  {
    name: "it cannot be cloned",
    plainOnly,
    run: (t) => thrown(() => structuredClone(t.make("/ws/echo"))),
    expected: "DOMException DataCloneError",
  },
  {
    name: "a class that extends it",
    plainOnly,
    run: async (t) => {
      const calls = [];
      class Counting extends t.WebSocket {
        count = 0;
        send(data) {
          this.count += 1;
          super.send(data);
        }
        close(...args) {
          calls.push("close");
          super.close(...args);
        }
        get [Symbol.toStringTag]() {
          return "Counting";
        }
      }
      const socket = t.keep(new Counting(`${t.base}/ws/echo`, ["a"]));
      await t.next(socket, "open");
      const answers = await t.echo(socket, "one", "two");
      socket.close();
      const { code } = await t.next(socket, "close");
      return {
        answers,
        count: socket.count,
        calls: [...calls],
        code,
        text: String(socket),
        protocol: socket.protocol,
        constant: Counting.OPEN,
        is: [socket instanceof Counting, socket instanceof t.WebSocket],
        constructor: socket.constructor === Counting,
      };
    },
    expected: {
      answers: ["text one", "text two"],
      count: 2,
      calls: ["close"],
      code: 1005,
      text: "[object Counting]",
      protocol: "a",
      constant: 1,
      is: [true, true],
      constructor: true,
    },
  },
  {
    name: "made by Reflect.construct, for a function as new target",
    plainOnly,
    run: async (t) => {
      function Other() {}
      Other.prototype = Object.create(t.WebSocket.prototype);
      const socket = t.keep(Reflect.construct(t.WebSocket, [`${t.base}/ws/echo`], Other));
      await t.next(socket, "open");
      return [socket instanceof Other, await t.echo(socket, "made")];
    },
    expected: [true, ["text made"]],
  },
  {
    name: "properties that the page adds, and a socket that is frozen",
    run: async (t) => {
      const socket = await t.open();
      const mark = Symbol("mark");
      socket.mine = 1;
      socket[mark] = 2;
      Object.freeze(socket);
      const heard = [];
      socket.onmessage = ({ data }) => heard.push(data);
      const answers = await t.echo(socket, "frozen");
      return [socket.mine, socket[mark], Object.keys(socket), answers, heard];
    },
    expected: [1, 2, ["mine"], ["text frozen"], ["frozen"]],
  },
  {
    name: "methods and accessors that were taken from the prototype",
    run: async (t) => {
      const { prototype } = t.WebSocket;
      const of = (name) => Object.getOwnPropertyDescriptor(prototype, name);
      const socket = await t.open();
      const heard = [];
      of("onmessage").set.call(socket, ({ data }) => heard.push(data));
      of("binaryType").set.call(socket, "arraybuffer");
      const answer = t.messages(socket, 1);
      prototype.send.call(socket, "taken");
      const over = t.next(socket, "close");
      const seen = [of("readyState").get.call(socket), ...(await answer), ...heard];
      prototype.close.call(socket, 3001);
      const { code } = await over;
      return [...seen, of("binaryType").get.call(socket), code];
    },
    expected: [1, "text taken", "taken", "arraybuffer", 3001],
  },
  {
    name: "a method that the page has replaced on the prototype",
    run: async (t) => {
      const { prototype } = t.WebSocket;
      const { send } = prototype;
      const seen = [];
      const socket = await t.open();
      prototype.send = function (data) {
        seen.push(data);
        return send.call(this, data);
      };
      try {
        return [await t.echo(socket, "one", "two"), seen];
      } finally {
        prototype.send = send;
      }
    },
    expected: [
      ["text one", "text two"],
      ["one", "two"],
    ],
    differs: [
      {
        why: "a socket for another address is the browser's own, untouched",
        classes: ["unmatched"],
        expected: [["text one", "text two"], []],
      },
    ],
  },
  {
    name: "a method of the browser's own class, called on an instance",
    plainOnly,
    run: (t) => {
      const { get } = Object.getOwnPropertyDescriptor(t.native.prototype, "readyState");
      return thrown(() => get.call(t.make("/ws/echo")));
    },
    expected: "nothing",
  },
  {
    name: "the source text of a method",
    plainOnly,
    run: (t) => t.WebSocket.prototype.send.toString().includes("[native code]"),
    expected: true,
    differs: [
      {
        why: "it is not the browser's own code",
        classes: ["ResumableWebSocket", "installed", "unmatched"],
        expected: false,
      },
    ],
  },
];
