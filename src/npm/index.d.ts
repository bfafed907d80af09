/**
 * carta-resume: an interrupted connection, a restarted backend or a reloaded
 * page costs the user of a CARTA viewer one click and no work.
 *
 * Field names are camelCase, ids are numbers, durations are milliseconds, times
 * of day are epoch milliseconds. Pixel coordinates are 0-based, at the pixel's
 * centre, with y upwards. A "frame" is one binary WebSocket message: an 8-byte
 * little-endian header (event type u16, ICD version u16, request id u32) and a
 * protobuf payload.
 */
/// <reference lib="es2020" />
/// <reference lib="dom" />
/// <reference lib="esnext.disposable" />

/** Where the connection stands. */
export type Phase =
  /** Made, and `connect()` not called yet. */
  | "idle"
  /** A socket is being opened. */
  | "connecting"
  /** The socket is open; REGISTER_VIEWER is not answered yet. */
  | "registering"
  /** There is work to restore; the user has been asked and has not answered. */
  | "confirming"
  /** RESUME_SESSION is on its way; the backend may be busy for a while. */
  | "resuming"
  /** Everything works. The only phase in which frames leave at once. */
  | "active"
  /** The connection is gone; the next attempt comes after `retryInMs`. */
  | "waiting"
  /** Trying again cannot help. `error` says why; `retryNow()` tries again. */
  | "failed"
  /** `close()` was called. Nothing happens any more. */
  | "closed";

/**
 * What the client is doing. A new object whenever something in it changes, and
 * the same object until then, so that it can feed `useSyncExternalStore`.
 */
export interface Status {
  readonly phase: Phase;
  /** Attempts since the connection was last stable; 0 while all is well. */
  readonly attempt: number;
  /** In `waiting`: from the moment of this status to the next attempt. */
  readonly retryInMs: number | null;
  /** The backend's number for the session, 0 = none yet. */
  readonly sessionId: number;
  /**
   * What the backend said of the id. "resumed" does not mean that it still has
   * the session's state. `null` before the first answer.
   */
  readonly sessionType: "new" | "resumed" | null;
  /** Round trip of the last PING, `null` until one was answered. */
  readonly latencyMs: number | null;
  /** What ended the last attempt or the client, `null` once active again. */
  readonly error: ResumeError | null;
}

/** What a {@link ResumeError} is about. Stable: new ones may join. */
export type ResumeErrorCode =
  /** An option is unknown, mistyped or out of range; the message names it. */
  | "invalid-option"
  /** Bytes passed to `send` or `request` are no frame or no event type. */
  | "invalid-frame"
  /** The queue's bound is reached; `frames` names what was refused. */
  | "queue-full"
  /** The client is closed. */
  | "closed"
  /** The backend speaks an interface version that this client does not. */
  | "unsupported-icd-version"
  /** The backend answered REGISTER_VIEWER with a refusal. */
  | "registration-refused"
  /** The connection is refused each time: check address and token. */
  | "connection-refused"
  /** `backoff.maxAttempts` attempts have failed. */
  | "retry-budget-spent"
  /** A try did not get as far as an open, registered connection in time. */
  | "connection-timeout"
  /** The connection was open and is gone. */
  | "connection-lost"
  /** The user said no, so this request's answer will never come. */
  | "declined"
  /**
   * The request's answer was lost, and it has effects outside the session (saving,
   * exporting), or calculates from a channel or region that may have changed since.
   * It may have happened: check before you send it again.
   */
  | "not-replayed"
  /** A frame from the backend could not be decoded. It was passed on, unless below 8 bytes. */
  | "unreadable-frame"
  /** `confirmResume` threw, rejected or returned something else. */
  | "confirm-failed"
  /** RESUME_SESSION was not answered within `timeouts.resumeMs`. */
  | "resume-timeout"
  /** The `url` function threw, rejected or returned no WebSocket address. */
  | "url-failed"
  /** A region's points are not finite, or not as many as its type needs. */
  | "invalid-region"
  /** No image with this file id is open. */
  | "unknown-image"
  /** An `on` handler threw. The client goes on. */
  | "handler-failed"
  /** `archive.restore` was called while there is no working connection. */
  | "not-active"
  /** The archive has no workspace of this id. */
  | "unknown-workspace"
  /** The browser's storage is missing, full, blocked or damaged. Work goes on in memory. */
  | "storage-failed";

/** An error with a stable code and a message that says what to do. */
export class ResumeError extends Error {
  private constructor();
  override readonly name: "ResumeError";
  readonly code: ResumeErrorCode;
  /** The event type of the frame that the error is about. */
  readonly eventType?: number;
  /** The request id of the frame that the error is about. */
  readonly requestId?: number;
  /** Bytes of that frame's payload; all its bytes if it is too short for a header. */
  readonly length?: number;
  /** What your own function threw, for `confirm-failed`, `url-failed` and `handler-failed`. */
  readonly cause?: unknown;
  /** The frames that were refused or given up, in the order they were sent. */
  readonly frames?: readonly { readonly eventType: number; readonly requestId: number }[];
}

/** An image that would come back. */
export interface OfferedImage {
  fileId: number;
  directory: string;
  /** File name or LEL expression. Text from outside: never use it as markup. */
  file: string;
  /** "" = the first. */
  hdu: string;
  channel: number;
  stokes: number;
  /** Regions, the cursor not counted. */
  regionCount: number;
  hasContours: boolean;
}

/**
 * Why there is something to restore: the connection was gone; this tab was
 * reloaded or its browser crashed; another tab of this backend is gone and left
 * its work; or the viewer asked for a workspace from the archive.
 */
export type ResumeReason = "connection-lost" | "page-reloaded" | "tab-closed" | "archive";

/**
 * What the user is asked: restore this workspace? If the workspace changes while
 * the question is open, this very object is brought up to date.
 */
export interface ResumeOffer {
  reason: ResumeReason;
  sessionId: number;
  sessionType: "new" | "resumed";
  /** The backend's own words on registering. Text, never markup. */
  backendMessage: string;
  /** When the workspace was last known to be the backend's state. */
  savedAt: number;
  /** In ascending file id. */
  images: OfferedImage[];
  catalogs: { fileId: number; directory: string; name: string }[];
  /** What cannot come back, for example images that were computed. */
  cannotRestore: { fileId: number; name: string; why: string }[];
}

/**
 * `true`: restore all of it. `false`: start empty. Or the file ids to restore;
 * without `catalogs`, all catalogs.
 */
export type ResumeAnswer = boolean | { images: number[]; catalogs?: number[] };

/** What the backend restored and what it could not. */
export interface ResumeReport {
  /** Why there was something to restore. */
  reason: ResumeReason;
  /**
   * What is open now, for a viewer that starts empty and rebuilds its panels
   * from it. `null` after a lost connection: that viewer has it all.
   */
  state: ViewerState | null;
  /** All of it came back. */
  success: boolean;
  /** The backend's words, "" on success. Text, never markup. */
  message: string;
  /** File ids that are open again. */
  images: number[];
  failedImages: number[];
  failedRegions: number[];
  /** Catalog file ids that were asked for; the backend reports no failures. */
  catalogs: number[];
  /** From sending RESUME_SESSION to its answer. */
  durationMs: number;
  /** Bytes of RESUME_SESSION, header included. */
  bytesSent: number;
}

/** A region in image pixels. */
export interface Region {
  /** The interface's RegionType: 0 point, 3 rectangle, 4 ellipse, 6 polygon … */
  regionType: number;
  /**
   * Point: 1. Rectangle: centre, then (width, height). Ellipse: centre, then
   * (semi-axis, semi-axis). Line: 2. Polyline and polygon: 3 or more. As a
   * `Float32Array`: x0, y0, x1, y1 …
   */
  controlPoints: { x: number; y: number }[] | Float32Array;
  /** Degrees. */
  rotation: number;
}

/** A region that the client keeps. */
export interface RegionState extends Region {
  regionId: number;
  controlPoints: { x: number; y: number }[];
}

/** How contours are drawn. No levels, or `null` instead, means none. */
export interface ContourSettings {
  /** In the unit of the image. */
  levels: number[];
  /** 0 none, 1 block average, 2 Gaussian blur (default). */
  smoothingMode?: number;
  /** Pixels; default 4. */
  smoothingFactor?: number;
  /** Default 4. */
  decimationFactor?: number;
  /** Default 8. */
  compressionLevel?: number;
  /** Vertices in a message; default 100000. */
  contourChunkSize?: number;
  /** Default: the image itself. */
  referenceFileId?: number;
  /** Default: left out. */
  imageBounds?: { xMin: number; xMax: number; yMin: number; yMax: number };
}

/** One file of an image that is joined from several, one a polarization. */
export interface StokesFile {
  directory: string;
  file: string;
  hdu: string;
  /** The interface's PolarizationType: 1 I, 2 Q, 3 U, 4 V … */
  polarizationType: number;
}

/** What `openImage` needs. */
export interface ImageDescription {
  /** Chosen by the viewer, 0 or more. */
  fileId: number;
  directory: string;
  /** File name, or an LEL expression with `lelExpr`. */
  file: string;
  /** Default "", the first. */
  hdu?: string;
  /** Default 0. */
  channel?: number;
  /** Index of the plane, or 13 to 17 for a computed one; default 0. */
  stokes?: number;
  /** Default false. */
  lelExpr?: boolean;
  /** Default false. */
  supportAipsBeam?: boolean;
  /** Two or more: the image is joined from these. */
  stokesFiles?: StokesFile[];
}

/** An image that the client keeps. */
export interface ImageState extends Required<ImageDescription> {
  /** In ascending region id, the cursor not among them. */
  regions: RegionState[];
  /** Image pixels. */
  cursor: { x: number; y: number } | null;
  contours:
    | (Required<Omit<ContourSettings, "imageBounds">> & {
        imageBounds: ContourSettings["imageBounds"] | null;
      })
    | null;
  hasVectorOverlay: boolean;
  /** Whether the backend has it, as far as it said. */
  live: boolean;
  /**
   * The backend's OPEN_FILE_ACK as it was received, a protobuf message: size,
   * header, beams and all that a panel needs, so that no file is opened twice.
   * `null` if `openImage` stated the image, or beyond `openFileAnswers.maxBytes`.
   */
  openFileAck: Uint8Array | null;
}

/** A catalog. Its file ids are a number space of their own. */
export interface CatalogState {
  fileId: number;
  directory: string;
  name: string;
  /** Rows; below 1, the default, means the backend's 50. */
  previewDataSize?: number;
}

/** What a resume would bring back, in ascending file id. */
export interface ViewerState {
  images: ImageState[];
  catalogs: Required<CatalogState>[];
}

/** The address, or what gives it before each attempt (a fresh token, say). */
export type UrlSource = string | URL | ((attempt: number) => string | URL | Promise<string | URL>);

/** How long to wait between attempts: exponential, with jitter. */
export interface BackoffOptions {
  /** Upper bound of the first delay; default 500. */
  initialMs?: number;
  /** Upper bound of every delay; default 5000. */
  maxMs?: number;
  /** The same while the page is hidden; default 60000. */
  hiddenMaxMs?: number;
  /** Growth from one bound to the next, 1 to 100; default 2. */
  factor?: number;
  /** "full": uniform between 0 and the bound. "none": the bound itself. */
  jitter?: "full" | "none";
  /** Failed attempts before `failed`; default Infinity. */
  maxAttempts?: number;
  /** A connection that lived this long starts the count anew; default 10000. */
  resetAfterMs?: number;
}

/** How a dead connection that looks open is noticed. */
export interface HeartbeatOptions {
  /** Between PINGs; default 5000. */
  intervalMs?: number;
  /** Silence after a PING that means dead; default 7000. */
  timeoutMs?: number;
  /** The same while the backend opens a file or resumes; default 120000. */
  busyTimeoutMs?: number;
}

/** Options of a {@link ResumeClient}. */
export interface ResumeClientOptions {
  /** ws: or wss: address of the backend. Its query is never stored or shown. */
  url: UrlSource;
  /**
   * Asks the user. Called once per drop, after the connection is back. There is
   * no deadline. `signal` is aborted when there is nothing to ask any more, for
   * example after `close()`.
   */
  confirmResume: (offer: ResumeOffer, signal: AbortSignal) => ResumeAnswer | Promise<ResumeAnswer>;
  /** Interface version to begin with; the backend's wins. Default 30. */
  icdVersion?: 28 | 29 | 30;
  /** Sent in REGISTER_VIEWER; default "". */
  apiKey?: string;
  /** Bits sent in REGISTER_VIEWER; default 5, WebGL and WebAssembly. */
  clientFeatureFlags?: number;
  backoff?: BackoffOptions;
  /** `false`: no PING, no deadline. */
  heartbeat?: HeartbeatOptions | false;
  timeouts?: {
    /**
     * To an open socket; default 10000. Twice, four and eight times that after
     * attempts that did not get so far: Firefox holds connections back after failures.
     */
    connectMs?: number;
    /** To REGISTER_VIEWER_ACK; default 10000. */
    registerMs?: number;
    /** To RESUME_SESSION_ACK; default 120000. */
    resumeMs?: number;
  };
  /** Bounds of what waits while the connection is not active. */
  queue?: {
    /** Default 10000. */
    maxFrames?: number;
    /** Default 64 MiB. */
    maxBytes?: number;
  };
  /**
   * Where the workspace is kept. "browser", the default: in IndexedDB, so that it
   * outlives the page and the browser. "memory": as long as the page.
   */
  storage?: "browser" | "memory";
  /**
   * Separates people who share a browser profile; default "". It is stored, so
   * it should be a name or a number, not a secret.
   */
  user?: string;
  /** Bounds of the archive of this backend and user; the oldest leaves first. */
  archive?: {
    /** Workspaces; default 20. */
    maxCount?: number;
    /** Since a workspace was last saved; default 30 days. */
    maxAgeMs?: number;
    /** Together; default 50 MB. */
    maxBytes?: number;
  };
  /** Bounds of the backend's answers to OPEN_FILE that are kept for a reloaded page. */
  openFileAnswers?: {
    /** All images together; default 4 MiB. */
    maxBytes?: number;
  };
}

/** A workspace that was set aside. */
export interface ArchivedWorkspace {
  id: string;
  /**
   * "declined": the user said no, or yes to a part. "superseded": another
   * workspace was restored in its place. "expired": nobody came back to it.
   */
  why: "declined" | "superseded" | "expired";
  archivedAt: number;
  savedAt: number;
  /** What it takes in the browser's storage. */
  bytes: number;
  /** In ascending file id. */
  images: OfferedImage[];
  catalogs: { fileId: number; directory: string; name: string }[];
}

/**
 * The workspaces of this backend and user that were set aside. Empty before the
 * first connection and without storage.
 */
export interface Archive {
  /** Newest first. */
  list(): Promise<ArchivedWorkspace[]>;
  /**
   * Asks the user, with `reason: "archive"`, and restores the workspace in place
   * of what is open, which goes to the archive. Resolves when it is restored,
   * with `false` if the user said no.
   * @throws {ResumeError} as a rejection: `not-active`, `unknown-workspace`,
   * `storage-failed`, `connection-lost`, `closed`.
   */
  restore(id: string): Promise<boolean>;
  /** @throws {ResumeError} as a rejection: `unknown-workspace`, `storage-failed`. */
  delete(id: string): Promise<void>;
  /**
   * @throws {ResumeError} as a rejection: `storage-failed`; `not-active` before the
   * first connection, `closed`.
   */
  deleteAll(): Promise<void>;
}

/** A frame's parts. */
export interface Frame {
  eventType: number;
  icdVersion: number;
  /** 0 in streamed data. */
  requestId: number;
  payload: Uint8Array;
}

/** The answer to a request. */
export interface Answer {
  eventType: number;
  requestId: number;
  /** The protobuf message. It may say `success = false`: that is for you. */
  payload: Uint8Array;
}

/** What each event's handlers get. */
export interface ResumeClientEvents {
  /** The new status. */
  status: Status;
  /** A frame as the socket delivered it, header included, not copied. */
  frame: ArrayBuffer;
  /** A resume has been answered, in full or in part. */
  resumed: ResumeReport;
  /** Something went wrong and the client goes on, or has gone to `failed`. */
  error: ResumeError;
}

/**
 * One connection to one backend that survives drops.
 *
 * Send everything through `send` and `request` and the client learns the
 * workspace from the frames that pass. A viewer that keeps its own socket code
 * for some of it can state the workspace by `openImage` and the calls beside it.
 *
 * Handlers and `confirmResume` may call straight back into the client.
 */
export class ResumeClient {
  /** @throws {ResumeError} `invalid-option`, naming the option. */
  constructor(options: ResumeClientOptions);

  /** What the client is doing; see {@link Status}. */
  readonly status: Status;

  /**
   * Begins to connect. Resolves when active for the first time; rejects with a
   * {@link ResumeError} when failed or closed. A second call before that gives
   * the same outcome; after `failed` it tries again.
   */
  connect(): Promise<void>;

  /** Ends a wait now, leaves `failed`, or asks again after `confirm-failed`. */
  retryNow(): void;

  /**
   * Ends everything, for good. Waiting promises reject with `closed`. The stored
   * workspace stays, for the next page of this tab, unless `forget` removes all
   * that is stored for this backend and user, the archive included. (With a `url`
   * function, from the first connection on: before it, the address is not known.)
   * Another tab at work stores its own session again. Resolves when the storage is
   * done; `close()` never rejects.
   */
  close(options?: { forget?: boolean }): Promise<void>;

  /**
   * Sends a frame with the viewer's own request id. While not active it is
   * queued, in order; a full queue is an `error` event, `queue-full`. The bytes
   * are taken at once, so the buffer can be used again.
   * @throws {ResumeError} `invalid-frame` below 8 bytes, `closed`.
   */
  send(frame: Uint8Array | ArrayBuffer): void;

  /**
   * Sends a request under an id of the client's own (0xF0000001 and above) and
   * waits for its answer, across drops. An aborted `signal` rejects with its
   * reason; the request itself is not called back.
   * @throws {ResumeError} as a rejection: `queue-full`, `declined`,
   * `not-replayed`, `closed`.
   */
  request(
    eventType: number,
    payload: Uint8Array | ArrayBuffer,
    options?: { signal?: AbortSignal },
  ): Promise<Answer>;

  /** Calls `handler` on each event. Returns what takes it away again. */
  on(event: "status", handler: (status: Status) => void): () => void;
  on(event: "frame", handler: (frame: ArrayBuffer) => void): () => void;
  on(event: "resumed", handler: (report: ResumeReport) => void): () => void;
  on(event: "error", handler: (error: ResumeError) => void): () => void;
  on<E extends keyof ResumeClientEvents>(
    event: E,
    handler: (value: ResumeClientEvents[E]) => void,
  ): () => void;

  /** What a resume would bring back: a copy. */
  viewerState(): ViewerState;

  /** What was set aside; see {@link Archive}. */
  readonly archive: Archive;

  /** States that an image is open. Replaces one with the same id. */
  openImage(image: ImageDescription): void;
  /** States that an image is closed; −1: every image and every region. */
  closeImage(fileId: number): void;
  /** @throws {ResumeError} `unknown-image`. */
  setChannel(fileId: number, channel: number, stokes: number): void;
  /** @throws {ResumeError} `unknown-image`, `invalid-region`. */
  setRegion(fileId: number, regionId: number, region: Region): void;
  removeRegion(regionId: number): void;
  /** @throws {ResumeError} `unknown-image`. */
  setContours(fileId: number, settings: ContourSettings | null): void;
  openCatalog(catalog: CatalogState): void;
  closeCatalog(fileId: number): void;

  /** `close()`, and gives the memory back. The client cannot be used after. */
  free(): void;
  [Symbol.dispose](): void;
}

/** Joins a frame from its parts. */
export function encodeFrame(frame: {
  eventType: number;
  requestId: number;
  /** Default 30. */
  icdVersion?: number;
  /** Default: empty, every field of the message has its default. */
  payload?: Uint8Array | ArrayBuffer;
}): OwnBytes;

/** `Uint8Array<ArrayBuffer>`, or `Uint8Array` where TypeScript knows no difference. */
export type OwnBytes = ReturnType<Uint8ArrayConstructor["of"]>;

/**
 * Splits a frame into its parts. `payload` is a view of the given bytes.
 * @throws {ResumeError} `invalid-frame` below 8 bytes.
 */
export function decodeFrame(frame: Uint8Array | ArrayBuffer): Frame;

/** Every event type of the interface by name. Frozen. */
export const EventType: {
  readonly EMPTY_EVENT: 0;
  readonly REGISTER_VIEWER: 1;
  readonly FILE_LIST_REQUEST: 2;
  readonly FILE_INFO_REQUEST: 3;
  readonly OPEN_FILE: 4;
  readonly SET_IMAGE_CHANNELS: 6;
  readonly SET_CURSOR: 7;
  readonly SET_SPATIAL_REQUIREMENTS: 8;
  readonly SET_HISTOGRAM_REQUIREMENTS: 9;
  readonly SET_STATS_REQUIREMENTS: 10;
  readonly SET_REGION: 11;
  readonly REMOVE_REGION: 12;
  readonly CLOSE_FILE: 13;
  readonly SET_SPECTRAL_REQUIREMENTS: 14;
  readonly START_ANIMATION: 15;
  readonly START_ANIMATION_ACK: 16;
  readonly STOP_ANIMATION: 17;
  readonly REGISTER_VIEWER_ACK: 18;
  readonly FILE_LIST_RESPONSE: 19;
  readonly FILE_INFO_RESPONSE: 20;
  readonly OPEN_FILE_ACK: 21;
  readonly SET_REGION_ACK: 22;
  readonly REGION_HISTOGRAM_DATA: 23;
  readonly SPATIAL_PROFILE_DATA: 25;
  readonly SPECTRAL_PROFILE_DATA: 26;
  readonly REGION_STATS_DATA: 27;
  readonly ERROR_DATA: 28;
  readonly ANIMATION_FLOW_CONTROL: 29;
  readonly ADD_REQUIRED_TILES: 30;
  readonly REMOVE_REQUIRED_TILES: 31;
  readonly RASTER_TILE_DATA: 32;
  readonly REGION_LIST_REQUEST: 33;
  readonly REGION_LIST_RESPONSE: 34;
  readonly REGION_FILE_INFO_REQUEST: 35;
  readonly REGION_FILE_INFO_RESPONSE: 36;
  readonly IMPORT_REGION: 37;
  readonly IMPORT_REGION_ACK: 38;
  readonly EXPORT_REGION: 39;
  readonly EXPORT_REGION_ACK: 40;
  readonly SET_CONTOUR_PARAMETERS: 45;
  readonly CONTOUR_IMAGE_DATA: 46;
  readonly RESUME_SESSION: 47;
  readonly RESUME_SESSION_ACK: 48;
  readonly RASTER_TILE_SYNC: 49;
  readonly CATALOG_LIST_REQUEST: 50;
  readonly CATALOG_LIST_RESPONSE: 51;
  readonly CATALOG_FILE_INFO_REQUEST: 52;
  readonly CATALOG_FILE_INFO_RESPONSE: 53;
  readonly OPEN_CATALOG_FILE: 54;
  readonly OPEN_CATALOG_FILE_ACK: 55;
  readonly CLOSE_CATALOG_FILE: 56;
  readonly CATALOG_FILTER_REQUEST: 57;
  readonly CATALOG_FILTER_RESPONSE: 58;
  readonly SCRIPTING_REQUEST: 59;
  readonly SCRIPTING_RESPONSE: 60;
  readonly MOMENT_REQUEST: 61;
  readonly MOMENT_RESPONSE: 62;
  readonly MOMENT_PROGRESS: 63;
  readonly STOP_MOMENT_CALC: 64;
  readonly SAVE_FILE: 65;
  readonly SAVE_FILE_ACK: 66;
  readonly CONCAT_STOKES_FILES: 69;
  readonly CONCAT_STOKES_FILES_ACK: 70;
  readonly FILE_LIST_PROGRESS: 71;
  readonly STOP_FILE_LIST: 72;
  readonly PV_REQUEST: 75;
  readonly PV_RESPONSE: 76;
  readonly PV_PROGRESS: 77;
  readonly STOP_PV_CALC: 78;
  readonly FITTING_REQUEST: 79;
  readonly FITTING_RESPONSE: 80;
  readonly SET_VECTOR_OVERLAY_PARAMETERS: 81;
  readonly VECTOR_OVERLAY_TILE_DATA: 82;
  readonly FITTING_PROGRESS: 83;
  readonly STOP_FITTING: 84;
  readonly PV_PREVIEW_DATA: 85;
  readonly STOP_PV_PREVIEW: 86;
  readonly CLOSE_PV_PREVIEW: 87;
  readonly REMOTE_FILE_REQUEST: 88;
  readonly REMOTE_FILE_RESPONSE: 89;
  readonly CHANNEL_MAP_FLOW_CONTROL: 90;
};
/** The number of an event type. */
export type EventType = (typeof EventType)[keyof typeof EventType];
