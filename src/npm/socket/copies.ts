// Copies of bytes for a moment, in memory that is used again: what is sent many times
// a second should not leave as much garbage behind each time.

/** A bigger buffer is not kept. */
const KEPT = 256 * 1024;

export class Copies {
  #buffer = new Uint8Array();
  #ends: number[] = [];

  /** Takes a copy; how many there are. */
  push(bytes: Uint8Array): number {
    const from = this.#ends.at(-1) ?? 0;
    const end = from + bytes.length;
    if (end > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, from));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, from);
    return this.#ends.push(end);
  }

  /** Hands each to `take`, for the time of that call, and forgets them. */
  drain(take: (bytes: Uint8Array) => void): void {
    if (this.#ends.length === 0) return;
    const [buffer, ends] = [this.#buffer, this.#ends];
    // What is pushed meanwhile goes elsewhere.
    this.#buffer = new Uint8Array();
    this.#ends = [];
    let from = 0;
    for (const end of ends) {
      take(buffer.subarray(from, end));
      from = end;
    }
    if (this.#ends.length === 0 && buffer.length <= KEPT) this.#buffer = buffer;
  }
}
