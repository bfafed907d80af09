// Colour blending, which makes images of others (6.0.0), and the order of all images.
import { all, ask, call, fields, number, put, tell } from "../ask.js";
import { frameOf, framesOf, imageOf, plain, readFields, writeFields } from "../section.js";
import type { Field, Section } from "../section.js";

const TITLE: readonly Field[] = [["setTitleCustomText", "titleCustomText"]];
const VISIBLE = ["isRasterVisible", "isContourVisible", "isVectorOverlayVisible"] as const;

const imagesOf = (app: unknown): unknown[] =>
  all(ask(app, "imageViewConfigStore.colorBlendingImages"));

export const blending: Section = {
  name: "blending",
  aspect: "blending",
  of: "viewer",
  read(app) {
    return imagesOf(app).map((image) => ({
      ...readFields(image, TITLE),
      layers: all(ask(image, "selectedFrames")).map(imageOf),
      alpha: plain(ask(image, "alpha")),
      visible: VISIBLE.map((name) => ask(image, name) ?? null),
    }));
  },
  restore(app, value) {
    const wanted = all(value);
    wanted.forEach((each, at) => {
      if (imagesOf(app).length <= at) call(app, "imageViewConfigStore.createColorBlending");
      const image = imagesOf(app)[at];
      if (image === undefined) return;
      const { layers, alpha, visible } = fields(each);
      const base = ask(image, "baseFrame");
      const frames = all(layers).map((ref) => frameOf(app, ref));
      const fitting = frames.filter((frame) => frame && ask(frame, "spatialReference") === base);
      // It begins with all that it may have.
      const has = all(ask(image, "selectedFrames"));
      if (has.length !== fitting.length || fitting.some((frame, layer) => has[layer] !== frame)) {
        has
          .reverse()
          .forEach((_, layer) => tell(image, "deleteSelectedFrame", has.length - 1 - layer));
        for (const frame of fitting) tell(image, "addSelectedFrame", frame);
      }
      all(alpha).forEach((part, layer) => {
        const known = ask(image, `alpha.${layer}`);
        if (number(part) !== undefined && known !== undefined && known !== part)
          tell(image, "setAlpha", layer, part);
      });
      VISIBLE.forEach((name, which) => {
        const shown = all(visible)[which];
        if (typeof shown === "boolean") put(image, name, shown);
      });
      writeFields(image, TITLE, each);
    });
  },
};

/** What stands in the viewer's list of images. */
function listOf(app: unknown): unknown[] {
  const blended = imagesOf(app);
  const list = ask(app, "imageViewConfigStore.imageList");
  const stores = list === undefined ? framesOf(app) : all(list).map((each) => ask(each, "store"));
  return stores.map((store) =>
    blended.includes(store) ? { blended: blended.indexOf(store) } : imageOf(store),
  );
}

export const order: Section = {
  name: "order",
  aspect: "order",
  of: "viewer",
  listsImages: true,
  read: listOf,
  restore(app, value) {
    all(value).forEach((wanted, place) => {
      const now = listOf(app).findIndex((each) => JSON.stringify(each) === JSON.stringify(wanted));
      if (now >= 0 && now !== place) tell(app, "reorderFrame", now, place, 1);
    });
  },
};
