// What a tab remembers in `sessionStorage`, where a reload of it finds that.

/** `undefined` in a worker, where there is none. */
const storage = () => globalThis.window?.sessionStorage;

export function remembered(name) {
  try {
    return storage()?.getItem(name) ?? undefined;
  } catch {
    // Blocked: that is told when something is to be remembered.
    return undefined;
  }
}

/** `undefined` = to be forgotten. False if it cannot be remembered. */
export function remember(name, value) {
  try {
    if (value === undefined) storage()?.removeItem(name);
    else storage()?.setItem(name, value);
    return true;
  } catch {
    return false;
  }
}

/**
 * The sessions that clients of this page have now. Two clients for one backend
 * share `sessionStorage` and must not share a session.
 */
const taken = new Set();

/** False if another client of this page has it. */
export function claim(sessionId) {
  const free = !taken.has(sessionId);
  taken.add(sessionId);
  return free;
}

export function release(sessionId) {
  taken.delete(sessionId);
}
