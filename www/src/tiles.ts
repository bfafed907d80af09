/**
 * Tiles of one image plane. Layer 0 is the coarsest and holds the whole image in one tile; in each
 * further layer, a value stands for half as many pixels along each axis.
 */
import type { TileData } from "./messages.js";
import type { Size, View } from "./view.js";

const TILE = 256;

export interface Tile extends Size {
  layer: number;
  x: number;
  y: number;
  /** Image pixels per value, along each axis. */
  mip: number;
  values: Float32Array<ArrayBuffer>;
  /** Coloured pixels and the look that they were coloured for. */
  painted?: { look: object; canvas: OffscreenCanvas };
}

export const tileCode = (layer: number, x: number, y: number) => (layer << 24) | (y << 12) | x;

/** Number of the finest layer, where a value is a pixel. */
export function finestLayer({ width, height }: Size): number {
  const most = Math.max(Math.ceil(width / TILE), Math.ceil(height / TILE), 1);
  return Math.ceil(Math.log2(most));
}

/** Codes of the tiles that a stage needs to show the image sharply. */
export function neededTiles(view: View, stage: Size, pixelRatio: number): number[] {
  const finest = finestLayer(view.image);
  const wanted = Math.floor(Math.log2(Math.max(1 / (view.scale * pixelRatio), 1)));
  const layer = Math.max(finest - wanted, 0);
  const span = TILE * 2 ** (finest - layer);
  const upperLeft = view.toImage({ x: 0, y: 0 }, stage);
  const lowerRight = view.toImage({ x: stage.width, y: stage.height }, stage);
  const last = (pixels: number) => Math.ceil(pixels / span) - 1;
  const clamp = (value: number, most: number) => Math.min(Math.max(Math.floor(value), 0), most);
  const [mostX, mostY] = [last(view.image.width), last(view.image.height)];
  const codes: number[] = [];
  for (let y = clamp(lowerRight.y / span, mostY); y <= clamp(upperLeft.y / span, mostY); y++) {
    for (let x = clamp(upperLeft.x / span, mostX); x <= clamp(lowerRight.x / span, mostX); x++) {
      codes.push(tileCode(layer, x, y));
    }
  }
  return codes;
}

/** The tiles of one channel and Stokes plane that have arrived. */
export class Plane {
  readonly tiles = new Map<number, Tile>();
  readonly asked = new Set<number>();

  constructor(
    readonly channel: number,
    readonly stokes: number,
  ) {}

  /** Stores an uncompressed tile; false if its size does not match its data. */
  add(data: TileData): boolean {
    const { layer, x, y, width, height, mip, imageData } = data;
    if (width <= 0 || height <= 0 || width > TILE || height > TILE) return false;
    if (imageData.byteLength !== 4 * width * height) return false;
    // Copied, because protobuf does not align it, and so that the whole frame is not kept.
    const values = new Float32Array(imageData.slice().buffer);
    this.tiles.set(tileCode(layer, x, y), { layer, x, y, width, height, mip: mip || 1, values });
    return true;
  }

  /** Coarse ones first, so that finer ones are painted over them. */
  ordered(): Tile[] {
    return [...this.tiles.values()].sort((a, b) => a.layer - b.layer);
  }

  /** The value at an image pixel, if the tile that holds it is at full resolution. */
  valueAt(x: number, y: number, image: Size): number | null {
    const [column, row] = [Math.round(x), Math.round(y)];
    if (column < 0 || row < 0 || column >= image.width || row >= image.height) return null;
    const [tileX, tileY] = [Math.floor(column / TILE), Math.floor(row / TILE)];
    const tile = this.tiles.get(tileCode(finestLayer(image), tileX, tileY));
    if (tile === undefined) return null;
    return tile.values[(row - tileY * TILE) * tile.width + column - tileX * TILE] ?? null;
  }
}
