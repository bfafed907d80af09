// Garbage collection. `collectGarbage` is the browser's, through DevTools.

const collect = () => globalThis.collectGarbage();

/** A socket that nothing holds but its handler. */
async function unheld(t, key) {
  let socket = new t.WebSocket(`${t.base}/ws/echo?key=${key}`);
  const heard = new Promise((resolve) => {
    socket.onmessage = ({ data, target }) => {
      if (data === "later") resolve([data, target.readyState]);
      target.close();
    };
  });
  await new Promise((resolve) => (socket.onopen = resolve));
  socket = null;
  return heard;
}

/** So many sockets that were used and closed, each held by a weak reference alone. */
async function closedSockets(t, count) {
  const references = [];
  for (let n = 0; n < count; n += 1) {
    const socket = new t.WebSocket(`${t.base}/ws/echo`);
    socket.binaryType = "arraybuffer";
    await t.next(socket, "open");
    socket.onmessage = () => {};
    await t.echo(socket, "x");
    socket.close();
    await t.next(socket, "close");
    references.push(new WeakRef(socket));
  }
  return references;
}

export const lifetime = [
  {
    name: "an open socket with only a handler is not collected",
    plainOnly: "holds no reference to register with",
    run: async (t) => {
      const key = t.key();
      const socket = { heard: unheld(t, key) };
      // The server knows the key once the socket is open: a round trip later.
      await t.settle();
      for (let n = 0; n < 3; n += 1) await collect();
      await t.say(key, "later");
      return socket.heard;
    },
    expected: ["later", 1],
  },
  {
    name: "closed sockets are collected",
    plainOnly: "looks at the class, not at a connection",
    run: async (t) => {
      const references = await closedSockets(t, 20);
      const left = () => references.filter((reference) => reference.deref() !== undefined).length;
      for (let n = 0; n < 10 && left() > 1; n += 1) {
        await t.settle();
        await collect();
      }
      // One may be held by what the engine keeps of the last call.
      return left() <= 1;
    },
    expected: true,
  },
];
