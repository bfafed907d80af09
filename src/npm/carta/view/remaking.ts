// How images look that are gone and are made again, from the moment they are gone.
import { inAll, type IdPairs, type KeptView, type ViewReport } from "../../view.js";
import { jsonOf, partsOf } from "./reader.js";
import { parsed, restoreView } from "./restorer.js";
import { framesOf, idOf } from "./section.js";
import { LOOK } from "./sections/index.js";
import { match, matching, matchOf } from "./sections/place.js";
import { until } from "./until.js";

/** What was read of an image, and what others that were there are called now. */
type Noted = Pick<KeptView, "parts" | "images">;

export class Remaking {
  /** By the ids that the images had. */
  #noted = new Map<number, Noted>();

  /** These are gone, and no others; `kept`: after a rebuild, the view of the page before. */
  note(app: unknown, images: readonly number[], kept: KeptView | undefined): void {
    const noted = new Map<number, Noted>();
    for (const id of images) {
      // What is still to be made again since an earlier drop is not shown any more.
      const found = this.#noted.get(id) ?? (kept ? keptOf(kept, id) : shownOf(app, id));
      if (found) noted.set(id, found);
    }
    this.#noted = noted;
  }

  /** These have been made again: how each looked, in their order. */
  take(images: IdPairs): (Noted | undefined)[] {
    return images.map(([was]) => {
      const noted = this.#noted.get(was);
      this.#noted.delete(was);
      return noted;
    });
  }
}

/** Nothing is said of images that were not noted. */
export async function restoreLooks(
  app: unknown,
  images: IdPairs,
  noted: readonly (Noted | undefined)[],
): Promise<ViewReport> {
  // The viewer is still taking them up.
  const there = () => framesOf(app).map(idOf);
  await until(() => images.every(([, now]) => there().includes(now)));
  const reports: ViewReport[] = [];
  for (const [at, pair] of images.entries()) {
    const of = noted[at];
    if (!of) continue;
    const kept = { ...of, images: [...of.images, ...images], regions: [], catalogs: [] };
    reports.push(await restoreView(LOOK, app, kept, [pair]));
  }
  return inAll(reports);
}

/** As the viewer still shows it. */
function shownOf(app: unknown, id: number): Noted | undefined {
  const frames = framesOf(app);
  const frame = frames.find((each) => idOf(each) === id);
  if (!frame) return undefined;
  const ids = frames.map(idOf).filter((each) => each !== undefined);
  const parts = LOOK.flatMap((section) =>
    partsOf(section, app, [frame]).map(([key]) => ({ key, json: jsonOf(section, frame, app) })),
  );
  return {
    parts: parts.flatMap(({ key, json }) => (json === undefined ? [] : [{ key, json }])),
    images: ids.map((each) => [each, each]),
  };
}

/** As the page before has kept it. */
function keptOf({ parts, images }: KeptView, id: number): Noted {
  const viewers = parsed(parts.find(({ key }) => key === matching.name)?.json);
  const own = viewers === undefined ? undefined : JSON.stringify(matchOf(viewers, id));
  const all = own === undefined ? parts : [...parts, { key: `${match.name}/${id}`, json: own }];
  return { parts: all, images };
}
