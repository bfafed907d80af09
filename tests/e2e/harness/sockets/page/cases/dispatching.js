// Events that the page makes and dispatches to a socket.
import { thrown } from "../tools.js";

/** How another socket's handler sees an event, after the dispatch. */
async function handedTo(other, t, next) {
  const event = await next;
  await t.settle();
  const seen = [];
  other.onmessage = (got) => seen.push(got.data, got.target === other, got.isTrusted);
  return [other.dispatchEvent(event), seen];
}

export const dispatching = [
  {
    name: "a message event made by the page reaches handlers and listeners",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      const event = new MessageEvent("message", { data: { made: true }, origin: "here" });
      socket.onmessage = (got) => seen.push(got === event, got.isTrusted, got.data.made);
      socket.addEventListener("message", (got) => seen.push(got.target === socket));
      return [socket.dispatchEvent(event), ...seen];
    },
    expected: [true, true, false, true, true],
  },
  {
    name: "a made close, error or open changes nothing",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      for (const type of ["open", "error", "close"]) {
        socket[`on${type}`] = (event) => seen.push([event.type, event.code ?? null]);
      }
      socket.dispatchEvent(new CloseEvent("close", { code: 4321, reason: "made" }));
      socket.dispatchEvent(new Event("error"));
      socket.dispatchEvent(new Event("open"));
      return [seen, socket.readyState, await t.echo(socket, "still there")];
    },
    expected: [
      [
        ["close", 4321],
        ["error", null],
        ["open", null],
      ],
      1,
      ["text still there"],
    ],
  },
  {
    name: "an event of another type; one that is cancelled",
    run: async (t) => {
      const socket = await t.open();
      const seen = [];
      socket.addEventListener("mine", (event) => {
        seen.push(event.detail);
        event.preventDefault();
      });
      const made = (cancelable) => new CustomEvent("mine", { detail: 7, cancelable });
      return [socket.dispatchEvent(made(false)), socket.dispatchEvent(made(true)), seen];
    },
    expected: [true, false, [7, 7]],
  },
  {
    name: "an event that is being dispatched cannot be dispatched again",
    run: async (t) => {
      const socket = await t.open();
      const got = await new Promise((resolve) => {
        socket.onmessage = (event) => resolve(thrown(() => socket.dispatchEvent(event)));
        socket.send("x");
      });
      return got;
    },
    expected: "DOMException InvalidStateError",
  },
  {
    name: "an event of one socket dispatched to another",
    run: async (t) => {
      const [one, other] = [await t.open(), await t.open()];
      const next = t.next(one, "message");
      one.send("x");
      return handedTo(other, t, next);
    },
    expected: [true, ["x", true, false]],
  },
  {
    name: "an event of one socket dispatched to another, from a handler alone",
    run: async (t) => {
      const [one, other] = [await t.open(), await t.open()];
      const next = new Promise((done) => (one.onmessage = done));
      one.send("x");
      return handedTo(other, t, next);
    },
    expected: [true, ["x", true, false]],
    differs: [
      {
        why: "what the event was given stays with it",
        modes: ["reconnected"],
        classes: ["ResumableWebSocket", "installed"],
        expected: [true, ["x", false, false]],
      },
    ],
  },
  {
    name: "what is not an event is refused",
    run: async (t) => {
      const socket = await t.open();
      return [undefined, null, {}, "message"].map((it) => thrown(() => socket.dispatchEvent(it)));
    },
    expected: Array(4).fill("TypeError"),
  },
  {
    name: "a made message while connecting and after the end",
    plainOnly: "looks at a whole life, which begins before REGISTER_VIEWER",
    run: async (t) => {
      const socket = t.make("/ws/echo");
      const seen = [];
      socket.onmessage = ({ data }) => seen.push([data, socket.readyState]);
      const make = (data) => socket.dispatchEvent(new MessageEvent("message", { data }));
      make("connecting");
      await t.next(socket, "open");
      socket.close();
      make("closing");
      await t.next(socket, "close");
      make("closed");
      return seen;
    },
    expected: [
      ["connecting", 0],
      ["closing", 2],
      ["closed", 3],
    ],
  },
];
