import type { ResumeError } from "./errors.js";
import type { RemakeProgress, RemakeReport, ResumeReport } from "./report.js";
import type { Status } from "./status.js";

/** The answer to a request. */
export interface Answer {
  eventType: number;
  requestId: number;
  /** The protobuf message. It may say `success = false`, which is for you to handle. */
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
  /** Images are being made again, as the answer asked for. */
  remaking: RemakeProgress;
  /** Making images again has ended. */
  remade: RemakeReport;
  /** Something went wrong and the client goes on, or has gone to `failed`. */
  error: ResumeError;
}
