/** Colour maps, as stops at equal distances from the lowest to the highest value. */
const STOPS = {
  inferno: "000004 1b0c41 4a0c6b 781c6d a52c60 cf4446 ed6925 fb9b06 f7d13d fcffa4",
  viridis: "440154 472d7b 3b528b 2c728e 21918c 28ae80 5ec962 addc30 fde725",
  magma: "000004 180f3d 440f76 721f81 9e2f7f cd4071 f1605d fd9668 feca8d fcfdbf",
  grey: "000000 ffffff",
} as const;

export type ColourMap = keyof typeof STOPS;
export const COLOUR_MAPS = Object.keys(STOPS) as ColourMap[];

/** How a value between the limits is mapped to a position in the colour map. */
export const SCALINGS = {
  linear: (t: number) => t,
  "square root": (t: number) => Math.sqrt(t),
  log: (t: number) => Math.log1p(1000 * t) / Math.log1p(1000),
} as const;
export type Scaling = keyof typeof SCALINGS;

const LEVELS = 1024;

/** Colours of `LEVELS` equal steps between the limits, as ABGR words. */
export function colourTable(map: ColourMap, scaling: Scaling): Uint32Array {
  const stops = STOPS[map].split(" ").map((hex) => parseInt(hex, 16));
  const table = new Uint32Array(LEVELS);
  for (let level = 0; level < LEVELS; level++) {
    const place = SCALINGS[scaling](level / (LEVELS - 1)) * (stops.length - 1);
    const index = Math.min(Math.floor(place), stops.length - 2);
    const [low, high] = [stops[index] ?? 0, stops[index + 1] ?? 0];
    const mix = (shift: number) => {
      const [a, b] = [(low >> shift) & 255, (high >> shift) & 255];
      return Math.round(a + (b - a) * (place - index));
    };
    table[level] = ((255 << 24) | (mix(0) << 16) | (mix(8) << 8) | mix(16)) >>> 0;
  }
  return table;
}

/**
 * Colours `width` × `height` values, with rows from the bottom, into pixels, with rows from the
 * top. NaN is transparent.
 */
export function colour(
  values: Float32Array,
  width: number,
  height: number,
  table: Uint32Array,
  [low, high]: readonly [number, number],
): ImageData {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const perValue = (LEVELS - 1) / (high - low || 1);
  for (let row = 0; row < height; row++) {
    const from = (height - 1 - row) * width;
    for (let column = 0; column < width; column++) {
      const value = values[from + column] ?? NaN;
      if (Number.isNaN(value)) continue;
      const level = Math.min(Math.max((value - low) * perValue, 0), LEVELS - 1);
      pixels[row * width + column] = table[level | 0] ?? 0;
    }
  }
  return image;
}

/** CSS gradient of a colour map, lowest value first. */
export function gradient(map: ColourMap): string {
  return `linear-gradient(to right, ${STOPS[map]
    .split(" ")
    .map((hex) => `#${hex}`)
    .join(", ")})`;
}
