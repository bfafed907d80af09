/**
 * carta-resume/socket: a WebSocket that survives lost connections, restarted
 * backends and, with a CARTA viewer, reloaded pages. For viewers that speak the
 * CARTA interface through `new WebSocket(url)` and are not to be rewritten.
 *
 * Until REGISTER_VIEWER is sent on it, and for everything else that it may be
 * used for, it is one of the browser's sockets and behaves as such.
 *
 * @module carta-resume/socket
 */
export { ResumeError } from "./errors.js";
export { install, uninstall } from "./socket/install.js";
export { ResumableWebSocket } from "./socket/resumable.js";

export type { Archive, ArchivedWorkspace } from "./archive.js";
export type { ResumeErrorCode } from "./generated/error-codes.js";
export type { OfferedCalculation, ResumeAnswer, ResumeOffer, ResumeReason } from "./offer.js";
export type { BackoffOptions, HeartbeatOptions, UserSource } from "./options.js";
export type { RemakeProgress, RemakeReport, ResumeReport } from "./report.js";
export type { InstallOptions } from "./socket/install.js";
export type { ResumableOptions } from "./socket/options.js";
export type { Resumption } from "./socket/resumption.js";
export type { Status } from "./status.js";
export type { IdPairs, KeptView, View, ViewAspect, ViewReport } from "./view.js";
export type { ViewerState } from "./workspace.js";
