/**
 * The module that wasm-bindgen generates from `src/lavalink/wasm`, as far as this package
 * uses it. What its methods do is documented there.
 */
import type { WasmSource } from "./carta_resume.js";
import type { ResumeErrorCode } from "./generated/error-codes.js";
import type { LostSession, NodeStatus } from "./lavalink/events.js";

export default function init(options?: { module_or_path: WasmSource }): Promise<unknown>;

/** Every option, checked. Times are milliseconds, but for the window. */
export interface Settings {
  address: string;
  userId: string;
  sessionId: string | null;
  resuming: boolean;
  timeoutSeconds: number;
  /** −1: as long as the window. */
  stillConnectedMs: number;
  isStored: boolean;
  connectMs: number;
  readyMs: number;
  heartbeat: { intervalMs: number; timeoutMs: number } | null;
  backoff: {
    initialMs: number;
    maxMs: number;
    factor: number;
    fullJitter: boolean;
    maxAttempts: number | null;
    resetAfterMs: number;
  };
}

/** An error that is to be made. */
export interface Problem {
  code: ResumeErrorCode;
  message: string;
  length: number | null;
}

/** A request about a session, over REST. */
export type Ask =
  | { kind: "look"; sessionId: string }
  | { kind: "hold"; sessionId: string; resuming: boolean; timeoutS: number };

export type Effect =
  | { type: "open"; generation: number; sessionId: string | null }
  | { type: "shut" | "ping" | "version"; generation: number }
  | { type: "ask"; number: number; ask: Ask }
  | { type: "message"; text: string }
  | { type: "ready"; sessionId: string; resumed: boolean }
  | ({ type: "lost" } & LostSession)
  | { type: "connectFailed" | "error"; problem: Problem }
  | { type: "probe" | "status" | "connected" | "revise" | "released" };

export class Node {
  /** `owner`: names this client in the store, and no other. */
  constructor(settings: Settings, owner: string);
  connect(): void;
  retryNow(): void;
  close(forget: boolean): void;
  opened(generation: number): void;
  lost(generation: number): void;
  refused(status: number): void;
  probed(answered: boolean): void;
  text(generation: number, text: string): void;
  pong(generation: number): void;
  /** 0: there was no answer. */
  told(number: number, status: number): void;
  updated(resuming: boolean, timeoutSeconds: number): void;
  /** Another text, `null`: it goes, `undefined`: it stays. */
  revise(stored: string | undefined): string | null | undefined;
  revised(fault: string | undefined): void;
  online(isOnline: boolean): void;
  visible(isVisible: boolean): void;
  timeout(): void;
  pollEffect(): Effect | undefined;
  dueInMs(): number | undefined;
  readonly status: Omit<NodeStatus, "error">;
  readonly problem: Problem | null;
  free(): void;
}
