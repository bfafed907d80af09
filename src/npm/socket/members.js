// What the browser's interfaces are like to those who look closely: accessors and
// methods that can be enumerated, and event handler attributes.

/** Makes a class look as one of the browser's. */
export function asInterface(Class, name, constants) {
  const { prototype } = Class;
  for (const member of Object.getOwnPropertyNames(prototype)) {
    if (member !== "constructor" && member !== "resume") {
      Object.defineProperty(prototype, member, { enumerable: true });
    }
  }
  // Minifying gives it another one.
  Object.defineProperty(Class, "name", { value: name });
  for (const [constant, value] of Object.entries(constants)) {
    Object.defineProperty(Class, constant, { value, enumerable: true });
    Object.defineProperty(prototype, constant, { value, enumerable: true });
  }
}

/**
 * Adds `onopen` and its kin: a handler takes its place among the listeners when it
 * is first set, and keeps it when another function is put in. `check(this)` throws
 * if that is none of the class.
 */
export function addHandlers(Class, types, check) {
  for (const type of types) {
    const name = `on${type}`;
    const entries = new WeakMap();
    const attribute = {
      get [name]() {
        check(this);
        return entries.get(this)?.handler ?? null;
      },
      set [name](value) {
        check(this);
        const handler = Object(value) === value ? value : null;
        const entry = entries.get(this);
        if (entry && handler) {
          entry.handler = handler;
        } else if (entry) {
          this.removeEventListener(type, entry);
          entries.delete(this);
        } else if (handler) {
          const made = { handler, handleEvent };
          entries.set(this, made);
          this.addEventListener(type, made);
        }
      },
    };
    const descriptor = Object.getOwnPropertyDescriptor(attribute, name);
    Object.defineProperty(Class.prototype, name, descriptor);
  }
}

function handleEvent(event) {
  const { handler } = this;
  if (typeof handler !== "function") return;
  if (handler.call(event.currentTarget, event) === false) event.preventDefault();
}
