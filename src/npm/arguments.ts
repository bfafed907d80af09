// What the options and the arguments of calls must be. The WebAssembly relies on these
// checks.
import type { GeneratedOptions } from "./carta_resume.js";
import { any, each, flag, is, number, object, oneOf, or, text, whole } from "./check.js";
import { backoff, deadline, heartbeatOr, time } from "./check-connection.js";
import type { BackoffOptions, HeartbeatOptions, ResumeClientOptions } from "./options.js";
import type {
  CatalogState,
  ContourSettings,
  ImageState,
  RegionState,
  StokesFile,
} from "./workspace.js";

const size = whole(0, 2 ** 31 - 1);
const bound = number(0, Infinity);
const int32 = whole(-(2 ** 31), 2 ** 31 - 1);
const isNull = (value: unknown): boolean => value === null;

const options = object<GeneratedOptions>(
  {
    // The WebAssembly refuses what is not an address.
    url: any,
    confirmResume: is("a function (offer, signal)", (value) => typeof value === "function"),
    icdVersion: whole(28, 30),
    apiKey: text,
    clientFeatureFlags: whole(0, 2 ** 32 - 1),
    backoff: object<BackoffOptions>({ ...backoff, hiddenMaxMs: time }),
    heartbeat: heartbeatOr(
      object<HeartbeatOptions>({
        intervalMs: deadline,
        timeoutMs: deadline,
        busyTimeoutMs: deadline,
      }),
    ),
    timeouts: object<Inside<"timeouts">>({
      connectMs: deadline,
      registerMs: deadline,
      resumeMs: or((value) => value === Infinity, deadline),
    }),
    queue: object<Inside<"queue">>({ maxFrames: size, maxBytes: size }),
    storage: oneOf("browser", "memory"),
    user: or((value) => typeof value === "function", text),
    archive: object<Inside<"archive">>({ maxCount: bound, maxAgeMs: bound, maxBytes: bound }),
    openFileAnswers: object<Inside<"openFileAnswers">>({ maxBytes: size }),
    // Known only to this package.
    dropIn: any,
  },
  "confirmResume",
);

type Inside<K extends keyof ResumeClientOptions> = NonNullable<ResumeClientOptions[K]>;

const image = object<ImageState>(
  {
    fileId: int32,
    directory: text,
    file: text,
    hdu: text,
    channel: int32,
    stokes: int32,
    lelExpr: flag,
    supportAipsBeam: flag,
    stokesFiles: each(
      object<StokesFile>(
        { directory: text, file: text, hdu: text, polarizationType: int32 },
        "file",
        "polarizationType",
      ),
    ),
    // What `viewerState()` gives may be given back; these have calls of their own.
    regions: any,
    cursor: any,
    contours: any,
    hasVectorOverlay: any,
    live: any,
    openFileAck: any,
  },
  "fileId",
);

// What is not finite is refused with the region's other faults.
const region = object<RegionState>(
  {
    regionId: any,
    regionType: int32,
    controlPoints: or(
      (value) => value instanceof Float32Array,
      each(object<{ x: number; y: number }>({ x: any, y: any })),
    ),
    rotation: any,
  },
  "regionType",
);

const contours = object<ContourSettings>({
  levels: each(is("finite numbers", Number.isFinite)),
  smoothingMode: int32,
  smoothingFactor: int32,
  decimationFactor: int32,
  compressionLevel: int32,
  contourChunkSize: int32,
  referenceFileId: whole(0, 2 ** 32 - 1),
  imageBounds: or(
    isNull,
    object<NonNullable<ContourSettings["imageBounds"]>>(
      { xMin: int32, xMax: int32, yMin: int32, yMax: int32 },
      "xMin",
      "xMax",
      "yMin",
      "yMax",
    ),
  ),
});

const catalog = object<CatalogState>(
  { fileId: int32, directory: text, name: text, previewDataSize: int32 },
  "fileId",
  "name",
);

/** Each throws `invalid-option`, naming what is wrong. */
export const check = {
  options: (value: unknown): void => options(value, ""),
  image: (value: unknown): void => image(value, "image"),
  region: (value: unknown): void => region(value, "region"),
  contours: (value: unknown): void => contours(value, "settings"),
  catalog: (value: unknown): void => catalog(value, "catalog"),
};
