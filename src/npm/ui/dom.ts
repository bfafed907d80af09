// Elements, and the place where they stand apart from the page.
import type { Texts } from "./texts.js";

/** An element with properties, and attributes where there is no property. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Record<string, string | number | boolean> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element) Reflect.set(element, key, value);
    else element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
}

/** Sets a text only if it is another one: screen readers and selections notice. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

// What a viewer listens to at its document: shortcuts, and clicks beside a menu.
const BEGIN = ["keydown", "pointerdown", "mousedown", "touchstart"];
const OURS = [
  ...BEGIN,
  ...["keypress", "click", "dblclick", "contextmenu", "wheel", "focusin", "focusout"],
];
const ENDS: Record<string, string> = {
  keyup: "keydown",
  pointerup: "pointerdown",
  mouseup: "mousedown",
  touchend: "touchstart",
};

/**
 * A host element with a closed shadow root. It is put beside the body, not into it:
 * there is a place from the page's first script on, and what a viewer does to
 * everything in its body (replace it, hide it from screen readers) leaves it alone.
 */
export function apart(
  name: string,
  css: string,
  texts: Pick<Texts, "language">,
): { host: HTMLElement; root: ShadowRoot } {
  const host = document.createElement(name);
  host.lang = texts.language;
  const root = host.attachShadow({ mode: "closed" });
  // Not a style element: a page's security policy may forbid those.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  keepInside(host);
  return { host, root };
}

/** Of what begins elsewhere, a drag or a key that is held, the viewer must hear the end. */
function keepInside(host: HTMLElement): void {
  const begun = new Set<string>();
  const of = (type: string, event: Event) => {
    const { code, pointerId, button } = event as Event &
      Partial<Pick<KeyboardEvent, "code"> & Pick<PointerEvent, "pointerId" | "button">>;
    return `${type} ${code ?? pointerId ?? button}`;
  };
  const on = (type: string, hear: (event: Event) => void) =>
    host.addEventListener(type, hear, { passive: true });
  for (const type of OURS) on(type, (event) => event.stopPropagation());
  for (const type of BEGIN) on(type, (event) => begun.add(of(type, event)));
  for (const [type, beginning] of Object.entries(ENDS)) {
    on(type, (event) => {
      if (begun.delete(of(beginning, event))) event.stopPropagation();
    });
  }
}

/** Puts it into the page, unless it is there, and gives `box` the page's light or dark. */
export function place(host: HTMLElement, box: HTMLElement): void {
  const page = document.documentElement;
  if (!host.isConnected) page.append(host);
  const { colorScheme } = getComputedStyle(page);
  box.style.colorScheme = colorScheme === "normal" ? "light dark" : colorScheme;
}
