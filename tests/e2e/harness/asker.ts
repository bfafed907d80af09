/**
 * A viewer that sends requests without waiting, and knows what their outcome has to be: requests
 * count when they are answered, other messages when they are sent.
 */
import { expect } from "./expect.js";
import type { Backend } from "./backend.js";
import type { EventName } from "./event-types.js";
import type { Fields } from "./messages.js";
import type { Random } from "./random.js";
import { CONTOURS, RECTANGLE, rectangle, STATISTICS } from "./steps.js";
import type { ViewerPage } from "./viewer-page.js";

/** Requests that are not sent a second time: if unanswered at a drop, they are refused. */
export const REFUSED: ReadonlySet<string> = new Set(["SAVE_FILE", "EXPORT_REGION"]);

/** The page's viewer numbers its requests from here, starting with REGISTER_VIEWER. */
const REGISTER_ID = 1_000_001;

const CHANNELS = 8;

interface Image {
  file: string;
  channel: number;
  levels: number[] | null;
  /** The channel and number of the tiles that must have arrived. */
  tiles: [channel: number, count: number][];
}

interface Region {
  fileId: number;
  x: number;
  y: number;
  statistics: boolean;
}

/** The answer to requests about what was closed or removed in the meantime. */
const ABANDONED = "was closed, removed or stopped while there was no connection";

export class Asker {
  /** Event types of requests, by id. */
  readonly asked = new Map<number, string>();
  /** Those of them that the viewer itself gave up. */
  readonly abandoned = new Set<number>();
  readonly #images = new Map<number, Image>();
  /** The regions that the viewer knows. */
  readonly #regions = new Map<number, Region>();
  #unanswered = new Set<Promise<void>>();
  #unrefused = new Set<Promise<void>>();
  /** Those that were unanswered when a connection was lost. */
  #lost = new Set<Promise<void>>();
  #nextFile = 0;
  #tileCount = 1;

  constructor(
    readonly viewer: ViewerPage,
    readonly random: Random,
  ) {}

  /** What the backend must have open. */
  images(): Fields[] {
    return [...this.#images].map(([fileId, { file, channel, levels }]) => ({
      fileId,
      file,
      channel,
      contours: levels && { levels },
    }));
  }

  regions(): Fields[] {
    return this.#sortedRegions().map(([regionId, { fileId, x, y }]) => ({
      regionId,
      fileId,
      regionType: RECTANGLE,
      controlPoints: [
        [x, y],
        [4, 5],
      ],
      rotation: 0,
    }));
  }

  /** The statistics that are required of regions. */
  statistics(): Fields[] {
    const wanted = this.#sortedRegions().filter(([, { statistics }]) => statistics);
    return wanted
      .map(([regionId, { fileId }]) => ({
        kind: "stats",
        fileId,
        regionId,
        configs: [STATISTICS],
      }))
      .sort((a, b) => a.fileId - b.fileId || a.regionId - b.regionId);
  }

  /** File id, channel and number of each set of tiles that must have arrived. */
  tiles(): [number, number, number][] {
    return [...this.#images].flatMap(([fileId, { tiles }]) =>
      tiles.map(([channel, count]): [number, number, number] => [fileId, channel, count]),
    );
  }

  #sortedRegions(): [number, Region][] {
    return [...this.#regions].sort(([a], [b]) => a - b);
  }

  /** The image that every test starts with. */
  async openFirst(): Promise<void> {
    this.#open("a.fits");
    await this.allAnswered();
  }

  /** One more request, at random. */
  async asks(): Promise<void> {
    const { random } = this;
    switch (random.below(13)) {
      case 0:
        return this.#open(random.pick(["a.fits", "b.fits", "missing.fits"]));
      case 1:
      case 2:
      case 3:
        return this.#addRegion(random.pick([...this.#images.keys()]));
      case 4:
      case 5:
        return this.#withRegion((id, region) => this.#move(id, region));
      case 6:
        return this.#withRegion((id) => this.#remove(id));
      case 7:
        return this.#withRegion((id, region) => this.#toggleStatistics(id, region));
      case 8:
        return this.#setChannel(...random.pick([...this.#images]));
      case 9:
        return this.#addTiles(...random.pick([...this.#images]));
      case 10:
        return this.#setContours(...random.pick([...this.#images]));
      case 11:
        return this.#request("FILE_LIST_REQUEST", { directory: "$BASE" });
      default:
        return this.#request(random.pick([...REFUSED]) as EventName, {});
    }
  }

  /** The answer to one more request is lost, and then the connection. */
  async losesAnAnswer(backend: Backend): Promise<void> {
    if (this.random.below(2) === 0) {
      await backend.control("lose-next?type=OPEN_FILE_ACK");
      this.#open("b.fits");
    } else {
      await backend.control("lose-next?type=SET_REGION_ACK");
      this.#addRegion(this.random.pick([...this.#images.keys()]));
    }
    // The backend works in order: once its PONG has arrived, the answer has been lost.
    await this.#ping();
    await backend.control("drop");
  }

  async #ping(): Promise<void> {
    const { page, name } = this.viewer;
    const pongs = () =>
      page.evaluate((name) => {
        const { lab } = window as unknown as { lab: { noticed(name: string): string[] } };
        return lab.noticed(name).filter((what) => what === "text PONG").length;
      }, name);
    const before = await pongs();
    await page.evaluate((name) => {
      const { lab } = window as unknown as { lab: { text(name: string, text: string): void } };
      lab.text(name, "PING");
    }, name);
    await expect.poll(pongs, { message: "PONG" }).toBe(before + 1);
  }

  /**
   * Waits until the connection may be lost: nothing that was unanswered when the last one was lost
   * is still unanswered, or it would be suspected of causing the loss.
   */
  async mayLose(): Promise<void> {
    const { recorder } = this.viewer;
    const lost = () => [...this.#lost].filter((request) => this.#unanswered.has(request)).length;
    await expect.poll(lost, { message: "unanswered since the last drop", timeout: 20_000 }).toBe(0);
    const pongs = () =>
      recorder.texts.filter(
        ({ socket, from, text }) =>
          socket === recorder.sent("REGISTER_VIEWER").at(-1)?.socket &&
          from === "backend" &&
          text === "PONG",
      ).length;
    await expect.poll(pongs, { message: "signs of life" }).toBeGreaterThan(2);
    this.#lost = new Set(this.#unanswered);
  }

  /** Waits until everything is answered, except for what only a drop settles. */
  async allAnswered({ refused = false } = {}): Promise<void> {
    // Whatever has just happened to the connection, this is answered after it.
    this.#request("FILE_LIST_REQUEST", { directory: "$BASE" });
    const waited = Promise.all([...this.#unanswered, ...(refused ? this.#unrefused : [])]);
    const count = () => this.#unanswered.size + (refused ? this.#unrefused.size : 0);
    await expect.poll(count, { message: "unanswered requests", timeout: 20_000 }).toBe(0);
    await waited;
  }

  #request(type: EventName, fields: Fields, answered = (_: Fields): void => {}): void {
    const id = REGISTER_ID + this.asked.size + 1;
    this.asked.set(id, type);
    const waiting = REFUSED.has(type) ? this.#unrefused : this.#unanswered;
    const settled = this.viewer.request(type, fields).then((answer) => {
      if (answer.error !== undefined) throw new Error(answer.error.message);
      const message = answer.message ?? {};
      if (`${message["message"]}`.includes(ABANDONED)) this.abandoned.add(id);
      answered(message);
      waiting.delete(settled);
    });
    waiting.add(settled);
  }

  /** What the viewer has closed or removed since need not be done, if the answer says so. */
  #isAbandoned({ success, message }: Fields, isThere: boolean): boolean {
    if (isThere || success !== false) return false;
    expect(message).toContain(ABANDONED);
    return true;
  }

  #open(file: string): void {
    const fileId = this.#nextFile;
    this.#nextFile += 1;
    const exists = file !== "missing.fits";
    if (exists) this.#images.set(fileId, { file, channel: 0, levels: null, tiles: [] });
    this.#request("OPEN_FILE", { directory: "", file, fileId }, (ack) => {
      if (exists && this.#isAbandoned(ack, this.#images.has(fileId))) return;
      expect(ack).toMatchObject({ success: exists, ...(exists && { fileId }) });
    });
  }

  #addRegion(fileId: number): void {
    const [x, y] = [this.random.below(64), this.random.below(64)];
    const fields = { fileId, regionId: -1, regionInfo: rectangle(x, y, 4, 5) };
    this.#request("SET_REGION", fields, (ack) => {
      if (this.#isAbandoned(ack, this.#images.has(fileId))) return;
      expect(ack["success"]).toBe(true);
      const regionId = Number(ack["regionId"]);
      expect(this.#regions.has(regionId), `region ${regionId} already exists`).toBe(false);
      this.#regions.set(regionId, { fileId, x, y, statistics: false });
    });
  }

  async #withRegion(act: (id: number, region: Region) => void | Promise<void>): Promise<void> {
    const regions = [...this.#regions];
    if (regions.length > 0) await act(...this.random.pick(regions));
  }

  #move(regionId: number, region: Region): void {
    [region.x, region.y] = [this.random.below(64), this.random.below(64)];
    const regionInfo = rectangle(region.x, region.y, 4, 5);
    this.#request("SET_REGION", { fileId: region.fileId, regionId, regionInfo }, (ack) => {
      if (this.#isAbandoned(ack, this.#regions.has(regionId))) return;
      expect(ack).toMatchObject({ success: true, regionId });
    });
  }

  async #remove(regionId: number): Promise<void> {
    this.#regions.delete(regionId);
    await this.viewer.send("REMOVE_REGION", { regionId });
  }

  async #toggleStatistics(regionId: number, region: Region): Promise<void> {
    region.statistics = !region.statistics;
    const { fileId } = region;
    const statsConfigs = region.statistics ? [STATISTICS] : [];
    await this.viewer.send("SET_STATS_REQUIREMENTS", { fileId, regionId, statsConfigs });
  }

  async #setChannel(fileId: number, image: Image): Promise<void> {
    image.channel = this.random.below(CHANNELS);
    // Those of the previous channel are no longer needed.
    image.tiles = [];
    const requiredTiles = this.#newTiles(fileId, image);
    const { channel } = image;
    await this.viewer.send("SET_IMAGE_CHANNELS", { fileId, channel, stokes: 0, requiredTiles });
  }

  async #addTiles(fileId: number, image: Image): Promise<void> {
    await this.viewer.send("ADD_REQUIRED_TILES", this.#newTiles(fileId, image));
  }

  /** Each request asks for a different number of tiles, which identifies its answer. */
  #newTiles(fileId: number, image: Image): Fields {
    this.#tileCount += 1;
    image.tiles.push([image.channel, this.#tileCount]);
    const tiles = Array.from({ length: this.#tileCount }, (_, tile) => tile);
    return { fileId, tiles, compressionType: 1, compressionQuality: 11 };
  }

  async #setContours(fileId: number, image: Image): Promise<void> {
    const levels = this.random.below(4) === 0 ? [] : [1 + this.random.below(10)];
    image.levels = levels.length > 0 ? levels : null;
    const settings = { ...CONTOURS, fileId, referenceFileId: fileId, levels };
    await this.viewer.send("SET_CONTOUR_PARAMETERS", settings);
  }
}
