/** What the spec needs to know about the cases; the page runs them. */
export interface Case {
  /** Unique. */
  name: string;
  /** What every class must show; or, by the name of the class, where that is impossible. */
  expected: unknown;
  /** Why the case is not run after REGISTER_VIEWER. */
  plainOnly?: string;
  /** Why the case is run only after REGISTER_VIEWER. */
  registeredOnly?: string;
  /** Why the case is not run on a second connection. */
  firstOnly?: string;
  /** Why the case is not run in a browser. */
  leftOutOf?: Partial<Record<"chromium" | "firefox", string>>;
  /** Where something else is expected; the first that applies. */
  differs?: Difference[];
}

/** In all browsers, modes and classes unless some are named. */
interface Difference {
  why: string;
  expected: unknown;
  browsers?: string[];
  modes?: string[];
  classes?: string[];
}

export const cases: Case[];
