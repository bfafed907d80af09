/** Passes what the backend streams to the parts of the viewer that show it. */
import { EventType, decodeFrame } from "carta-resume";
import { decode } from "./messages.js";
import type { OpenImage } from "./open-image.js";
import type { Viewer } from "./viewer.js";

/** Handles a frame as the client delivers it; what cannot be read is logged. */
export function receive(viewer: Viewer, bytes: ArrayBuffer): void {
  try {
    const { eventType, payload } = decodeFrame(bytes);
    const handler = HANDLERS.get(eventType);
    if (handler === undefined) return;
    handler(viewer, payload);
    viewer.changed();
  } catch {
    viewer.log("warning", "The backend sent something that cannot be read; it was skipped.");
  }
}

type Handler = (viewer: Viewer, payload: Uint8Array) => void;

const HANDLERS = new Map<number, Handler>([
  [EventType.RASTER_TILE_DATA, rasterTile],
  [EventType.RASTER_TILE_SYNC, rasterSync],
  [EventType.REGION_HISTOGRAM_DATA, histogram],
  [EventType.REGION_STATS_DATA, statistics],
  [EventType.ERROR_DATA, errorData],
  [EventType.MOMENT_RESPONSE, moments],
  // This viewer does not make them, but imported work may contain them.
  [EventType.PV_RESPONSE, pvImage],
  [EventType.FITTING_RESPONSE, fit],
]);

function find(viewer: Viewer, fileId: number): OpenImage | undefined {
  return viewer.images.find((image) => image.fileId === fileId);
}

function rasterTile(viewer: Viewer, payload: Uint8Array): void {
  const data = decode("RasterTileData", payload);
  const image = find(viewer, data.fileId);
  const plane = [image?.incoming, image?.shown].find(
    (plane) => plane?.channel === data.channel && plane.stokes === data.stokes,
  );
  if (plane === undefined || plane === null) return;
  if (data.compressionType !== 0) {
    viewer.log("warning", "The backend sent compressed tiles, which this demo cannot show.");
    return;
  }
  for (const tile of data.tiles) {
    if (!plane.add(tile)) viewer.log("warning", "A tile of the wrong size was skipped.");
  }
}

/** A new plane is shown only when all of it is there, so that nothing flickers. */
function rasterSync(viewer: Viewer, payload: Uint8Array): void {
  const data = decode("RasterTileSync", payload);
  const image = find(viewer, data.fileId);
  const incoming = image?.incoming;
  if (!data.endSync || image === undefined || !incoming || incoming.tiles.size === 0) return;
  if (incoming.channel !== data.channel || incoming.stokes !== data.stokes) return;
  image.shown = incoming;
  image.incoming = null;
}

function histogram(viewer: Viewer, payload: Uint8Array): void {
  const data = decode("RegionHistogramData", payload);
  const image = find(viewer, data.fileId);
  if (image === undefined || data.regionId !== -1 || data.histograms === null) return;
  if (data.channel !== image.channel || data.stokes !== image.stokes) return;
  image.histogram = data.histograms;
}

function statistics(viewer: Viewer, payload: Uint8Array): void {
  const data = decode("RegionStatsData", payload);
  const region = find(viewer, data.fileId)?.regions.find(({ id }) => id === data.regionId);
  if (region === undefined) return;
  viewer.describe(
    region,
    new Map(data.statistics.map(({ statsType, value }) => [statsType, value])),
  );
}

function moments(viewer: Viewer, payload: Uint8Array): void {
  const { success, message, openFileAcks } = decode("MomentResponse", payload);
  viewer.addComputed(openFileAcks);
  if (!success) viewer.log("error", message || "The channels could not be summed.");
}

function pvImage(viewer: Viewer, payload: Uint8Array): void {
  viewer.addComputed([decode("PvResponse", payload).openFileAck]);
}

function fit(viewer: Viewer, payload: Uint8Array): void {
  const { modelImage, residualImage } = decode("FittingResponse", payload);
  viewer.addComputed([modelImage, residualImage]);
}

function errorData(viewer: Viewer, payload: Uint8Array): void {
  const { severity, message } = decode("ErrorData", payload);
  if (severity === 0) return;
  viewer.log(severity >= 3 ? "error" : severity === 2 ? "warning" : "info", message);
}
