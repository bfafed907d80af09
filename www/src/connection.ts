/**
 * The connection through the resume client. Everything that it takes to survive drops and reloads
 * is in the constructor; what a new page does with restored work is in `rebuild.ts`.
 */
import {
  EventType,
  ResumeClient,
  encodeFrame,
  type ResumeAnswer,
  type ResumeOffer,
} from "carta-resume";
import {
  decode,
  encode,
  type FileInfoResponse,
  type FileListResponse,
  type OpenFileAck,
  type SetRegionAck,
} from "./messages.js";

type Fields = Record<string, unknown>;

export class Connection {
  readonly client: ResumeClient;
  #requestId = 0;

  constructor(
    url: string,
    confirmResume: (offer: ResumeOffer, signal: AbortSignal) => Promise<ResumeAnswer>,
  ) {
    this.client = new ResumeClient({ url, confirmResume });
  }

  async listFiles(directory: string): Promise<FileListResponse> {
    const fields = { directory, filterMode: 0 };
    return decode(
      "FileListResponse",
      await this.#request(EventType.FILE_LIST_REQUEST, "FileListRequest", fields),
    );
  }

  async fileInfo(fields: {
    directory: string;
    file: string;
    hdu: string;
  }): Promise<FileInfoResponse> {
    return decode(
      "FileInfoResponse",
      await this.#request(EventType.FILE_INFO_REQUEST, "FileInfoRequest", fields),
    );
  }

  async openFile(fields: {
    directory: string;
    file: string;
    fileId: number;
  }): Promise<OpenFileAck> {
    return decode("OpenFileAck", await this.#request(EventType.OPEN_FILE, "OpenFile", fields));
  }

  async setRegion(fields: Fields): Promise<SetRegionAck> {
    return decode("SetRegionAck", await this.#request(EventType.SET_REGION, "SetRegion", fields));
  }

  /** The answer arrives as a frame, even if the client asks again after a resume. */
  sumChannels(fileId: number, depth: number): void {
    const spectralRange = { min: 0, max: depth - 1 };
    const fields = { fileId, moments: [1], axis: 1, regionId: -1, spectralRange, keep: true };
    this.#send(EventType.MOMENT_REQUEST, "MomentRequest", fields);
  }

  removeRegion(regionId: number): void {
    this.#send(EventType.REMOVE_REGION, "RemoveRegion", { regionId });
  }

  closeFile(fileId: number): void {
    this.#send(EventType.CLOSE_FILE, "CloseFile", { fileId });
  }

  setChannels(fileId: number, channel: number, stokes: number, tiles: number[]): void {
    const fields = { fileId, channel, stokes, requiredTiles: uncompressed(fileId, tiles) };
    this.#send(EventType.SET_IMAGE_CHANNELS, "SetImageChannels", fields);
  }

  requireTiles(fileId: number, tiles: number[]): void {
    this.#send(EventType.ADD_REQUIRED_TILES, "AddRequiredTiles", uncompressed(fileId, tiles));
  }

  requireHistogram(fileId: number): void {
    const histograms = [{ coordinate: "z", channel: -1, numBins: -1 }];
    const fields = { fileId, regionId: -1, histograms };
    this.#send(EventType.SET_HISTOGRAM_REQUIREMENTS, "SetHistogramRequirements", fields);
  }

  /** Asks for a region's statistics whenever they change; none = no longer. */
  requireStatistics(fileId: number, regionId: number, statsTypes: number[]): void {
    const statsConfigs = statsTypes.length === 0 ? [] : [{ coordinate: "z", statsTypes }];
    const fields = { fileId, regionId, statsConfigs };
    this.#send(EventType.SET_STATS_REQUIREMENTS, "SetStatsRequirements", fields);
  }

  #send(eventType: EventType, name: string, fields: Fields): void {
    this.#requestId += 1;
    const payload = encode(name, fields);
    this.client.send(encodeFrame({ eventType, requestId: this.#requestId, payload }));
  }

  async #request(eventType: EventType, name: string, fields: Fields): Promise<Uint8Array> {
    return (await this.client.request(eventType, encode(name, fields))).payload;
  }
}

const uncompressed = (fileId: number, tiles: number[]) => ({
  fileId,
  tiles,
  compressionType: 0,
  compressionQuality: 11,
});
