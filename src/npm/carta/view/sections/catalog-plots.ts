// The windows in which columns of a catalog are plotted against each other or counted.
import { all, ask, call, fields, tell, text } from "../ask.js";
import { drawn } from "../drawn.js";
import { floatingOf, takeOut } from "../floating.js";
import { plain, readFields, writeFields, type Field } from "../section.js";

/** What the user has set in one. "a", "b": 6.0.0 and 4.1.0. */
const PLOT: readonly Field[] = [
  ["setColumnX", "xColumnName"],
  ["setColumnY", "yColumnName"],
  ["setLogScaleY", "isLogScaleY", "logScaleY"],
  ["setNumBinsX", "nBinX", "nBinx"],
  ["setDragMode", "dragMode"],
  ["setDragmode", "dragmode"],
  ["setScatterborder", "scatterBorder", "scatterborder"],
  ["setHistogramXBorder", "histogramBorder"],
];

/** Those of a catalog, in the order in which they were opened. */
function plotsOf(app: unknown, id: unknown): unknown[] {
  const found: unknown[] = [];
  for (const component of all(ask(app, "catalogStore.catalogPlots")))
    for (const of of all(all(component)[1])) {
      const [catalog, key] = all(of);
      const store = call(app, "widgetsStore.catalogPlotWidgets.get", key);
      if (catalog === id && typeof store === "object" && store !== null) found.push(store);
    }
  return found;
}

const readPlot = (plot: unknown): object => ({
  type: text(ask(plot, "plotType")) ?? null,
  ...readFields(plot, PLOT),
});

export const readPlots = (app: unknown, id: unknown): object[] => plotsOf(app, id).map(readPlot);

export async function restorePlots(app: unknown, id: unknown, wanted: unknown): Promise<void> {
  const before = floatingOf(app);
  all(wanted).forEach((value, at) => {
    if (plotsOf(app, id)[at] === undefined) open(app, id, value);
    writeFields(plotsOf(app, id)[at], PLOT, value);
  });
  const opened = floatingOf(app).filter((widget) => !before.includes(widget));
  if (opened.length === 0) return;
  // 4.1.0 has drawn them before it was told whose they are.
  for (const widget of opened) takeOut(app, widget);
  await drawn();
  for (const widget of opened) tell(app, "widgetsStore.addFloatingWidget", widget);
}

function open(app: unknown, id: unknown, value: unknown): void {
  const { type, setColumnX, setColumnY } = fields(value);
  const [plotType, xColumnName] = [text(type), text(setColumnX)];
  if (plotType === undefined || xColumnName === undefined) return;
  const yColumnName = plain(setColumnY);
  const plot = { plotType, xColumnName, ...(typeof yColumnName === "string" && { yColumnName }) };
  const made = call(app, "widgetsStore.createFloatingCatalogPlotWidget", plot);
  const { widgetComponentId, widgetStoreId } = fields(made);
  tell(app, "catalogStore.setCatalogPlots", widgetComponentId, id, widgetStoreId);
}
