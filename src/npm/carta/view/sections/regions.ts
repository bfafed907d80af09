// How the regions of each image look. The client itself gives them back with name, colour,
// width, dashes and texts; here is the rest, and what it could not give.
import { all, ask, askAny, call, FAILED, fields, number, tell } from "../ask.js";
import type { Section } from "../section.js";

/** So many are read before the page gets its turn. */
const AT_ONCE = 25;

/** What sets a value, and under which names it is found. */
const VALUES = [
  ["name", "setName", "name"],
  ["color", "setColor", "color"],
  ["lineWidth", "setLineWidth", "lineWidth"],
  ["locked", "setLocked", "isLocked", "locked"],
  ["opacity", "setOpacity", "opacity"],
] as const;
const NAMES = VALUES.map(([, , ...names]) => names);

/** What was read of a region last, so that only what has changed is put into words. */
interface Noted {
  values: unknown[];
  json: string;
}

const noted = new WeakMap<object, Noted>();

/** Which regions an image had when they were read last. */
const listed = new WeakMap<object, readonly unknown[]>();

const regionsOf = (frame: unknown): unknown[] => all(ask(frame, "frameRegionSet.regions"));

/** Of one that the backend has; the cursor's region is none. */
const regionIdOf = (region: unknown): number | undefined => {
  const id = number(ask(region, "regionId"));
  return id !== undefined && id > 0 ? id : undefined;
};

/** The viewers calculate where some texts are, and not always the same last digits. */
const rounded = (_: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toFixed(6)) : value;

function annotationOf(region: unknown): unknown {
  const styles = call(region, "getAnnotationStyles");
  return styles === FAILED ? undefined : (JSON.parse(JSON.stringify(styles, rounded)) as unknown);
}

function styleOf(region: unknown): object {
  const style: Record<string, unknown> = {};
  for (const [key, , ...names] of VALUES) style[key] = askAny(region, ...names);
  const dash = number(ask(region, "dashLength"));
  style["dashList"] = dash === undefined ? undefined : [dash];
  style["annotation"] = annotationOf(region);
  return style;
}

const changedAt = (region: unknown): unknown => ask(region, "modifiedTimestamp");

function jsonOf(region: object): string {
  const values: unknown[] = [changedAt(region), ask(region, "dashLength")];
  for (const names of NAMES) values.push(askAny(region, ...names));
  const before = noted.get(region);
  if (before && values.every((value, at) => value === before.values[at])) return before.json;
  const json = JSON.stringify(styleOf(region));
  noted.set(region, { values, json });
  return json;
}

/** By the time of each region's last change, which is not noted for all that can be set. */
function seemsAsRead(frame: unknown): boolean {
  const now = regionsOf(frame);
  const before = listed.get(frame as object);
  const isSame = (region: unknown, at: number): boolean => {
    if (region !== before?.[at]) return false;
    const read = noted.get(region as object);
    // The cursor's is not read.
    return read === undefined || read.values[0] === changedAt(region);
  };
  return before?.length === now.length && now.every(isSame);
}

function* slices(frame: unknown): Generator<void, string | undefined> {
  if (ask(frame, "frameRegionSet.regions") === undefined) return undefined;
  const entries: [number, string][] = [];
  let count = 0;
  const found = regionsOf(frame);
  for (const region of found) {
    const id = regionIdOf(region);
    if (id !== undefined) entries.push([id, `"${id}":${jsonOf(region as object)}`]);
    if ((count += 1) % AT_ONCE === 0) yield;
  }
  listed.set(frame as object, found);
  if (entries.length === 0) return "null";
  // As the keys of an object are sorted.
  entries.sort(([one], [other]) => one - other);
  return `{${entries.map(([, entry]) => entry).join()}}`;
}

function read(frame: unknown): unknown {
  const reading = slices(frame);
  let step = reading.next();
  while (!step.done) step = reading.next();
  return step.value === undefined ? undefined : (JSON.parse(step.value) as unknown);
}

function restoreOne(region: unknown, value: unknown): void {
  const wanted = fields(value);
  for (const [key, set, ...names] of VALUES) {
    const given = wanted[key];
    if (given !== undefined && askAny(region, ...names) !== given) tell(region, set, given);
  }
  const dash = number(all(wanted["dashList"])[0]);
  if (dash !== undefined && ask(region, "dashLength") !== dash) tell(region, "setDashLength", dash);
  const { annotation } = wanted;
  if (annotation && JSON.stringify(annotationOf(region)) !== JSON.stringify(annotation))
    tell(region, "initializeStyles", annotation);
}

export const regions: Section = {
  name: "regions",
  aspect: "regions",
  of: "image",
  read,
  slices,
  seemsAsRead,
  restore(frame, value) {
    const wanted = fields(value);
    for (const region of regionsOf(frame)) {
      const id = regionIdOf(region);
      if (id !== undefined && Object.hasOwn(wanted, id)) restoreOne(region, wanted[id]);
    }
  },
  renamed(value, now) {
    if (value === null) return null;
    const found: Record<number, unknown> = {};
    for (const [before, style] of Object.entries(fields(value))) {
      const id = now("region", Number(before));
      if (id !== undefined) found[id] = style;
    }
    return found;
  },
};
