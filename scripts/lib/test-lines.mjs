// How our reporters, in Playwright's and in node's own test runner, tell what
// they know: one line of JSON for each test.
const MARK = "@test ";

/** `{ total }`, or `{ title, outcome: "passed" | "failed", ms }`. */
export const testLine = (event) => `${MARK}${JSON.stringify(event)}`;

/** The event on a line, if there is one. */
export const readTestLine = (line) =>
  line.startsWith(MARK) ? JSON.parse(line.slice(MARK.length)) : undefined;
