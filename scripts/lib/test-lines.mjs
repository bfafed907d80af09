// How our reporters, for Playwright and for node's own test runner, report: one line of JSON for
// each test.
const MARK = "@test ";

/** `{ total }`, or `{ title, outcome: "passed" | "failed", ms }`. */
export const testLine = (event) => `${MARK}${JSON.stringify(event)}`;

/** The event on a line, if there is one. */
export const readTestLine = (line) =>
  line.startsWith(MARK) ? JSON.parse(line.slice(MARK.length)) : undefined;
