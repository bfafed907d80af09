/**
 * carta-resume: an interrupted connection, a restarted backend or a reloaded
 * page costs the user of a CARTA viewer one click and no work.
 *
 * Field names are camelCase, ids are numbers, durations are milliseconds, times
 * of day are epoch milliseconds. Pixel coordinates are 0-based, at the pixel's
 * centre, with y upwards. A "frame" is one binary WebSocket message: an 8-byte
 * little-endian header (event type u16, ICD version u16, request id u32) and a
 * protobuf payload.
 *
 * @packageDocumentation
 */
export { ResumeClient } from "./client.js";
export { ResumeError } from "./errors.js";
export { decodeFrame, encodeFrame } from "./frames.js";
export { EventType } from "./generated/event-type.js";

export type { Archive, ArchivedWorkspace } from "./archive.js";
export type { Answer, ResumeClientEvents } from "./events.js";
export type { Frame, OwnBytes } from "./frames.js";
export type { ResumeErrorCode } from "./generated/error-codes.js";
export type {
  OfferedCalculation,
  OfferedCatalog,
  OfferedImage,
  ResumeAnswer,
  ResumeOffer,
  ResumeReason,
} from "./offer.js";
export type {
  BackoffOptions,
  HeartbeatOptions,
  ResumeClientOptions,
  UrlSource,
  UserSource,
} from "./options.js";
export type { RemakeProgress, RemakeReport, ResumeReport } from "./report.js";
export type { Phase, Status } from "./status.js";
export type {
  CatalogState,
  ContourSettings,
  ImageDescription,
  ImageState,
  Region,
  RegionState,
  StokesFile,
  ViewerState,
} from "./workspace.js";
