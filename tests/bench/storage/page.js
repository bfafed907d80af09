// The page's side of `npm run bench:storage`. `window.bench` is what the script calls.
import { ResumeClient } from "carta-resume";

/** What was put into the database and when, from the moment the page was loaded. */
const puts = { last: performance.now(), log: null };
for (const method of ["put", "add", "delete"]) {
  const real = IDBObjectStore.prototype[method];
  IDBObjectStore.prototype[method] = function (...args) {
    puts.last = performance.now();
    // Only recorded here: measured when the drag is over.
    puts.log?.push(args);
    return real.apply(this, args);
  };
}

/** Bytes of a value: at least what a structured clone of it takes. */
function bytesOf(value) {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (typeof value === "string") return 2 * value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + 2 * key.length + bytesOf(inner),
    0,
  );
}

const until = (time) =>
  new Promise((done) => setTimeout(done, Math.max(0, time - performance.now())));

const region = (id, x) => ({
  regionType: 3,
  controlPoints: [
    { x, y: id / 7 },
    { x: 6.5, y: 4.25 },
  ],
  rotation: id % 90,
});

function makeClient(url, confirmResume) {
  return new ResumeClient({ url, icdVersion: 28, confirmResume, storage: "browser" });
}

let client;
const state = { moved: 0, text: "" };

window.bench = {
  /** A client with one image and this many regions, all stored. */
  async prepare(url, count) {
    client = makeClient(url, () => false);
    client.on("error", (error) => console.error(error.code, error.message));
    await client.connect();
    client.openImage({ fileId: 0, directory: "", file: "a.fits" });
    for (let id = 1; id <= count; id += 1) client.setRegion(0, id, region(id, id / 3));
    state.moved = count >> 1;
    await this.quiet();
    return client.viewerState().images[0].regions.length;
  },

  /** Waits until nothing has been written for a second. */
  async quiet() {
    while (performance.now() - puts.last < 1000) await until(puts.last + 1001);
  },

  /** The ways to store a change, by name; each returns the number of bytes that it has written. */
  ways: {
    nothing: () => ({ change() {}, bytes: () => 0 }),

    // The browser's own cost of one put of 32 bytes every 83 ms, the least that keeps a change.
    "a put": async () => {
      const opening = indexedDB.open("bench", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("records");
      await new Promise((done, failed) => {
        opening.onsuccess = done;
        opening.onerror = failed;
      });
      const record = new Uint8Array(32);
      let bytes = 0;
      return {
        change(k) {
          if (k % 5 !== 4) return;
          const options = { durability: "relaxed" };
          const transaction = opening.result.transaction("records", "readwrite", options);
          transaction.objectStore("records").put(record, "region");
          transaction.oncomplete = () => (bytes += record.length);
        },
        bytes: () => bytes,
      };
    },

    "carta-resume": () => {
      puts.log = [];
      return {
        change: (k) => client.setRegion(0, state.moved, region(state.moved, k / 4)),
        bytes: () => puts.log.flat().reduce((sum, value) => sum + bytesOf(value), 0),
      };
    },

    localStorage: () => {
      const workspace = JSON.parse(JSON.stringify(client.viewerState()));
      const dragged = workspace.images[0].regions.find(({ regionId }) => regionId === state.moved);
      let bytes = 0;
      return {
        change(k) {
          dragged.controlPoints[0].x = k / 4;
          const text = JSON.stringify(workspace);
          localStorage.setItem("workspace", text);
          bytes += 2 * text.length;
        },
        bytes: () => bytes,
      };
    },
  },

  /**
   * Drags: makes this many changes, at this rate per second. Marks each, so that the trace shows
   * what the main thread did for it. Returns the number of bytes that were written.
   */
  async drag(name, changes, perSecond) {
    const way = await this.ways[name]();
    const began = performance.now();
    for (let k = 0; k < changes; k += 1) {
      await until(began + (k * 1000) / perSecond);
      performance.mark(`change-${k}`);
      way.change(k);
    }
    // The work that the last change leaves belongs to it.
    await until(performance.now() + 250);
    performance.mark(`change-${changes}`);
    await until(performance.now() + 50);
    const bytes = way.bytes();
    puts.log = null;
    localStorage.clear();
    return { bytes, ms: performance.now() - began - 300 };
  },

  /**
   * Makes a client and waits until it asks: ms since it was made, and since the page was navigated
   * to.
   */
  restore: (url) =>
    new Promise((resolve) => {
      const began = performance.now();
      client = makeClient(url, (offer) => {
        const now = performance.now();
        resolve({ client: now - began, page: now, regions: offer.images[0].regionCount });
        return new Promise(() => {});
      });
      client.connect();
    }),
};
