// The question before a resume. Its two buttons are equal: the focus is on neither,
// Escape does not answer, and neither does a click that was meant for what the
// question has just covered.
import { items, keyOf, lostRow, row, summary } from "./contents.js";
import { apart, h, place, say } from "./dom.js";
import { QUESTION } from "./style.js";
import { withTexts } from "./texts.js";
import { ago, moment, wordsOf } from "./words.js";

/**
 * Asks until there is an answer, in the manner of `confirmResume`. Rejects with the
 * signal's reason when the offer is withdrawn. With `parts`, each file can be left out;
 * what `without` names, as an answer does, is left out at first.
 *
 * The offer may change while it is open, and nobody is told: it is looked at once a
 * second while the page is visible, and again before an answer counts.
 */
export function askUser(offer, signal, { texts, parts = false, without } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const question = new Question(offer, withTexts(texts), { parts, without }, resolve);
    const withdraw = () => {
      question.end();
      reject(signal.reason);
    };
    signal?.addEventListener("abort", withdraw, { signal: question.ended });
  });
}

const HOST = "carta-resume-question";

/** Whether a question is open in this page. */
export const isAsking = () => document.querySelector(HOST) !== null;

class Question {
  #offer;
  #texts;
  #parts;
  #place;
  #shown = "";
  #items = [];
  #leftOut = new Set();
  #ending = new AbortController();
  #watching;

  #title = h("h2", { id: "title", tabIndex: -1, autofocus: true });
  #why = h("p", { id: "why" });
  #saved = h("p", { id: "saved", className: "quiet" });
  #list = h("ul", { role: "list" });
  #lost = h("ul", { role: "list", "aria-labelledby": "lost" });
  #lostPart;
  #contents;
  #backend = h("p", { className: "quiet" });
  #all = h("input", { type: "checkbox" });
  #yes = h("button", { type: "button", "aria-describedby": "yes" });
  #no = h("button", { type: "button", "aria-describedby": "no" });
  #yesMeans = h("p", { id: "yes", className: "quiet" });
  #noMeans = h("p", { id: "no", className: "quiet" });
  #body = h("div", { className: "body" });
  #dialog;

  constructor(offer, texts, { parts, without: { images = [], catalogs = [] } = {} }, answered) {
    this.#offer = offer;
    this.#texts = texts;
    this.#parts = parts;
    for (const fileId of images) this.#leftOut.add(keyOf("image", fileId));
    for (const fileId of catalogs) this.#leftOut.add(keyOf("catalog", fileId));
    this.#lostPart = h(
      "div",
      { className: "lost" },
      h("h3", { id: "lost" }, texts.lost),
      this.#lost,
    );
    this.#contents = h(
      "div",
      { className: "contents", role: "group", "aria-label": texts.list },
      this.#list,
      this.#lostPart,
    );
    this.#body.append(
      this.#title,
      this.#why,
      this.#saved,
      this.#contents,
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
        "aria-describedby": "why saved",
      },
      this.#body,
    );
    const { host, root } = apart(HOST, QUESTION, texts);
    this.#place = host;
    root.append(this.#dialog);
    this.#listen(answered);
    this.#look();
  }

  /** Aborted when the question is over. */
  get ended() {
    return this.#ending.signal;
  }

  /** Closes it; what had the focus before has it again. */
  end() {
    this.#ending.abort();
    clearInterval(this.#watching);
    this.#dialog.close();
    this.#place.remove();
  }

  #listen(answered) {
    const once = { signal: this.ended };
    const look = () => this.#look();
    const answer = (button, given) =>
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
    this.#list.addEventListener("change", (event) => this.#tick(event.target), once);
    // A browser that closes it all the same (a second Escape, a gesture): it comes back.
    this.#dialog.addEventListener("keydown", refuseEscape, once);
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault(), once);
    this.#dialog.addEventListener("close", look, once);
    document.addEventListener("visibilitychange", look, once);
    this.#watching = setInterval(() => document.hidden || this.#look(), 1_000);
  }

  /** Brings it up to date with the offer, the clock and the page. */
  #look() {
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

  #render() {
    const [offer, texts] = [this.#offer, this.#texts];
    const { reason, savedAt, backendMessage } = offer;
    say(this.#title, texts.title[reason]);
    say(this.#why, texts.why[reason](summary(offer, texts)));
    const when = moment(savedAt);
    say(this.#saved, when && texts.saved(ago(savedAt, texts), when));
    const words = wordsOf(backendMessage);
    say(this.#backend, words && texts.backend(words));
    for (const line of [this.#saved, this.#backend]) line.hidden = !line.textContent;
    say(this.#no, texts.no[reason]);
    say(this.#noMeans, texts.noMeans[reason]);

    const now = JSON.stringify([offer.images, offer.catalogs, offer.cannotRestore]);
    if (now !== this.#shown) {
      this.#shown = now;
      this.#rows();
    }
    this.#choice();
  }

  #rows() {
    const focused = this.#list.getRootNode().activeElement;
    const had = this.#list.contains(focused);
    this.#items = items(this.#offer, this.#texts);
    const rows = this.#items.map((item) => row(item, this.#parts && this.#box(item)));
    // Above four files, one click for all.
    if (this.#parts && rows.length > 4)
      rows.unshift(row({ name: this.#texts.everything, details: [] }, this.#all));
    this.#list.replaceChildren(...rows);
    this.#lost.replaceChildren(...this.#offer.cannotRestore.map(lostRow));
    this.#lostPart.hidden = this.#offer.cannotRestore.length === 0;
    this.#contents.hidden = rows.length === 0 && this.#lostPart.hidden;
    if (had) this.#refocus(focused);
  }

  #box({ key }) {
    return h("input", { type: "checkbox", value: key, checked: !this.#leftOut.has(key) });
  }

  #refocus(focused) {
    const boxes = [...this.#list.querySelectorAll("input")];
    (boxes.find(({ value }) => value === focused.value) ?? this.#title).focus();
  }

  #tick(box) {
    const set = (key, checked) => this.#leftOut[checked ? "delete" : "add"](key);
    if (box === this.#all) {
      for (const { key } of this.#items) set(key, box.checked);
      for (const each of this.#list.querySelectorAll("input")) each.checked = box.checked;
    } else set(box.value, box.checked);
    this.#choice();
  }

  #chosen() {
    return this.#items.filter(({ key }) => !this.#leftOut.has(key));
  }

  /** What a yes means with what is ticked. */
  #choice() {
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

  #answer() {
    const chosen = this.#chosen();
    if (chosen.length === this.#items.length) return true;
    const ids = (wanted) =>
      chosen.filter(({ kind }) => kind === wanted).map(({ fileId }) => fileId);
    return { images: ids("images"), catalogs: ids("catalogs") };
  }
}

function refuseEscape(event) {
  if (event.key === "Escape") event.preventDefault();
}
