// What one client keeps in the browser: a stored session of its own, and the
// archive of its backend and user. Knows what to say when storage fails.
import { LastWrite } from "./last-write.js";
import { openSessionStore } from "./storage.js";
import { remember, remembered } from "./tab.js";

const faults = {
  missing: "This browser has no IndexedDB, or does not let this page use it.",
  blocked:
    "The browser's storage does not open. Another tab may hold it: close other tabs of this viewer.",
  newer:
    "A newer version of this viewer is open in another tab, or was used before. Reload this page to get it.",
  full: "The browser's storage is full. Free some space, or delete old work from the archive.",
  gone: "What the browser had stored was removed, by you or by the browser. It is stored again.",
  unreadable: "What the browser has stored cannot be read.",
  failed: "The browser's storage failed.",
};

const words = (fault) => faults[fault] ?? faults.failed;

/** Of promises that reject with a fault: the same, with a sentence for people. */
const told = (promise) => promise.catch((fault) => Promise.reject(words(fault)));

// Where each tab remembers which stored session is its own.
const tabKey = (address, user) => `carta-resume:tab:${address}${user && ` ${user}`}`;
// And which workspace of the archive it was being rebuilt from, until that is done.
const rebuildingKey = (address, user) => `carta-resume:rebuilding:${address}${user && ` ${user}`}`;
const lastWrite = (address, user) =>
  new LastWrite(`carta-resume:last:${address}${user && ` ${user}`}`);

/** Vaults that are closing: their sessions are free only then. */
const closing = new Set();

class Vault {
  #store;
  #name;
  #rebuilding;
  #say;
  #last;
  #listeners = new AbortController();
  /** What the client goes on with. */
  claim;

  constructor(store, name, rebuilding, say, last, claim) {
    this.#store = store;
    this.#name = name;
    this.#rebuilding = rebuilding;
    this.#say = say;
    this.#last = last;
    this.claim = claim;
    const on = (event, handler) =>
      globalThis.addEventListener?.(event, handler, { signal: this.#listeners.signal });
    // The client has handed over its last write: it listens for longer.
    on("pagehide", ({ persisted }) => {
      last.note(remembered(name));
      // A page in the back/forward cache must not hold a lock.
      if (persisted) store.suspend();
    });
    on("pageshow", ({ persisted }) => persisted && this.#wake());
  }

  async #wake() {
    this.#last.forget();
    try {
      await this.#store.wake();
    } catch (fault) {
      this.#say("report", words(fault));
    }
  }

  write(...what) {
    return this.#last.follow(what, told(this.#store.write(...what)));
  }

  setAside(why) {
    // It would be no better for the next page.
    if (why === "damaged") this.noteRebuilding(undefined);
    this.#last.clear();
    remember(this.#name, this.#store.setAside(why));
  }

  /** The viewer is being rebuilt from this workspace of the archive; `undefined` = it is done. */
  noteRebuilding(id) {
    remember(this.#rebuilding, id);
  }

  list(address) {
    return told(this.#store.list(address));
  }

  load(id) {
    return told(this.#store.load(id));
  }

  remove(address, id) {
    return told(this.#store.remove(address, id));
  }

  async close() {
    this.#listeners.abort();
    this.#last.note(remembered(this.#name));
    const released = this.#store.release();
    closing.add(released);
    try {
      await released;
      this.#last.forget();
    } finally {
      closing.delete(released);
    }
  }
}

/**
 * Opens the storage and finds the session that this client goes on with.
 * `say(what, message)` hears of later trouble: "report" it; "rewrite" all, it is
 * gone; "moved": another tab has it, so write all under a new key; "end": this
 * vault takes nothing any more.
 */
export async function openVault({ address, user, say, ...bounds }) {
  await Promise.allSettled(closing);
  const name = tabKey(address, user);
  const lost = (fault) => {
    if (fault === "taken") say("moved", "");
    else say({ gone: "rewrite", unreadable: "report" }[fault] ?? "end", words(fault));
  };
  const keyChanged = (key) => remember(name, key);
  const store = await told(openSessionStore({ ...bounds, user, lost, keyChanged }));
  const key = remembered(name);
  const last = lastWrite(address, user);
  try {
    let claim = await store.claim(address, key);
    const isOwn = claim.key === key;
    const noted = isOwn && last.noted(key);
    // Without its row there is nothing that it could be added to.
    if (noted && (claim.reason || noted[3])) {
      await store.write(...noted);
      claim = await store.claim(address, key);
    }
    last.forget();
    remember(name, claim.key);
    // The page ended before all of it was back.
    const rebuilding = rebuildingKey(address, user);
    const unfinished = remembered(rebuilding);
    const kept = unfinished && (await store.load(unfinished));
    if (kept) claim = { ...kept, key: unfinished, reason: "page-reloaded" };
    return new Vault(store, name, rebuilding, say, last, { ...claim, isOwn });
  } catch (fault) {
    store.release().catch(() => {});
    throw words(fault);
  }
}

export async function forget(address, user) {
  remember(tabKey(address, user), undefined);
  remember(rebuildingKey(address, user), undefined);
  lastWrite(address, user).forget();
  const bounds = { maxCount: 0, maxAgeMs: Infinity, maxBytes: 0 };
  const quiet = { lost() {}, keyChanged() {} };
  const store = await told(openSessionStore({ ...bounds, ...quiet, user }));
  try {
    await told(store.forget(address));
  } finally {
    await store.release();
  }
}
