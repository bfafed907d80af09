/**
 * What the viewer has open. It requests what it wants and shows what arrives. It does not know
 * about lost connections; when the user says no, `clear()` is called, and `rebuild()` for work that
 * a new page has restored.
 */
import { ResumeError, type ViewerState } from "carta-resume";
import type { Connection } from "./connection.js";
import type { Shape } from "./geometry.js";
import { STATISTICS, type OpenFileAck } from "./messages.js";
import { factsOf, hasStatistics, newImage, newRegion } from "./open-image.js";
import type { OpenImage, Region } from "./open-image.js";
import { rebuilt } from "./rebuild.js";
import { Plane, neededTiles } from "./tiles.js";
import type { Size } from "./view.js";
import { inText } from "./words.js";

export type Level = "info" | "warning" | "error";

export class Viewer {
  images: OpenImage[] = [];
  active: OpenImage | null = null;
  stage: Size = { width: 0, height: 0 };
  #nextFileId = 0;
  /** Counts the calls of `clear()`, so that late answers can be told from new ones. */
  #epoch = 0;
  #channelTimer: number | null = null;
  /** Sums that the user has requested and that have not been shown yet. */
  #sums = 0;

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
    const image = newImage({ fileId, directory, file }, factsOf(info));
    this.images.push(image);
    this.connection.requireHistogram(fileId);
    this.active = image;
    image.view.fit(this.stage);
    // A cube is opened at its middle channel, where a line usually is.
    if (image.depth > 1) this.setPlane(image, Math.floor(image.depth / 2), 0);
    else this.show(image);
  }

  /** Requests an image that is the sum of all channels of this one. */
  sumChannels({ fileId, depth }: OpenImage): void {
    this.#sums += 1;
    this.connection.sumChannels(fileId, depth);
  }

  /** Images that the backend has computed, under ids of its choice. */
  addComputed(acks: readonly (OpenFileAck | null)[]): void {
    const isAwaited = this.#sums > 0;
    if (isAwaited) this.#sums -= 1;
    for (const ack of acks) {
      const info = ack?.fileInfoExtended;
      if (!ack?.success || !info) continue;
      const { fileId, fileInfo } = ack;
      this.forget([fileId]);
      const image = newImage({ fileId, directory: "", file: fileInfo?.name ?? "" }, factsOf(info));
      this.images.push(image);
      this.#nextFileId = Math.max(this.#nextFileId, fileId + 1);
      this.connection.requireHistogram(fileId);
      // An image that is made again does not interrupt the user's other work.
      if (isAwaited || this.active === null) this.show(image);
    }
  }

  /** Images that the backend no longer has. */
  forget(fileIds: readonly number[]): void {
    const isGone = (image: OpenImage) => fileIds.includes(image.fileId);
    this.images = this.images.filter((image) => !isGone(image));
    if (this.active !== null && isGone(this.active)) this.active = this.images[0] ?? null;
    this.ensureTiles();
    this.changed();
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
    this.#sums = 0;
    this.images = [];
    this.active = null;
    this.changed();
  }

  /**
   * Takes over what is open in the backend, for a page that starts empty or replaces its own work.
   * What was required streams in by itself; the caller chooses which image to `show()`.
   */
  rebuild(state: ViewerState): void {
    this.clear();
    const epoch = this.#epoch;
    this.images = state.images.map((kept) => {
      const { image, facts } = rebuilt(this.connection, kept);
      void facts?.then(
        (known) => {
          if (epoch !== this.#epoch) return;
          // Request again: until now the image's size was not known.
          image.shown = new Plane(image.channel, image.stokes);
          Object.assign(image, known);
          if (image === this.active) this.ensureTiles();
          this.changed();
        },
        (error: unknown) => {
          if (epoch === this.#epoch) this.log("error", `${kept.file}: ${inText(error)}`);
        },
      );
      return image;
    });
    this.#nextFileId = Math.max(0, ...this.images.map(({ fileId }) => fileId + 1));
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

  /** Requests what the stage shows and what has not been requested. */
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
    image.selectionUnknown = false;
    const before = image.selected;
    image.selected = region;
    if (before !== null && before.id !== null && !before.deleted && hasStatistics(before)) {
      this.connection.requireStatistics(image.fileId, before.id, []);
    }
    if (region !== null) this.#requireStatistics(region);
    this.changed();
  }

  /** Statistics have arrived: only the selected region gets them. */
  describe(region: Region, statistics: ReadonlyMap<number, number>): void {
    region.statistics = statistics;
    const { image } = region;
    if (!image.selectionUnknown) return;
    image.selectionUnknown = false;
    image.selected = region;
  }

  #requireStatistics(region: Region): void {
    if (region.id === null || !hasStatistics(region)) return;
    const types = STATISTICS.map(([type]) => type);
    this.connection.requireStatistics(region.image.fileId, region.id, types);
  }

  add(image: OpenImage, shape: Shape): Region {
    const region = newRegion(image, shape);
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

  /** Tells the backend about a region, one message at a time, with the latest shape. */
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
    this.log("error", inText(error));
    if (region.accepted === null) this.remove(region);
    else region.shape = region.accepted;
    this.changed();
  }
}
