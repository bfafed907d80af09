// The line above the viewer as it is drawn; what it says is decided elsewhere.
import { apart, h, place, say } from "./dom.js";
import { isAsking } from "./question.js";
import { showsSavedWork } from "./saved-work.js";
import { STATUS_LINE } from "./style.js";
import type { Texts } from "./texts.js";

/** What the line shows. */
export interface News {
  kind?: "good" | "bad" | "busy";
  text?: string;
  small?: string;
  /** What a screen reader hears, if not the text. */
  spoken?: string;
  progress?: { done: number; all: number };
  retry?: boolean;
  stop?: boolean;
  bringBack?: boolean;
  savedWork?: boolean;
  dismiss?: boolean;
}

type Button = "retry" | "stop" | "bringBack" | "savedWork" | "dismiss";

/** What the buttons do; one that does nothing is never shown. */
export type Handlers = { readonly [name in Button]?: (() => void) | undefined };

export class Line {
  readonly #handlers: Handlers;
  readonly #host: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #line: HTMLElement;
  readonly #text = h("span", { "aria-hidden": "true" });
  readonly #progress = h("progress");
  readonly #small = h("small", { "aria-hidden": "true" });
  readonly #buttons: Record<Button, HTMLButtonElement>;
  /** What a screen reader hears: each piece of news once, and no countdown. */
  readonly #spoken = h("div", { className: "spoken", role: "status" });
  #focusBefore: Element | null = null;

  constructor(texts: Texts, handlers: Handlers) {
    this.#handlers = handlers;
    const button = (name: Button, text: string) => {
      const element = h("button", { type: "button" }, text);
      element.addEventListener("click", () => handlers[name]?.());
      return element;
    };
    this.#buttons = {
      retry: button("retry", texts.retry),
      stop: button("stop", texts.stop),
      bringBack: button("bringBack", texts.bringBack),
      savedWork: button("savedWork", texts.others),
      dismiss: button("dismiss", texts.dismiss),
    };
    const said = h("div", { className: "words" }, this.#text, this.#progress, this.#small);
    const buttons = h("div", { className: "buttons" }, ...Object.values(this.#buttons));
    const row = h("div", { className: "row" }, said, buttons);
    // In the browser's top layer, above whatever the viewer puts over itself.
    this.#line = h(
      "div",
      { popover: "manual", hidden: true, dir: texts.direction, "aria-live": "off" },
      row,
    );
    this.#line.addEventListener("focusin", (event) => this.#remember(event));
    const { host, root } = apart("carta-resume-status", STATUS_LINE, texts);
    this.#host = host;
    this.#root = root;
    root.append(this.#spoken, this.#line);
    if (handlers.savedWork) {
      // The way to saved work by keyboard, while there is no line.
      const entry = h("button", { type: "button", className: "entry" }, texts.savedWork.title);
      entry.addEventListener("click", handlers.savedWork);
      root.append(entry);
    }
    // From the beginning: a screen reader hears changes of what it knows.
    document.documentElement.append(host);
  }

  show(news: News): void {
    const { kind, text = "", small = "", spoken, progress } = news;
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
    this.#showButtons(news);
    this.#toggle(text !== "");
    say(this.#spoken, spoken ?? [text, small].filter(Boolean).join(" "));
    if (focused && !this.#line.contains(this.#root.activeElement))
      (this.#focusBefore as HTMLElement | null)?.focus?.();
  }

  #showButtons(news: News): void {
    const { retry, bringBack, dismiss, savedWork = retry || bringBack || dismiss } = news;
    // Beside a question everything is inert.
    const isInert = isAsking() || showsSavedWork();
    const shown = { ...news, savedWork };
    for (const name of Object.keys(this.#buttons) as Button[]) {
      const isUsable = this.#handlers[name] !== undefined && (name === "dismiss" || !isInert);
      this.#buttons[name].hidden = !shown[name] || !isUsable;
    }
  }

  /** Placed again, it lies above what has joined the top layer since. */
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

  /** Takes it off the page, for good. */
  remove(): void {
    this.#host.remove();
  }
}
