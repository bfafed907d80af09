// Reads the view from the viewer, in pieces that cost the page nothing, and keeps what has
// changed.
import { ask } from "./ask.js";
import { framesOf, idOf, type Section } from "./section.js";

export type Keep = (key: string, json: string | null) => void;

export class Reader {
  readonly #sections: readonly Section[];
  readonly #keep: Keep;
  readonly #kept = new Map<string, string>();
  #round: Generator<void> | undefined;
  /** What the user has worked with since the last whole round began, and this one. */
  #touched = new Set<unknown>();
  #touchedLate = new Set<unknown>();

  constructor(sections: readonly Section[], keep: Keep) {
    this.#sections = sections;
    this.#keep = keep;
  }

  /** The user does something now: it is about the image in view. */
  touch(app: unknown): void {
    const regions = ask(app, "activeFrame.regionSet");
    this.#touched.add(regions);
    this.#touchedLate.add(regions);
  }

  /** Reads on until a time, in milliseconds of `performance.now()`; whether it is done. */
  readUntil(app: unknown, end: number): boolean {
    if (!this.#round) this.#touchedLate = new Set();
    this.#round ??= this.#readAll(app);
    do {
      if (this.#round.next().done) {
        this.#round = undefined;
        this.#touched = this.#touchedLate;
        return true;
      }
    } while (performance.now() < end);
    return false;
  }

  /** The page ends: reads whatever may have changed, now, or all of it. */
  readNow(app: unknown, isAll: boolean): void {
    this.#round = undefined;
    this.touch(app);
    const round = this.#readAll(app, isAll ? undefined : this.#touched);
    while (!round.next().done);
  }

  /** With `touched`, reads only that of what takes long, and what seems to have changed. */
  *#readAll(app: unknown, touched?: ReadonlySet<unknown>): Generator<void> {
    const frames = framesOf(app);
    const seen = new Set<string>();
    // Without an image there is nothing to come back to.
    const sections = frames.length > 0 ? this.#sections : [];
    for (const section of sections) {
      for (const [key, of] of partsOf(section, app, frames)) {
        seen.add(key);
        const isUntouched = touched && !touched.has(ask(of, "frameRegionSet"));
        if (isUntouched && this.#kept.has(key) && section.seemsAsRead?.(of)) continue;
        const json = section.slices ? yield* section.slices(of) : jsonOf(section, of, app);
        this.#note(key, json);
        yield;
      }
    }
    for (const key of this.#kept.keys()) if (!seen.has(key)) this.#note(key, undefined);
  }

  #note(key: string, json: string | undefined): void {
    if (this.#kept.get(key) === json) return;
    if (json === undefined) this.#kept.delete(key);
    else this.#kept.set(key, json);
    try {
      this.#keep(key, json ?? null);
    } catch {
      // There is no room for it, or nobody any more who keeps it.
    }
  }
}

/** The parts of a section, by their keys, with what each is of. */
export function partsOf(section: Section, app: unknown, frames: unknown[]): [string, unknown][] {
  if (section.of === "viewer") return [[section.name, app]];
  const parts: [string, unknown][] = [];
  for (const frame of frames) {
    const id = idOf(frame);
    if (id !== undefined) parts.push([`${section.name}/${id}`, frame]);
  }
  return parts;
}

/** What a section reads, as JSON; `undefined` if this version does not tell. */
export function jsonOf(section: Section, of: unknown, app: unknown): string | undefined {
  try {
    const value = section.read(of, app);
    return value === undefined ? undefined : JSON.stringify(value);
  } catch {
    return undefined;
  }
}
