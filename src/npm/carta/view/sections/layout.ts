// Which widgets there are and where, docked and floating, with their settings. What is
// given back goes through the viewer's own way to apply a saved layout.
import { all, ask, call, FAILED, fields, number, put, tell, text } from "../ask.js";
import { drawn } from "../drawn.js";
import { floatingOf, takeOut } from "../floating.js";
import { plain, type Section } from "../section.js";

/** A widget, or what widgets stand in. */
interface Item {
  type: "row" | "column" | "stack" | "component";
  id?: string;
  width?: number;
  height?: number;
  activeItemIndex?: number;
  widgetSettings?: object;
  content?: Item[];
}

/** Belong to something else, by which they would have to be made. */
const DEPENDENT = /^(floating-settings|catalog-|pv-preview|placeholder)/;

/** The ends of a plot's axes are where the data end, as long as nobody sets them. */
const OF_DATA = /^(min|max)[XY]Val$/;

/** No viewer nests deeper. */
const DEEPEST = 12;

const typeOf = (id: string): string => id.replace(/(-component)?-\d+$/, "");

const round = (value: unknown): number | undefined => {
  const found = number(value);
  return found === undefined ? undefined : Math.round(found * 1_000) / 1_000;
};

/** The viewer's tree, in the form in which it saves layouts. */
function docked(app: unknown): Item | undefined {
  const model = plain(call(app, "layoutStore.layoutModel.toJson"));
  const newer = item(app, ask(model, "layout"), "row");
  if (newer) return newer;
  const config = call(app, "layoutStore.dockedLayout.toConfig");
  return config === FAILED ? undefined : item(app, all(ask(config, "content"))[0], "row");
}

function item(app: unknown, node: unknown, inside: "row" | "column"): Item | undefined {
  const { type } = fields(node);
  // 6.0.0 calls both a row, in turns.
  const isRow = type === "row" || type === "column";
  const is = isRow ? (ask(node, "children") ? inside : type) : type === "tab" ? "component" : type;
  const sizes = sizesOf(node);
  if (is === "component") {
    const id = text(ask(node, "config.id") ?? ask(node, "props.id")) ?? text(ask(node, "id"));
    const found = text(ask(node, "component")) ?? typeOf(id ?? "");
    if (id === undefined || DEPENDENT.test(found)) return undefined;
    return { type: "component", id: numbered(found, id), ...sizes, ...settings(app, found, id) };
  }
  const content: Item[] = [];
  const next = inside === "row" ? "column" : "row";
  for (const child of all(ask(node, "children") ?? ask(node, "content"))) {
    const made = item(app, child, next);
    if (made) content.push(made);
  }
  if (content.length === 0) return undefined;
  if (is === "row" || is === "column") return { type: is, ...sizes, content };
  const activeItemIndex = number(ask(node, "selected") ?? ask(node, "activeItemIndex")) ?? 0;
  return { type: "stack", ...sizes, activeItemIndex, content };
}

const numbered = (type: string, id: string): string =>
  type === "image-view" ? type : `${type}-${/-(\d+)$/.exec(id)?.[1] ?? 0}`;

function sizesOf(node: unknown): Pick<Item, "width" | "height"> {
  const weight = round(ask(node, "weight"));
  const [width, height] = [weight ?? round(ask(node, "width")), round(ask(node, "height"))];
  return { ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) };
}

function settings(app: unknown, type: string, id: string): Pick<Item, "widgetSettings"> {
  const found = plain(call(app, "widgetsStore.toWidgetSettingsConfig", type, id));
  if (typeof found !== "object" || found === null) return {};
  const set = Object.entries(found).filter(([name]) => !OF_DATA.test(name));
  return { widgetSettings: Object.fromEntries(set) };
}

interface Floating {
  id: string;
  at: (number | null)[];
  widgetSettings?: object;
}

const PLACE = ["defaultWidth", "defaultHeight", "defaultX", "defaultY"] as const;

const placeOf = (widget: unknown): (number | null)[] =>
  PLACE.map((name) => number(ask(widget, name)) ?? null);

function floating(app: unknown): Floating[] {
  const found: Floating[] = [];
  for (const widget of floatingOf(app)) {
    const [type, id] = [text(ask(widget, "type")), text(ask(widget, "id"))];
    if (type === undefined || id === undefined || DEPENDENT.test(type)) continue;
    found.push({ id: type, at: placeOf(widget), ...settings(app, type, id) });
  }
  return found;
}

/** Those that are not made here: they are there if what they belong to is. */
function others(app: unknown): Floating[] {
  const found = floatingOf(app).map((widget) => {
    return { id: String(ask(widget, "type")), at: placeOf(widget) };
  });
  return found.filter(({ id }) => DEPENDENT.test(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Puts them where they were; a window reads its place only when it is first drawn. */
async function place(app: unknown, wanted: unknown): Promise<void> {
  const there = floatingOf(app).filter((widget) => DEPENDENT.test(String(ask(widget, "type"))));
  const moved = new Map<unknown, number[]>();
  for (const each of all(wanted)) {
    const at = there.findIndex((widget) => ask(widget, "type") === ask(each, "id"));
    const [widget] = at < 0 ? [] : there.splice(at, 1);
    const to = all(ask(each, "at")).map(number);
    if (to.every((length) => length !== undefined) && placeOf(widget).join() !== to.join())
      if (widget) moved.set(widget, to);
  }
  // It opens with the first catalog; the user had closed it.
  for (const { type, id } of there.map(fields))
    if (type === "catalog-overlay") tell(app, "widgetsStore.removeFloatingWidget", id);
  if (moved.size === 0) return;
  for (const widget of moved.keys()) takeOut(app, widget);
  await drawn();
  for (const [widget, [width, height, x, y]] of moved) {
    tell(widget, "setDefaultSize", width, height);
    tell(widget, "setDefaultPosition", x, y);
    tell(app, "widgetsStore.addFloatingWidget", widget);
  }
}

const TEMPORARY = "carta-resume";

export const layout: Section = {
  name: "layout",
  aspect: "layout",
  of: "viewer",
  beforeRegions: true,
  read(app) {
    const tree = docked(app);
    if (!tree) return undefined;
    const stack = floatingOf(app).map((widget) => ask(widget, "type"));
    return { docked: tree, floating: floating(app), others: others(app), stack };
  },
  async restore(app, value) {
    const { docked: tree, floating: loose, others: rest, stack } = fields(value);
    const isSame = (now: unknown, wanted: unknown) =>
      JSON.stringify(now) === JSON.stringify(wanted);
    if (!isSame(docked(app), tree)) {
      await clear(app);
      apply(app, tree, loose);
    } else if (!isSame(floating(app), loose)) {
      await clear(app);
      for (const each of checkedLoose(loose)) tell(app, "widgetsStore.createFloatingWidget", each);
    }
    await place(app, rest);
    raise(app, all(stack));
  },
};

/** Closes the floating ones, but for those of what has just been opened. */
async function clear(app: unknown): Promise<void> {
  const closed = floatingOf(app).filter((each) => !DEPENDENT.test(String(ask(each, "type"))));
  for (const each of closed) tell(app, "widgetsStore.removeFloatingWidget", ask(each, "id"));
  // A new one with the same id would be taken for the same, and keep its title.
  if (closed.length > 0) await drawn();
}

function apply(app: unknown, tree: unknown, loose: unknown): void {
  const store = ask(app, "layoutStore");
  const sound = checked(tree, 0);
  const layouts = fields(ask(store, "layouts"));
  if (!sound?.content || typeof ask(store, "applyLayout") !== "function") return;
  const name = ask(store, "currentLayoutName");
  const hadCatalogs = others(app).some(({ id }) => id === "catalog-overlay");
  layouts[TEMPORARY] = { layoutVersion: 2, docked: sound, floating: checkedLoose(loose) };
  tell(store, "applyLayout", TEMPORARY);
  delete layouts[TEMPORARY];
  put(store, "currentLayoutName", name);
  tell(app, "widgetsStore.updateImageWidgetTitle", ask(store, "dockedLayout"));
  // It is gone with the layout before.
  if (hadCatalogs) tell(app, "widgetsStore.reloadFloatingCatalogWidget");
}

/** What is made from a layout has no place in the stack; what the user adds has. */
function raise(app: unknown, stack: unknown[]): void {
  const store = ask(app, "widgetsStore");
  const left = floatingOf(app);
  if (typeof ask(store, "addFloatingWidget") !== "function") return;
  const sorted: unknown[] = [];
  for (const type of stack) {
    const at = left.findIndex((widget) => ask(widget, "type") === type);
    if (at >= 0) sorted.push(...left.splice(at, 1));
  }
  for (const widget of floatingOf(app)) takeOut(app, widget);
  for (const widget of [...sorted, ...left]) tell(store, "addFloatingWidget", widget);
}

/** What was stored, as far as it is a layout. */
function checked(value: unknown, depth: number): Item | undefined {
  const { type, id, activeItemIndex, widgetSettings, content } = fields(value);
  const more = { ...sizesOf(value), ...checkedSettings(widgetSettings) };
  if (type === "component") return typeof id === "string" ? { type, id, ...more } : undefined;
  if ((type !== "row" && type !== "column" && type !== "stack") || depth > DEEPEST)
    return undefined;
  const items = all(content).map((each) => checked(each, depth + 1));
  const index = number(activeItemIndex);
  return {
    type,
    ...more,
    ...(index === undefined ? {} : { activeItemIndex: index }),
    content: items.filter((each) => each !== undefined),
  };
}

const checkedSettings = (value: unknown): Pick<Item, "widgetSettings"> =>
  typeof value === "object" && value !== null ? { widgetSettings: value } : {};

function checkedLoose(value: unknown): object[] {
  const found: object[] = [];
  for (const each of all(value)) {
    const { id, at, widgetSettings } = fields(each);
    if (typeof id !== "string" || DEPENDENT.test(id)) continue;
    const places = PLACE.map((name, which) => [name, number(all(at)[which]) ?? ""]);
    const settings = checkedSettings(widgetSettings);
    found.push({ type: "component", id, ...Object.fromEntries(places), ...settings });
  }
  return found;
}
