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

  retryNow() {
    this.#client.retryNow();
  }

  viewerState() {
    return this.#client.viewerState();
  }
}
