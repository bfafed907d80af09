import type { ResumeError } from "./errors.js";
import type { ResumeReport } from "./report.js";
import type { Status } from "./status.js";

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
