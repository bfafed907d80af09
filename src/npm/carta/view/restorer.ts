// Gives a rebuilt viewer its view back, and finds out what of it is back: what is read from
// it afterwards is what was kept.
import type { IdPairs, KeptView, ViewAspect, ViewReport } from "../../view.js";
import { drawn } from "./drawn.js";
import { jsonOf, partsOf } from "./reader.js";
import { framesOf, idOf, type RefKind, type Section } from "./section.js";
import { sized } from "./size.js";

interface Wanted {
  section: Section;
  of: unknown;
  value: unknown;
  /** File ids of all images that are to be as before. */
  images: ReadonlySet<number>;
}

/** What is to be there before regions are. */
export async function restoreImages(
  sections: readonly Section[],
  app: unknown,
  kept: KeptView,
): Promise<void> {
  await sized(app);
  const { wanted } = wantedOf(sections, app, kept);
  await give(
    wanted.filter(({ section }) => section.beforeRegions),
    app,
  );
}

/** Gives it to these images, or to all. */
export async function restoreView(
  sections: readonly Section[],
  app: unknown,
  kept: KeptView,
  images = kept.images,
): Promise<ViewReport> {
  await sized(app);
  const { wanted, unknown } = wantedOf(sections, app, kept, images);
  await give(wanted, app);
  await drawn();
  // Panels that have come or changed their size may have moved what is in them.
  await give(wanted, app);
  await drawn();
  const notBack = new Set<ViewAspect>(unknown);
  for (const each of wanted) if (!isBack(each, app)) notBack.add(each.section.aspect);
  const aspects = new Set(sections.map(({ aspect }) => aspect));
  const back = [...aspects].filter((aspect) => !notBack.has(aspect));
  return { back, notBack: [...aspects].filter((aspect) => notBack.has(aspect)) };
}

/** What was kept about things that are there again, and the aspects about which nothing is known. */
function wantedOf(
  sections: readonly Section[],
  app: unknown,
  kept: KeptView,
  images: IdPairs = kept.images,
) {
  const maps = {
    image: new Map(kept.images),
    region: new Map(kept.regions),
    catalog: new Map(kept.catalogs),
  };
  const now = (kind: RefKind, id: number) => maps[kind].get(id);
  const json = new Map(kept.parts.map(({ key, json }) => [key, json]));
  const wanted: Wanted[] = [];
  const unknown = new Set<ViewAspect>();
  const before = new Map(images.map(([old, id]) => [id, old]));
  const there = new Set(before.keys());
  const frames = framesOf(app).filter((frame) => before.has(idOf(frame) ?? NaN));
  for (const section of sections) {
    for (const [key, of] of partsOf(section, app, frames)) {
      const id = idOf(of);
      const old = section.of === "viewer" ? key : `${section.name}/${before.get(id ?? NaN)}`;
      const value = parsed(json.get(old));
      if (value === undefined) unknown.add(section.aspect);
      else
        wanted.push({
          section,
          of,
          value: (section.renamed ?? renamed)(value, now),
          images: there,
        });
    }
  }
  return { wanted, unknown };
}

async function give(wanted: readonly Wanted[], app: unknown): Promise<void> {
  for (const each of wanted) {
    const { section, of, value, images } = each;
    try {
      // Reading it afterwards shows whether it worked.
      if (value !== null && !isBack(each, app)) await section.restore(of, value, app, images);
    } catch {
      // Reading shows that too.
    }
  }
}

function isBack({ section, of, value, images }: Wanted, app: unknown): boolean {
  const now = jsonOf(section, of, app);
  return section.isBack
    ? section.isBack(value, parsed(now), images)
    : now === JSON.stringify(value);
}

export function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : (JSON.parse(json) as unknown);
  } catch {
    return undefined;
  }
}

const KINDS: readonly RefKind[] = ["image", "region", "catalog"];

/** The same with the ids of this page; `null` for what is not there. */
function renamed(value: unknown, now: (kind: RefKind, id: number) => number | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, now));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [[kind, id] = ["", null]] = entries;
  if (entries.length === 1 && typeof id === "number" && (KINDS as string[]).includes(kind)) {
    const found = now(kind as RefKind, id);
    return found === undefined ? null : { [kind]: found };
  }
  return Object.fromEntries(entries.map(([name, each]) => [name, renamed(each, now)]));
}
