// What arrives: data, events, and their order.

const messageFields = {
  class: "MessageEvent",
  text: "[object MessageEvent]",
  type: "message",
  data: "text",
  origin: "ws://HOST",
  lastEventId: "",
  source: null,
  ports: [0, true],
  userActivation: null,
  flags: [false, false, false, false],
  target: true,
  srcElement: true,
  during: { eventPhase: 2, current: true, path: [true] },
  after: [0, null, 0],
  time: true,
  own: ["isTrusted"],
};

/** Sends a text and returns the message that comes back: through `next`, or to a handler. */
async function fieldsOf(t, socket, next) {
  let during;
  const handled = new Promise((done) => {
    socket.onmessage = (event) => {
      during = {
        eventPhase: event.eventPhase,
        current: event.currentTarget === socket,
        path: event.composedPath().map((target) => target === socket),
      };
      done(event);
    };
  });
  socket.send("text");
  const event = await (next ?? handled);
  await t.settle();
  const current = event.currentTarget;
  return {
    class: event.constructor.name,
    text: String(event),
    type: event.type,
    data: event.data,
    origin: t.anonymous(event.origin),
    lastEventId: event.lastEventId,
    source: event.source,
    ports: [event.ports.length, Object.isFrozen(event.ports)],
    userActivation: event.userActivation ?? null,
    flags: [event.bubbles, event.cancelable, event.composed, event.defaultPrevented],
    target: event.target === socket,
    srcElement: event.srcElement === socket,
    during,
    after: [event.eventPhase, current === socket ? "socket" : current, event.composedPath().length],
    time: event.timeStamp > 0 && event.timeStamp <= performance.now(),
    own: Object.keys(event),
  };
}

export const messages = [
  {
    name: "data by binaryType",
    run: async (t) => {
      const socket = await t.open();
      const asBlob = await t.echo(socket, Uint8Array.of(0xf1), "text");
      socket.binaryType = "arraybuffer";
      const asBuffer = await t.echo(socket, Uint8Array.of(0xf2), "text", new Uint8Array());
      socket.binaryType = "blob";
      return [asBlob, asBuffer, await t.echo(socket, Uint8Array.of(0xf3), new Uint8Array())];
    },
    expected: [
      ["Blob f1", "text text"],
      ["ArrayBuffer f2", "text text", "ArrayBuffer "],
      ["Blob f3", "Blob "],
    ],
  },
  {
    name: "binaryType changed by a handler applies from the next message on",
    run: async (t) => {
      const socket = await t.open();
      const types = [];
      socket.onmessage = ({ data }) => {
        types.push(data.constructor.name);
        socket.binaryType = types.length % 2 === 1 ? "arraybuffer" : "blob";
      };
      const answers = t.messages(socket, 4);
      socket.send("!bytes f1 f2 f3 f4");
      await answers;
      return types;
    },
    expected: ["Blob", "ArrayBuffer", "Blob", "ArrayBuffer"],
  },
  {
    name: "a blob has no type; a buffer is the page's own",
    run: async (t) => {
      const socket = await t.open();
      const first = t.next(socket, "message");
      socket.send("!bytes f1f2f3");
      const blob = (await first).data;
      socket.binaryType = "arraybuffer";
      const second = t.next(socket, "message");
      socket.send("!bytes f1f2f3");
      const buffer = (await second).data;
      const moved = structuredClone(buffer, { transfer: [buffer] });
      return [blob.type, blob.size, buffer.byteLength, moved.byteLength, moved.resizable];
    },
    expected: ["", 3, 0, 3, false],
  },
  {
    name: "the data of an event is the same object each time",
    run: async (t) => {
      const socket = await t.openBinary();
      const seen = [];
      socket.addEventListener("message", (event) => seen.push(event, event.data, event.data));
      socket.addEventListener("message", (event) => seen.push(event, event.data));
      await t.echo(socket, Uint8Array.of(0xf1));
      return [seen[0] === seen[3], seen[1] === seen[2], seen[1] === seen[4]];
    },
    expected: [true, true, true],
  },
  {
    name: "fields of a message event",
    run: async (t) => {
      const socket = await t.open();
      const next = t.next(socket, "message");
      return fieldsOf(t, socket, next);
    },
    expected: messageFields,
    differs: [
      {
        why: "there is no such property on an event that a page makes",
        browsers: ["firefox"],
        modes: ["reconnected"],
        classes: ["ResumableWebSocket", "installed"],
        expected: { ...messageFields, own: [] },
      },
    ],
  },
  {
    name: "fields of a message event, for a handler alone",
    run: async (t) => fieldsOf(t, await t.open()),
    expected: messageFields,
    differs: [
      {
        why: "the browser's own event of the connection behind is given the fields",
        modes: ["reconnected"],
        classes: ["ResumableWebSocket", "installed"],
        expected: {
          ...messageFields,
          after: [0, "socket", 0],
          own: ["isTrusted", "target", "currentTarget", "srcElement", "composedPath"],
        },
      },
    ],
  },
  {
    name: "message events are the browser's own, for a handler alone",
    run: async (t) => {
      const socket = await t.open();
      const trusted = new Promise((done) => {
        socket.onmessage = (event) => done([event.isTrusted, event === window.event]);
      });
      socket.send("text");
      return trusted;
    },
    expected: [true, true],
  },
  {
    name: "message events are the browser's own",
    run: async (t) => {
      const socket = await t.open();
      const next = t.next(socket, "message");
      socket.send("text");
      return (await next).isTrusted;
    },
    expected: true,
    differs: [
      {
        why: "an event that a page makes is not trusted, and those of a second connection are made",
        modes: ["reconnected"],
        classes: ["ResumableWebSocket", "installed"],
        expected: false,
      },
    ],
  },
  {
    name: "fields of open and close events",
    plainOnly: "looks at a whole life, which begins before REGISTER_VIEWER",
    run: async (t) => {
      const socket = t.make("/ws/echo");
      const open = await t.next(socket, "open");
      socket.close(3001, "why");
      const close = await t.next(socket, "close");
      return [open, close].map((event) => ({
        class: event.constructor.name,
        text: String(event),
        flags: [event.bubbles, event.cancelable, event.composed],
        target: event.target === socket,
        details: [event.code ?? null, event.reason ?? null, event.wasClean ?? null],
        data: "data" in event,
      }));
    },
    expected: [
      {
        class: "Event",
        text: "[object Event]",
        flags: [false, false, false],
        target: true,
        details: [null, null, null],
        data: false,
      },
      {
        class: "CloseEvent",
        text: "[object CloseEvent]",
        flags: [false, false, false],
        target: true,
        details: [3001, "why", true],
        data: false,
      },
    ],
  },
  {
    name: "fields of an error event",
    plainOnly: "looks at a connection that never opens",
    run: async (t) => {
      const socket = t.make("/ws/refused");
      const event = await t.next(socket, "error");
      return {
        class: event.constructor.name,
        flags: [event.bubbles, event.cancelable, event.composed],
        state: socket.readyState,
        tells: ["message" in event, "code" in event],
      };
    },
    expected: { class: "Event", flags: [false, false, false], state: 3, tells: [false, false] },
  },
  {
    name: "a message in fragments, with a ping between, is one message",
    run: async (t) => {
      const socket = await t.open();
      const answers = t.messages(socket, 1);
      socket.send("!fragments");
      return answers;
    },
    expected: ["text one two three"],
  },
  {
    name: "a ping of the protocol causes no event",
    run: async (t) => {
      const socket = t.watch(await t.open());
      socket.send("!ping");
      await t.echo(socket, "after");
      return t.log;
    },
    expected: ["message after"],
  },
  {
    name: "messages of one write are one event each, with microtasks between them",
    run: async (t) => {
      const socket = await t.open();
      const order = [];
      socket.onmessage = ({ data }) => {
        order.push(data);
        Promise.resolve().then(() => order.push(`after ${data}`));
      };
      const answers = t.messages(socket, 3);
      socket.send("!burst 3");
      await answers;
      return order;
    },
    expected: ["1", "after 1", "2", "after 2", "3", "after 3"],
  },
  {
    name: "microtasks between two listeners of one event",
    run: async (t) => {
      const socket = await t.open();
      const order = [];
      for (const name of ["first", "second"]) {
        socket.addEventListener("message", () => {
          order.push(name);
          Promise.resolve().then(() => order.push(`after ${name}`));
        });
      }
      await t.echo(socket, "x");
      await t.settle();
      return order;
    },
    expected: ["first", "after first", "second", "after second"],
    differs: [
      {
        why: "the browser does so only where no script runs, and here the package's runs",
        modes: ["reconnected"],
        classes: ["ResumableWebSocket", "installed"],
        expected: ["first", "second", "after first", "after second"],
      },
    ],
  },
  {
    name: "200 messages of one write arrive in order",
    run: async (t) => {
      const socket = await t.open();
      const answers = t.messages(socket, 200);
      socket.send("!burst 200");
      return (await answers).every((text, n) => text === `text ${n + 1}`);
    },
    expected: true,
  },
  {
    name: "a message that comes with the handshake follows open",
    plainOnly: "looks at what comes before the first frame",
    run: async (t) => {
      const socket = t.make("/ws/greet");
      const heard = new Promise((resolve) => {
        socket.onopen = () => {
          t.log.push("open");
          socket.onmessage = ({ data }) => resolve(data);
        };
      });
      return [await heard, t.log, socket.readyState];
    },
    expected: ["greeting", ["open"], 1],
  },
];
