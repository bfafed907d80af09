// A write that is under way when the page ends may be lost: browsers abort the
// transactions of a page that is gone, those that it has committed included. So
// the last one is noted where it can be written at once, and the next page of
// this tab writes it again.
import { remember, remembered } from "./tab.js";

/** Longer notes would stop the page for too long. */
const MAX_CHARACTERS = 2_000_000;

const toText = (bytes) =>
  bytes && btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const toBytes = (text) => text && Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export class LastWrite {
  #name;
  /** The arguments of the writes that are under way; each repeats those before. */
  #underWay = [];

  constructor(name) {
    this.#name = name;
  }

  /** Follows a write to its end. */
  async follow(what, written) {
    this.#underWay.push(what);
    try {
      return await written;
    } finally {
      this.#underWay = this.#underWay.filter((each) => each !== what);
    }
  }

  /** What is under way belongs to a session that is put away. */
  clear() {
    this.#underWay = [];
    this.forget();
  }

  /** The page may end now. */
  note(key) {
    const last = this.#underWay.at(-1);
    if (!last) return;
    const [address, sessionId, savedAt, , , names, records] = last;
    // The row may be in an earlier one only.
    const [, , , images, catalogs] = this.#underWay.findLast(([, , , shown]) => shown) ?? last;
    const size = records.reduce((sum, record) => sum + (record?.length ?? 0), 0);
    if (size > MAX_CHARACTERS) return;
    const what = [address, sessionId, savedAt, images, catalogs, names, records.map(toText)];
    remember(this.#name, JSON.stringify({ key, what }));
  }

  forget() {
    remember(this.#name, undefined);
  }

  /** What the page before has noted for this session; `undefined` if nothing. */
  noted(key) {
    try {
      const noted = JSON.parse(remembered(this.#name) ?? "null");
      if (noted?.key !== key) return undefined;
      const [address, sessionId, savedAt, images, catalogs, names, records] = noted.what;
      const shown = [images ?? undefined, catalogs ?? undefined];
      return [address, sessionId, savedAt, ...shown, names, records.map(toBytes)];
    } catch {
      return undefined;
    }
  }
}
