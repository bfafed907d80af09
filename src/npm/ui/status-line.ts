// The connection in one line above the viewer, only while there is something to say.
import type { ResumeOffer } from "../offer.js";
import type { RemakeProgress, RemakeReport, ResumeReport } from "../report.js";
import type { Phase, Status } from "../status.js";
import { calculationName, isRestoring } from "./contents.js";
import { atUpperEdge } from "./edge.js";
import { sayError, type SaidError } from "./error-sentence.js";
import { Line, type News } from "./line.js";
import { restLast, sayRemade, sayReport, sentences } from "./report-sentences.js";
import { withTexts, type GivenTexts, type Texts } from "./texts.js";
import { clock, inNumbers, outside } from "./words.js";

/** A drop that heals within this time is not mentioned. */
const GRACE_MS = 1_000;
/** How long good news stays. */
const GOOD_MS = 4_000;
/** A backend that is silent for longer may be more than busy. */
const BUSY_MS = 30_000;
/** How long what was archived can be brought back from here. */
const BRING_BACK_MS = 60_000;
/** How long it is said that there is saved work, unasked. */
const HINT_MS = 15_000;
/** Errors after which a viewer that does not know this package may connect by itself. */
const ENDING: readonly string[] = [
  "connection-refused",
  "registration-refused",
  "retry-budget-spent",
];
const DROPPED: readonly (Phase | undefined)[] = ["waiting", "connecting", "registering"];

export interface StatusLineOptions {
  texts?: GivenTexts;
  /** Called for "Try now"; without it there is no such button. */
  retry?: () => void;
  /** Called for "Stop" while a viewer is rebuilt or images are made again. */
  stop?: () => void;
  /**
   * The viewer does not know this package and restores nothing by itself: after a reload
   * it is said what does not come back.
   */
  unmodified?: boolean;
  /**
   * Shows the panel of saved work, and resolves when that is closed. It can then be
   * reached from the line, and while there is none by keyboard, or with the pointer at
   * the middle of the page's upper edge.
   */
  savedWork?: () => Promise<void>;
}

interface Progress {
  done: number;
  all: number;
}

interface Notice {
  text: string;
  small: string;
  at: Date;
  /** It is about a connection that has ended: what is true instead once there is another. */
  then?: string;
}

/** What the line shows, and in how many milliseconds to look again. */
type Timed = News & { again?: number };

/**
 * Tell it everything: it decides what is worth a line. The connection comes first,
 * then a rebuild, then good news that is newer than what has to be dismissed, then that.
 */
export class StatusLine {
  readonly #texts: Texts;
  readonly #isUnmodified: boolean;
  readonly #line: Line;
  #status: Status | null = null;
  #statusAt = 0;
  /** The session has worked in this page, so a drop is worth a word. */
  #worked = false;
  #droppedAt: number | null = null;
  #saidDrop = false;
  #rebuild: { done: number; all: number; regions: Progress | undefined } | null = null;
  /** A viewer that does not know this package has been rebuilt, and that is not reported yet. */
  #isUnreported = false;
  #remake: RemakeProgress | null = null;
  /** To be dismissed; the last one is shown. */
  #notices: Notice[] = [];
  /** What was archived: its text, what brings it back, and until when that is shown. */
  #archived: { text: string; bringBack: () => void; until: number | null } | null = null;
  readonly #dismissed = new Set<string>();
  /** Until when the way to saved work is shown, and what is said beside it. */
  #way: { text: string; until: number } | null = null;
  /** What the last report said, if that was good news. */
  #reported = "";
  /** The same, if it was not. */
  #bad: Notice | null = null;
  /** What has not been made again since. */
  #unmade: Notice | null = null;
  #good: { text: string; until: number } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #removing = new AbortController();

  constructor({ texts, retry, stop, unmodified = false, savedWork }: StatusLineOptions = {}) {
    this.#texts = withTexts(texts);
    this.#isUnmodified = unmodified;
    this.#line = new Line(this.#texts, {
      retry,
      stop,
      bringBack: () => this.#takeBack(),
      savedWork: savedWork && (() => this.#showSavedWork(savedWork)),
      dismiss: () => this.#dismissOne(),
    });
    const { signal } = this.#removing;
    document.addEventListener("visibilitychange", () => this.#render(), { signal });
    if (savedWork) atUpperEdge(() => this.#showWay(this.#texts.savedWork.title, GOOD_MS), signal);
  }

  #showSavedWork(savedWork: () => Promise<void>): void {
    this.#way = null;
    void savedWork().then(() => this.#render());
    // Beside it everything is inert.
    this.#render();
  }

  /** A viewer has begun with nothing, and there is saved work. */
  hint(): void {
    this.#showWay(this.#texts.savedWork.hint, HINT_MS);
  }

  #showWay(text: string, forMs: number): void {
    this.#way = { text, until: performance.now() + forMs };
    this.#render();
  }

  /** A client's new status. */
  show(status: Status): void {
    if (status === this.#status) return;
    const was = this.#status?.phase;
    const { phase } = status;
    this.#status = status;
    this.#statusAt = performance.now();
    this.#worked ||= ["active", "confirming", "resuming"].includes(phase);
    if (!DROPPED.includes(phase)) this.#droppedAt = null;
    else if (this.#worked) this.#droppedAt ??= this.#statusAt;
    const isBack = phase === "active" && this.#saidDrop && DROPPED.includes(was);
    // What has to be dismissed is worth more.
    if (isBack && this.#notices.length === 0) this.#praise(this.#texts.again);
    if (!DROPPED.includes(phase)) this.#saidDrop = false;
    if (phase === "failed" || phase === "closed") {
      this.#rebuild = null;
      this.#isUnreported = false;
    }
    if (phase !== "active") this.#remake = null;
    if (phase === "active" && was !== "active") this.#isConnected();
    if (phase === "failed" && this.#worked)
      this.#notice(this.#texts.failed(outside(status.error?.message ?? ""))).then = "";
    this.#render();
  }

  /** What was said of a connection before is not true of this one. */
  #isConnected(): void {
    const ended = this.#notices.filter(({ then }) => then !== undefined);
    this.#notices = this.#notices.filter(({ then }) => then === undefined);
    for (const { then } of ended) if (then) this.#notice(then);
  }

  /**
   * After a reload: `done` of `all` steps of rebuilding the viewer's panels. With
   * the last step, `problems` names what the viewer did not take, in sentences. `regions`:
   * at the moment it is about regions, and how many of them are there.
   */
  rebuilding(done: number, all: number, problems: string[] = [], regions?: Progress): void {
    const over = done >= all;
    if (!over && this.#rebuild === null) this.#reported = "";
    this.#rebuild = over ? null : { done, all, regions };
    this.#isUnreported = this.#isUnmodified;
    if (problems.length > 0) this.#notice(this.#texts.notBack(""), outside(problems.join(" ")));
    else if (over && this.#reported) this.#praise(this.#reported);
    this.#render();
  }

  /** Images are being made again. */
  remaking(progress: RemakeProgress): void {
    this.#remake = progress;
    this.#render();
  }

  /** They have been, or could not be. */
  remade(report: RemakeReport): void {
    const { made, look, notMade, why } = sayRemade(report, this.#texts);
    // What was not made again is not back, nor is what looks different.
    const isAll = notMade + look !== "" && this.#reported === this.#texts.back;
    const reported = isAll ? this.#texts.restBack : this.#reported;
    const before = this.#notices.find((notice) => notice === this.#bad);
    this.#remake = null;
    this.#reported = "";
    // What is not back has not been read yet.
    if (before) before.small = restLast(this.#texts, before.small, made, look, notMade, why);
    else if (notMade)
      this.#unmade = this.#notice(notMade, restLast(this.#texts, why, made, look, reported));
    else if (look) this.#unmade = this.#notice(made, restLast(this.#texts, look, reported));
    else this.#praise(restLast(this.#texts, reported, made));
    this.#render();
  }

  /**
   * What the backend restored. `offer`, the one that was answered, has the names of
   * the files. If the viewer is rebuilt afterwards, say `rebuilding(0, all)` first.
   */
  report(report: ResumeReport, offer: ResumeOffer | null = null): void {
    const { isGood, text, small } = sayReport(report, offer, this.#texts, this.#isUnmodified);
    // What was not read is not the state of now.
    for (const earlier of [this.#bad, this.#unmade])
      if (earlier) earlier.text = this.#texts.earlier(clock(earlier.at), earlier.text);
    this.#unmade = null;
    // The viewer is still being rebuilt: the report of that tells what is back.
    const isUnderWay = this.#rebuild !== null || this.#isUnreported;
    const isMeanwhile = isUnderWay && report.reason === "connection-lost";
    if (report.reason !== "connection-lost") this.#isUnreported = false;
    this.#reported = isGood && !isMeanwhile ? sentences(text, small) : "";
    this.#bad = isGood ? null : this.#notice(text, small);
    if (isGood) this.#praise(this.#reported);
    this.#render();
  }

  /**
   * What was offered is in the archive, or the rest of it if `isPart`; `bringBack` is
   * called for "Bring it back", for as long as that is shown.
   */
  archived(bringBack: () => void, isPart: boolean): void {
    const text = isPart ? this.#texts.restArchived : this.#texts.archived;
    this.#archived = { text, bringBack, until: null };
    this.#render();
  }

  /** What was archived need not be offered any more. */
  takenBack(): void {
    this.#archived = null;
    this.#render();
  }

  /** The user said no to this offer, in the middle of a restore. */
  gaveUp(offer: ResumeOffer): void {
    if (!isRestoring(offer)) return;
    this.#notice(this.#texts.gaveUp(inNumbers(offer.stillRestoring, this.#texts)));
    this.#render();
  }

  /** An error of the client's; those that are the user's business are shown. */
  error(error: SaidError): void {
    const text = sayError(error, this.#texts);
    if (text === undefined) return;
    const { code } = error;
    // This one may come with every write; the others tell of something new each time.
    if (code === "storage-failed" && this.#dismissed.has(text)) return;
    const notice = this.#notice(text);
    if (code === "moved") notice.then = this.#texts.isCopy;
    else if (ENDING.includes(code)) notice.then = "";
    this.#render();
  }

  /** Takes it off the page, for good. */
  remove(): void {
    this.#removing.abort();
    clearTimeout(this.#timer);
    this.#line.remove();
  }

  #praise(text: string): void {
    this.#good = { text, until: performance.now() + GOOD_MS };
  }

  /** News that stays until it is dismissed. */
  #notice(text: string, small = ""): Notice {
    this.#good = null;
    const isKnown = (known: Notice) => known.text === text && known.small === small;
    const notice = this.#notices.find(isKnown) ?? { text, small, at: new Date() };
    if (!this.#notices.includes(notice)) this.#notices.push(notice);
    return notice;
  }

  #dismissOne(): void {
    const notice = this.#notices.pop();
    if (notice) this.#dismissed.add(notice.text);
    else if (this.#archived) this.#archived = null;
    else this.#way = null;
    this.#render();
  }

  #takeBack(): void {
    const { bringBack } = this.#archived ?? {};
    this.takenBack();
    bringBack?.();
  }

  /** What to show, and when to look again. */
  #news(now: number): Timed {
    const texts = this.#texts;
    const { phase, retryInMs = null, silentSince = null } = this.#status ?? {};
    if (this.#droppedAt !== null) {
      const grace = this.#droppedAt + GRACE_MS - now;
      if (grace <= 0) return this.#drop(phase === "waiting" ? retryInMs : null, now);
      return { ...this.#lasting(now), again: grace };
    }
    const news: Timed =
      phase === "resuming" ? { kind: "busy", text: texts.resuming } : this.#lasting(now);
    return silentSince === null ? news : this.#silence(Date.now() - silentSince, news);
  }

  /** For a while, what else there is to say is worth more. */
  #silence(silentMs: number, news: Timed): Timed {
    const { busy, silent } = this.#texts;
    const left = BUSY_MS - silentMs;
    if (left > 0 && navigator.onLine) {
      const isNews = news.text !== undefined;
      const again = Math.min(news.again ?? Infinity, left);
      return { ...(isNews ? news : { kind: "busy", text: busy }), again };
    }
    const text = silent(Math.max(0, Math.floor(silentMs / 1_000)));
    // Said once: it does not count seconds.
    const spoken = silent(null);
    const again = 1_000 - (silentMs % 1_000);
    return { kind: "bad", text, spoken, retry: true, again };
  }

  #drop(retryInMs: number | null, now: number): Timed {
    const { drop, login, retryIn, retrying } = this.#texts;
    this.#saidDrop = true;
    const { code, message = "" } = this.#status?.error ?? {};
    if (code === "login-required")
      return { kind: "bad", text: login(outside(message)), retry: true };
    const left = retryInMs === null ? 0 : this.#statusAt + retryInMs - now;
    const said = left > 0 ? retryIn(Math.ceil(left / 1_000)) : retrying;
    // At the next full second before the try.
    const again = left > 0 ? left % 1_000 || 1_000 : Infinity;
    return { kind: "bad", text: `${drop} ${said}`, spoken: drop, retry: true, again };
  }

  #lasting(now: number): Timed {
    // While the question is open, nothing is restored.
    if (this.#rebuild && this.#status?.phase !== "confirming") {
      const { done, all, regions } = this.#rebuild;
      const { rebuilding, restoringRegions, resuming } = this.#texts;
      const text = regions ? restoringRegions(regions.done, regions.all) : rebuilding(done, all);
      const progress = regions ?? { done, all };
      return { kind: "busy", text, spoken: resuming, progress, stop: true };
    }
    if (this.#remake) {
      const { calculation, progress, done, all } = this.#remake;
      const what = calculationName(calculation, this.#texts);
      const text = this.#texts.remaking(what, Math.floor(progress * 100));
      const spoken = this.#texts.remaking(what, null);
      const bar = { done: done + progress, all };
      return { kind: "busy", text, spoken, progress: bar, stop: true };
    }
    if (this.#good && this.#good.until > now)
      return { kind: "good", text: this.#good.text, again: this.#good.until - now };
    this.#good = null;
    const notice = this.#notices.at(-1);
    const way = this.#wayBack(now);
    // The notice stays until it is dismissed; what can be brought back cannot wait for that.
    if (notice) {
      const small = sentences(notice.small, way.text ?? "");
      return { ...way, kind: "bad", text: notice.text, small, dismiss: true };
    }
    return way.text ? way : this.#wayToSaved(now);
  }

  #wayToSaved(now: number): Timed {
    if (this.#way && this.#way.until > now) {
      const { text, until } = this.#way;
      return { kind: "good", text, again: until - now, savedWork: true, dismiss: true };
    }
    this.#way = null;
    return {};
  }

  /** Only while it can be brought back; the time for that begins when it is first shown. */
  #wayBack(now: number): Timed {
    if (this.#archived === null || this.#status?.phase !== "active") return {};
    const until = (this.#archived.until ??= now + BRING_BACK_MS);
    if (until > now) {
      const { text } = this.#archived;
      return { kind: "good", text, again: until - now, bringBack: true, dismiss: true };
    }
    this.#archived = null;
    return {};
  }

  #render(): void {
    if (this.#removing.signal.aborted) return;
    clearTimeout(this.#timer);
    const { again = Infinity, ...news } = this.#news(performance.now());
    if (again < Infinity && !document.hidden)
      this.#timer = setTimeout(() => this.#render(), Math.ceil(again));
    this.#line.show(news);
  }
}
