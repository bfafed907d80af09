// The reporter for node's own test runner in `npm test`: a line for each test, and the error of
// each failed one.
import { inspect } from "node:util";
import { testLine } from "./test-lines.mjs";

export default async function* report(source) {
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { name: title, details } = data;
    const outcome = type === "test:pass" ? "passed" : "failed";
    if (outcome === "failed")
      yield `\nfailed: ${title}\n${inspect(details.error?.cause ?? details.error)}\n`;
    yield `${testLine({ title, outcome, ms: details.duration_ms })}\n`;
  }
}
