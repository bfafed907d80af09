/**
 * The CARTA messages that this viewer writes and reads. They are encoded by
 * protobufjs from the same `proto/` files that the package is built from.
 */
import protobuf from "protobufjs/light";
import descriptor from "virtual:carta-messages";

export interface Point {
  x: number;
  y: number;
}

export interface RegionInfo {
  regionType: number;
  controlPoints: Point[];
  /** Degrees. */
  rotation: number;
}

export interface FileListResponse {
  success: boolean;
  message: string;
  directory: string;
  parent: string;
  files: { name: string; size: number | { toString(): string } }[];
  subdirectories: { name: string }[];
}

/** The interface's FileInfoExtended. */
export interface FileInfo {
  width: number;
  height: number;
  depth: number;
  stokes: number;
  stokesVals: string[];
  headerEntries: { name: string; value: string }[];
}

export interface FileInfoResponse {
  success: boolean;
  message: string;
  /** By the name of the header-data unit. */
  fileInfoExtended: Record<string, FileInfo>;
}

export interface OpenFileAck {
  success: boolean;
  message: string;
  fileId: number;
  fileInfo: { name: string } | null;
  fileInfoExtended: FileInfo | null;
}

export interface MomentResponse {
  success: boolean;
  message: string;
  openFileAcks: OpenFileAck[];
}

export interface PvResponse {
  openFileAck: OpenFileAck | null;
}

export interface FittingResponse {
  modelImage: OpenFileAck | null;
  residualImage: OpenFileAck | null;
}

export interface SetRegionAck {
  success: boolean;
  message: string;
  regionId: number;
}

export interface TileData {
  layer: number;
  x: number;
  y: number;
  width: number;
  height: number;
  imageData: Uint8Array;
  mip: number;
}

export interface RasterTileData {
  fileId: number;
  channel: number;
  stokes: number;
  compressionType: number;
  tiles: TileData[];
}

export interface RasterTileSync {
  fileId: number;
  channel: number;
  stokes: number;
  endSync: boolean;
}

export interface Histogram {
  numBins: number;
  binWidth: number;
  firstBinCenter: number;
  bins: number[];
}

export interface RegionHistogramData {
  fileId: number;
  regionId: number;
  channel: number;
  stokes: number;
  histograms: Histogram | null;
}

export interface RegionStatsData {
  fileId: number;
  regionId: number;
  channel: number;
  statistics: { statsType: number; value: number }[];
}

export interface ErrorData {
  severity: number;
  tags: string[];
  message: string;
}

interface Answers {
  FileListResponse: FileListResponse;
  FileInfoResponse: FileInfoResponse;
  OpenFileAck: OpenFileAck;
  MomentResponse: MomentResponse;
  PvResponse: PvResponse;
  FittingResponse: FittingResponse;
  SetRegionAck: SetRegionAck;
  RasterTileData: RasterTileData;
  RasterTileSync: RasterTileSync;
  RegionHistogramData: RegionHistogramData;
  RegionStatsData: RegionStatsData;
  ErrorData: ErrorData;
}

const root = protobuf.Root.fromJSON(descriptor);

/** Encodes a message by name, for example `encode("OpenFile", { file })`. */
export function encode(name: string, fields: Record<string, unknown>): Uint8Array {
  const type = root.lookupType(`CARTA.${name}`);
  return type.encode(type.create(fields)).finish();
}

/** Decodes a message. Byte fields are views of `payload`. Throws on damage. */
export function decode<N extends keyof Answers>(name: N, payload: Uint8Array): Answers[N] {
  return root.lookupType(`CARTA.${name}`).decode(payload) as unknown as Answers[N];
}

/** The region types that this viewer draws. */
export const RegionType = { POINT: 0, RECTANGLE: 3, ELLIPSE: 4, POLYGON: 6 } as const;

/** The statistics that this viewer shows, in this order. */
export const STATISTICS: readonly (readonly [number, string])[] = [
  [0, "Pixels"],
  [2, "Sum"],
  [4, "Mean"],
  [5, "RMS"],
  [6, "Std dev"],
  [8, "Minimum"],
  [9, "Maximum"],
];
