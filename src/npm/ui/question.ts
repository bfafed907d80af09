// The question before a resume. Its two buttons are equal: the focus is on neither,
// Escape does not answer, and neither does a click that was meant for what the
// question has just covered.
import type { ResumeAnswer, ResumeOffer } from "../offer.js";
import {
  isRestoring,
  items,
  keyOf,
  lost,
  lostRow,
  remakeRow,
  row,
  summary,
  type Item,
} from "./contents.js";
import { apart, h, place, say } from "./dom.js";
import { QUESTION } from "./style.js";
import { withTexts, type GivenTexts, type Texts } from "./texts.js";
import { ago, inNumbers, moment, wordsOf } from "./words.js";

export interface AskOptions {
  texts?: GivenTexts | undefined;
  /** Whether each file can be left out. It can if some may be what stops the backend. */
  parts?: boolean | undefined;
  /** What is left out at first, named as an answer names files. */
  without?: { images?: number[]; catalogs?: number[] } | undefined;
  /**
   * Shows other saved work, above the question. Something else may be restored then:
   * `no` answers the question first.
   */
  others?: ((no: () => void) => void) | undefined;
  /** How the files were shown can come back too, if the user wants it. */
  view?: boolean | undefined;
}

/**
 * Asks until there is an answer, in the manner of `confirmResume`. Rejects with the
 * signal's reason when the offer is withdrawn.
 *
 * The offer may change while it is open, without notice: it is read once a second while
 * the page is visible, and again before an answer counts.
 */
export function askUser(
  offer: ResumeOffer,
  signal?: AbortSignal,
  { texts, parts = false, without = {}, view = false, others }: AskOptions = {},
): Promise<ResumeAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const asked = { parts, without, view, others };
    const question = new Question(offer, withTexts(texts), asked, resolve);
    const withdraw = () => {
      question.end();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", withdraw, { signal: question.ended });
  });
}

type Asked = Pick<AskOptions, "others"> & {
  parts: boolean;
  view: boolean;
  without: NonNullable<AskOptions["without"]>;
};

const HOST = "carta-resume-question";

/** Whether a question is open in this page. */
export const isAsking = (): boolean => document.querySelector(HOST) !== null;

class Question {
  readonly #offer: ResumeOffer;
  readonly #texts: Texts;
  readonly #parts: boolean;
  readonly #canView: boolean;
  readonly #place: HTMLElement;
  #shown = "";
  #items: Item[] = [];
  readonly #leftOut = new Set<string>();
  /** What was left out for the user, because it may be what stops the backend. */
  readonly #doubted = new Set<string>();
  readonly #ending = new AbortController();
  #watching: ReturnType<typeof setInterval> | undefined;

  #title = h("h2", { id: "title", tabIndex: -1, autofocus: true });
  #why = h("p", { id: "why" });
  #goesOn = h("p", { id: "goes-on" });
  #suspects = h("p", { id: "suspects" });
  #saved = h("p", { id: "saved", className: "quiet" });
  #list = h("ul", { role: "list" });
  #lost = h("ul", { role: "list", "aria-labelledby": "lost" });
  #lostPart: HTMLElement;
  #remakes = h("ul", { role: "list", "aria-labelledby": "remake" });
  #remakePart: HTMLElement;
  /** What is to be made again. */
  readonly #remade = new Set<number>();
  #contents: HTMLElement;
  #backend = h("p", { className: "quiet" });
  #all = h("input", { type: "checkbox" });
  #view = h("input", { type: "checkbox", checked: true });
  #viewPart: HTMLElement;
  #yes = h("button", { type: "button", "aria-describedby": "yes" });
  #no = h("button", { type: "button", "aria-describedby": "no" });
  #yesMeans = h("p", { id: "yes", className: "quiet" });
  #noMeans = h("p", { id: "no", className: "quiet" });
  #body = h("div", { className: "body" });
  #dialog: HTMLDialogElement;

  constructor(
    offer: ResumeOffer,
    texts: Texts,
    { parts, without, view, others }: Asked,
    answered: (answer: ResumeAnswer) => void,
  ) {
    this.#offer = offer;
    this.#texts = texts;
    // Otherwise the user could only repeat what stopped the backend, or give up.
    this.#parts = parts || hasSuspects(offer);
    this.#canView = view;
    this.#viewPart = h("label", { className: "view" }, this.#view, h("span", {}, texts.withView));
    for (const fileId of without.images ?? []) this.#leftOut.add(keyOf("images", fileId));
    for (const fileId of without.catalogs ?? []) this.#leftOut.add(keyOf("catalogs", fileId));
    this.#lostPart = h(
      "div",
      { className: "lost" },
      h("h3", { id: "lost" }, texts.lost),
      this.#lost,
    );
    this.#remakePart = h(
      "div",
      { className: "lost" },
      h("h3", { id: "remake" }, texts.canRemake),
      this.#remakes,
    );
    this.#contents = h(
      "div",
      { className: "contents", role: "group", "aria-label": texts.list },
      this.#list,
      this.#remakePart,
      this.#lostPart,
    );
    this.#body.append(
      this.#title,
      this.#why,
      this.#goesOn,
      this.#suspects,
      this.#saved,
      this.#contents,
      this.#viewPart,
      this.#backend,
      h("div", { className: "answers" }, this.#yes, this.#yesMeans, this.#no, this.#noMeans),
    );
    this.#dialog = h(
      "dialog",
      {
        className: "box",
        dir: texts.direction,
        closedby: "none",
        "aria-labelledby": "title",
        "aria-describedby": "why goes-on suspects saved",
      },
      this.#body,
    );
    const { host, root } = apart(HOST, QUESTION, texts);
    this.#place = host;
    root.append(this.#dialog);
    this.#listen(answered);
    if (others) this.#lead(others, answered);
    this.#look();
  }

  /** Aborted when the question is over. */
  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  /** Closes it; what had the focus before has it again. */
  end(): void {
    this.#ending.abort();
    clearInterval(this.#watching);
    this.#dialog.close();
    this.#place.remove();
  }

  #listen(answered: (answer: ResumeAnswer) => void): void {
    const once = { signal: this.ended };
    const look = () => this.#look();
    const answer = (button: HTMLButtonElement, given: () => ResumeAnswer) =>
      button.addEventListener(
        "click",
        () => {
          this.#look();
          if (button.disabled) return;
          this.end();
          answered(given());
        },
        once,
      );
    answer(this.#yes, () => this.#answer());
    answer(this.#no, () => false);
    this.#list.addEventListener(
      "change",
      ({ target }) => this.#tick(target as HTMLInputElement),
      once,
    );
    this.#remakes.addEventListener(
      "change",
      ({ target }) => {
        const { value, checked } = target as HTMLInputElement;
        this.#remade[checked ? "add" : "delete"](Number(value));
      },
      once,
    );
    // A browser may close it anyway (a second Escape, a gesture): it comes back.
    this.#dialog.addEventListener("keydown", refuseEscape, once);
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault(), once);
    this.#dialog.addEventListener("close", look, once);
    document.addEventListener("visibilitychange", look, once);
    this.#watching = setInterval(() => {
      if (!document.hidden) this.#look();
    }, 1_000);
  }

  /** To other work than the offered. */
  #lead(others: NonNullable<AskOptions["others"]>, answered: (answer: ResumeAnswer) => void): void {
    const button = h("button", { type: "button", className: "others" }, this.#texts.others);
    const no = () => {
      if (this.ended.aborted) return;
      this.end();
      answered(false);
    };
    button.addEventListener("click", () => others(no), { signal: this.ended });
    this.#body.append(button);
  }

  /** Brings it up to date with the offer, the clock and the page. */
  #look(): void {
    place(this.#place, this.#dialog);
    this.#render();
    if (!this.#dialog.matches(":modal")) {
      this.#dialog.open = false;
      this.#dialog.showModal();
    }
    // By keyboard too; checkboxes bring what they stand in into view.
    const scrolls = this.#contents.scrollHeight > this.#contents.clientHeight;
    if (scrolls && !this.#parts) this.#contents.tabIndex = 0;
    else this.#contents.removeAttribute("tabindex");
  }

  #render(): void {
    const [offer, texts] = [this.#offer, this.#texts];
    const { reason, savedAt, backendMessage } = offer;
    say(this.#title, texts.title[reason]);
    say(this.#why, texts.why[reason](summary(offer, texts)));
    const when = moment(savedAt);
    say(this.#saved, when && texts.saved(ago(savedAt, texts), when));
    const words = wordsOf(backendMessage);
    say(this.#backend, words && texts.backend(words));
    say(this.#suspects, hasSuspects(offer) ? texts.suspects : "");
    say(this.#goesOn, isRestoring(offer) ? this.#ahead() : "");
    for (const line of [this.#goesOn, this.#suspects, this.#saved, this.#backend])
      line.hidden = !line.textContent;
    say(this.#no, texts.no[reason]);
    say(this.#noMeans, texts.noMeans[reason]);

    this.#viewPart.hidden = !this.#asksForView();
    const { images, catalogs, suspected, canRemake, cannotRestore } = offer;
    const now = JSON.stringify([images, catalogs, suspected, canRemake, cannotRestore]);
    if (now !== this.#shown) {
      this.#shown = now;
      this.#rows();
    }
    this.#choice();
  }

  #ahead(): string {
    const { stillRestoring } = this.#offer;
    return this.#texts.stillRestoring(inNumbers(stillRestoring, this.#texts));
  }

  #rows(): void {
    const focused = (this.#list.getRootNode() as ShadowRoot).activeElement;
    const had = this.#list.contains(focused);
    this.#items = items(this.#offer, this.#texts);
    if (this.#parts) this.#leaveOutSuspects();
    const rows = this.#items.map((item) => row(item, this.#parts ? this.#box(item) : undefined));
    // Above four files, one click for all.
    if (this.#parts && rows.length > 4)
      rows.unshift(row({ name: this.#texts.everything, details: [] }, this.#all));
    this.#list.replaceChildren(...rows);
    const gone = lost(this.#offer);
    this.#lost.replaceChildren(...gone.map(lostRow));
    this.#lostPart.hidden = gone.length === 0;
    this.#remakeRows();
    this.#contents.hidden = rows.length === 0 && this.#lostPart.hidden && this.#remakePart.hidden;
    if (had) this.#refocus(this.#list, focused as HTMLInputElement);
  }

  #remakeRows(): void {
    const [offered, texts] = [this.#offer.canRemake, this.#texts];
    const focused = (this.#list.getRootNode() as ShadowRoot).activeElement as HTMLInputElement;
    const had = this.#remakes.contains(focused);
    for (const id of this.#remade)
      if (!offered.some((each) => each.id === id)) this.#remade.delete(id);
    const rows = offered.map((each) => {
      const checked = this.#remade.has(each.id);
      return remakeRow(each, texts, h("input", { type: "checkbox", value: `${each.id}`, checked }));
    });
    this.#remakes.replaceChildren(...rows);
    this.#remakePart.hidden = rows.length === 0;
    if (had) this.#refocus(this.#remakes, focused);
  }

  /** Once for each, and not if nothing else is left: the user decides. */
  #leaveOutSuspects(): void {
    if (this.#items.every(({ suspected }) => suspected)) return;
    for (const { key, suspected } of this.#items) {
      if (!suspected || this.#doubted.has(key)) continue;
      this.#doubted.add(key);
      this.#leftOut.add(key);
    }
  }

  #box({ key }: Item): HTMLInputElement {
    return h("input", { type: "checkbox", value: key, checked: !this.#leftOut.has(key) });
  }

  #refocus(list: HTMLElement, focused: HTMLInputElement): void {
    const boxes = [...list.querySelectorAll("input")];
    (boxes.find(({ value }) => value === focused.value) ?? this.#title).focus();
  }

  #tick(box: HTMLInputElement): void {
    const set = (key: string, checked: boolean) => this.#leftOut[checked ? "delete" : "add"](key);
    if (box === this.#all) {
      for (const { key } of this.#items) set(key, box.checked);
      for (const each of this.#list.querySelectorAll("input")) each.checked = box.checked;
    } else set(box.value, box.checked);
    this.#choice();
  }

  #chosen(): Item[] {
    return this.#items.filter(({ key }) => !this.#leftOut.has(key));
  }

  /** What a yes means with what is ticked. */
  #choice(): void {
    const { reason } = this.#offer;
    const { yes, yesMeans, yesToPart, yesToPartMeans, yesToNothingMeans } = this.#texts;
    const [count, all] = [this.#chosen().length, this.#items.length];
    const whole = count === all;
    say(this.#yes, whole ? yes[reason] : yesToPart(count, all));
    say(this.#yesMeans, whole ? yesMeans[reason] : count > 0 ? yesToPartMeans : yesToNothingMeans);
    this.#yes.disabled = !whole && count === 0;
    this.#all.checked = whole;
    this.#all.indeterminate = !whole && count > 0;
  }

  /** A viewer that lost its connection shows everything as it did. */
  #asksForView(): boolean {
    return this.#canView && this.#offer.hasView && this.#offer.reason !== "connection-lost";
  }

  #answer(): ResumeAnswer {
    const chosen = this.#chosen();
    const remake = [...this.#remade];
    const without = this.#asksForView() && !this.#view.checked;
    if (chosen.length === this.#items.length && !without) return remake.length === 0 || { remake };
    const ids = (wanted: Item["kind"]) =>
      chosen.filter(({ kind }) => kind === wanted).map(({ fileId }) => fileId);
    return {
      images: ids("images"),
      catalogs: ids("catalogs"),
      ...(remake.length > 0 && { remake }),
      ...(without && { view: false }),
    };
  }
}

const hasSuspects = ({ suspected: { images, catalogs } }: ResumeOffer): boolean =>
  images.length + catalogs.length > 0;

function refuseEscape(event: KeyboardEvent): void {
  if (event.key === "Escape") event.preventDefault();
}
