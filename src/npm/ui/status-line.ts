// The connection in one line above the viewer, only while there is something to say.
import type { ResumeError } from "../errors.js";
import type { OfferedCalculation, ResumeOffer } from "../offer.js";
import type { RemakeProgress, RemakeReport, ResumeReport } from "../report.js";
import type { Phase, Status } from "../status.js";
import { calculationName } from "./contents.js";
import { apart, h, place, say } from "./dom.js";
import { atUpperEdge } from "./edge.js";
import { isAsking } from "./question.js";
import { showsSavedWork } from "./saved-work.js";
import { STATUS_LINE } from "./style.js";
import { withTexts, type GivenTexts, type Texts } from "./texts.js";
import { inNumbers, list, mentions, outside } from "./words.js";

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
}

/** What the line shows. */
interface News {
  kind?: "good" | "bad" | "busy";
  text?: string;
  small?: string;
  /** What a screen reader hears, if not the text. */
  spoken?: string;
  progress?: Progress;
  retry?: boolean;
  stop?: boolean;
  bringBack?: boolean;
  savedWork?: boolean;
  dismiss?: boolean;
  /** When to look again, in milliseconds. */
  again?: number;
}

/**
 * Tell it everything: it decides what is worth a line. The connection comes first,
 * then a rebuild, then what has to be dismissed, then good news.
 */
export class StatusLine {
  readonly #texts: Texts;
  readonly #canRetry: boolean;
  readonly #canStop: boolean;
  readonly #isUnmodified: boolean;
  readonly #canShowSavedWork: boolean;
  #status: Status | null = null;
  #statusAt = 0;
  /** The session has worked in this page, so a drop is worth a word. */
  #worked = false;
  #droppedAt: number | null = null;
  #saidDrop = false;
  #rebuild: { done: number; all: number; regions: Progress | undefined } | null = null;
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
  #good: { text: string; until: number } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #removing = new AbortController();
  #focusBefore: Element | null = null;

  readonly #host: HTMLElement;
  readonly #root: ShadowRoot;
  #text = h("span", { "aria-hidden": "true" });
  #progress = h("progress");
  #small = h("small", { "aria-hidden": "true" });
  #retry: HTMLButtonElement;
  #stop: HTMLButtonElement;
  #bringBack: HTMLButtonElement;
  #savedWork: HTMLButtonElement;
  #dismiss: HTMLButtonElement;
  #line: HTMLElement;
  /** What a screen reader hears: each piece of news once, and no countdown. */
  #spoken = h("div", { className: "spoken", role: "status" });

  constructor({ texts, retry, stop, unmodified = false, savedWork }: StatusLineOptions = {}) {
    const words = withTexts(texts);
    this.#texts = words;
    this.#canRetry = retry !== undefined;
    this.#canStop = stop !== undefined;
    this.#isUnmodified = unmodified;
    this.#retry = h("button", { type: "button" }, words.retry);
    this.#stop = h("button", { type: "button" }, words.stop);
    this.#bringBack = h("button", { type: "button" }, words.bringBack);
    this.#savedWork = h("button", { type: "button" }, words.others);
    this.#dismiss = h("button", { type: "button" }, words.dismiss);
    const said = h("div", { className: "words" }, this.#text, this.#progress, this.#small);
    const all = [this.#retry, this.#stop, this.#bringBack, this.#savedWork, this.#dismiss];
    const buttons = h("div", { className: "buttons" }, ...all);
    const row = h("div", { className: "row" }, said, buttons);
    // In the browser's top layer, above whatever the viewer puts over itself.
    this.#line = h(
      "div",
      { popover: "manual", hidden: true, dir: words.direction, "aria-live": "off" },
      row,
    );
    const { host, root } = apart("carta-resume-status", STATUS_LINE, words);
    this.#host = host;
    this.#root = root;
    root.append(this.#spoken, this.#line);
    // From the beginning: a screen reader hears changes of what it knows.
    document.documentElement.append(host);
    const options = { signal: this.#removing.signal };
    this.#retry.addEventListener("click", () => retry?.(), options);
    this.#stop.addEventListener("click", () => stop?.(), options);
    this.#bringBack.addEventListener("click", () => this.#takeBack(), options);
    this.#dismiss.addEventListener("click", () => this.#dismissOne(), options);
    this.#line.addEventListener("focusin", (event) => this.#remember(event), options);
    document.addEventListener("visibilitychange", () => this.#render(), options);
    this.#canShowSavedWork = savedWork !== undefined;
    if (savedWork) this.#lead(savedWork);
  }

  #lead(savedWork: () => Promise<void>): void {
    const { signal } = this.#removing;
    const show = () => {
      this.#way = null;
      void savedWork().then(() => this.#render());
      // Beside it everything is inert.
      this.#render();
    };
    this.#savedWork.addEventListener("click", show, { signal });
    const entry = h("button", { type: "button", className: "entry" }, this.#texts.savedWork.title);
    entry.addEventListener("click", show, { signal });
    this.#root.append(entry);
    atUpperEdge(() => this.#showWay(this.#texts.savedWork.title, GOOD_MS), signal);
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
    if (phase === "active" && this.#saidDrop && DROPPED.includes(was))
      this.#praise(this.#texts.again);
    if (!DROPPED.includes(phase)) this.#saidDrop = false;
    if (phase === "failed" || phase === "closed") this.#rebuild = null;
    if (phase !== "active") this.#remake = null;
    if (phase === "failed" && this.#worked)
      this.#notice(this.#texts.failed(outside(status.error?.message ?? "")));
    this.#render();
  }

  /**
   * After a reload: `done` of `all` steps of drawing the viewer's panels anew. With
   * the last step, `problems` names what the viewer did not take, in sentences. `regions`:
   * at the moment it is about regions, and how many of them are there.
   */
  rebuilding(done: number, all: number, problems: string[] = [], regions?: Progress): void {
    const over = done >= all;
    if (!over && this.#rebuild === null) this.#reported = "";
    this.#rebuild = over ? null : { done, all, regions };
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
  remade({ made, notMade }: RemakeReport): void {
    const texts = this.#texts;
    const named = (all: { calculation: OfferedCalculation }[]) =>
      list(
        all.map(({ calculation }) => calculationName(calculation, texts)),
        texts,
      );
    this.#remake = null;
    const again = made.length > 0 ? [texts.remade(named(made))] : [];
    const why = new Set(notMade.map(({ message }) => outside(message)).filter(Boolean));
    const not = notMade.length > 0 ? [texts.notRemade(named(notMade)), ...why] : [];
    const before = this.#notices.find((notice) => notice === this.#bad);
    // By then that is not true any more.
    const isAll = this.#reported === texts.back && not.length > 0;
    const reported = this.#reported ? [isAll ? texts.restBack : this.#reported] : [];
    this.#reported = "";
    // What is not back has not been read yet.
    if (before) before.small = [before.small, ...again, ...not].join(" ").trim();
    else if (not.length > 0) {
      const [text = "", ...whys] = not;
      this.#notice(text, [...whys, ...reported, ...again].join(" "));
    } else this.#praise([...reported, ...again].join(" "));
    this.#render();
  }

  /**
   * What the backend restored. `offer`, the one that was answered, has the names of
   * the files. If the viewer is rebuilt afterwards, say `rebuilding(0, all)` first.
   */
  report(report: ResumeReport, offer: ResumeOffer | null = null): void {
    const { notBack, back, restBack, regions } = this.#texts;
    const { success, failedRegions, message, reason } = report;
    const more = this.#alterations(report, offer);
    if (reason !== "connection-lost") more.push(...this.#reopened(report));
    else if (success) more.push(more.length + report.remaking.length > 0 ? restBack : back);
    const [first = "", ...others] = more;
    this.#reported = "";
    this.#bad = null;
    if (success && this.#isGood(report)) {
      this.#reported = more.join(" ");
      this.#praise(this.#reported);
    } else if (success) this.#bad = this.#notice(first, others.join(" "));
    else {
      const what = names(report.failedImages, offer?.images, ({ file }) => file, this.#texts);
      if (failedRegions.length > 0) what.push(regions(failedRegions.length));
      const words = outside(message);
      // What the message names is not named twice; of two with one name both are.
      const isAlone = (name: string) => what.indexOf(name) === what.lastIndexOf(name);
      const rest = what.filter((name) => !isAlone(name) || !mentions(words, name));
      this.#bad = this.#notice(
        notBack(list(rest, this.#texts)),
        [words, ...more].filter(Boolean).join(" "),
      );
    }
    this.#render();
  }

  #isGood(report: ResumeReport): boolean {
    return gone(report).length + report.changedImages.length === 0;
  }

  /** What is not as it was, in sentences. */
  #alterations(report: ResumeReport, offer: ResumeOffer | null): string[] {
    const texts = this.#texts;
    const sentences = [];
    const lost = names(gone(report), offer?.cannotRestore, ({ name }) => name, texts);
    if (lost.length > 0) sentences.push(texts.gone(list(lost, texts)));
    const files = report.changedImages.map(({ file }) => outside(file));
    if (files.length > 0) sentences.push(texts.changed(list(files, texts)));
    return sentences;
  }

  /** What is open again after a reload, in sentences. */
  #reopened({ images, regionCount, catalogs, view }: ResumeReport): string[] {
    const { reopened, viewIsNew, viewIsBack, viewIsNotBack, aspects } = this.#texts;
    const counts = { images: images.length, regions: regionCount, catalogs: catalogs.length };
    const said = [reopened(inNumbers(counts, this.#texts))];
    if (view) {
      const missing = view.notBack.map((aspect) => aspects[aspect]);
      said.push(missing.length > 0 ? viewIsNotBack(list(missing, this.#texts)) : viewIsBack);
    } else if (this.#isUnmodified) said.push(viewIsNew);
    return said;
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

  /** An error of the client's; those that are the user's business are shown. */
  error({ code, message }: Pick<ResumeError, "code" | "message">): void {
    const { errors } = this.#texts;
    const text = Object.hasOwn(errors, code) ? errors[code]?.(outside(message)) : undefined;
    if (text === undefined) return;
    // This one may come with every write; the others tell of something new each time.
    if (code === "storage-failed" && this.#dismissed.has(text)) return;
    this.#notice(text);
    this.#render();
  }

  /** Takes it off the page, for good. */
  remove(): void {
    this.#removing.abort();
    clearTimeout(this.#timer);
    this.#host.remove();
  }

  #praise(text: string): void {
    this.#good = { text, until: performance.now() + GOOD_MS };
  }

  /** News that stays until it is dismissed. */
  #notice(text: string, small = ""): Notice {
    this.#good = null;
    const isKnown = (known: Notice) => known.text === text && known.small === small;
    const notice = this.#notices.find(isKnown) ?? { text, small };
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
  #news(now: number): News {
    const texts = this.#texts;
    const { phase, retryInMs = null, silentSince = null } = this.#status ?? {};
    if (this.#droppedAt !== null) {
      const grace = this.#droppedAt + GRACE_MS - now;
      if (grace <= 0) return this.#drop(phase === "waiting" ? retryInMs : null, now);
      return { ...this.#lasting(now), again: grace };
    }
    const news: News =
      phase === "resuming" ? { kind: "busy", text: texts.resuming } : this.#lasting(now);
    return silentSince === null ? news : this.#silence(Date.now() - silentSince, news);
  }

  /** For a while, what else there is to say is worth more. */
  #silence(silentMs: number, news: News): News {
    const { busy, silent } = this.#texts;
    const left = BUSY_MS - silentMs;
    if (left > 0 && navigator.onLine) {
      const isNews = news.text !== undefined;
      const again = Math.min(news.again ?? Infinity, left);
      return { ...(isNews ? news : { kind: "busy", text: busy }), again };
    }
    const text = silent(Math.max(0, Math.floor(silentMs / 1_000)));
    // Said once: it does not count seconds.
    const spoken = silent(BUSY_MS / 1_000);
    const again = 1_000 - (silentMs % 1_000);
    return { kind: "bad", text, spoken, retry: this.#canRetry, again };
  }

  #drop(retryInMs: number | null, now: number): News {
    const { drop, login, retryIn, retrying } = this.#texts;
    this.#saidDrop = true;
    const { code, message = "" } = this.#status?.error ?? {};
    if (code === "login-required")
      return { kind: "bad", text: login(outside(message)), retry: this.#canRetry };
    const left = retryInMs === null ? 0 : this.#statusAt + retryInMs - now;
    const said = left > 0 ? retryIn(Math.ceil(left / 1_000)) : retrying;
    // At the next full second before the try.
    const again = left > 0 ? left % 1_000 || 1_000 : Infinity;
    return { kind: "bad", text: `${drop} ${said}`, spoken: drop, retry: this.#canRetry, again };
  }

  #lasting(now: number): News {
    if (this.#rebuild) {
      const { done, all, regions } = this.#rebuild;
      const { rebuilding, restoringRegions, resuming } = this.#texts;
      const text = regions ? restoringRegions(regions.done, regions.all) : rebuilding(done, all);
      const progress = regions ?? { done, all };
      return { kind: "busy", text, spoken: resuming, progress, stop: this.#canStop };
    }
    if (this.#remake) {
      const { calculation, progress, done, all } = this.#remake;
      const what = calculationName(calculation, this.#texts);
      const text = this.#texts.remaking(what, Math.floor(progress * 100));
      const spoken = this.#texts.remaking(what, null);
      const bar = { done: done + progress, all };
      return { kind: "busy", text, spoken, progress: bar, stop: this.#canStop };
    }
    const notice = this.#notices.at(-1);
    if (notice) return { kind: "bad", ...notice, dismiss: true };
    if (this.#good && this.#good.until > now)
      return { kind: "good", text: this.#good.text, again: this.#good.until - now };
    this.#good = null;
    const news = this.#wayBack(now);
    return news.text ? news : this.#wayToSaved(now);
  }

  #wayToSaved(now: number): News {
    if (this.#way && this.#way.until > now) {
      const { text, until } = this.#way;
      return { kind: "good", text, again: until - now, savedWork: true, dismiss: true };
    }
    this.#way = null;
    return {};
  }

  /** Only while it can be brought back; the time for that begins when it is first shown. */
  #wayBack(now: number): News {
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
    const {
      kind,
      text = "",
      small = "",
      spoken,
      progress,
      retry,
      stop,
      bringBack,
      dismiss,
      savedWork = retry || bringBack || dismiss,
      again = Infinity,
    } = this.#news(performance.now());
    if (again < Infinity && !document.hidden)
      this.#timer = setTimeout(() => this.#render(), Math.ceil(again));
    const focused = this.#line.contains(this.#root.activeElement);
    this.#line.className = `box line ${kind}`;
    say(this.#text, text);
    say(this.#small, small);
    this.#small.hidden = !small;
    this.#progress.hidden = !progress;
    if (progress) {
      this.#progress.value = progress.done;
      this.#progress.max = progress.all;
      this.#progress.ariaLabel = text;
    }
    // Beside a question everything is inert.
    const isInert = isAsking() || showsSavedWork();
    this.#retry.hidden = !retry || isInert;
    this.#stop.hidden = !stop || isInert;
    this.#bringBack.hidden = !bringBack || isInert;
    this.#savedWork.hidden = !savedWork || !this.#canShowSavedWork || isInert;
    this.#dismiss.hidden = !dismiss;
    this.#toggle(text !== "");
    say(this.#spoken, spoken ?? [text, small].filter(Boolean).join(" "));
    if (focused && !this.#line.contains(this.#root.activeElement))
      (this.#focusBefore as HTMLElement | null)?.focus?.();
  }

  /** Shown anew it comes above what has joined the top layer meanwhile. */
  #toggle(shown: boolean): void {
    if (!this.#host.isConnected) this.#line.hidden = true;
    if (shown) place(this.#host, this.#line);
    if (this.#line.hidden === !shown) return;
    this.#line.hidden = !shown;
    if (shown) this.#line.showPopover?.();
    else this.#line.hidePopover?.();
  }

  /** Where the focus goes back to when the button that has it is gone. */
  #remember({ relatedTarget }: FocusEvent): void {
    if (relatedTarget instanceof Element && !this.#line.contains(relatedTarget))
      this.#focusBefore = relatedTarget;
  }
}

/** Images that are gone and are not made again. */
function gone({ lostImages, remaking }: ResumeReport): number[] {
  const remade = remaking.flatMap(({ images }) => images.map(({ fileId }) => fileId));
  return lostImages.filter((fileId) => !remade.includes(fileId));
}

/** The names of images, as far as an offer has them. */
function names<Offered extends { fileId: number }>(
  fileIds: number[],
  offered: Offered[] | undefined,
  nameOf: (offered: Offered) => string,
  texts: Texts,
): string[] {
  return fileIds.map((fileId) => {
    const known = offered?.find((each) => each.fileId === fileId);
    return known ? outside(nameOf(known)) : texts.image(fileId);
  });
}
