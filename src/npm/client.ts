/// <reference lib="es2020" preserve="true" />
/// <reference lib="dom" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />
import type { Archive } from "./archive.js";
import { check } from "./arguments.js";
import { ResumeClient as Generated } from "./carta_resume.js";
import type { Answer, ResumeClientEvents } from "./events.js";
import type { ResumeClientOptions } from "./options.js";
import type { Status } from "./status.js";
import { StoredArchive } from "./stored-archive.js";
import type {
  CatalogState,
  ContourSettings,
  ImageDescription,
  Region,
  ViewerState,
} from "./workspace.js";

// Clients at work. A page that keeps nothing but its handlers would lose the
// connection as soon as the browser collects garbage.
const working = new Set<ResumeClient>();

// Older browsers do not have the symbol.
const dispose: typeof Symbol.dispose =
  Symbol.dispose ?? (Symbol("dispose") as typeof Symbol.dispose);

/**
 * One connection to one backend that survives drops.
 *
 * Send everything through `send` and `request` and the client learns the workspace from
 * the frames that pass. A viewer that keeps its own socket code for some of it can state
 * the workspace with `openImage` and similar calls.
 *
 * Handlers and `confirmResume` may call the client directly.
 */
export class ResumeClient {
  readonly #generated: Generated;
  #isFreed = false;
  #lastStatus: Status | undefined;

  /** The archived workspaces; see {@link Archive}. */
  readonly archive: Archive;

  /** @throws {ResumeError} `invalid-option`, naming the option. */
  constructor(options: ResumeClientOptions) {
    check.options(options);
    this.#generated = new Generated(options);
    this.archive = new StoredArchive(this, this.#generated);
  }

  /** What the client is doing; see {@link Status}. */
  get status(): Status {
    return this.#lastStatus ?? this.#generated.status;
  }

  /**
   * Starts connecting. Resolves when active for the first time; rejects with a
   * {@link ResumeError} when it fails or is closed. A second call before that gives the
   * same outcome; after `failed` it tries again.
   */
  connect(): Promise<void> {
    this.#keepWorking();
    return this.#generated.connect();
  }

  /** Ends a wait now, leaves `failed`, or asks again after `confirm-failed`. */
  retryNow(): void {
    this.#generated.retryNow();
  }

  /**
   * Stops making images again: those that are not finished yet are not made. The event
   * `remade` follows when the backend has stopped.
   */
  stopRemaking(): void {
    this.#generated.stopRemaking();
  }

  /**
   * Ends everything, for good. Waiting promises reject with `closed`. The stored
   * workspace stays, for the next page of this tab, unless `forget` removes all that is
   * stored for this backend and user, the archive included. (With a `url` function, from
   * the first connection on: before it, the address is not known.) Another tab at work
   * stores its own session again. Resolves when the storage has finished; `close()` never
   * rejects.
   */
  async close(options?: { forget?: boolean }): Promise<void> {
    if (this.#isFreed) return;
    working.delete(this);
    await this.#generated.close(options);
  }

  /**
   * Sends a frame with the viewer's own request id. While not active it is
   * queued, in order; a full queue is an `error` event, `queue-full`. The bytes
   * are taken at once, so the buffer can be used again.
   * @throws {ResumeError} `invalid-frame` below 8 bytes, `closed`.
   */
  send(frame: Uint8Array | ArrayBuffer): void {
    this.#generated.send(frame);
  }

  /**
   * Sends a request under an id of the client's own (0xF0000001 and above) and waits for
   * its answer, across drops. An aborted `signal` rejects with its reason; the request
   * itself is not withdrawn.
   * @throws {ResumeError} as a rejection: `queue-full`, `declined`,
   * `not-replayed`, `closed`.
   */
  request(
    eventType: number,
    payload: Uint8Array | ArrayBuffer,
    options?: { signal?: AbortSignal },
  ): Promise<Answer> {
    return this.#generated.request(eventType, payload, options);
  }

  /** Calls `handler` on each event. Returns a function that removes it. */
  on<E extends keyof ResumeClientEvents>(
    event: E,
    handler: (value: ResumeClientEvents[E]) => void,
  ): () => void {
    return this.#generated.on(event, handler);
  }

  /** What a resume would bring back: a copy. */
  viewerState(): ViewerState {
    return this.#generated.viewerState();
  }

  /** States that an image is open. Replaces one with the same id. */
  openImage(image: ImageDescription): void {
    check.image(image);
    this.#generated.openImage(image);
  }

  /** States that an image is closed; −1: every image and every region. */
  closeImage(fileId: number): void {
    this.#generated.closeImage(fileId);
  }

  /**
   * States the channel and Stokes plane of an image.
   * @throws {ResumeError} `unknown-image`.
   */
  setChannel(fileId: number, channel: number, stokes: number): void {
    this.#generated.setChannel(fileId, channel, stokes);
  }

  /**
   * States a region. Replaces one with the same id.
   * @throws {ResumeError} `unknown-image`, `invalid-region`.
   */
  setRegion(fileId: number, regionId: number, region: Region): void {
    check.region(region);
    this.#generated.setRegion(fileId, regionId, region);
  }

  /** States that a region is gone. */
  removeRegion(regionId: number): void {
    this.#generated.removeRegion(regionId);
  }

  /**
   * States the contours of an image; `null`: none.
   * @throws {ResumeError} `unknown-image`.
   */
  setContours(fileId: number, settings: ContourSettings | null): void {
    if (settings !== null && settings !== undefined) check.contours(settings);
    this.#generated.setContours(fileId, settings);
  }

  /** States that a catalog is open. Replaces one with the same id. */
  openCatalog(catalog: CatalogState): void {
    check.catalog(catalog);
    this.#generated.openCatalog(catalog);
  }

  /** States that a catalog is closed. */
  closeCatalog(fileId: number): void {
    this.#generated.closeCatalog(fileId);
  }

  /** `close()`, and frees the memory. The client cannot be used afterwards. */
  free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    working.delete(this);
    void this.#generated.close();
    this.#lastStatus = this.#generated.status;
    // A handler may free the client that called it: that call is still under way.
    queueMicrotask(() => this.#generated.free());
  }

  /** The same as `free()`. */
  [dispose](): void {
    this.free();
  }

  #keepWorking(): void {
    if (!this.#isFreed && this.status.phase !== "closed") working.add(this);
  }

  // For a viewer that brings a socket of its own.

  /** @internal */
  takeOver(address: string, socket: object, register: Uint8Array): void {
    this.#generated.takeOver(address, socket, register);
    this.#keepWorking();
  }

  /** @internal */
  stopRebuilding(): void {
    this.#generated.stopRebuilding();
  }

  /** @internal */
  get directVersion(): number {
    return this.#generated.directVersion;
  }

  /** @internal */
  sentFirst(frame: Uint8Array): void {
    this.#generated.sentFirst(frame);
  }

  /** @internal */
  setViewPart(key: string, json: string | null): void {
    this.#generated.setViewPart(key, json);
  }

  /** @internal */
  get queuedBytes(): number {
    return this.#generated.queuedBytes;
  }
}
