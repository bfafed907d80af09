/**
 * The package's WebSocket beside the browser's own, in one browser, with one server: what a page
 * can observe is the same, case by case. Each case also states what that is, so that the two cannot
 * agree about nothing.
 */
import { expect, type TestType } from "@playwright/test";
import { cases, type Case } from "./page/cases.js";

/** The class as imported; as installed for the address; as installed for another address. */
export const CLASSES = ["native", "ResumableWebSocket", "installed", "unmatched"] as const;
export type ClassName = (typeof CLASSES)[number];
export type Mode = "plain" | "registered" | "reconnected";
export type BrowserName = "chromium" | "firefox";

/** Runs a case in a page that has one of the classes. */
export type Run = (name: string, mode: Mode) => Promise<unknown>;

export interface WorkerFixtures {
  /**
   * One page per class, for all cases: whatever a case leaves behind, the next one has to cope
   * with.
   */
  runs: Map<ClassName, Run>;
}

/** The page of a class. */
export const address = (origin: string, name: ClassName): string =>
  `${origin}/sockets/index.html?class=${name}`;

/** What a class must show in a case. */
function expected(one: Case, name: ClassName, mode: Mode, browser: BrowserName): unknown {
  const other = one.differs?.find(
    ({ browsers = [browser], modes = [mode], classes = [name] }) =>
      browsers.includes(browser) && modes.includes(mode) && classes.includes(name),
  );
  return (other ?? one).expected;
}

/** Declares a test for each case, in each mode. */
export function compareAll(test: TestType<object, WorkerFixtures>, browser: BrowserName): void {
  const compare = async (runs: Map<ClassName, Run>, one: Case, mode: Mode): Promise<void> => {
    for (const [name, run] of runs) {
      // Such a socket is the browser's own, and nothing watches it register: once is enough.
      if (name === "unmatched" && mode !== "plain") continue;
      const observed = await run(one.name, mode);
      expect.soft(observed, name).toEqual(expected(one, name, mode, browser));
    }
  };
  const inMode = (title: string, mode: Mode, isLeftOut: (one: Case) => boolean) =>
    test.describe(`${browser}, ${title}`, () => {
      for (const one of cases) {
        if (isLeftOut(one) || one.leftOutOf?.[browser] !== undefined) continue;
        test(one.name, ({ runs }) => compare(runs, one, mode));
      }
    });
  inMode("as the browser's own", "plain", (one) => one.registeredOnly !== undefined);
  inMode("after REGISTER_VIEWER", "registered", (one) => one.plainOnly !== undefined);
  inMode("after a drop", "reconnected", (one) => (one.plainOnly ?? one.firstOnly) !== undefined);
}
