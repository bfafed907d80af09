// Grid, labels, ticks and whatever else is drawn around the images.
import { ask, fields } from "../ask.js";
import { readFields, settable, writeFields, type Section } from "../section.js";

const PARTS = [
  "global",
  "title",
  "grid",
  "border",
  "ticks",
  "axes",
  "numbers",
  "labels",
  "colorbar",
  "beam",
] as const;

/** 6.0.0 and 4.1.0. */
const storeOf = (app: unknown): unknown => ask(app, "overlaySettings") ?? ask(app, "overlayStore");

export const overlaySettings: Section = {
  name: "settings",
  aspect: "settings",
  of: "viewer",
  beforeRegions: true,
  read(app) {
    const values: Record<string, unknown> = {};
    for (const part of PARTS) {
      const store = ask(storeOf(app), part);
      const value = readFields(store, settable(store));
      if (value) values[part] = value;
    }
    return Object.keys(values).length > 0 ? values : undefined;
  },
  restore(app, value) {
    for (const part of PARTS) {
      const store = ask(storeOf(app), part);
      writeFields(store, settable(store), fields(value)[part]);
    }
  },
};
