// Of the whole: the image and the region that the user works with, the cursor, and the
// animator, which is never started.
import { all, ask, askAny, fields, number, put, tell } from "../ask.js";
import { frameOf, imageOf, isSame, plain, present, readFields, writeFields } from "../section.js";
import type { Field, Section } from "../section.js";

function selectedRegions(set: unknown): unknown[] | undefined {
  const several = ask(set, "selectedRegionIds");
  if (several !== undefined) return all(several);
  // `null` if none is.
  const one = ask(set, "selectedRegion");
  return one === undefined ? [] : [ask(one, "regionId")].filter((id) => id !== undefined);
}

export const active: Section = {
  name: "active",
  aspect: "active",
  of: "viewer",
  read(app) {
    const frame = ask(app, "activeFrame");
    if (frame === undefined) return undefined;
    const ids = selectedRegions(ask(frame, "regionSet")) ?? [];
    const regions = ids.filter((id) => number(id) !== undefined && Number(id) > 0);
    return { image: imageOf(frame), regions: regions.map((id) => ({ region: id })) };
  },
  restore(app, value) {
    const { image, regions } = fields(value);
    const frame = frameOf(app, image);
    if (!frame) return;
    const fileId = ask(image, "image");
    if (ask(app, "activeFrame") !== frame)
      tell(app, "setActiveFrameById", fileId) || tell(app, "setActiveImageById", 0, fileId);
    const set = ask(frame, "regionSet");
    const ids = all(regions).map((ref) => ask(ref, "region"));
    if (tell(set, "setSelectionByIds", ids)) return;
    const region = all(ask(set, "regions")).find((each) => ids.includes(ask(each, "regionId")));
    if (region) tell(set, "selectRegion", region);
  },
  isBack(value, now) {
    const { image, regions } = fields(value);
    return image === null || isSame({ image, regions: present(regions) }, now);
  },
};

export const cursor: Section = {
  name: "cursor",
  aspect: "active",
  of: "viewer",
  read(app) {
    const frozen = askAny(app, "isCursorFrozen", "cursorFrozen");
    if (typeof frozen !== "boolean") return undefined;
    // Otherwise it is where the mouse is.
    const at = frozen ? plain(ask(app, "activeFrame.cursorInfo.posImageSpace")) : null;
    return { frozen, at: at ?? null };
  },
  restore(app, value) {
    const { frozen, at } = fields(value);
    const [x, y] = [number(ask(at, "x")), number(ask(at, "y"))];
    if (x !== undefined && y !== undefined) tell(app, "activeFrame.setCursorPosition", { x, y });
    if (typeof frozen === "boolean") tell(app, "setCursorFrozen", frozen);
  },
};

const ANIMATOR: readonly Field[] = [
  ["setFrameRate", "frameRate"],
  ["setStep", "step"],
  ["setAnimationMode", "animationMode"],
];

export const animator: Section = {
  name: "animator",
  aspect: "animator",
  of: "viewer",
  read(app) {
    const values = readFields(ask(app, "animatorStore"), ANIMATOR);
    return values && { ...values, playMode: ask(app, "animatorStore.playMode") ?? null };
  },
  restore(app, value) {
    writeFields(ask(app, "animatorStore"), ANIMATOR, value);
    const mode = number(fields(value)["playMode"]);
    if (mode !== undefined) put(ask(app, "animatorStore"), "playMode", mode);
  },
};

/** Of each image: the range of the animator, its titles, and its spectral axis. */
const AXES: readonly Field[] = [
  ["setTitleCustomText", "titleCustomText"],
  ["setColorbarLabelCustomText", "colorbarLabelCustomText"],
  ["setSpectralSystem", "spectralSystem"],
  ["setSpectralCoordinate", "spectralCoordinate"],
  ["setAnimationRange", "animationChannelRange"],
];

export const axes: Section = {
  name: "axes",
  aspect: "settings",
  of: "image",
  read: (frame) => readFields(frame, AXES),
  restore: (frame, value) => writeFields(frame, AXES, value),
};
