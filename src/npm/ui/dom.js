// Elements, and the place where they stand apart from the page.

/** An element with properties, and attributes where there is no property. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Sets a text only if it is another one: screen readers and selections notice. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// What a viewer listens to at its document: shortcuts, and clicks beside a menu.
const BEGIN = ["keydown", "pointerdown", "mousedown", "touchstart"];
const OURS = [
  ...BEGIN,
  ...["keypress", "click", "dblclick", "contextmenu", "wheel", "focusin", "focusout"],
];
const ENDS = {
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
export function apart(name, css, texts) {
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
function keepInside(host) {
  const begun = new Set();
  const of = (type, { code, pointerId, button }) => `${type} ${code ?? pointerId ?? button}`;
  const on = (type, hear) => host.addEventListener(type, hear, { passive: true });
  for (const type of OURS) on(type, (event) => event.stopPropagation());
  for (const type of BEGIN) on(type, (event) => begun.add(of(type, event)));
  for (const [type, beginning] of Object.entries(ENDS)) {
    on(type, (event) => begun.delete(of(beginning, event)) && event.stopPropagation());
  }
}

/** Puts it into the page, unless it is there, and gives `box` the page's light or dark. */
export function place(host, box) {
  const page = document.documentElement;
  if (!host.isConnected) page.append(host);
  const { colorScheme } = getComputedStyle(page);
  box.style.colorScheme = colorScheme === "normal" ? "light dark" : colorScheme;
}
