/** What a real viewer shows, read from its own store, not from anything that was kept. */
import type { Page } from "@playwright/test";

/** Of the viewer as a whole. "a|b": the names in 6.0.0 and 4.1.0. */
const VIEWER = [
  "frames.length",
  "activeFrame.frameInfo.fileInfo.name",
  "spatialReference.filename",
  "spectralReference.filename",
  "rasterScalingReference.filename",
  "spectralMatchingType",
  "isCursorFrozen|cursorFrozen",
  "activeFrame.cursorInfo.posImageSpace",
  "animatorStore.frameRate",
  "animatorStore.step",
  "animatorStore.animationMode",
  "animatorStore.playMode",
  "overlaySettings.global|overlayStore.global",
  "overlaySettings.title|overlayStore.title",
  "overlaySettings.grid|overlayStore.grid",
  "overlaySettings.border|overlayStore.border",
  "overlaySettings.ticks|overlayStore.ticks",
  "overlaySettings.axes|overlayStore.axes",
  "overlaySettings.labels|overlayStore.labels",
  "overlaySettings.colorbar|overlayStore.colorbar",
] as const;

/** Of each image. */
const IMAGE = [
  "filename",
  "channel",
  "stokes",
  "zoomLevel",
  "center.x",
  "center.y",
  "spatialReference.filename",
  "spectralReference.filename",
  "rasterScalingReference.filename",
  "titleCustomText",
  "colorbarLabelCustomText",
  "spectralCoordinate",
  "spectralSystem",
  "animationChannelRange",
  ...[
    "colorMap",
    "scaling",
    "bias",
    "contrast",
    "gamma",
    "alpha",
    "isInverted|inverted",
    "isVisible|visible",
    "selectedPercentileVal",
    "scaleMinVal",
    "scaleMaxVal",
    "customColormapHexEnd",
    "customColormapHexStart",
  ].map((name) => of("renderConfig", name)),
  ...[
    "levels",
    "smoothingMode",
    "smoothingFactor",
    "isEnabled|enabled",
    "color",
    "colormap",
    "isColormapEnabled|colormapEnabled",
    "colormapBias",
    "colormapContrast",
    "dashMode",
    "thickness",
    "isVisible|visible",
  ].map((name) => of("contourConfig", name)),
  ...[
    "isEnabled|enabled",
    "angularSource",
    "intensitySource",
    "pixelAveraging",
    "threshold",
    "color",
    "colormap",
    "isColormapEnabled|colormapEnabled",
    "colormapBias",
    "colormapContrast",
    "thickness",
    "isVisible|visible",
    "intensityMin",
    "intensityMax",
    "lengthMin",
    "lengthMax",
    "rotationOffset",
  ].map((name) => of("vectorOverlayConfig", name)),
] as const;

/** Of each catalog's style. */
const CATALOG = [
  "catalogPlotType",
  "catalogColor",
  "highlightColor",
  "catalogSize",
  "catalogShape",
  "thickness",
  "xAxis",
  "yAxis",
  "sizeMapColumn",
  "pointSizebyType",
  "sizeColumnMin",
  "sizeColumnMax",
  "sizeScalingType",
  "colorMapColumn",
  "colorMap",
  "isInvertedColorMap|invertedColorMap",
  "colorColumnMin",
  "colorColumnMax",
  "orientationMapColumn",
] as const;

/** Of each catalog's table. */
const TABLE = [
  "catalogInfo.fileInfo.name",
  "catalogCoordinateSystem.system",
  "maxRows",
  "numVisibleRows",
  "filterDataSize",
  "sortingInfo",
  "shouldUpdateTableView|updateTableView",
  "updateMode",
] as const;

/** Of each window with a catalog plot. */
const WINDOW = [
  "plotType",
  "xColumnName",
  "yColumnName",
  "isLogScaleY|logScaleY",
  "nBinX|nBinx",
  "scatterBorder|scatterborder",
] as const;

function of(owner: string, names: string): string {
  return names.replaceAll(/[^|]+/g, (name) => `${owner}.${name}`);
}

export type Dump = Record<string, unknown>;

export const dump = (page: Page): Promise<Dump> =>
  page.evaluate(
    ({ viewer, image, plotNames, tableNames, windowNames }) => {
      type Store = Record<string, unknown>;
      const { app } = globalThis as unknown as { app: Store };
      const at = (of: unknown, path: string): unknown =>
        path.split(".").reduce((store: unknown, name) => (store as Store | undefined)?.[name], of);
      const isPlain = (value: unknown) => typeof value !== "object" && typeof value !== "function";
      /** The plain values of a store. */
      const told = (value: unknown): unknown => {
        if (isPlain(value) || value === null) return value;
        if (Array.isArray(value)) return value.map(told);
        const store = value as Store;
        const names = new Set<string>();
        for (let proto = store; proto && proto !== Object.prototype;)
          ([...Object.getOwnPropertyNames(proto)].map((name) => names.add(name)),
            (proto = Object.getPrototypeOf(proto) as Store));
        const own = [...names].filter((name) => !name.startsWith("_") && isPlain(store[name]));
        return Object.fromEntries(own.sort().map((name) => [name, store[name]]));
      };
      const any = (of: unknown, paths: string) =>
        told(paths.split("|").reduce((found: unknown, path) => found ?? at(of, path), undefined));
      const all: Record<string, unknown> = {};
      for (const path of viewer) all[path] = any(app, path);
      (app["frames"] as Store[]).forEach((frame, n) => {
        for (const path of image) all[`${n}: ${path}`] = any(frame, path);
        // A matched image is shown at the zoom of its reference.
        if (frame["spatialReference"]) delete all[`${n}: zoomLevel`];
        const regions = at(frame, "frameRegionSet.regions") as Store[];
        all[`${n}: regions`] = regions
          .filter(({ regionId }) => regionId !== 0)
          .map((region) => [region["regionType"], told(region["controlPoints"])]);
      });
      const set = at(app, "activeFrame.regionSet") as Store;
      const ids = set["selectedRegionIds"] ?? [at(set, "selectedRegion.regionId")];
      const places = (set["regions"] as Store[]).map(({ regionId }) => regionId);
      all["selected regions, by place"] = [...(ids as Iterable<unknown>)].map((id) =>
        places.indexOf(id),
      );
      all["colour blending"] = (
        (at(app, "imageViewConfigStore.colorBlendingImages") ?? []) as Store[]
      ).map((image) => [
        (image["selectedFrames"] as Store[]).map(({ filename }) => filename),
        told(image["alpha"]),
        image["titleCustomText"],
      ]);
      const widgets = app["widgetsStore"] as Store;
      const on = at(app, "catalogStore.imageAssociatedCatalogId") as Map<number, number[]>;
      all["catalogs, by image"] = [...on].filter(([, ids]) => ids.length > 0);
      const catalogs = [...(widgets["catalogWidgets"] as Map<string, Store>).values()];
      catalogs.forEach((plot, n) => {
        for (const path of plotNames) all[`catalog ${n}: ${path}`] = any(plot, path);
      });
      const open = (widgets["floatingWidgets"] as Store[]).map(({ componentId }) => componentId);
      const windows = [...(at(app, "catalogStore.catalogProfiles") as Map<unknown, number>)];
      all["catalogs, by window"] = windows
        .filter(([id]) => open.includes(id))
        .map(([, catalog]) => catalog);
      const tables = [...(at(app, "catalogStore.catalogProfileStores") as Map<number, Store>)];
      tables.forEach(([id, table], n) => {
        for (const path of tableNames) all[`catalog ${n}: ${path}`] = any(table, path);
        all[`catalog ${n}: columns`] = [
          ...(table["catalogControlHeader"] as Map<string, Store>),
        ].map(([name, { display, filter }]) => [name, display, filter]);
        // The first and the last row, by the values of their columns.
        const columns = [...(table["catalogData"] as Map<number, { data: unknown[] }>).values()];
        const rows = Number(table["numVisibleRows"]);
        all[`catalog ${n}: rows`] = columns.map(({ data }) => [data[0], data[rows - 1]]);
        const drawn = (at(app, "catalogStore.catalogGLData") as Map<number, Store>).get(id);
        const points = (at(app, "catalogStore.catalogCounts") as Map<number, number>).get(id) ?? 0;
        all[`catalog ${n}: on the image`] = [
          points,
          ...["x", "y"].map((axis) => [...(drawn?.[axis] as Float32Array)].slice(0, points)),
        ];
      });
      const plots = [
        ...(at(app, "catalogStore.catalogPlots") as Map<unknown, Map<number, string>>),
      ];
      all["catalog plots"] = plots.flatMap(([, of]) =>
        [...of].map(([id, key]) => {
          const plot = (widgets["catalogPlotWidgets"] as Map<string, Store>).get(key);
          return [id, ...windowNames.map((path) => any(plot, path))];
        }),
      );
      for (const kind of [
        "histogram",
        "spatialProfile",
        "spectralProfile",
        "stats",
        "renderConfig",
      ]) {
        const stores = [...(widgets[`${kind}Widgets`] as Map<string, Store>).values()];
        all[`${kind} widgets`] = stores.map((store) => [
          Number(store["fileId"]) < 0 ? store["fileId"] : "an image",
          store["coordinate"] ?? null,
          store["statsType"] ?? null,
          told(store["primaryLineColor"]) ?? null,
          store["lineWidth"] ?? null,
          ...["minX", "maxX", "minY", "maxY"].map((name) => store[name] ?? null),
        ]);
      }
      all["floating widgets"] = (widgets["floatingWidgets"] as Store[]).map((widget) => [
        widget["type"],
        ...["defaultWidth", "defaultHeight", "defaultX", "defaultY"].map((name) => widget[name]),
      ]);
      const tabs = document.querySelectorAll(".lm_title, .flexlayout__tab_button_content");
      all["docked widgets"] = [...tabs].map((tab) => tab.textContent);
      return all;
    },
    { viewer: VIEWER, image: IMAGE, plotNames: CATALOG, tableNames: TABLE, windowNames: WINDOW },
  );

/** The differences, as `name: before → after`. */
export function differences(before: Dump, after: Dump): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const [was, is] = [before, after].map((all) => JSON.stringify(all[name]));
    return was === is ? [] : [`${name}: ${was} → ${is}`];
  });
}
