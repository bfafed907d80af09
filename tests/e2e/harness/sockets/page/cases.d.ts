/** What the spec needs to know of the cases; the page runs them. */
export interface Case {
  /** Unique. */
  name: string;
  /** What every class must show; or, by name of the class, where that is impossible. */
  expected: unknown;
  /** Why the case is not run after REGISTER_VIEWER. */
  plainOnly?: string;
  /** Why the case is run after REGISTER_VIEWER alone. */
  registeredOnly?: string;
  /** Where the package cannot be as the browser is, and why. */
  differs?: { why: string; expected: unknown; classes: string[] };
}

export const cases: Case[];
