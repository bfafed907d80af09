// Catalogs from files: on which image each is, how it is drawn, its table with filters and
// order, and its plots. Those found online are named, because the viewer does not
// keep what was searched for.
import { all, ask, call, FAILED, fields, number, tell, text } from "../ask.js";
import { framesOf, idOf, imageOf, readFields, writeFields } from "../section.js";
import type { Section } from "../section.js";
import { entry, profileOf, readRows, restoreOverlay, restoreRows } from "./catalog-rows.js";
import { readPlots, restorePlots } from "./catalog-plots.js";
import { PLOT } from "./catalog-style.js";

const widgetOf = (app: unknown, id: unknown): unknown =>
  entry(app, "widgetsStore.catalogWidgets", entry(app, "catalogStore.catalogWidgets", id));

/** A new layout takes it away; the viewer itself makes another only when it draws. */
function madeWidgetOf(app: unknown, id: unknown): unknown {
  const made = call(app, "catalogStore.getCatalogWidgetStore", id);
  return made === FAILED ? widgetOf(app, id) : made;
}

const isFromFile = (app: unknown, id: unknown): boolean =>
  ask(profileOf(app, id), "isFileBasedCatalog") !== false;

const idsOf = (app: unknown): unknown[] =>
  all(ask(app, "catalogStore.catalogProfileStores")).map((found) => all(found)[0]);

/** The columns of its table, with what is asked of each. */
function columns(profile: unknown): [string, boolean, string][] {
  return all(ask(profile, "catalogControlHeader")).map((column) => {
    const [name, control] = all(column);
    return [String(name), ask(control, "display") === true, text(ask(control, "filter")) ?? ""];
  });
}

function restoreColumns(profile: unknown, shown: unknown): void {
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

/** Which catalog is in which of the viewer's windows of catalogs that are open. */
function windows(app: unknown): unknown[][] {
  const open = all(ask(app, "widgetsStore.floatingWidgets"));
  const ids = open.map((widget) => ask(widget, "componentId"));
  return all(ask(app, "catalogStore.catalogProfiles"))
    .map(all)
    .filter(([id]) => ids.includes(id));
}

export const catalogs: Section = {
  name: "catalogs",
  aspect: "catalogs",
  of: "viewer",
  read(app) {
    if (ask(app, "catalogStore.imageAssociatedCatalogId") === undefined) return undefined;
    const ids = idsOf(app).filter((id) => isFromFile(app, id));
    return {
      images: framesOf(app)
        .map((frame) => [
          imageOf(frame),
          all(entry(app, "catalogStore.imageAssociatedCatalogId", idOf(frame)))
            .filter((id) => ids.includes(id))
            .map((catalog) => ({ catalog })),
        ])
        .filter(([, of]) => all(of).length > 0),
      windows: windows(app)
        .filter(([, id]) => ids.includes(id))
        .map(([, catalog]) => ({ catalog })),
      catalogs: ids.map((catalog) => ({
        of: { catalog },
        ...readFields(widgetOf(app, catalog), PLOT),
        columns: columns(profileOf(app, catalog)),
        ...readRows(app, catalog, widgetOf(app, catalog)),
        plots: readPlots(app, catalog),
      })),
    };
  },
  async restore(app, value) {
    const wanted = fields(value);
    restoreImages(app, wanted["images"]);
    all(wanted["windows"]).forEach((ref, at) => {
      const [key, now] = windows(app)[at] ?? [];
      const id = number(ask(ref, "catalog"));
      if (key !== undefined && id !== undefined && now !== id)
        tell(app, "catalogStore.catalogProfiles.set", key, id);
    });
    for (const each of all(wanted["catalogs"])) {
      const id = ask(each, "of.catalog");
      const profile = profileOf(app, id);
      if (profile === undefined || !isFromFile(app, id)) continue;
      const widget = madeWidgetOf(app, id);
      restoreColumns(profile, ask(each, "columns"));
      await restoreRows(app, id, each);
      writeFields(widget, PLOT, each);
      await restoreOverlay(app, id, widget, each);
      await restorePlots(app, id, ask(each, "plots"));
    }
  },
};

function restoreImages(app: unknown, images: unknown): void {
  const on = new Map(
    all(images).map((found) => {
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
}

/** What an online search has found: it is not repeated. */
export const online: Section = {
  name: "online",
  aspect: "online",
  of: "viewer",
  read(app) {
    if (ask(app, "catalogStore.catalogProfileStores") === undefined) return undefined;
    const names = idsOf(app)
      .filter((id) => !isFromFile(app, id))
      .map((id) => text(ask(profileOf(app, id), "catalogInfo.fileInfo.name")) ?? "");
    return names.length > 0 ? names : null;
  },
  restore() {},
};
