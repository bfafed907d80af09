// The browser's storage as the tests see it, without the class that they test.

const NAME = "carta-resume";

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.preventDefault();
      reject(request.error);
    };
    request.onblocked = () => reject(new Error("blocked"));
  });

const completed = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });

/** Begins a test without a database; fails if anything has it open. */
export const fresh = () => done(indexedDB.deleteDatabase(NAME));

/** A connection from another tab, perhaps from another version of the library. */
export async function otherTab(version) {
  const request = indexedDB.open(NAME, version);
  request.onupgradeneeded = () => {
    for (const name of ["sessions", "records"]) {
      if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name);
    }
    if (version > 1) request.result.createObjectStore("later");
  };
  return done(request);
}

export const close = (database) => database.close();

/** The version of the database, without opening it. */
export async function version() {
  const all = await indexedDB.databases();
  return all.find(({ name }) => name === NAME)?.version;
}

async function both(mode, work) {
  const database = await otherTab(1);
  const transaction = database.transaction(["sessions", "records"], mode);
  const over = completed(transaction);
  const result = await work(
    transaction.objectStore("sessions"),
    transaction.objectStore("records"),
  );
  await over;
  database.close();
  return result;
}

/** Everything in the database: rows by key, bytes by key. */
export const dump = () =>
  both("readonly", async (sessions, records) => {
    const entries = async (store) => {
      const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
      return Object.fromEntries(keys.map((key, at) => [String(key), values[at]]));
    };
    const [rows, bytes] = await Promise.all([entries(sessions), entries(records)]);
    return { sessions: rows, records: bytes };
  });

/** The names of a session's records, joined. */
export async function recordsOf(key) {
  const { records } = await dump();
  const names = Object.keys(records).filter((name) => name.startsWith(`${key}/`));
  return names.map((name) => name.slice(key.length + 1)).join(" ");
}

/** A field of a session's row. */
export async function field(key, name) {
  const { sessions } = await dump();
  return sessions[key]?.[name];
}

export const patch = (key, fields) =>
  both("readwrite", (sessions) => {
    const request = sessions.get(key);
    request.onsuccess = () => sessions.put({ ...request.result, ...fields }, key);
  });

export const deleteRow = (key) => both("readwrite", (sessions) => void sessions.delete(key));

const live = (address, savedAt) => ({
  address,
  user: "",
  sessionId: 5,
  savedAt,
  images: [{ fileId: 0 }],
  catalogs: [],
  state: "live",
  why: null,
  archivedAt: 0,
  bytes: null,
  lease: null,
});

/** A session that some tab has left, each of its records this many bytes long. */
export const leave = (key, address, savedAt, fields, lengths) =>
  both("readwrite", (sessions, records) => {
    sessions.put({ ...live(address, savedAt), ...fields }, key);
    lengths.forEach((length, at) => records.put(new Uint8Array(length), `${key}/r${at}`));
  });

/** Malformed rows of every kind, under good keys and bad ones. */
export const damage = (address) =>
  both("readwrite", (sessions, records) => {
    const good = live(address, Date.now());
    const wrong = [undefined, null, NaN, Infinity, -1, "", "x", true, [], {}, new Date(), 1n];
    const values = [...wrong, new Uint8Array(3), new Blob(["x"]), new Map([["address", address]])];
    let count = 0;
    const put = (value) => sessions.put(value, `bad${count++}`);
    values.forEach(put);
    for (const name of Object.keys(good)) {
      for (const value of values) put({ ...good, images: [], [name]: value });
      const { [name]: _, ...without } = { ...good, images: [] };
      put(without);
    }
    for (const key of [7, new Date(8), ["a", "b"], new Uint8Array(2), "a/b", "", "x".repeat(999)]) {
      sessions.put(good, key);
    }
    records.put("no bytes", "bad0/r0");
    records.put({ length: 1e9 }, "bad1/r0");
    return count;
  });

export async function isThere(key) {
  const { sessions } = await dump();
  return key in sessions;
}

/** What an earlier version wrote; bytes are in base64. */
export async function load({ sessions, records }) {
  const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  await both("readwrite", (rows, bytes) => {
    for (const [key, row] of Object.entries(sessions)) rows.put(row, key);
    for (const [key, text] of Object.entries(records)) bytes.put(bytesOf(text), key);
  });
}

/** Resolves in a task of its own. */
export const soon = () => new Promise((resolve) => setTimeout(resolve));

/** As on plain HTTP. Returns a function that ends it. */
export function withoutLocks() {
  Object.defineProperty(navigator, "locks", { value: undefined, configurable: true });
  return () => delete navigator.locks;
}

/** As if this many milliseconds had passed. Returns a function that ends it. */
export function later(milliseconds) {
  const { now } = Date;
  Date.now = () => now.call(Date) + milliseconds;
  return () => (Date.now = now);
}

/** `indexedDB` as in a page that may not use it. Returns a function that ends it. */
export function withoutDatabase(throws) {
  const before = Object.getOwnPropertyDescriptor(globalThis, "indexedDB");
  const get = () => {
    if (throws) throw new DOMException("no", "SecurityError");
  };
  Object.defineProperty(globalThis, "indexedDB", { get, configurable: true });
  return () => {
    if (before) Object.defineProperty(globalThis, "indexedDB", before);
    else delete globalThis.indexedDB;
  };
}

/**
 * The connection that is used next has been closed without any event. Returns a function that ends
 * it.
 */
export function closedInSilence() {
  const { transaction } = IDBDatabase.prototype;
  let closed;
  IDBDatabase.prototype.transaction = function (...what) {
    closed ??= this;
    if (this === closed) throw new DOMException("closed", "InvalidStateError");
    return transaction.apply(this, what);
  };
  return () => (IDBDatabase.prototype.transaction = transaction);
}

/** Every `put` fails: at once, for lack of space, or later. Returns a function that ends it. */
export function failing(how) {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...what) {
    if (how === "quota") throw new DOMException("no", "QuotaExceededError");
    put.apply(this, what);
    return this.add(...what);
  };
  return () => (IDBObjectStore.prototype.put = put);
}

/** The deletion of a database that something has open and does not close. */
export async function stuck() {
  const database = await otherTab(1);
  const deleted = new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = resolve;
  });
  return async () => {
    database.close();
    await deleted;
  };
}

/**
 * Counts the errors that reach the page. Returns a function that stops counting and returns the
 * count.
 */
export function pageErrors() {
  let count = 0;
  const hear = (event) => {
    count += 1;
    event.preventDefault();
  };
  const kinds = ["error", "unhandledrejection"];
  kinds.forEach((kind) => addEventListener(kind, hear));
  return async () => {
    // An exception in the page arrives as a task of its own.
    await new Promise((resolve) => setTimeout(resolve));
    kinds.forEach((kind) => removeEventListener(kind, hear));
    return count;
  };
}

/** Something else has the lock of a session. Returns a function that ends it. */
export async function holdLock(key) {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await new Promise((granted) => {
    navigator.locks.request(`carta-resume:${key}`, () => (granted(), held));
  });
  return release;
}

/** How many hold the lock of a session, or wait for it. */
export async function locksOf(key) {
  const { held, pending } = await navigator.locks.query();
  return [...held, ...pending].filter(({ name }) => name === `carta-resume:${key}`).length;
}

/** How often the WebAssembly makes code from text, which a page's policy may forbid. */
export function evaluations() {
  const { Function: before } = globalThis;
  let count = 0;
  const counting = (...what) => {
    // The browser's driver evaluates scripts in the page, too. Addresses contain "wasm" as well,
    // starting with this file's.
    if (new Error().stack?.includes("wasm-function")) count += 1;
    return before(...what);
  };
  globalThis.Function = new Proxy(before, {
    apply: (_, __, what) => counting(...what),
    construct: (_, what) => counting(...what),
  });
  return () => {
    globalThis.Function = before;
    return count;
  };
}

export const dispatch = (name) => globalThis.dispatchEvent(new Event(name));
export const now = () => performance.now();
export const json = (value) => JSON.stringify(value);
