//! What is told about a workspace: to the user who is asked, and to a viewer
//! that has to rebuild its panels.

use serde::{Serialize, Serializer};

/// An image that can be restored.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferImage {
    /// The viewer's number for the image.
    pub file_id: i32,
    /// Folder at the backend.
    pub directory: String,
    /// File name, or an LEL expression.
    pub file: String,
    /// Header-data unit, "" = the first.
    pub hdu: String,
    /// Channel, 0-based.
    pub channel: i32,
    /// Index of the Stokes plane, 13 to 17 = computed.
    pub stokes: i32,
    /// Number of regions drawn on it.
    pub region_count: usize,
    /// Whether contours are drawn.
    pub has_contours: bool,
}

/// A catalog that can be restored.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferCatalog {
    /// The viewer's number for the catalog; not an image's.
    pub file_id: i32,
    /// Folder at the backend.
    pub directory: String,
    /// File name.
    pub name: String,
}

/// What was open and cannot come back.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CannotRestore {
    /// The image's file id.
    pub file_id: i32,
    /// The image's name.
    pub name: String,
    /// For people: the reason, and what is lost with it.
    pub why: String,
}

/// Everything a viewer needs to rebuild its panels.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewerState {
    /// In ascending file id.
    pub images: Vec<ImageState>,
    /// In ascending file id.
    pub catalogs: Vec<CatalogState>,
}

/// One image.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools)]
pub struct ImageState {
    /// The viewer's number for the image.
    pub file_id: i32,
    /// Folder at the backend.
    pub directory: String,
    /// File name, or an LEL expression.
    pub file: String,
    /// Header-data unit, "" = the first.
    pub hdu: String,
    /// Whether `file` is an LEL expression.
    pub lel_expr: bool,
    /// Whether AIPS beams in the history are used.
    pub support_aips_beam: bool,
    /// Channel, 0-based.
    pub channel: i32,
    /// Index of the Stokes plane, 13 to 17 = computed.
    pub stokes: i32,
    /// The files that the image is joined from, if it is.
    pub stokes_files: Vec<StokesFileState>,
    /// In ascending region id, the cursor not among them.
    pub regions: Vec<RegionState>,
    /// The cursor, image pixels.
    pub cursor: Option<PointState>,
    /// Contours, if they are drawn.
    pub contours: Option<ContourSpec>,
    /// Whether a vector overlay is drawn.
    pub has_vector_overlay: bool,
    /// Whether the backend has it, as far as it said.
    pub live: bool,
    /// The backend's `OpenFileAck` as it was received, where it was kept.
    #[serde(serialize_with = "bytes")]
    pub open_file_ack: Option<Vec<u8>>,
}

#[allow(clippy::ref_option)] // As serde calls it.
fn bytes<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    match bytes {
        Some(bytes) => serializer.serialize_bytes(bytes),
        None => serializer.serialize_none(),
    }
}

/// One file of a joined image.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StokesFileState {
    /// Folder at the backend.
    pub directory: String,
    /// File name.
    pub file: String,
    /// Header-data unit, "" = the first.
    pub hdu: String,
    /// Number of the enumeration `PolarizationType`.
    pub polarization_type: i32,
}

/// One region.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionState {
    /// The backend's number for the region.
    pub region_id: i32,
    /// Number of the enumeration `RegionType`.
    pub region_type: i32,
    /// Image pixels; what each point means depends on the type.
    pub control_points: Vec<PointState>,
    /// Degrees.
    pub rotation: f32,
}

/// A point, or a size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PointState {
    /// Image pixels, 0-based at pixel centres.
    pub x: f32,
    /// Image pixels, 0-based at pixel centres.
    pub y: f32,
}

/// Contours of an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContourSpec {
    /// In the image's unit.
    pub levels: Vec<f64>,
    /// The image whose grid the contours are drawn on.
    pub reference_file_id: u32,
    /// The part of the image, `None` = not said.
    pub image_bounds: Option<ImageBoundsState>,
    /// Number of the enumeration `SmoothingMode`.
    pub smoothing_mode: i32,
    /// Pixels.
    pub smoothing_factor: i32,
    /// See CARTA's preferences.
    pub decimation_factor: i32,
    /// See CARTA's preferences.
    pub compression_level: i32,
    /// Vertices in a message.
    pub contour_chunk_size: i32,
}

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageBoundsState {
    /// Left.
    pub x_min: i32,
    /// Right.
    pub x_max: i32,
    /// Bottom.
    pub y_min: i32,
    /// Top.
    pub y_max: i32,
}

/// One catalog.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogState {
    /// The viewer's number for the catalog; not an image's.
    pub file_id: i32,
    /// Folder at the backend.
    pub directory: String,
    /// File name.
    pub name: String,
    /// Rows asked for on opening; below 1 means 50.
    pub preview_data_size: i32,
}
