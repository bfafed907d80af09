/**
 * What the viewer has open. It sends what it wants and shows what arrives; of
 * drops and resumes it knows one thing only: `clear()`, when the user said no.
 */
import { ResumeError } from "carta-resume";
import type { Connection } from "./connection.js";
import { kindOf, type Shape } from "./geometry.js";
import { STATISTICS, type Histogram } from "./messages.js";
import { Plane, neededTiles } from "./tiles.js";
import { View, type Size } from "./view.js";

export interface OpenImage {
  readonly fileId: number;
  readonly directory: string;
  readonly file: string;
  readonly size: Size;
  readonly depth: number;
  readonly stokesNames: readonly string[];
  /** Unit of the values, "" if unknown. */
  readonly unit: string;
  readonly view: View;
  /** What the user wants to see; `shown` follows when its data are there. */
  channel: number;
  stokes: number;
  shown: Plane;
  incoming: Plane | null;
  histogram: Histogram | null;
  regions: Region[];
  selected: Region | null;
  /** The backend could not open it again after a resume. */
  lost: boolean;
}

export interface Region {
  readonly image: OpenImage;
  /** The backend's number, `null` until it has told. */
  id: number | null;
  shape: Shape;
  /** The last shape that the backend accepted. */
  accepted: Shape | null;
  statistics: ReadonlyMap<number, number> | null;
  lost: boolean;
  deleted: boolean;
  syncing: boolean;
}

export type Level = "info" | "warning" | "error";

export class Viewer {
  images: OpenImage[] = [];
  active: OpenImage | null = null;
  stage: Size = { width: 0, height: 0 };
  #nextFileId = 0;
  /** Counts what `clear()` did, so that late answers are told from new ones. */
  #epoch = 0;
  #channelTimer: number | null = null;

  constructor(
    readonly connection: Connection,
    readonly changed: () => void,
    readonly log: (level: Level, text: string) => void,
  ) {}

  async open(directory: string, file: string): Promise<void> {
    const [fileId, epoch] = [this.#nextFileId++, this.#epoch];
    const ack = await this.connection.openFile({ directory, file, fileId });
    if (epoch !== this.#epoch) return;
    const info = ack.fileInfoExtended;
    if (!ack.success || info === null)
      throw new Error(ack.message || `${file} could not be opened`);
    const size = { width: info.width, height: info.height };
    const image: OpenImage = {
      fileId,
      directory,
      file,
      size,
      depth: Math.max(info.depth, 1),
      stokesNames: info.stokesVals.length > 0 ? info.stokesVals : unnamed(info.stokes),
      unit: info.headerEntries.find((entry) => entry.name === "BUNIT")?.value.trim() ?? "",
      view: new View(size),
      channel: 0,
      stokes: 0,
      shown: new Plane(0, 0),
      incoming: null,
      histogram: null,
      regions: [],
      selected: null,
      lost: false,
    };
    this.images.push(image);
    this.connection.requireHistogram(fileId);
    this.active = image;
    image.view.fit(this.stage);
    // A cube is opened in its middle, where a line usually is.
    if (image.depth > 1) this.setPlane(image, Math.floor(image.depth / 2), 0);
    else this.show(image);
  }

  show(image: OpenImage): void {
    this.active = image;
    this.ensureTiles();
    this.changed();
  }

  close(image: OpenImage): void {
    const index = this.images.indexOf(image);
    if (index < 0) return;
    for (const region of image.regions) this.remove(region);
    this.connection.closeFile(image.fileId);
    this.images.splice(index, 1);
    if (this.active === image) this.active = this.images[index] ?? this.images[index - 1] ?? null;
    this.ensureTiles();
    this.changed();
  }

  /** The user did not want it back. */
  clear(): void {
    this.#epoch += 1;
    this.images = [];
    this.active = null;
    this.changed();
  }

  /** Changes the plane; while a slider moves, at most ten times a second. */
  setPlane(image: OpenImage, channel: number, stokes: number): void {
    image.channel = Math.min(Math.max(channel, 0), image.depth - 1);
    image.stokes = stokes;
    if (this.#channelTimer === null) {
      this.#sendPlane(image);
      this.#channelTimer = window.setTimeout(() => {
        this.#channelTimer = null;
        const behind = this.images.find((other) => {
          const asked = other.incoming ?? other.shown;
          return asked.channel !== other.channel || asked.stokes !== other.stokes;
        });
        if (behind !== undefined) this.setPlane(behind, behind.channel, behind.stokes);
      }, 100);
    }
    this.changed();
  }

  #sendPlane(image: OpenImage): void {
    image.incoming = new Plane(image.channel, image.stokes);
    const tiles = neededTiles(image.view, this.stage, devicePixelRatio);
    for (const tile of tiles) image.incoming.asked.add(tile);
    this.connection.setChannels(image.fileId, image.channel, image.stokes, tiles);
  }

  /** Asks for what the stage shows and has not been asked for. */
  ensureTiles(): void {
    const image = this.active;
    if (image === null || this.stage.width === 0) return;
    if (image.view.fitted) image.view.fit(this.stage);
    const plane = image.incoming ?? image.shown;
    const missing = neededTiles(image.view, this.stage, devicePixelRatio).filter(
      (tile) => !plane.asked.has(tile),
    );
    if (missing.length === 0) return;
    for (const tile of missing) plane.asked.add(tile);
    this.connection.requireTiles(image.fileId, missing);
  }

  select(image: OpenImage, region: Region | null): void {
    if (image.selected === region) return;
    const before = image.selected;
    image.selected = region;
    if (before !== null && before.id !== null && !before.deleted && hasStatistics(before)) {
      this.connection.requireStatistics(image.fileId, before.id, []);
    }
    if (region !== null) this.#requireStatistics(region);
    this.changed();
  }

  #requireStatistics(region: Region): void {
    if (region.id === null || !hasStatistics(region)) return;
    const types = STATISTICS.map(([type]) => type);
    this.connection.requireStatistics(region.image.fileId, region.id, types);
  }

  add(image: OpenImage, shape: Shape): Region {
    const region: Region = {
      image,
      id: null,
      shape,
      accepted: null,
      statistics: null,
      lost: false,
      deleted: false,
      syncing: false,
    };
    image.regions.push(region);
    this.select(image, region);
    void this.#sync(region);
    return region;
  }

  reshape(region: Region, shape: Shape): void {
    region.shape = shape;
    void this.#sync(region);
    this.changed();
  }

  remove(region: Region): void {
    if (region.deleted) return;
    const { image } = region;
    if (image.selected === region) this.select(image, null);
    region.deleted = true;
    image.regions = image.regions.filter((other) => other !== region);
    if (!region.syncing && region.id !== null) this.connection.removeRegion(region.id);
    this.changed();
  }

  /** Tells the backend of a region, one message at a time, the latest shape. */
  async #sync(region: Region): Promise<void> {
    if (region.syncing) return;
    region.syncing = true;
    const epoch = this.#epoch;
    while (region.shape !== region.accepted && !region.deleted) {
      const sent = region.shape;
      try {
        const ack = await this.connection.setRegion({
          fileId: region.image.fileId,
          regionId: region.id ?? -1,
          regionInfo: sent,
        });
        if (epoch !== this.#epoch) return;
        if (!ack.success) throw new Error(ack.message || "The backend refused the region");
        const isNew = region.id === null;
        region.id = ack.regionId;
        region.accepted = sent;
        if (isNew && region.image.selected === region) this.#requireStatistics(region);
      } catch (error) {
        if (epoch !== this.#epoch) return;
        this.#refused(region, error);
        break;
      }
      this.changed();
    }
    region.syncing = false;
    if (region.deleted && region.id !== null) this.connection.removeRegion(region.id);
  }

  #refused(region: Region, error: unknown): void {
    if (error instanceof ResumeError && (error.code === "declined" || error.code === "closed"))
      return;
    this.log("error", error instanceof Error ? error.message : String(error));
    if (region.accepted === null) this.remove(region);
    else region.shape = region.accepted;
    this.changed();
  }
}

export function hasStatistics(region: Region): boolean {
  return kindOf(region.shape) !== "point";
}

export function nameOf(region: Region): string {
  const kind = kindOf(region.shape);
  const word = kind.charAt(0).toUpperCase() + kind.slice(1);
  return region.id === null ? `${word} …` : `${word} ${region.id}`;
}

const unnamed = (count: number) =>
  Array.from({ length: Math.max(count, 1) }, (_, index) => `Plane ${index}`);
