//! What the viewer states about its workspace by calls.

use js_sys::Float32Array;
use wasm_bindgen::{JsCast, JsValue};

use crate::workspace::{
    CatalogSpec, ContourSpec, ImageBoundsState, ImageSpec, Refused, RegionSpec, StokesFileState,
};

use super::{
    error::error,
    numbers::{coordinate, integer},
    reader::{each, flag, get, int32, number, text},
};

/// What was read, or the error that the viewer gets.
type Result<T> = std::result::Result<T, JsValue>;

/// A number of the interface. JavaScript would turn what is not a number into 0, which is
/// the first image.
pub(super) fn int(what: &'static str, value: &JsValue) -> Result<i32> {
    let number = value.as_f64().and_then(integer);
    number.ok_or_else(|| refused(Refused { what, why: "must be a whole number" }))
}

pub(super) fn file_id(value: &JsValue) -> Result<i32> {
    int("fileId", value)
}

pub(super) fn region_id(value: &JsValue) -> Result<i32> {
    int("regionId", value)
}

pub(super) fn image(image: &JsValue) -> Result<ImageSpec> {
    Ok(ImageSpec {
        file_id: file_id(&get(image, "fileId"))?,
        directory: text(image, "directory").unwrap_or_default(),
        file: text(image, "file").unwrap_or_default(),
        hdu: text(image, "hdu").unwrap_or_default(),
        lel_expr: flag(image, "lelExpr"),
        support_aips_beam: flag(image, "supportAipsBeam"),
        channel: int32(image, "channel").unwrap_or_default(),
        stokes: int32(image, "stokes").unwrap_or_default(),
        stokes_files: each(image, "stokesFiles", stokes_file),
    })
}

fn stokes_file(file: &JsValue) -> StokesFileState {
    StokesFileState {
        directory: text(file, "directory").unwrap_or_default(),
        file: text(file, "file").unwrap_or_default(),
        hdu: text(file, "hdu").unwrap_or_default(),
        polarization_type: int32(file, "polarizationType").unwrap_or_default(),
    }
}

// What is not finite is refused with the region's other faults.

pub(super) fn region(region: &JsValue) -> Result<RegionSpec> {
    let rotation = get(region, "rotation");
    Ok(RegionSpec {
        region_type: int32(region, "regionType").unwrap_or_default(),
        points: points(region)?,
        rotation: if rotation.is_undefined() { 0.0 } else { float(&rotation) },
    })
}

fn points(region: &JsValue) -> Result<Vec<(f32, f32)>> {
    let value = get(region, "controlPoints");
    let Some(flat) = value.dyn_ref::<Float32Array>() else {
        let point = |point: &JsValue| (float(&get(point, "x")), float(&get(point, "y")));
        return Ok(each(region, "controlPoints", point));
    };
    let flat = flat.to_vec();
    let (pairs, rest) = flat.as_chunks();
    if !rest.is_empty() {
        let message = "region.controlPoints must hold x and y for each point.";
        return Err(error("invalid-region", message));
    }
    Ok(pairs.iter().map(|&[x, y]| (x, y)).collect())
}

fn float(value: &JsValue) -> f32 {
    value.as_f64().map_or(f32::NAN, coordinate)
}

pub(super) fn contours(settings: &JsValue) -> Option<ContourSpec> {
    if !settings.is_object() {
        return None;
    }
    let setting = |name, default| int32(settings, name).unwrap_or(default);
    Some(ContourSpec {
        levels: each(settings, "levels", |level| level.as_f64().unwrap_or_default()),
        reference_file_id: number(settings, "referenceFileId")
            .and_then(integer)
            .unwrap_or_default(),
        image_bounds: bounds(&get(settings, "imageBounds")),
        smoothing_mode: setting("smoothingMode", 2),
        smoothing_factor: setting("smoothingFactor", 4),
        decimation_factor: setting("decimationFactor", 4),
        compression_level: setting("compressionLevel", 8),
        contour_chunk_size: setting("contourChunkSize", 100_000),
    })
}

fn bounds(bounds: &JsValue) -> Option<ImageBoundsState> {
    Some(ImageBoundsState {
        x_min: int32(bounds, "xMin")?,
        x_max: int32(bounds, "xMax")?,
        y_min: int32(bounds, "yMin")?,
        y_max: int32(bounds, "yMax")?,
    })
}

pub(super) fn catalog(catalog: &JsValue) -> Result<CatalogSpec> {
    Ok(CatalogSpec {
        file_id: file_id(&get(catalog, "fileId"))?,
        directory: text(catalog, "directory").unwrap_or_default(),
        name: text(catalog, "name").unwrap_or_default(),
        preview_data_size: int32(catalog, "previewDataSize").unwrap_or_default(),
    })
}

/// A refused call, under the code of what is wrong with it.
#[allow(clippy::needless_pass_by_value)]
pub(super) fn refused(refused: Refused) -> JsValue {
    let code = match refused.what {
        "fileId" => "unknown-image",
        "regionId" | "regionType" | "controlPoints" | "rotation" => "invalid-region",
        _ => "invalid-option",
    };
    error(code, &format!("{} {}.", refused.what, refused.why))
}
