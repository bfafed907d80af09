// What a page gives to `install()` and to a `ResumableWebSocket`.
import { any, callback, flag, object } from "../check.js";
import type { ResumeError } from "../errors.js";
import type { ResumeAnswer, ResumeOffer } from "../offer.js";
import type { ResumeClientOptions, UserSource } from "../options.js";
import type { RemakeProgress, RemakeReport, ResumeReport } from "../report.js";
import type { Status } from "../status.js";
import type { View } from "../view.js";
import type { Resumption } from "./resumption.js";

/** Options of a `ResumableWebSocket`; as for a `ResumeClient`, and a few more. */
export interface ResumableOptions extends Pick<
  ResumeClientOptions,
  "backoff" | "heartbeat" | "timeouts" | "queue" | "storage" | "archive" | "openFileAnswers"
> {
  /**
   * The address for another connection, for example with a fresh token. `first` is the
   * one that the viewer has used; `attempt` counts from 1. It may throw an error whose
   * `code` is "login-required": the user has to log in again. Default: `first`; in a
   * CARTA page with the viewer's current token, or with a fresh one from the page's
   * login.
   */
  url?: (first: string, attempt: number) => string | URL | Promise<string | URL>;
  /**
   * As for a `ResumeClient`. Default, in a CARTA page: the user that the access token or
   * the page's login names.
   */
  user?: UserSource;
  /**
   * Asks the user. After a lost connection the answer is `true` or `false`: with
   * `false` the viewer gets a `close` event with code 4900. After a reload of the
   * page it may also be a part. Without this option a dialog of this package asks.
   */
  confirmResume?: (offer: ResumeOffer, signal: AbortSignal) => ResumeAnswer | Promise<ResumeAnswer>;
  /**
   * Rebuild a CARTA viewer after a reload of its page, from what was stored;
   * default true. Other viewers are left alone in any case.
   */
  rebuild?: boolean;
  /**
   * Knows how the viewer shows its work, so that this comes back too after a reload:
   * `cartaView()` of `carta-resume/carta-view`. Needs `rebuild`.
   */
  view?: View;
  /** The status has changed; `resumption` is the socket's `resume`. */
  onStatus?: (status: Status, resumption: Resumption) => void;
  /** A resume has been answered, in full or in part. */
  onResumed?: (report: ResumeReport) => void;
  /** Images are being made again, as the answer asked for. */
  onRemaking?: (progress: RemakeProgress) => void;
  /** Making images again has ended. */
  onRemade?: (report: RemakeReport) => void;
  /**
   * A viewer is being rebuilt: how many steps are done, and how many there are. While it
   * gets its regions, `regions` says the same of those.
   */
  onRebuilding?: (done: number, all: number, regions?: { done: number; all: number }) => void;
  /** Something went wrong. Without this handler, errors go to `console.warn`. */
  onError?: (error: ResumeError) => void;
}

const options = object<ResumableOptions>({
  url: callback,
  confirmResume: callback,
  onStatus: callback,
  onResumed: callback,
  onRemaking: callback,
  onRemade: callback,
  onRebuilding: callback,
  onError: callback,
  rebuild: flag,
  view: any,
  // These are checked by the client, when it is made.
  backoff: any,
  heartbeat: any,
  timeouts: any,
  queue: any,
  archive: any,
  openFileAnswers: any,
  storage: any,
  user: any,
});

/** Throws for what is no option, naming it. */
export const check = (value: ResumableOptions): void => options(value, "");
