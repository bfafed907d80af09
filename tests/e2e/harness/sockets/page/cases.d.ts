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
  /** Why the case is not run on a second connection. */
  firstOnly?: string;
  /** Where the package cannot be as the browser is, and why; in all modes unless some are named. */
  differs?: { why: string; expected: unknown; classes: string[]; modes?: string[] };
}

export const cases: Case[];
