// `onopen` and its kin: each handler takes its place among the listeners when it
// is first set, and keeps it when another function is put in.

/** Adds an event handler attribute for each type to a class. */
export function addHandlers(Class, types) {
  for (const type of types) {
    const set = new WeakMap();
    Object.defineProperty(Class.prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      get() {
        return set.get(this)?.handler ?? null;
      },
      set(value) {
        const handler = Object(value) === value ? value : null;
        const entry = set.get(this);
        if (!handler) {
          if (entry) this.removeEventListener(type, entry);
          set.delete(this);
        } else if (entry) {
          entry.handler = handler;
        } else {
          const made = {
            handler,
            handleEvent(event) {
              if (typeof made.handler !== "function") return;
              if (made.handler.call(event.currentTarget, event) === false) event.preventDefault();
            },
          };
          set.set(this, made);
          this.addEventListener(type, made);
        }
      },
    });
  }
}
