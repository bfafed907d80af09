// The `on…` attributes.
import { thrown } from "../tools.js";

const NAMES = ["onopen", "onmessage", "onerror", "onclose"];

export const handlers = [
  {
    name: "what each attribute accepts and returns",
    run: async (t) => {
      const socket = await t.open();
      const handler = () => {};
      const object = { handleEvent() {} };
      return NAMES.map((name) => {
        const seen = [socket[name] === null];
        for (const value of [handler, object, 12, "text", undefined, null, handler]) {
          socket[name] = value;
          seen.push(socket[name] === value ? "kept" : String(socket[name]));
        }
        socket[name] = Symbol("x");
        seen.push(socket[name]);
        return seen.join();
      });
    },
    expected: Array(4).fill("true,kept,kept,null,null,null,kept,kept,"),
  },
  {
    name: "a handler has the socket as `this` and the event as its only argument",
    run: async (t) => {
      const socket = await t.open();
      const seen = await new Promise((resolve) => {
        socket.onmessage = function (...args) {
          resolve([this === socket, args.length, args[0].data]);
        };
        socket.send("x");
      });
      return seen;
    },
    expected: [true, 1, "x"],
  },
  {
    name: "all four are called",
    plainOnly: "looks at a connection that never opens",
    run: async (t) => {
      const seen = [];
      const socket = t.make("/ws/refused");
      for (const name of NAMES) socket[name] = ({ type }) => seen.push(type);
      await t.next(socket, "close");
      const other = t.make("/ws/greet");
      for (const name of NAMES) other[name] = ({ type }) => seen.push(type);
      await t.next(other, "message");
      other.close();
      await t.next(other, "close");
      return seen;
    },
    expected: ["error", "close", "open", "message", "close"],
  },
  {
    name: "a replaced handler keeps its place; one that was removed and set again comes last",
    run: async (t) => {
      const socket = await t.open();
      const order = [];
      const note = (name) => () => order.push(name);
      socket.addEventListener("message", note("first"));
      socket.onmessage = note("old");
      socket.addEventListener("message", note("third"));
      socket.onmessage = note("new");
      await t.echo(socket, "x");
      socket.onmessage = null;
      socket.onmessage = note("last");
      await t.echo(socket, "x");
      return order;
    },
    expected: ["first", "new", "third", "first", "third", "last"],
  },
  {
    name: "one that replaces something not callable keeps its place too",
    run: async (t) => {
      const socket = await t.open();
      const order = [];
      socket.onmessage = { handleEvent: () => order.push("object") };
      socket.addEventListener("message", () => order.push("listener"));
      await t.echo(socket, "x");
      socket.onmessage = () => order.push("handler");
      await t.echo(socket, "x");
      return order;
    },
    expected: ["listener", "handler", "listener"],
  },
  {
    name: "a handler that is replaced by one before it, in the same event",
    run: async (t) => {
      const socket = await t.open();
      const order = [];
      socket.addEventListener("message", () => {
        socket.onmessage = () => order.push("new");
      });
      socket.onmessage = () => order.push("old");
      await t.echo(socket, "x");
      return order;
    },
    expected: ["new"],
  },
  {
    name: "a handler that removes itself",
    run: async (t) => {
      const socket = await t.open();
      const order = [];
      socket.onmessage = ({ data }) => {
        order.push(data);
        socket.onmessage = null;
      };
      await t.echo(socket, "1", "2");
      return [order, socket.onmessage];
    },
    expected: [["1"], null],
  },
  {
    name: "what a handler returns has no effect",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      socket.onmessage = () => false;
      socket.addEventListener("message", (event) => seen.push(event.defaultPrevented));
      return [...(await t.echo(socket, "1", "2")), ...seen];
    },
    expected: ["text 1", "text 2", false, false],
  },
  {
    name: "what handlers throw is reported, and the others are called",
    run: async (t) => {
      const uncaught = t.uncaught();
      const socket = await t.open();
      const order = [];
      const fail = (name) => () => {
        order.push(name);
        throw new Error(name);
      };
      socket.onmessage = fail("handler");
      socket.addEventListener("message", fail("listener"));
      socket.addEventListener("message", { handleEvent: fail("object") });
      await t.echo(socket, "x", "y");
      return [order, uncaught, socket.readyState];
    },
    expected: [
      ["handler", "listener", "object", "handler", "listener", "object"],
      ["handler", "listener", "object", "handler", "listener", "object"],
      1,
    ],
  },
  {
    name: "a handler that throws in open, error or close",
    plainOnly: "looks at a whole life, which begins before REGISTER_VIEWER",
    run: async (t) => {
      const uncaught = t.uncaught();
      const fail = ({ type }) => {
        throw new Error(type);
      };
      const refused = t.make("/ws/refused");
      refused.onerror = fail;
      refused.onclose = fail;
      await t.next(refused, "close");
      const socket = t.make("/ws/echo");
      socket.onopen = fail;
      await t.next(socket, "open");
      const answers = await t.echo(socket, "still there");
      return [uncaught, answers];
    },
    expected: [["error", "close", "open"], ["text still there"]],
  },
  {
    name: "on an object that only inherits from a socket",
    run: async (t) => {
      const socket = await t.open();
      const heir = Object.create(socket);
      return [thrown(() => heir.onmessage), thrown(() => (heir.onmessage = () => {}))];
    },
    expected: ["TypeError", "TypeError"],
  },
  {
    name: "a handler that sends, opens and closes",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      const over = t.next(socket, "close");
      socket.onmessage = ({ data }) => {
        seen.push(data);
        if (Number(data) < 3) socket.send(String(Number(data) + 1));
        else socket.close(3002, "enough");
      };
      socket.send("1");
      const { code, reason, wasClean } = await over;
      return [seen, code, reason, wasClean];
    },
    expected: [["1", "2", "3"], 3002, "enough", true],
  },
];
