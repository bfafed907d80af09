import type { Archive } from "../archive.js";
import type { ResumeClient } from "../client.js";
import type { Status } from "../status.js";
import type { ViewerState } from "../workspace.js";

/** What a page can learn about a kept session, and do with it. */
export interface Resumption {
  /** The same object until something in it changes. */
  readonly status: Status;
  /** The archived workspaces. `restore` rebuilds a CARTA viewer beside what is open. */
  readonly archive: Archive;
  /** Ends a wait, or asks the user again. */
  retryNow(): void;
  /** Stops making images again. */
  stopRemaking(): void;
  /** Ends a rebuild: what is not there yet stays in the archive. */
  stopRebuilding(): void;
  /** What a resume would bring back. */
  viewerState(): ViewerState;
}

/** The session of a client that its socket frees when it has ended. */
export class ClientResumption implements Resumption {
  readonly #client: ResumeClient;

  constructor(client: ResumeClient) {
    this.#client = client;
  }

  get status(): Status {
    return this.#client.status;
  }

  get archive(): Archive {
    return this.#client.archive;
  }

  get #hasEnded(): boolean {
    return this.status.phase === "closed";
  }

  retryNow(): void {
    if (!this.#hasEnded) this.#client.retryNow();
  }

  stopRemaking(): void {
    if (!this.#hasEnded) this.#client.stopRemaking();
  }

  stopRebuilding(): void {
    if (!this.#hasEnded) this.#client.stopRebuilding();
  }

  viewerState(): ViewerState {
    return this.#hasEnded ? { images: [], catalogs: [] } : this.#client.viewerState();
  }
}
