// Counts what test programs report while they run.
import { availableParallelism } from "node:os";
import { readTestLine } from "./test-lines.mjs";

/** The counts of one stage. */
export class Tally {
  passed = 0;
  failed = 0;
  /** How many tests have ended, and how many there are, as far as is known. */
  done = 0;
  total = 0;
  /** `{ title, ms }` of each test whose time is known. */
  times = [];

  add(passed, failed) {
    this.passed += passed;
    this.failed += failed;
  }

  /** For example `34 of 120, 1 failed`. */
  get progress() {
    const of = this.total > this.done ? ` of ${this.total}` : "";
    return `${this.done}${of} tests${this.failed > 0 ? `, ${this.failed} failed` : ""}`;
  }
}

/**
 * Readers of a program's lines. `line` returns whether the line should be shown to the user as it
 * is; `end` is told the exit code. A program that failed without naming a failed test counts as one
 * failure itself.
 */
class Reader {
  constructor(tally) {
    this.tally = tally;
    this.failedBefore = tally.failed;
  }

  end(code) {
    if (code !== 0 && this.tally.failed === this.failedBefore) this.tally.failed += 1;
  }
}

/** What cargo and wasm-pack print when nothing is wrong. */
const ROUTINE = [
  /^\s*$/,
  /^\s*(Compiling|Finished|Fresh|Blocking|Locking|Updating|Download\w+|Running|Executable) /,
  /^test .* \.\.\. (ok|ignored.*)$/,
  /^(Set WASM_BINDGEN_TEST_TIMEOUT|Try find `webdriver\.json`|Ok$|Loading Wasm module)/,
  /^\[INFO\]/,
];

const byTitle = (a, b) => (a.title < b.title ? -1 : 1);

/** For cargo test. */
export class CargoReader extends Reader {
  #waiting = 0;
  #began = 0;
  /** The tests of the running program, as they end. */
  #ended = [];

  line(line) {
    const { tally } = this;
    if (/^\s*Running (unittests )?\S+\.rs /.test(line)) this.#waiting += 1;
    const test = /^test (\S+).* \.\.\. (ok|FAILED|FAIL|ignored)/.exec(line);
    if (test) {
      tally.done += 1;
      this.#ended.push({ title: test[1], at: performance.now() });
    }
    const running = /^running (\d+) tests?$/.exec(line);
    if (running) {
      tally.total += Number(running[1]);
      this.#began = performance.now();
      this.#ended = [];
    }
    const result = /^test result: \w+\. (\d+) passed; (\d+) failed;/.exec(line);
    if (result) {
      this.#waiting -= 1;
      tally.add(Number(result[1]), Number(result[2]));
      tally.times.push(...this.#times());
    }
    return !running && !result && !ROUTINE.some((routine) => routine.test(line));
  }

  /** How many tests run at once. */
  get threads() {
    return Number(process.env.RUST_TEST_THREADS) || availableParallelism();
  }

  /**
   * How long each test took. Rust's test programs do not say, but start their tests sorted by name,
   * each further one when another has ended.
   */
  #times() {
    const freed = [...Array(this.threads).fill(this.#began), ...this.#ended.map(({ at }) => at)];
    const started = this.threads === 1 ? this.#ended : this.#ended.toSorted(byTitle);
    return started.map(({ title, at }, n) => ({ title, ms: at - freed[n] }));
  }

  /** A test program that was started and gave no result has crashed. */
  end(code) {
    if (this.#waiting > 0) this.tally.failed += this.#waiting;
    super.end(code);
  }
}

/** For the tests in a page, which report like cargo's and run one after another. */
export class PageReader extends CargoReader {
  get threads() {
    return 1;
  }
}

/** For programs with one of our reporters. */
export class TestLineReader extends Reader {
  line(line) {
    const event = readTestLine(line);
    if (!event) return true;
    const { total, title, outcome, ms } = event;
    const { tally } = this;
    if (total !== undefined) tally.total += total;
    if (outcome === undefined) return false;
    tally.done += 1;
    tally.add(outcome === "passed" ? 1 : 0, outcome === "failed" ? 1 : 0);
    tally.times.push({ title, ms });
    return false;
  }
}
