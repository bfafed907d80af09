// Everything that is kept of the view, in the order in which it is given back: an image's
// place in its panel is known once the panels are there.
import type { Section } from "../section.js";
import { blending, order } from "./blending.js";
import { catalogs, online } from "./catalogs.js";
import { layout } from "./layout.js";
import { colours, contours, overlays } from "./look.js";
import { match, matching, zoom } from "./place.js";
import { regions } from "./regions.js";
import { active, animator, axes, cursor } from "./selection.js";
import { overlaySettings } from "./settings.js";
import { widgets } from "./widgets.js";

export const SECTIONS: readonly Section[] = [
  layout,
  overlaySettings,
  axes,
  colours,
  contours,
  overlays,
  matching,
  zoom,
  regions,
  blending,
  order,
  catalogs,
  online,
  animator,
  active,
  widgets,
  cursor,
];

/** What is given back to an image that is made again, in this order. */
export const LOOK: readonly Section[] = [axes, colours, contours, overlays, match, zoom];
