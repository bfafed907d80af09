import type { ResumeError } from "./errors.js";
import type { RemakeProgress, RemakeReport, ResumeReport } from "./report.js";
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
  /** Images are being made again, as the answer wanted it. */
  remaking: RemakeProgress;
  /** They have been, or could not be. */
  remade: RemakeReport;
  /** Something went wrong and the client goes on, or has gone to `failed`. */
  error: ResumeError;
}
