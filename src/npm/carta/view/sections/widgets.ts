// What the widgets show: their image, region, coordinate and statistic, and the ranges of
// their plots.
import { all, ask, fields, number, tell } from "../ask.js";
import { drawn } from "../drawn.js";
import { readFields, writeFields, type Field, type Section } from "../section.js";

/** What of a widget's own state its saved settings do not have. */
const STATE: readonly Field[] = [
  ["setCoordinate", "coordinate"],
  ["setStatsType", "statsType"],
  ["setLogScale", "isLogScaleY", "logScaleY"],
  ["setIntensityUnit", "intensityUnit"],
];

const KINDS = [
  "histogramWidgets",
  "renderConfigWidgets",
  "spatialProfileWidgets",
  "spectralProfileWidgets",
  "statsWidgets",
  "stokesAnalysisWidgets",
] as const;

const BOUNDS = ["minX", "maxX", "minY", "maxY"] as const;

/** Each kind's stores, in the order in which they were made. */
const storesOf = (app: unknown, kind: string): unknown[] =>
  all(ask(app, `widgetsStore.${kind}`)).map((entry) => all(entry)[1]);

/** -1 = the image in view; regions at or below 0 are no regions that are drawn. */
const imageRef = (id: unknown): unknown => (Number(id) >= 0 ? { image: Number(id) } : -1);
const regionRef = (id: unknown): unknown => (Number(id) > 0 ? { region: Number(id) } : id);

const boundsOf = (store: unknown): (number | null)[] =>
  BOUNDS.map((name) => number(ask(store, name)) ?? null);

/** The ranges of a plot that the user has set by hand. */
function restoreRanges(store: unknown, bounds: unknown): void {
  const [minX, maxX, minY, maxY] = all(bounds).map(number);
  for (const [axis, min, max] of [
    ["X", minX, maxX],
    ["Y", minY, maxY],
  ] as const) {
    if (min !== undefined && max !== undefined) tell(store, `set${axis}Bounds`, min, max);
    else if (number(ask(store, `min${axis}`)) !== undefined) tell(store, `clear${axis}Bounds`);
  }
}

export const widgets: Section = {
  name: "widgets",
  aspect: "widgets",
  of: "viewer",
  read(app) {
    const values: Record<string, unknown> = {};
    for (const kind of KINDS) {
      if (ask(app, `widgetsStore.${kind}`) === undefined) continue;
      values[kind] = storesOf(app, kind).map((store) => ({
        ...readFields(store, STATE),
        image: imageRef(ask(store, "fileId")),
        regions: all(ask(store, "regionIdMap"))
          .map((entry) => [imageRef(all(entry)[0]), regionRef(all(entry)[1])])
          .filter(([, region]) => region !== undefined),
        bounds: boundsOf(store),
      }));
    }
    return Object.keys(values).length > 0 ? values : undefined;
  },
  async restore(app, value) {
    const ranges: (() => void)[] = [];
    for (const kind of KINDS) {
      const stores = storesOf(app, kind);
      all(fields(value)[kind]).forEach((wanted, at) => {
        const store = stores[at];
        if (store === undefined) return;
        writeFields(store, STATE, wanted);
        const { image, regions, bounds } = fields(wanted);
        const fileId = number(image) ?? number(ask(image, "image"));
        if (fileId !== undefined && ask(store, "fileId") !== fileId)
          tell(store, "setFileId", fileId);
        for (const entry of all(regions)) {
          const [of, region] = all(entry);
          const [owner, id] = [
            number(of) ?? number(ask(of, "image")),
            number(region) ?? number(ask(region, "region")),
          ];
          if (owner !== undefined && id !== undefined) tell(store, "setRegionId", owner, id);
        }
        if (JSON.stringify(boundsOf(store)) !== JSON.stringify(bounds))
          ranges.push(() => restoreRanges(store, bounds));
      });
    }
    if (ranges.length === 0) return;
    // A plot loses them when it is drawn for the second time, for which the first ones see.
    for (let time = 0; time < 2; time += 1) {
      await drawn();
      for (const restore of ranges) restore();
    }
  },
};
