/** Time that passes only when a test says so. */
export interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export class Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(now: number) {
    this.#now = now;
  }

  /** Seconds since the start. */
  get now(): number {
    return this.#now;
  }

  after(seconds: number, run: () => void): Timer {
    const timer = { at: this.#now + seconds, run };
    this.#timers.add(timer);
    return timer;
  }

  /** Returns whether the timer had not run yet. */
  cancel(timer: Timer): boolean {
    return this.#timers.delete(timer);
  }

  /** Lets this many seconds pass: what is due meanwhile happens, each thing at its time. */
  pass(seconds: number): void {
    const end = this.#now + seconds;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end);
      const next = due.sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}
