// Generated from src/protocol/event_type.rs by tests/native/generated.rs. Do not edit.
import { EventType } from "./event-type.js";

/** Event types that stream in: they answer nothing, and the client learns nothing from them. */
export const STREAMS: readonly EventType[] = [
  EventType.REGION_HISTOGRAM_DATA,
  EventType.SPATIAL_PROFILE_DATA,
  EventType.SPECTRAL_PROFILE_DATA,
  EventType.REGION_STATS_DATA,
  EventType.ERROR_DATA,
  EventType.RASTER_TILE_DATA,
  EventType.CONTOUR_IMAGE_DATA,
  EventType.FILE_LIST_PROGRESS,
  EventType.VECTOR_OVERLAY_TILE_DATA,
  EventType.PV_PREVIEW_DATA,
];

/** Event types that viewers send many times a second. */
export const FREQUENT: readonly EventType[] = [
  EventType.SET_IMAGE_CHANNELS,
  EventType.SET_CURSOR,
  EventType.SET_REGION,
  EventType.ADD_REQUIRED_TILES,
];
