// The reporter for Playwright in `npm test`: a line for each test, and everything that is known
// about a failed one.
import { testLine } from "./test-lines.mjs";

export default class Reporter {
  onBegin(_config, suite) {
    console.log(testLine({ total: suite.allTests().length }));
  }

  onTestEnd(test, result) {
    if (result.status === "skipped") return;
    const [, , ...names] = test.titlePath();
    const title = names.join(" › ");
    const outcome = result.status === test.expectedStatus ? "passed" : "failed";
    if (outcome === "failed") fault(test, title, result);
    console.log(testLine({ title, outcome, ms: result.duration }));
  }

  /** An error outside any test. */
  onError(error) {
    console.error(text(error));
  }

  printsToStdio() {
    return true;
  }
}

const text = ({ stack, message, value, snippet }) =>
  [stack ?? message ?? value, snippet].filter(Boolean).join("\n");

function fault({ location }, title, { status, errors, attachments }) {
  console.error(`\n${status}: ${title}\n  ${location.file}:${location.line}`);
  for (const error of errors) console.error(text(error));
  for (const { name, path, body, contentType } of attachments) {
    if (path) console.error(`  ${name}: ${path}`);
    else if (contentType === "text/plain") console.error(`--- ${name}\n${body}`);
  }
}
