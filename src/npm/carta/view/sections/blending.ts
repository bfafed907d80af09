// Colour blending: images that are made of others (6.0.0).
import { all, ask, call, fields, number, put, tell } from "../ask.js";
import { frameOf, imageOf, plain, readFields, writeFields } from "../section.js";
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
      const frames = all(layers).map((ref) => frameOf(app, ref));
      // It begins with all that it may have.
      for (let left = all(ask(image, "selectedFrames")).length; left > 0; left -= 1)
        tell(image, "deleteSelectedFrame", left - 1);
      for (const frame of frames) if (frame) tell(image, "addSelectedFrame", frame);
      all(alpha).forEach((part, layer) => {
        if (number(part) !== undefined) tell(image, "setAlpha", layer, part);
      });
      VISIBLE.forEach((name, which) => {
        const shown = all(visible)[which];
        if (typeof shown === "boolean") put(image, name, shown);
      });
      writeFields(image, TITLE, each);
    });
  },
};
