/** How values become colours: map, scaling and limits. */
import { colourTable, type ColourMap, type Scaling } from "./colour-maps.js";
import type { Histogram } from "./messages.js";
import type { OpenImage } from "./open-image.js";

export interface Look {
  readonly table: Uint32Array;
  readonly limits: readonly [number, number];
}

export class LookSettings {
  map: ColourMap = "inferno";
  scaling: Scaling = "linear";
  /** The share of the pixels between the limits. */
  percent = 99.5;
  #table: { key: string; table: Uint32Array } | null = null;
  readonly #looks = new WeakMap<OpenImage, { key: string; look: Look }>();

  /** The same object until the look changes. */
  of(image: OpenImage): Look {
    const limits = this.limits(image);
    const key = `${this.map} ${this.scaling} ${limits.join(" ")}`;
    const known = this.#looks.get(image);
    if (known?.key === key) return known.look;
    const look = { table: this.#colours(), limits };
    this.#looks.set(image, { key, look });
    return look;
  }

  limits(image: OpenImage): [number, number] {
    if (image.histogram !== null) return percentiles(image.histogram, this.percent);
    let [low, high] = [Infinity, -Infinity];
    for (const tile of image.shown.tiles.values()) {
      for (const value of tile.values) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    return low <= high ? [low, high] : [0, 1];
  }

  #colours(): Uint32Array {
    const key = `${this.map} ${this.scaling}`;
    if (this.#table?.key !== key) {
      this.#table = { key, table: colourTable(this.map, this.scaling) };
    }
    return this.#table.table;
  }
}

/** The values between which a share of the pixels lies, with as much cut off at each end. */
export function percentiles(histogram: Histogram, percent: number): [number, number] {
  const { bins, binWidth, firstBinCenter } = histogram;
  const total = bins.reduce((sum, count) => sum + count, 0);
  const edge = firstBinCenter - binWidth / 2;
  const cut = (total * (1 - percent / 100)) / 2;
  const reach = (order: number[]) => {
    let sum = 0;
    return order.findIndex((count) => (sum += count) > cut);
  };
  const low = reach(bins);
  const high = bins.length - reach([...bins].reverse());
  if (low < 0 || high <= low) return [edge, edge + Math.max(bins.length, 1) * binWidth];
  return [edge + low * binWidth, edge + high * binWidth];
}
