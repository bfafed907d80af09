// The server ends the connection, or never accepts it. None of these is run after REGISTER_VIEWER,
// because that is exactly what a viewer should not notice.

const plainOnly = "a close by the server is hidden from a registered viewer";

/** The events after a command, up to the close. */
async function told(t, command, path = "/ws/echo") {
  const socket = await t.open(path);
  const events = t.untilClose(socket);
  socket.send(command);
  return events;
}

export const serverEnds = [
  {
    name: "a close with a code and a reason",
    plainOnly,
    run: (t) => told(t, "!close 4001 bye ü"),
    expected: ['close 4001 "bye ü" clean [3]'],
  },
  {
    name: "a close without a code",
    plainOnly,
    run: (t) => told(t, "!close"),
    expected: ['close 1005 "" clean [3]'],
  },
  {
    name: "codes that only a server may use",
    plainOnly,
    run: async (t) => {
      const seen = [];
      for (const code of [1000, 1001, 1008, 1011, 1012])
        seen.push(...(await told(t, `!close ${code}`)));
      return seen;
    },
    expected: [1000, 1001, 1008, 1011, 1012].map((code) => `close ${code} "" clean [3]`),
  },
  {
    name: "the connection drops",
    plainOnly,
    run: (t) => told(t, "!drop"),
    expected: ['close 1006 "" unclean [3]'],
  },
  {
    name: "the connection is reset",
    plainOnly,
    run: async (t) => (await told(t, "!reset")).at(-1),
    expected: 'close 1006 "" unclean [3]',
  },
  {
    name: "messages that come with the close arrive before it",
    plainOnly,
    run: (t) => told(t, "!farewell 3"),
    expected: [
      ...["message 1 [1]", "message 2 [1]", "message 3 [1]"],
      'close 4000 "farewell" clean [3]',
    ],
  },
  {
    name: "sending while the close is on its way",
    plainOnly,
    run: async (t) => {
      const socket = await t.open();
      const over = t.next(socket, "close");
      socket.send("!close 4002 x");
      for (let n = 0; n < 50; n += 1) socket.send(new Uint8Array(1000).fill(0xee));
      // Whether it was clean depends on what had left by then.
      const { code, reason } = await over;
      return [code, reason, socket.readyState];
    },
    expected: [4002, "x", 3],
  },
  {
    name: "a close right after the handshake",
    plainOnly,
    run: (t) => t.untilClose(t.make("/ws/goodbye")),
    expected: ["open [1]", 'close 4100 "at once" clean [3]'],
  },
  {
    name: "the handshake is refused",
    plainOnly,
    run: (t) => t.untilClose(t.make("/ws/refused")),
    expected: ["error [3]", 'close 1006 "" unclean [3]'],
  },
  {
    name: "nobody listens there",
    plainOnly,
    run: (t) => t.untilClose(t.make("ws://127.0.0.1:9/")),
    expected: ["error [3]", 'close 1006 "" unclean [3]'],
  },
  {
    name: "a text that is not UTF-8",
    plainOnly,
    run: (t) => told(t, "!gibberish"),
    expected: ["error [3]", 'close 1006 "" unclean [3]'],
  },
  {
    name: "a frame that breaks the protocol",
    plainOnly,
    run: (t) => told(t, "!nonsense"),
    expected: ["error [3]", 'close 1006 "" unclean [3]'],
  },
  {
    name: "the page sends and closes after it",
    plainOnly,
    run: async (t) => {
      const socket = await t.open();
      const over = t.next(socket, "close");
      socket.send("!close 4003");
      await over;
      socket.send("abc");
      socket.close(3000);
      await t.settle();
      return [socket.readyState, socket.bufferedAmount];
    },
    expected: [3, 3],
  },
];
