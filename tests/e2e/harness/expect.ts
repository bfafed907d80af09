/** `expect` as Playwright has it, but that it looks more often at what it waits for. */
import { expect as playwrights } from "@playwright/test";

/** Milliseconds between two looks; the last one from then on. Playwright's is a second. */
const INTERVALS = [50, 100];

const poll: typeof playwrights.poll = (actual, options = {}) => {
  const given = typeof options === "string" ? { message: options } : options;
  return playwrights.poll(actual, { intervals: INTERVALS, ...given });
};

export const expect: typeof playwrights = new Proxy(playwrights, {
  get: (target, name, receiver) =>
    name === "poll" ? poll : (Reflect.get(target, name, receiver) as unknown),
});
