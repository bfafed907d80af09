import type { ResumeErrorCode } from "./generated/error-codes.js";

/** The details that an error may have besides its code and message. */
type Details = Pick<ResumeError, "eventType" | "requestId" | "length" | "cause" | "frames">;

/** An error with a stable code and a message that says what to do. */
export class ResumeError extends Error {
  declare readonly name: "ResumeError";
  declare readonly code: ResumeErrorCode;
  /** The event type of the frame that the error is about. */
  declare readonly eventType?: number;
  /** The request id of the frame that the error is about. */
  declare readonly requestId?: number;
  /** Bytes of that frame's payload; all its bytes if it is too short for a header. */
  declare readonly length?: number;
  /** What your own function threw, for `confirm-failed`, `url-failed` and `handler-failed`. */
  declare readonly cause?: unknown;
  /** The frames that were refused or given up, in the order they were sent. */
  declare readonly frames?: readonly { readonly eventType: number; readonly requestId: number }[];

  static {
    Object.assign(this.prototype, { name: "ResumeError" });
  }

  // Only this package makes them; its WebAssembly too.
  private constructor(code: ResumeErrorCode, message: string, details?: Details) {
    super(message);
    Object.assign(this, details, { code });
  }

  /** @internal */
  static of(code: ResumeErrorCode, message: string, details?: Details): ResumeError {
    return new ResumeError(code, message, details);
  }
}
