//! What a session has open, as JSON: complete, and sorted so that two states can be compared.

use carta_resume::protocol::messages as m;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    previews::Preview,
    state::{OpenImage, Region, Required, State},
};

/// A session as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    session_id: u32,
    connected: bool,
    images: Vec<Value>,
    regions: Vec<Value>,
    cursors: Vec<Value>,
    catalogs: Vec<Value>,
    requirements: Vec<Value>,
    previews: Vec<Value>,
    animation: Option<Value>,
}

impl Snapshot {
    /// The session id.
    pub fn session_id(&self) -> u32 {
        self.session_id
    }

    pub(super) fn of(state: &State, connected: bool) -> Self {
        let cursor = |(file_id, open): (&i32, &OpenImage)| {
            let point = open.cursor?;
            Some(json!({ "fileId": file_id, "x": point.x, "y": point.y }))
        };
        let catalog = |(file_id, catalog): (&i32, &m::OpenCatalogFile)| json!({ "fileId": file_id, "directory": catalog.directory, "name": catalog.name });
        let animation = state.animation.as_ref();
        Self {
            session_id: state.id,
            connected,
            images: state.images.iter().map(image).collect(),
            regions: state.regions.iter().map(region).collect(),
            cursors: state.images.iter().filter_map(cursor).collect(),
            catalogs: state.catalogs.iter().map(catalog).collect(),
            requirements: requirements(state),
            previews: state.previews.iter().map(preview).collect(),
            animation: animation
                .map(|it| json!({ "fileId": it.file_id(), "animationId": it.id() })),
        }
    }
}

fn image((file_id, open): (&i32, &OpenImage)) -> Value {
    let stokes_file = |file: &m::StokesFile| {
        json!({
            "directory": file.directory,
            "file": file.file,
            "hdu": file.hdu,
            "polarizationType": file.polarization_type,
        })
    };
    json!({
        "fileId": file_id,
        "directory": open.origin.directory,
        "file": open.origin.file,
        "hdu": open.origin.hdu,
        "lelExpr": open.origin.lel_expr,
        "channel": open.channel,
        "stokes": open.stokes,
        "stokesFiles": open.origin.stokes_files.iter().map(stokes_file).collect::<Vec<_>>(),
        "contours": open.contours.as_ref().map(contours),
        "vectorOverlay": open.overlay.as_ref().map(overlay),
    })
}

fn region((region_id, region): (&i32, &Region)) -> Value {
    let points: Vec<_> = region.info.control_points.iter().map(|p| [p.x, p.y]).collect();
    json!({
        "regionId": region_id,
        "fileId": region.file_id,
        "regionType": region.info.region_type,
        "controlPoints": points,
        "rotation": region.info.rotation,
    })
}

fn preview((preview_id, preview): (&i32, &Preview)) -> Value {
    let m::PvRequest { file_id, region_id, width, .. } = preview.request;
    let settings = preview.request.preview_settings.unwrap_or_default();
    json!({
        "previewId": preview_id,
        "fileId": file_id,
        "regionId": region_id,
        "width": width,
        "part": settings.region_id,
        "rebinXy": settings.rebin_xy,
        "rebinZ": settings.rebin_z,
    })
}

fn bounds(bounds: &m::ImageBounds) -> Value {
    let m::ImageBounds { x_min, x_max, y_min, y_max } = bounds;
    json!({ "xMin": x_min, "xMax": x_max, "yMin": y_min, "yMax": y_max })
}

fn contours(it: &m::SetContourParameters) -> Value {
    json!({
        "fileId": it.file_id,
        "referenceFileId": it.reference_file_id,
        "imageBounds": it.image_bounds.as_ref().map(bounds),
        "levels": it.levels,
        "smoothingMode": it.smoothing_mode,
        "smoothingFactor": it.smoothing_factor,
        "decimationFactor": it.decimation_factor,
        "compressionLevel": it.compression_level,
        "contourChunkSize": it.contour_chunk_size,
    })
}

fn overlay(it: &m::SetVectorOverlayParameters) -> Value {
    json!({
        "fileId": it.file_id,
        "imageBounds": it.image_bounds.as_ref().map(bounds),
        "smoothingFactor": it.smoothing_factor,
        "fractional": it.fractional,
        "threshold": it.threshold,
        "debiasing": it.debiasing,
        "qError": it.q_error,
        "uError": it.u_error,
        "stokesIntensity": it.stokes_intensity,
        "stokesAngle": it.stokes_angle,
        "compressionType": it.compression_type,
        "compressionQuality": it.compression_quality,
    })
}

fn requirements(state: &State) -> Vec<Value> {
    let statistics = list(
        "stats",
        &state.stats,
        |config| json!({ "coordinate": config.coordinate, "statsTypes": config.stats_types }),
    );
    let histograms = list("histogram", &state.histograms, |config| {
        json!({
            "coordinate": config.coordinate,
            "channel": config.channel,
            "fixedNumBins": config.fixed_num_bins,
            "numBins": config.num_bins,
            "fixedBounds": config.fixed_bounds,
            "bounds": config.bounds.map(|bounds| json!([bounds.min, bounds.max])),
        })
    });
    let spatial = list("spatial", &state.spatial, |config| {
        json!({
            "coordinate": config.coordinate,
            "start": config.start,
            "end": config.end,
            "mip": config.mip,
            "width": config.width,
        })
    });
    let spectral = list(
        "spectral",
        &state.spectral,
        |config| json!({ "coordinate": config.coordinate, "statsTypes": config.stats_types }),
    );
    [statistics, histograms, spatial, spectral].concat()
}

fn list<C>(kind: &str, required: &Required<C>, config: impl Fn(&C) -> Value) -> Vec<Value> {
    let entry = |((file_id, region_id), configs): (&(i32, i32), &Vec<C>)| {
        let configs: Vec<_> = configs.iter().map(&config).collect();
        json!({ "kind": kind, "fileId": file_id, "regionId": region_id, "configs": configs })
    };
    required.iter().map(entry).collect()
}
