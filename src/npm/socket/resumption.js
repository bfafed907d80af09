// What a page can know of a session that is kept, and do about it.

export class Resumption {
  #client;

  constructor(client) {
    this.#client = client;
  }

  get status() {
    return this.#client.status;
  }

  get archive() {
    return this.#client.archive;
  }

  // The socket frees its client when it has ended.
  get #hasEnded() {
    return this.status.phase === "closed";
  }

  retryNow() {
    if (!this.#hasEnded) this.#client.retryNow();
  }

  viewerState() {
    return this.#hasEnded ? { images: [], catalogs: [] } : this.#client.viewerState();
  }
}
