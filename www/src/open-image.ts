/** An open image and its regions, as this viewer keeps them. */
import { kindOf, type Shape } from "./geometry.js";
import type { FileInfo, Histogram } from "./messages.js";
import { Plane } from "./tiles.js";
import { View, type Size } from "./view.js";

/** What the backend says about a file. */
export interface FileFacts {
  size: Size;
  depth: number;
  stokesNames: readonly string[];
  /** Unit of the values, "" if unknown. */
  unit: string;
  view: View;
}

export interface OpenImage extends FileFacts {
  readonly fileId: number;
  readonly directory: string;
  readonly file: string;
  /** What the user wants to see; `shown` follows once its data have arrived. */
  channel: number;
  stokes: number;
  shown: Plane;
  incoming: Plane | null;
  histogram: Histogram | null;
  regions: Region[];
  selected: Region | null;
  /** Restored, and not known yet which region was selected. */
  selectionUnknown: boolean;
  /** The backend could not open it again after a resume. */
  lost: boolean;
}

export interface Region {
  readonly image: OpenImage;
  /** The backend's id, `null` until it is known. */
  id: number | null;
  shape: Shape;
  /** The last shape that the backend accepted. */
  accepted: Shape | null;
  statistics: ReadonlyMap<number, number> | null;
  lost: boolean;
  deleted: boolean;
  syncing: boolean;
}

/** A file as it is when it has just been opened. */
export function newImage(
  { fileId, directory, file }: { fileId: number; directory: string; file: string },
  facts: FileFacts,
): OpenImage {
  return {
    fileId,
    directory,
    file,
    ...facts,
    channel: 0,
    stokes: 0,
    shown: new Plane(0, 0),
    incoming: null,
    histogram: null,
    regions: [],
    selected: null,
    selectionUnknown: false,
    lost: false,
  };
}

/** With an id, the region is one that the backend has. */
export function newRegion(image: OpenImage, shape: Shape, id: number | null = null): Region {
  return {
    image,
    id,
    shape,
    accepted: id === null ? null : shape,
    statistics: null,
    lost: false,
    deleted: false,
    syncing: false,
  };
}

export function factsOf(info: FileInfo): FileFacts {
  const size = { width: info.width, height: info.height };
  return {
    size,
    depth: Math.max(info.depth, 1),
    stokesNames: info.stokesVals.length > 0 ? info.stokesVals : unnamed(info.stokes),
    unit: info.headerEntries.find((entry) => entry.name === "BUNIT")?.value.trim() ?? "",
    view: new View(size),
  };
}

/** Enough to hold the place of a file about which nothing is known yet. */
export function unknownFacts(channel: number, stokes: number): FileFacts {
  const size = { width: 1, height: 1 };
  const view = new View(size);
  return { size, depth: channel + 1, stokesNames: unnamed(stokes + 1), unit: "", view };
}

const unnamed = (count: number) =>
  Array.from({ length: Math.max(count, 1) }, (_, index) => `Plane ${index}`);

export function hasStatistics(region: Region): boolean {
  return kindOf(region.shape) !== "point";
}

export function nameOf(region: Region): string {
  const kind = kindOf(region.shape);
  const word = kind.charAt(0).toUpperCase() + kind.slice(1);
  return region.id === null ? `${word} …` : `${word} ${region.id}`;
}
