/**
 * The module that wasm-bindgen generates from `src/browser`, as far as this package
 * uses it. What its methods do is documented where the package hands them on.
 */
import type { ArchivedWorkspace } from "./archive.js";
import type { ResumeError } from "./errors.js";
import type { Answer, ResumeClientEvents } from "./events.js";
import type { ResumeClientOptions } from "./options.js";
import type { Status } from "./status.js";
import type { KeptView } from "./view.js";
import type {
  CatalogState,
  ContourSettings,
  ImageDescription,
  Region,
  ViewerState,
} from "./workspace.js";

/** What the WebAssembly may be loaded from. */
export type WasmSource =
  string | URL | Request | Response | BufferSource | WebAssembly.Module | Promise<Response>;

export default function init(options?: { module_or_path: WasmSource }): Promise<unknown>;

/** Which class the errors are of that the WebAssembly makes; to be said once. */
export function useErrorClass(errorClass: typeof ResumeError): void;

/** What stands in for the browser's WebSocket, where a viewer brings a socket of its own. */
export interface DropIn {
  /** Another connection: what behaves like a WebSocket. */
  open(address: string): object;
  /** The viewer gets a frame that did not come in. */
  feed(frame: ArrayBuffer): void;
  /** The connection is over, and the viewer is to know it. */
  ended(error: ResumeError): void;
  /**
   * The viewer is being rebuilt: how many of all steps are done, and how many of all
   * regions; `regions` is 0 while it is not about regions.
   */
  rebuilding(done: number, all: number, regionsDone: number, regions: number): void;
  /** How the previous page showed what the viewer has been rebuilt from. */
  view(view: KeptView): void;
  /** The same when the images are open and regions follow. */
  viewOfImages(view: KeptView): void;
  /** These images have been made again, in place of others. */
  remade(images: { fileId: number; was: number }[]): void;
  /** Whether a viewer that starts empty may be rebuilt. */
  rebuilds: boolean;
}

export interface GeneratedOptions extends ResumeClientOptions {
  dropIn?: DropIn;
}

export class ResumeClient {
  constructor(options: GeneratedOptions);
  readonly status: Status;
  connect(): Promise<void>;
  retryNow(): void;
  stopRemaking(): void;
  stopRebuilding(): void;
  close(options?: { forget?: boolean }): Promise<void>;
  send(frame: Uint8Array | ArrayBuffer): void;
  request(
    eventType: number,
    payload: Uint8Array | ArrayBuffer,
    options?: { signal?: AbortSignal },
  ): Promise<Answer>;
  on<E extends keyof ResumeClientEvents>(
    event: E,
    handler: (value: ResumeClientEvents[E]) => void,
  ): () => void;

  viewerState(): ViewerState;
  openImage(image: ImageDescription): void;
  closeImage(fileId: number): void;
  setChannel(fileId: number, channel: number, stokes: number): void;
  setRegion(fileId: number, regionId: number, region: Region): void;
  removeRegion(regionId: number): void;
  setContours(fileId: number, settings: ContourSettings | null): void;
  openCatalog(catalog: CatalogState): void;
  closeCatalog(fileId: number): void;

  listArchive(): Promise<ArchivedWorkspace[]>;
  /** Whether the user wanted it. */
  restoreFromArchive(id: string): Promise<boolean>;
  /** Of the archive, or what is open. */
  exportWorkspace(id: string | undefined): Promise<Uint8Array<ArrayBuffer>>;
  /** The id in the archive. */
  importWorkspace(file: Uint8Array): Promise<string>;
  deleteFromArchive(id: string): Promise<boolean>;
  deleteArchive(): Promise<boolean>;

  /** Takes over a socket that is open, and sends the viewer's REGISTER_VIEWER on it. */
  takeOver(address: string, socket: object, register: Uint8Array): void;
  /** Interface version of frames that may go out before this hears of them, 0 = none may. */
  readonly directVersion: number;
  /** A frame of the viewer's that has gone out already. */
  sentFirst(frame: Uint8Array): void;
  /** A part of how the viewer shows its workspace, as JSON; `null` = there is none. */
  setViewPart(key: string, json: string | null): void;
  /** Bytes that wait for a connection. */
  readonly queuedBytes: number;

  free(): void;
}
