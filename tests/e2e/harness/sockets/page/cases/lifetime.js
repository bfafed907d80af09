// Garbage collection. `collectGarbage` is the browser's, through DevTools.

const collect = () => globalThis.collectGarbage();

/** A socket that nothing refers to except its handler; returns what that receives. */
async function unheld(t, key) {
  const socket = await t.connect(`/ws/echo?key=${key}`);
  const heard = new Promise((resolve) => {
    socket.onmessage = ({ data, target }) => {
      resolve([data, target.readyState]);
      target.close();
    };
  });
  return { heard };
}

/** This many sockets that were used and closed, with only a weak reference to each. */
async function closedSockets(t, count) {
  const references = [];
  for (let n = 0; n < count; n += 1) {
    const socket = await t.connect();
    socket.onmessage = () => {};
    await t.echo(socket, "x");
    socket.close();
    await t.next(socket, "close");
    references.push(new WeakRef(socket));
  }
  return references;
}

const leftOutOf = { firefox: "its collection cannot be asked for through WebDriver" };

export const lifetime = [
  {
    name: "an open socket with only a handler is not collected",
    leftOutOf,
    run: async (t) => {
      const key = t.key();
      const { heard } = await unheld(t, key);
      for (let n = 0; n < 3; n += 1) {
        await t.settle();
        await collect();
      }
      await t.say(key, "later");
      return heard;
    },
    expected: ["later", 1],
  },
  {
    name: "closed sockets are collected",
    leftOutOf,
    run: async (t) => {
      const references = await closedSockets(t, 20);
      const left = () => references.filter((reference) => reference.deref() !== undefined).length;
      for (let n = 0; n < 10 && left() > 1; n += 1) {
        await t.settle();
        await collect();
      }
      // The last one may still be referred to by what its event left behind.
      return left() <= 1;
    },
    expected: true,
  },
];
