// What a part of the view is: read from the viewer as plain values, and given back.
import type { ViewAspect } from "../../view.js";
import { all, ask, askAny, fields, number, tell } from "./ask.js";

/**
 * Something that a viewer shows, of the whole or of each image. Neither function throws
 * for what a version lacks.
 */
export interface Section {
  /** Its parts are stored under this name, those of images as "name/file id". */
  readonly name: string;
  /** Where it is named to the user. */
  readonly aspect: ViewAspect;
  readonly of: "viewer" | "image";
  /** A change of it draws every region again, so it is given back before there are any. */
  readonly beforeRegions?: true;
  /**
   * What JSON can say of it; `undefined` if this version does not tell, `null` if there is
   * nothing. Images are named as {@link imageOf} does, regions and catalogs likewise, so
   * that they can be given the ids of another page.
   */
  read(of: unknown, app: unknown): unknown;
  /** The same as JSON, where it is so much that the page needs its turn in between. */
  slices?(of: unknown): Generator<void, string | undefined>;
  /**
   * Where reading takes long: whether nothing seems to have changed since it was read last. At
   * the page's end, what nobody has worked with and seems so is not read again.
   */
  seemsAsRead?(of: unknown): boolean;
  /** Gives back what was read, which may be anything. */
  restore(
    of: unknown,
    value: unknown,
    app: unknown,
    images: ReadonlySet<number>,
  ): void | Promise<void>;
  /**
   * Whether what is read `now` is as wanted; without this, it has to be the same. Here and
   * above, only `images`, by file id, are to be as before: others were open already.
   */
  isBack?(value: unknown, now: unknown, images: ReadonlySet<number>): boolean;
  /** What was read, with the ids of this page, where that is not by {@link Ref}s. */
  renamed?(value: unknown, now: (kind: RefKind, id: number) => number | undefined): unknown;
}

export type RefKind = "image" | "region" | "catalog";

/** An image, region or catalog, in what is read. */
export type Ref = { readonly [Kind in RefKind]?: number };

export const framesOf = (app: unknown): unknown[] => all(ask(app, "frames"));

export const idOf = (frame: unknown): number | undefined => number(ask(frame, "frameInfo.fileId"));

/** How an image is named in what is read; `null` if there is none. */
export function imageOf(frame: unknown): Ref | null {
  const id = idOf(frame);
  return id === undefined ? null : { image: id };
}

/** Without what is not there any more. */
export const present = (refs: unknown): unknown[] => all(refs).filter((each) => each !== null);

export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** The image that is named so. */
export function frameOf(app: unknown, ref: unknown): unknown {
  const id = number(ask(ref, "image"));
  return id === undefined ? undefined : framesOf(app).find((frame) => idOf(frame) === id);
}

/** A value in a viewer's store: under which names it is found, and what sets it. */
export type Field = readonly [set: string, ...names: string[]];

/**
 * The values that there are, by the names of what sets them; `undefined` if there are none.
 * They may be the store's own, for JSON to copy.
 */
export function readFields(of: unknown, table: readonly Field[]): object | undefined {
  const values: Record<string, unknown> = {};
  for (const [set, ...names] of table) {
    const value = askAny(of, ...names);
    if (value !== undefined) values[set] = value;
  }
  return Object.keys(values).length > 0 ? values : undefined;
}

/** Sets the values that differ. */
export function writeFields(of: unknown, table: readonly Field[], value: unknown): void {
  const wanted = fields(value);
  for (const [set, ...names] of table) {
    if (!Object.hasOwn(wanted, set)) continue;
    const now = askAny(of, ...names);
    if (JSON.stringify(now) !== JSON.stringify(wanted[set])) tell(of, set, wanted[set]);
  }
}

/** A copy without what a store puts around its values. */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return JSON.parse(JSON.stringify(value)) as unknown;
}

/** What was found of each class of stores: looking takes longer than reading. */
const settables = new WeakMap<object, Field[]>();

/** The values of a store that has a function `setX` for each of its own `x` or `isX`. */
export function settable(of: unknown): Field[] {
  if (typeof of !== "object" || of === null) return [];
  const kind = Object.getPrototypeOf(of) as object | null;
  const known = kind ? settables.get(kind) : undefined;
  if (known) return known;
  const found = lookedUp(of);
  if (kind && kind !== Object.prototype) settables.set(kind, found);
  return found;
}

function lookedUp(of: object): Field[] {
  const found = new Map<string, Field>();
  for (
    let owner: unknown = of;
    owner && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner)
  ) {
    for (const set of Object.getOwnPropertyNames(owner)) {
      const name = /^set([A-Z]\w*)$/.exec(set)?.[1];
      if (name === undefined || found.has(set)) continue;
      const own = name.charAt(0).toLowerCase() + name.slice(1);
      const value = [own, `is${name}`].find((path) => isSimple(ask(of, path)));
      if (value !== undefined) found.set(set, [set, value]);
    }
  }
  return [...found.values()];
}

const isSimple = (value: unknown): boolean =>
  ["string", "number", "boolean"].includes(typeof value);
