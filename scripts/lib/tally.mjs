// Counts what test programs say of themselves in a machine-readable form.
import { readFileSync, rmSync } from "node:fs";

/** Counts of one stage. */
export class Tally {
  passed = 0;
  failed = 0;

  add(passed, failed) {
    this.passed += passed;
    this.failed += failed;
  }

  /** A program that ended badly without naming a failed test is one itself. */
  ended(code, failedBefore) {
    if (code !== 0 && this.failed === failedBefore) this.failed += 1;
  }

  /**
   * Reads lines of cargo test and of the wasm test runner. A test program that
   * was started and gave no result died, which counts as a failed test.
   */
  cargoLines() {
    let waiting = 0;
    const before = this.failed;
    return {
      onLine: (line) => {
        if (/^\s*(Running (unittests )?\S|Doc-tests )/.test(line) && !line.includes("headless"))
          waiting += 1;
        const result = /^test result: \w+\. (\d+) passed; (\d+) failed;/.exec(line);
        if (!result) return;
        waiting -= 1;
        this.add(Number(result[1]), Number(result[2]));
      },
      end: (code) => {
        if (waiting > 0) this.failed += waiting;
        this.ended(code, before);
      },
    };
  }

  /** Reads the end of node's TAP output. */
  tapLine(line) {
    const count = /^# (pass|fail|cancelled) (\d+)$/.exec(line);
    if (count)
      this.add(
        count[1] === "pass" ? Number(count[2]) : 0,
        count[1] === "pass" ? 0 : Number(count[2]),
      );
  }

  /** Reads Playwright's JSON report. */
  playwrightReport(file) {
    let stats;
    try {
      ({ stats } = JSON.parse(readFileSync(file, "utf8")));
    } catch {
      return;
    } finally {
      rmSync(file, { force: true });
    }
    // A test that passes only at the second try has failed.
    this.add(stats.expected, stats.unexpected + stats.flaky);
  }
}
