// addEventListener and removeEventListener.
import { thrown } from "../tools.js";

export const listeners = [
  {
    name: "called in the order in which they were added, duplicates once",
    run: async (t) => {
      const socket = await t.open();
      const order = [];
      const note = () => order.push("note");
      socket.addEventListener("message", note);
      socket.addEventListener("message", note);
      socket.addEventListener("message", note, { once: true });
      socket.addEventListener("message", () => order.push("second"));
      socket.addEventListener("message", () => order.push("capture"), true);
      socket.addEventListener("message", () => order.push("capture too"), { capture: true });
      socket.addEventListener("message", note, true);
      await t.echo(socket, "x");
      return order;
    },
    expected: ["note", "second", "capture", "capture too", "note"],
    differs: [
      {
        why: "those that capture come first at the target too",
        browsers: ["firefox"],
        expected: ["capture", "capture too", "note", "note", "second"],
      },
    ],
  },
  {
    name: "once",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      socket.addEventListener("message", ({ data }) => seen.push(data), { once: true });
      await t.echo(socket, "1", "2");
      return seen;
    },
    expected: ["1"],
  },
  {
    name: "signal: before, during and in between",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      const early = AbortSignal.abort();
      const control = new AbortController();
      const { signal } = control;
      socket.addEventListener("message", () => seen.push("early"), { signal: early });
      socket.addEventListener("message", ({ data }) => seen.push(data), { signal });
      socket.addEventListener("message", ({ data }) => data === "2" && control.abort());
      socket.addEventListener("message", () => seen.push("late"), { signal });
      await t.echo(socket, "1", "2", "3");
      return seen;
    },
    expected: ["1", "late", "2"],
  },
  {
    name: "passive: preventDefault has no effect",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      const prevent = (event) => {
        event.preventDefault();
        seen.push(event.defaultPrevented);
      };
      socket.addEventListener("message", prevent, { passive: true });
      socket.addEventListener("message", prevent, { passive: false, capture: true });
      await t.echo(socket, "x");
      return seen;
    },
    expected: [false, false],
  },
  {
    name: "an object: its current handleEvent, with the object as `this`",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      const object = { name: "object" };
      socket.addEventListener("message", object);
      object.handleEvent = function (event) {
        seen.push([this.name, event.currentTarget === socket, arguments.length]);
      };
      await t.echo(socket, "x");
      object.handleEvent = () => seen.push("replaced");
      await t.echo(socket, "x");
      return seen;
    },
    expected: [["object", true, 1], "replaced"],
  },
  {
    name: "an object without handleEvent is harmless",
    run: async (t) => {
      const uncaught = t.uncaught();
      const socket = await t.open();
      socket.addEventListener("message", {});
      const answers = await t.echo(socket, "x");
      return [answers, uncaught.length];
    },
    expected: [["text x"], 0],
    differs: [
      {
        why: "it reports that there is none",
        browsers: ["firefox"],
        expected: [["text x"], 1],
      },
    ],
  },
  {
    name: "a function has the socket as `this`",
    run: async (t) => {
      const socket = await t.open();
      const that = await new Promise((resolve) => {
        socket.addEventListener("message", function () {
          resolve(this);
        });
        socket.send("x");
      });
      return that === socket;
    },
    expected: true,
  },
  {
    name: "removed: by function and capture, whatever the other options",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => () => seen.push(name));
      socket.addEventListener("message", a, { once: true, passive: true });
      socket.addEventListener("message", b, true);
      socket.addEventListener("message", c, true);
      socket.addEventListener("message", d);
      socket.removeEventListener("message", a);
      socket.removeEventListener("message", b);
      socket.removeEventListener("message", c, { capture: true });
      socket.removeEventListener("close", d);
      socket.removeEventListener("message", null);
      socket.removeEventListener("message", () => {});
      await t.echo(socket, "x");
      return seen;
    },
    expected: ["b", "d"],
  },
  {
    name: "added and removed while an event is dispatched",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      const removed = () => seen.push("removed");
      let added = false;
      socket.addEventListener("message", () => {
        seen.push("first");
        socket.removeEventListener("message", removed);
        if (!added) socket.addEventListener("message", () => seen.push("added"));
        added = true;
      });
      socket.addEventListener("message", removed);
      await t.echo(socket, "1");
      seen.push("next");
      await t.echo(socket, "2");
      return seen;
    },
    expected: ["first", "next", "first", "added"],
  },
  {
    name: "stopImmediatePropagation stops the others, stopPropagation does not",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      const received = t.messages(socket, 2);
      socket.addEventListener("message", ({ data }) => seen.push(`first ${data}`));
      socket.addEventListener("message", (event) => {
        seen.push(`stop ${event.data}`);
        if (event.data === "1") event.stopPropagation();
        else event.stopImmediatePropagation();
      });
      socket.addEventListener("message", ({ data }) => seen.push(`last ${data}`));
      socket.send("1");
      socket.send("2");
      await received;
      await t.settle();
      return seen;
    },
    expected: ["first 1", "stop 1", "last 1", "first 2", "stop 2"],
  },
  {
    name: "what is refused, what is accepted, and what they return",
    run: async (t) => {
      const socket = await t.open();
      const add = (...args) => thrown(() => socket.addEventListener(...args));
      return [
        add("message"),
        add("message", 12),
        add("message", "text"),
        add("message", () => {}, { signal: {} }),
        add("message", () => {}, { signal: null }),
        add("message", null),
        add("message", undefined),
        add(12, () => {}),
        thrown(() => socket.removeEventListener("message")),
        socket.addEventListener("x", () => {}),
        socket.removeEventListener("x", () => {}),
      ].map(String);
    },
    expected: [
      ...Array(5).fill("TypeError"),
      ...["nothing", "nothing", "nothing", "TypeError", "undefined", "undefined"],
    ],
  },
  {
    name: "EventTarget's own methods, called on a socket",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      EventTarget.prototype.addEventListener.call(socket, "message", ({ data }) => seen.push(data));
      await t.echo(socket, "x");
      return seen;
    },
    expected: ["x"],
  },
  {
    name: "a listener for each event of a life",
    plainOnly: "looks at a whole life, which begins before REGISTER_VIEWER",
    run: async (t) => {
      const socket = t.watch(t.make("/ws/greet"));
      await t.next(socket, "message");
      socket.close(3000);
      await t.next(socket, "close");
      return t.log;
    },
    expected: ["open", "message greeting", 'close 3000 "" clean'],
  },
];
