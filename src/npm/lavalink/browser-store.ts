// Sessions in a browser's own storage.
import type { SessionStore } from "./options.js";

const PREFIX = "carta-resume.lavalink.";

/** `undefined` where there is none, as in Node. */
export function browserStore(): SessionStore | undefined {
  if (typeof localStorage === "undefined" || typeof document === "undefined") return undefined;
  return {
    // At once, without waiting for a Web Lock: a page that is left has no time to wait. Two
    // tabs that claim a session in one moment find out within two seconds, by the lease.
    update(node, change) {
      const key = PREFIX + node;
      const text = change(localStorage.getItem(key) ?? undefined);
      if (text === null) localStorage.removeItem(key);
      else if (text !== undefined) localStorage.setItem(key, text);
    },
  };
}
