// The classes under test, by name. The page makes one of them: `?class=…`.

const native = globalThis.WebSocket;

const classes = {
  native: () => native,

  async ResumableWebSocket() {
    const { ResumableWebSocket } = await import("/package/socket.js");
    return ResumableWebSocket;
  },

  /** As a page has it after `install` for the page's backend. */
  async installed() {
    const { install } = await import("/package/socket.js");
    install({ match: `ws://${location.host}/` });
    return globalThis.WebSocket;
  },

  /** As a page has it after `install` for another address than those that it opens. */
  async unmatched() {
    const { install } = await import("/package/socket.js");
    install({ match: "ws://elsewhere.invalid/" });
    return globalThis.WebSocket;
  },
};

export const makeClass = (name) => classes[name]();
export { native };
