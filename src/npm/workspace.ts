/** A region in image pixels. */
export interface Region {
  /** The interface's RegionType: 0 point, 3 rectangle, 4 ellipse, 6 polygon … */
  regionType: number;
  /**
   * Point: 1. Rectangle: centre, then (width, height). Ellipse: centre, then
   * (semi-axis, semi-axis). Line: 2. Polyline and polygon: 3 or more. As a
   * `Float32Array`: x0, y0, x1, y1 …
   */
  controlPoints: { x: number; y: number }[] | Float32Array;
  /** Degrees. */
  rotation: number;
}

/** A region that the client keeps. */
export interface RegionState extends Region {
  regionId: number;
  controlPoints: { x: number; y: number }[];
}

/** How contours are drawn. No levels, or `null` instead, means none. */
export interface ContourSettings {
  /** In the unit of the image. */
  levels: number[];
  /** 0 none, 1 block average, 2 Gaussian blur (default). */
  smoothingMode?: number;
  /** Pixels; default 4. */
  smoothingFactor?: number;
  /** Default 4. */
  decimationFactor?: number;
  /** Default 8. */
  compressionLevel?: number;
  /** Vertices in a message; default 100000. */
  contourChunkSize?: number;
  /** Default: the image itself. */
  referenceFileId?: number;
  /** Default: left out. */
  imageBounds?: { xMin: number; xMax: number; yMin: number; yMax: number };
}

/** One file of an image that is joined from several, one a polarization. */
export interface StokesFile {
  directory: string;
  file: string;
  hdu: string;
  /** The interface's PolarizationType: 1 I, 2 Q, 3 U, 4 V … */
  polarizationType: number;
}

/** What `openImage` needs. */
export interface ImageDescription {
  /** Chosen by the viewer, 0 or more. */
  fileId: number;
  directory: string;
  /** File name, or an LEL expression with `lelExpr`. */
  file: string;
  /** Default "", the first. */
  hdu?: string;
  /** Default 0. */
  channel?: number;
  /** Index of the plane, or 13 to 17 for a computed one; default 0. */
  stokes?: number;
  /** Default false. */
  lelExpr?: boolean;
  /** Default false. */
  supportAipsBeam?: boolean;
  /** Two or more: the image is joined from these. */
  stokesFiles?: StokesFile[];
}

/** An image that the client keeps. */
export interface ImageState extends Required<ImageDescription> {
  /** In ascending region id, the cursor not among them. */
  regions: RegionState[];
  /** Image pixels. */
  cursor: { x: number; y: number } | null;
  contours:
    | (Required<Omit<ContourSettings, "imageBounds">> & {
        imageBounds: ContourSettings["imageBounds"] | null;
      })
    | null;
  hasVectorOverlay: boolean;
  /** Whether the backend has it, as far as it said. */
  live: boolean;
  /**
   * The backend's OPEN_FILE_ACK as it was received, a protobuf message: size,
   * header, beams and all that a panel needs, so that no file is opened twice.
   * `null` if `openImage` stated the image, or beyond `openFileAnswers.maxBytes`.
   */
  openFileAck: Uint8Array | null;
}

/** A catalog. Its file ids are a number space of their own. */
export interface CatalogState {
  fileId: number;
  directory: string;
  name: string;
  /** Rows; below 1, the default, means the backend's 50. */
  previewDataSize?: number;
}

/** What a resume would bring back, in ascending file id. */
export interface ViewerState {
  images: ImageState[];
  catalogs: Required<CatalogState>[];
}
