/** Screenshots, with their colours counted, and compared. */
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class Picture {
  readonly #image: PNG;

  constructor(readonly png: Buffer) {
    this.#image = PNG.sync.read(png);
  }

  get width(): number {
    return this.#image.width;
  }

  get height(): number {
    return this.#image.height;
  }

  /** A part of it. */
  part({ x, y, width, height }: Box): Picture {
    const [left, top] = [Math.round(x), Math.round(y)];
    const part = new PNG({
      width: Math.min(Math.round(width), this.width - left),
      height: Math.min(Math.round(height), this.height - top),
    });
    PNG.bitblt(this.#image, part, left, top, part.width, part.height, 0, 0);
    return new Picture(PNG.sync.write(part));
  }

  /** How many different colours it has. */
  colours(): number {
    const { data } = this.#image;
    const seen = new Set<number>();
    for (let at = 0; at < data.length; at += 4) seen.add(data.readUInt32LE(at));
    return seen.size;
  }

  /** The share of the pixels, 0 to 1, that differ visibly; 1 if the sizes differ. */
  differenceTo(other: Picture): number {
    const [a, b] = [this.#image, other.#image];
    if (a.width !== b.width || a.height !== b.height) return 1;
    const different = pixelmatch(a.data, b.data, undefined, a.width, a.height, { threshold: 0.1 });
    return different / (a.width * a.height);
  }
}
