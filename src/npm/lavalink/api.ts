export { ResumeError } from "../errors.js";
export { LavalinkNode } from "./node.js";

export type { ResumeErrorCode } from "../generated/error-codes.js";
export type { BackoffOptions } from "../options.js";
export type { Phase } from "../status.js";
export type {
  LavalinkNodeEvents,
  LostSession,
  NodeMessage,
  NodeStatus,
  ReadySession,
} from "./events.js";
export type {
  Fetch,
  LavalinkNodeOptions,
  LavalinkPlayer,
  SessionSettings,
  SessionStore,
  WebSocketClass,
} from "./options.js";
