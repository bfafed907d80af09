// Of each image: colours and scaling, and how its contours and vectors are drawn.
import { ask, askAny, call, fields, tell } from "../ask.js";
import { readFields, writeFields, type Field, type Section } from "../section.js";

const RENDER: readonly Field[] = [
  ["setScaling", "scaling"],
  ["setCustomHexStart", "customColormapHexStart"],
  ["setCustomHexEnd", "customColormapHexEnd"],
  ["setColorMap", "colorMap"],
  ["setBias", "bias"],
  ["setContrast", "contrast"],
  ["setGamma", "gamma"],
  ["setAlpha", "alpha"],
  ["setInverted", "isInverted", "inverted"],
  ["setVisible", "isVisible", "visible"],
];

/** For each polarization; the viewer takes them as its own workspaces have them. */
const CLIPS = ["selectedPercentile", "scaleMin", "scaleMax"] as const;

const STYLE: readonly Field[] = [
  ["setColor", "color"],
  ["setThickness", "thickness"],
  ["setVisible", "isVisible", "visible"],
  ["setColormapEnabled", "isColormapEnabled", "colormapEnabled"],
  ["setColormap", "colormap"],
  ["setColormapBias", "colormapBias"],
  ["setColormapContrast", "colormapContrast"],
];
const CONTOURS: readonly Field[] = [...STYLE, ["setDashMode", "dashMode"]];
const OVERLAY: readonly Field[] = [...STYLE, ["setRotationOffset", "rotationOffset"]];

export const colours: Section = {
  name: "colours",
  aspect: "colours",
  of: "image",
  read(frame) {
    const config = ask(frame, "renderConfig");
    const values = readFields(config, RENDER);
    const clips = Object.fromEntries(CLIPS.map((name) => [name, ask(config, name)]));
    const ofCube = askAny(config, "isUsingCubeHistogram", "useCubeHistogram") === true;
    return values && Object.assign(values, clips, { ofCube });
  },
  // A histogram of the whole cube would take the backend minutes: it is named instead.
  restore(frame, value) {
    const config = ask(frame, "renderConfig");
    writeFields(config, RENDER, value);
    const wanted = fields(value);
    const isOther = (name: string) =>
      JSON.stringify(ask(config, name)) !== JSON.stringify(wanted[name]);
    if (!CLIPS.some(isOther)) return;
    if (!CLIPS.every((name) => isClip(wanted[name], ask(config, name)))) return;
    // It has to be given all of it.
    const whole = Object.fromEntries(
      ["scaling", "colorMap", "bias", "contrast", "gamma", "alpha"].map((name) => [
        name,
        ask(config, name),
      ]),
    );
    const [inverted, visible] = [wanted["setInverted"], wanted["setVisible"]];
    const clips = Object.fromEntries(CLIPS.map((name) => [name, wanted[name]]));
    tell(config, "updateFromWorkspace", { ...whole, inverted, visible, ...clips });
  },
};

/** As many numbers as there are. */
const isClip = (value: unknown, now: unknown): boolean =>
  Array.isArray(value) &&
  value.length === ask(now, "length") &&
  value.every((each) => typeof each === "number");

export const contours: Section = {
  name: "contours",
  aspect: "contours",
  of: "image",
  read: (frame) => readFields(ask(frame, "contourConfig"), CONTOURS),
  restore: (frame, value) => writeFields(ask(frame, "contourConfig"), CONTOURS, value),
};

/** What is set in pairs. */
const RANGES = [
  ["setIntensityRange", "intensityMin", "intensityMax"],
  ["setLengthRange", "lengthMin", "lengthMax"],
] as const;

export const overlays: Section = {
  name: "overlay",
  aspect: "overlays",
  of: "image",
  read(frame) {
    const config = ask(frame, "vectorOverlayConfig");
    const values = readFields(config, OVERLAY);
    const ranges = RANGES.map(([set, min, max]) => [
      set,
      [ask(config, min) ?? null, ask(config, max) ?? null],
    ]);
    return values && { ...values, ...Object.fromEntries(ranges) };
  },
  restore(frame, value) {
    const config = ask(frame, "vectorOverlayConfig");
    writeFields(config, OVERLAY, value);
    for (const [set, ...names] of RANGES) {
      const wanted = fields(value)[set];
      const now = names.map((name) => ask(config, name) ?? null);
      if (!Array.isArray(wanted) || JSON.stringify(now) === JSON.stringify(wanted)) continue;
      call(config, set, wanted[0] ?? undefined, wanted[1] ?? undefined);
    }
  },
};
