/** Small helpers for building the page. Text is always inserted as text, never as HTML. */

type Props<K extends keyof HTMLElementTagNameMap> = {
  [P in keyof HTMLElementTagNameMap[K]]?: HTMLElementTagNameMap[K][P];
};

/** Makes an element with properties and children; strings become text. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props<K> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
}

/** Makes an SVG element with attributes. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number> = {},
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(element, attributes);
  return element;
}

export function setAttributes(element: Element, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/** The element of the page with this id. */
export function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} #${id}`);
  return element;
}

/** Sets a text only if it differs, so that nothing is announced twice. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Makes a parent's children match a list, and keeps the elements of what stays, so that they keep
 * the focus.
 */
export function syncList<T, E extends Element>(
  parent: Element,
  known: Map<T, E>,
  items: readonly T[],
  make: (item: T) => E,
  update: (element: E, item: T) => void,
): void {
  for (const [item, element] of known) {
    if (items.includes(item)) continue;
    element.remove();
    known.delete(item);
  }
  items.forEach((item, index) => {
    let element = known.get(item);
    if (element === undefined) known.set(item, (element = make(item)));
    if (parent.children[index] !== element)
      parent.insertBefore(element, parent.children[index] ?? null);
    update(element, item);
  });
}
