//! What a viewer is told that has to rebuild its panels.

use litemap::LiteMap;
use prost::{Message, bytes::Bytes};
use serde::{Serialize, Serializer};

use super::{Workspace, image::Image};
use crate::protocol::messages::{
    ImageBounds, OpenCatalogFile, Point, RegionInfo, SetContourParameters, StokesFile,
};

/// Everything a viewer needs to rebuild its panels.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewerState {
    /// In ascending file id.
    pub images: Vec<ImageState>,
    /// In ascending file id.
    pub catalogs: Vec<CatalogSpec>,
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
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogSpec {
    /// The viewer's number for the catalog, 0 or above; not an image's.
    pub file_id: i32,
    /// Folder at the backend.
    pub directory: String,
    /// File name.
    pub name: String,
    /// Rows to preview; below 1 means 50.
    pub preview_data_size: i32,
}

impl Workspace {
    /// Everything a viewer needs to rebuild its panels.
    pub fn viewer_state(&self) -> ViewerState {
        let mut regions: LiteMap<i32, Vec<RegionState>> = LiteMap::new();
        for (owner, id, info) in self.regions.shared() {
            regions.entry(owner).or_default().extend(region_state(id, info));
        }
        let mut state = ViewerState::default();
        for (&file_id, image) in &self.images {
            let regions = regions.remove(&file_id).unwrap_or_default();
            state.images.push(image_state(file_id, image, regions));
        }
        for open in self.catalogs.values() {
            if let Ok(catalog) = OpenCatalogFile::decode(open.clone()) {
                let OpenCatalogFile { directory, name, file_id, preview_data_size } = catalog;
                state.catalogs.push(CatalogSpec { file_id, directory, name, preview_data_size });
            }
        }
        state
    }

    /// A region, with the file id of the image that it is on.
    pub(crate) fn region(&self, id: i32) -> Option<(i32, RegionState)> {
        let region = self.regions.get(id)?;
        Some((region.owner, region_state(id, Bytes::copy_from_slice(region.info))?))
    }

    /// The encoded `RegionInfo` of a region, empty if there is none.
    pub(crate) fn region_info(&self, id: i32) -> Bytes {
        self.regions.get(id).map(|region| Bytes::copy_from_slice(region.info)).unwrap_or_default()
    }

    /// The largest region id, 0 if there are no regions.
    pub(crate) fn last_region_id(&self) -> i32 {
        self.regions.last_id()
    }

    /// The settings of an image's vector overlay, if one is drawn: an encoded
    /// `SetVectorOverlayParameters`.
    pub(crate) fn overlay(&self, file_id: i32) -> Option<&Bytes> {
        self.images.get(&file_id)?.overlay.as_ref()
    }
}

fn region_state(region_id: i32, info: Bytes) -> Option<RegionState> {
    let info = RegionInfo::decode(info).ok()?;
    Some(RegionState {
        region_id,
        region_type: info.region_type,
        control_points: info.control_points.into_iter().map(point_state).collect(),
        rotation: info.rotation,
    })
}

fn point_state(Point { x, y }: Point) -> PointState {
    PointState { x, y }
}

fn image_state(file_id: i32, image: &Image, regions: Vec<RegionState>) -> ImageState {
    let stokes_files = image.stokes_files.iter().filter_map(|file| {
        let StokesFile { directory, file, hdu, polarization_type } =
            StokesFile::decode(file.clone()).ok()?;
        Some(StokesFileState { directory, file, hdu, polarization_type })
    });
    let cursor = image.cursor.as_ref().and_then(|point| Point::decode(point.clone()).ok());
    ImageState {
        file_id,
        directory: image.directory.clone(),
        file: image.file.clone(),
        hdu: image.hdu.clone(),
        lel_expr: image.lel_expr,
        support_aips_beam: image.support_aips_beam,
        channel: image.channel,
        stokes: image.stokes,
        stokes_files: stokes_files.collect(),
        regions,
        cursor: cursor.map(point_state),
        contours: image.shown_contours().and_then(contour_spec),
        has_vector_overlay: image.overlay.is_some(),
        live: image.live,
        open_file_ack: image.open_file_ack.as_deref().map(<[u8]>::to_vec),
    }
}

fn contour_spec(settings: &Bytes) -> Option<ContourSpec> {
    let contours = SetContourParameters::decode(settings.clone()).ok()?;
    Some(ContourSpec {
        levels: contours.levels,
        reference_file_id: contours.reference_file_id,
        image_bounds: contours.image_bounds.map(|bounds| {
            let ImageBounds { x_min, x_max, y_min, y_max } = bounds;
            ImageBoundsState { x_min, x_max, y_min, y_max }
        }),
        smoothing_mode: contours.smoothing_mode,
        smoothing_factor: contours.smoothing_factor,
        decimation_factor: contours.decimation_factor,
        compression_level: contours.compression_level,
        contour_chunk_size: contours.contour_chunk_size,
    })
}
