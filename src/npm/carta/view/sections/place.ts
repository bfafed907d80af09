// Which part of each image is seen, and which images are matched to which.
import { all, ask, call, fields, number, put, tell } from "../ask.js";
import { frameOf, framesOf, idOf, imageOf, isSame, present, type Section } from "../section.js";
import { hasSize } from "../size.js";

/** What the viewer may take to match images, in milliseconds. */
const PATIENCE_MS = 3_000;

export const zoom: Section = {
  name: "zoom",
  aspect: "zoom",
  of: "image",
  beforeRegions: true,
  read(frame, app) {
    // It is not what the user will see.
    if (!hasSize(app)) return undefined;
    const values = ["zoomLevel", "center.x", "center.y"].map((path) => number(ask(frame, path)));
    if (values.includes(undefined)) return undefined;
    // A matched image follows its reference.
    return ask(frame, "spatialReference") ? null : values;
  },
  restore(frame, value) {
    const [zoom, x, y] = all(value).map(number);
    if (zoom === undefined || x === undefined || y === undefined || zoom <= 0) return;
    if (ask(frame, "spatialReference")) return;
    tell(frame, "setZoom", zoom);
    tell(frame, "setCenter", x, y);
  },
  // One that followed its reference is as its matching is.
  isBack: (value, now) => value === null || isSame(value, now),
};

const KINDS = [
  ["spatial", "spatialReference", "setSpatialReference", "setSpatialMatchingEnabled"],
  ["spectral", "spectralReference", "setSpectralReference", "setSpectralMatchingEnabled"],
  [
    "raster",
    "rasterScalingReference",
    "setRasterScalingReference",
    "setRasterScalingMatchingEnabled",
  ],
] as const;

export const matching: Section = {
  name: "matching",
  aspect: "matching",
  of: "viewer",
  read(app) {
    const values: Record<string, unknown> = { type: ask(app, "spectralMatchingType") ?? null };
    for (const [kind, reference] of KINDS) {
      const to = ask(app, reference);
      if (to === undefined) return undefined;
      const matched = framesOf(app).filter((frame) => ask(frame, reference));
      values[kind] = { reference: imageOf(to), matched: matched.map(imageOf) };
    }
    return values;
  },
  // Images that were open already stay matched as they are.
  async restore(app, value, _, images) {
    const wanted = fields(value);
    const { type } = wanted;
    const isOwn = (frame: unknown): boolean => images.has(idOf(frame) ?? NaN);
    const isUsed = (reference: string): boolean =>
      framesOf(app).some((frame) => !isOwn(frame) && ask(frame, reference));
    const isOther = typeof type === "string" && ask(app, "spectralMatchingType") !== type;
    if (isOther && !isUsed("spectralReference")) tell(app, "setSpectralMatchingType", type);
    for (const [kind, reference, setReference, setMatched] of KINDS) {
      const of = fields(wanted[kind]);
      const to = frameOf(app, of["reference"]);
      const matched = all(of["matched"]).map((ref) => frameOf(app, ref));
      for (const frame of framesOf(app).filter(isOwn)) {
        if (ask(frame, reference) && !(matched.includes(frame) && ask(app, reference) === to))
          await withoutCopies(app, frame, () => call(app, setMatched, frame, false));
      }
      // The user is asked if images are blended.
      if (to && ask(app, reference) !== to && !isBlending(app) && !isUsed(reference))
        await settled(call(app, setReference, to));
      if (ask(app, reference) !== to) continue;
      for (const frame of matched) {
        const isUnmatched = frame && frame !== to && !ask(frame, reference);
        if (isUnmatched && !(kind === "spatial" && hasRegions(frame)))
          tell(app, setMatched, frame, true);
      }
    }
  },
  isBack(value, now, images) {
    const [wanted, is] = [fields(value), fields(now)];
    const own = (refs: unknown) =>
      all(refs).filter((ref) => images.has(number(ask(ref, "image")) ?? NaN));
    const isAsBefore = ([kind]: (typeof KINDS)[number]) => {
      const [before, after] = [fields(wanted[kind]), fields(is[kind])];
      const { reference } = before;
      const [matched, now] = [present(before["matched"]), own(after["matched"])];
      // There was none, or it is not there any more.
      if (reference === null) return matched.length + now.length === 0;
      return isSame(reference, after["reference"]) && isSame(matched, now);
    };
    return wanted["type"] === is["type"] && KINDS.every(isAsBefore);
  },
};

/** What an image is that others are matched to. */
const REFERENCE = "reference";

/** The same of one image, for one that is made again: what it is matched to. */
export const match: Section = {
  name: "match",
  aspect: "matching",
  of: "image",
  read(frame, app) {
    const values: Record<string, unknown> = {};
    for (const [kind, reference] of KINDS) {
      const to = ask(app, reference);
      if (to === undefined) return undefined;
      const hasOthers = to === frame && framesOf(app).some((other) => ask(other, reference));
      values[kind] = ask(frame, reference) ? imageOf(to) : hasOthers ? REFERENCE : null;
    }
    return values;
  },
  // Those that were matched to it have another reference by now, or none.
  async restore(frame, value, app) {
    for (const [kind, reference, , setMatched] of KINDS) {
      const wanted = fields(value)[kind];
      const to = frameOf(app, wanted);
      const isMatched = Boolean(ask(frame, reference));
      if (isMatched && wanted === null)
        await withoutCopies(app, frame, () => call(app, setMatched, frame, false));
      const isOther = to && to !== frame && to === ask(app, reference) && !isMatched;
      if (isOther && !(kind === "spatial" && hasRegions(frame))) tell(app, setMatched, frame, true);
    }
  },
};

/** What {@link matching} has read, as {@link match} reads it of one image. */
export function matchOf(read: unknown, image: number): unknown {
  const values: Record<string, unknown> = {};
  for (const [kind] of KINDS) {
    const { reference, matched } = fields(fields(read)[kind]);
    const ids = all(matched).map((ref) => ask(ref, "image"));
    const isReference = ask(reference, "image") === image && ids.length > 0;
    values[kind] = ids.includes(image) ? reference : isReference ? REFERENCE : null;
  }
  return values;
}

const isBlending = (app: unknown): boolean =>
  all(ask(app, "imageViewConfigStore.colorBlendingImages")).length > 0;

/** In 6.0.0 it takes effect a moment later. */
const settled = (done: unknown): Promise<unknown> =>
  Promise.race([done, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);

/**
 * Matching an image moves its own regions to the reference. So if it has any, the user
 * has taken it out of the match since this view was read, and it stays out.
 */
const hasRegions = (frame: unknown): boolean =>
  all(ask(frame, "frameRegionSet.regions")).some((region) => Number(ask(region, "regionId")) > 0);

/**
 * The viewer gives an image that is taken out of a match copies of all regions of its
 * reference, except for those that it has already, by the time of their last change. The
 * user had no such copies, so the times are made equal meanwhile.
 */
async function withoutCopies(app: unknown, frame: unknown, act: () => unknown): Promise<void> {
  const own = ask(all(ask(frame, "frameRegionSet.regions"))[0], "modifiedTimestamp");
  const theirs = all(ask(app, "spatialReference.frameRegionSet.regions"));
  const times = theirs.map((region) => ask(region, "modifiedTimestamp"));
  for (const region of theirs) put(region, "modifiedTimestamp", own);
  await settled(act());
  theirs.forEach((region, at) => put(region, "modifiedTimestamp", times[at]));
}
