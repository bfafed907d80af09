// Catalogs: on which image each is, how it is drawn, and what is set in its table. What was
// plotted, filtered and sorted by the backend is read, so that it is said when it is not
// there again; only the user can ask for it.
import { all, ask, call, FAILED, fields, number, tell, text } from "../ask.js";
import { framesOf, idOf, imageOf, plain, readFields, writeFields } from "../section.js";
import type { Field, Section } from "../section.js";

const PLOT: readonly Field[] = [
  ["setCatalogPlotType", "catalogPlotType"],
  ["setxAxis", "xAxis"],
  ["setyAxis", "yAxis"],
  ["setCatalogColor", "catalogColor"],
  ["setHighlightColor", "highlightColor"],
  ["setCatalogSize", "catalogSize"],
  ["setCatalogShape", "catalogShape"],
  ["setThickness", "thickness"],
];

/** The value of a viewer's map. */
function entry(app: unknown, path: string, key: unknown): unknown {
  const found = call(app, `${path}.get`, key);
  return found === FAILED ? undefined : found;
}

const widgetOf = (app: unknown, id: unknown): unknown =>
  entry(app, "widgetsStore.catalogWidgets", entry(app, "catalogStore.catalogWidgets", id));

/** A new layout takes it away; the viewer itself makes it anew only when it draws. */
function madeWidgetOf(app: unknown, id: unknown): unknown {
  const made = call(app, "catalogStore.getCatalogWidgetStore", id);
  return made === FAILED ? widgetOf(app, id) : made;
}

const profileOf = (app: unknown, id: unknown): unknown =>
  entry(app, "catalogStore.catalogProfileStores", id);

/** The columns of its table, with what is asked of each. */
function columns(profile: unknown): [string, boolean, string][] {
  return all(ask(profile, "catalogControlHeader")).map((column) => {
    const [name, control] = all(column);
    return [String(name), ask(control, "display") === true, text(ask(control, "filter")) ?? ""];
  });
}

export const catalogs: Section = {
  name: "catalogs",
  aspect: "catalogs",
  of: "viewer",
  read(app) {
    if (ask(app, "catalogStore.imageAssociatedCatalogId") === undefined) return undefined;
    const ids = all(ask(app, "catalogStore.catalogProfileStores")).map((found) => all(found)[0]);
    return {
      images: framesOf(app)
        .map((frame) => [
          imageOf(frame),
          all(entry(app, "catalogStore.imageAssociatedCatalogId", idOf(frame)))
            .filter((id) => ids.includes(id))
            .map((catalog) => ({ catalog })),
        ])
        .filter(([, of]) => all(of).length > 0),
      catalogs: ids.map((catalog) => ({
        of: { catalog },
        ...readFields(widgetOf(app, catalog), PLOT),
        columns: columns(profileOf(app, catalog)),
        sorting: plain(ask(profileOf(app, catalog), "sortingInfo")) ?? null,
        rows: number(ask(profileOf(app, catalog), "numVisibleRows")) ?? null,
        plotted: Number(entry(app, "catalogStore.catalogCounts", catalog) ?? 0) > 0,
      })),
    };
  },
  restore(app, value) {
    const wanted = fields(value);
    const on = new Map(
      all(wanted["images"]).map((found) => {
        const [image, of] = all(found);
        return [ask(image, "image"), all(of).map((ref) => number(ask(ref, "catalog")))];
      }),
    );
    for (const frame of framesOf(app)) {
      const of = (on.get(idOf(frame)) ?? []).filter((id) => id !== undefined);
      const has = all(entry(app, "catalogStore.imageAssociatedCatalogId", idOf(frame)));
      if (JSON.stringify(has) !== JSON.stringify(of))
        tell(app, "catalogStore.updateImageAssociatedCatalogId", idOf(frame), of);
    }
    for (const each of all(wanted["catalogs"])) {
      const id = ask(each, "of.catalog");
      const [widget, profile] = [madeWidgetOf(app, id), profileOf(app, id)];
      if (profile === undefined) continue;
      writeFields(widget, PLOT, each);
      const { columns: shown } = fields(each);
      const now = new Map(columns(profile).map(([name, ...rest]) => [name, rest]));
      for (const column of all(shown)) {
        const [name, display, filter] = all(column);
        const known = typeof name === "string" ? now.get(name) : undefined;
        if (!known) continue;
        if (typeof display === "boolean" && known[0] !== display)
          tell(profile, "setHeaderDisplay", display, name);
        if (typeof filter === "string" && known[1] !== filter)
          tell(profile, "setColumnFilter", filter, name);
      }
    }
  },
};
