// The rows of a catalog that the viewer has, filtered and sorted by the backend, and what of
// them is drawn onto the image. They are asked for as the viewer's own buttons do.
import { all, ask, askAny, call, FAILED, fields, number, put, tell, text } from "../ask.js";
import { plain } from "../section.js";

/** How long the backend may say nothing while it filters, in milliseconds. */
const PATIENCE_MS = 10_000;

/** The value of a viewer's map. */
export function entry(app: unknown, path: string, key: unknown): unknown {
  const found = call(app, `${path}.get`, key);
  return found === FAILED ? undefined : found;
}

export const profileOf = (app: unknown, id: unknown): unknown =>
  entry(app, "catalogStore.catalogProfileStores", id);

/** What a filter says, by the names that it has in the request. */
const FILTER = [
  ["columnName", text],
  ["comparisonOperator", number],
  ["value", number],
  ["secondaryValue", number],
  ["subString", text],
] as const;

const filterOf = (found: unknown): object =>
  Object.fromEntries(FILTER.map(([name, as]) => [name, as(ask(found, name))]));

/** What is asked of the backend. */
function askedOf(profile: unknown): object {
  return {
    filters: all(ask(profile, "catalogFilterRequest.filterConfigs")).map(filterOf),
    columns: all(ask(profile, "catalogFilterRequest.columnIndices")),
    sorting: plain(ask(profile, "sortingInfo")) ?? null,
    most: number(ask(profile, "maxRows")) ?? null,
    rows: number(ask(profile, "numVisibleRows")) ?? null,
  };
}

/** What is drawn onto the image. 4.1.0 does not say of which columns. */
function overlayOf(app: unknown, id: unknown, widget: unknown): object {
  const isNone = (name: unknown) => name === undefined || name === "None";
  const [x, y] = ["plottedImageOverlayXAxis", "plottedImageOverlayYAxis"].map((path) =>
    ask(widget, path),
  );
  const points = Number(entry(app, "catalogStore.catalogCounts", id) ?? 0);
  if (points === 0) return { points };
  const axes = [isNone(x) ? ask(widget, "xAxis") : x, isNone(y) ? ask(widget, "yAxis") : y];
  return { points, axes: axes.map((axis) => text(axis) ?? null) };
}

export function readRows(app: unknown, id: unknown, widget: unknown): object {
  const profile = profileOf(app, id);
  return {
    system: ask(profile, "catalogCoordinateSystem.system") ?? null,
    asked: askedOf(profile),
    // Filters that have been typed, but not applied.
    pending: askAny(profile, "shouldUpdateTableView", "updateTableView") ?? null,
    overlay: overlayOf(app, id, widget),
  };
}

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Asks the backend for the rows, filtered and sorted, if others are there. */
export async function restoreRows(app: unknown, id: unknown, value: unknown): Promise<void> {
  const profile = profileOf(app, id);
  const { system, pending, asked } = fields(value);
  if (typeof system === "string" && ask(profile, "catalogCoordinateSystem.system") !== system)
    tell(profile, "setCatalogCoordinateSystem", system);
  if (!isSame(askedOf(profile), asked)) await askFor(app, id, profile, asked);
  if (typeof pending === "boolean") tell(profile, "updateTableStatus", pending);
}

async function askFor(app: unknown, id: unknown, profile: unknown, asked: unknown): Promise<void> {
  const { filters, columns, sorting, most, rows } = fields(asked);
  if (typeof most === "number" && ask(profile, "maxRows") !== most)
    tell(profile, "setMaxRows", most);
  const column = text(ask(sorting, "columnName")) ?? null;
  const type = number(ask(sorting, "sortingType")) ?? null;
  tell(profile, "setSortingInfo", column, type);
  tell(app, "catalogStore.clearImageCoordsData", id);
  tell(profile, "resetFilterRequest");
  const request = ask(profile, "updateRequestDataSize");
  put(request, "filterConfigs", all(filters).map(filterOf));
  put(
    request,
    "columnIndices",
    all(columns)
      .map(number)
      .filter((index) => index !== undefined),
  );
  put(request, "sortColumn", column);
  put(request, "sortingType", type);
  const count = number(rows);
  if (count !== undefined && count > 0) put(request, "subsetDataSize", count);
  await answered(app, id, () => tell(app, "sendCatalogFilter", request));
}

/** Draws it onto its image, if it is not drawn. */
export async function restoreOverlay(
  app: unknown,
  id: unknown,
  widget: unknown,
  value: unknown,
): Promise<void> {
  const wanted = ask(value, "overlay");
  if (isSame(overlayOf(app, id, widget), wanted)) return;
  const [x, y] = all(ask(wanted, "axes")).map(text);
  tell(app, "catalogStore.clearImageCoordsData", id);
  if (!number(ask(wanted, "points"))) return void tell(widget, "clearPlottedImageOverlayState");
  const profile = profileOf(app, id);
  const frame = entry(app, "frameMap", call(app, "catalogStore.getFrameIdByCatalogId", id));
  if (x === undefined || y === undefined || frame === undefined) return;
  const system = ask(profile, "catalogCoordinateSystem.system");
  tell(profile, "setUpdateMode", "ViewUpdate");
  tell(widget, "setPlottedImageOverlayState", x, y, system, ask(profile, "maxRows"));
  const data = call(profile, "get2DPlotData", x, y, ask(profile, "catalogData"));
  const [xs, ys] = [ask(data, "wcsX"), ask(data, "wcsY")];
  const units = ["xHeaderInfo.units", "yHeaderInfo.units"].map((path) => ask(data, path) ?? "");
  const wcs = askAny(frame, "isValidWcs", "validWcs") === true ? ask(frame, "wcsInfo") : 0;
  if (xs && ys)
    tell(
      app,
      "catalogStore.convertToImageCoordinate",
      ...[id, xs, ys, wcs, ...units, system, 0, 0],
    );
  tell(profile, "setSelectedPointIndices", ask(profile, "selectedPointIndices"), false);
  if (ask(profile, "shouldUpdateData") !== true) return;
  tell(profile, "setUpdatingDataStream", true);
  const rest = ask(profile, "updateRequestDataSize");
  await answered(app, id, () => tell(app, "sendCatalogFilter", rest));
}

/** Until the viewer has the last of the rows, or the backend has said nothing for a while. */
function answered(app: unknown, id: unknown, act: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const subscription = call(app, "backendService.catalogStream.subscribe", (answer: unknown) => {
      if (ask(answer, "fileId") !== id) return;
      if (number(ask(answer, "progress")) === 1) done();
      else wait();
    });
    const done = () => {
      clearTimeout(timer);
      tell(subscription, "unsubscribe");
      resolve();
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(done, PATIENCE_MS);
    };
    wait();
    if (!act() || subscription === FAILED) done();
  });
}
