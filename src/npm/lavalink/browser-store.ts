// Sessions in a browser's own storage.
import type { SessionStore } from "./options.js";

const PREFIX = "carta-resume.lavalink.";

/** `undefined` where there is none, as in Node. */
export function browserStore(): SessionStore | undefined {
  if (typeof localStorage === "undefined" || typeof document === "undefined") return undefined;
  return {
    async update(node, change) {
      const key = PREFIX + node;
      const revise = () => {
        const text = change(localStorage.getItem(key) ?? undefined);
        if (text === null) localStorage.removeItem(key);
        else if (text !== undefined) localStorage.setItem(key, text);
      };
      // Without Web Locks (plain http) this is atomic for all that one script does at once.
      await (navigator.locks?.request(key, revise) ?? revise());
    },
  };
}
