//! What the viewer states about its workspace by calls.

use js_sys::Float32Array;
use wasm_bindgen::{JsCast, JsValue};

use crate::core::tracking::{
    CatalogSpec, ContourSpec, ImageBoundsState, ImageSpec, Refused, RegionSpec, StokesFileState,
};

use super::{
    error::{error, invalid_option},
    reader::Reader,
};

const IMAGE: &[&str] = &[
    "fileId",
    "directory",
    "file",
    "hdu",
    "channel",
    "stokes",
    "lelExpr",
    "supportAipsBeam",
    "stokesFiles",
    // What `viewerState()` gives may be given back; these have calls of their own.
    "regions",
    "cursor",
    "contours",
    "hasVectorOverlay",
    "live",
];

pub(super) fn image(value: &JsValue) -> Result<ImageSpec, JsValue> {
    let reader = Reader::new(value, "image", IMAGE)?;
    let stokes_files = reader.array("stokesFiles")?;
    Ok(ImageSpec {
        file_id: reader.i32("fileId", None)?,
        directory: reader.text("directory", Some(""))?,
        file: reader.text("file", Some(if stokes_files.is_empty() { "" } else { "cube" }))?,
        hdu: reader.text("hdu", Some(""))?,
        lel_expr: reader.flag("lelExpr")?,
        support_aips_beam: reader.flag("supportAipsBeam")?,
        channel: reader.i32("channel", Some(0))?,
        stokes: reader.i32("stokes", Some(0))?,
        stokes_files: stokes_files.iter().map(stokes_file).collect::<Result<_, _>>()?,
    })
}

fn stokes_file(value: &JsValue) -> Result<StokesFileState, JsValue> {
    let known = ["directory", "file", "hdu", "polarizationType"];
    let reader = Reader::new(value, "image.stokesFiles", &known)?;
    Ok(StokesFileState {
        directory: reader.text("directory", Some(""))?,
        file: reader.text("file", None)?,
        hdu: reader.text("hdu", Some(""))?,
        polarization_type: reader.i32("polarizationType", None)?,
    })
}

pub(super) fn region(value: &JsValue) -> Result<RegionSpec, JsValue> {
    let known = ["regionId", "regionType", "controlPoints", "rotation"];
    let reader = Reader::new(value, "region", &known)?;
    Ok(RegionSpec {
        region_type: reader.i32("regionType", None)?,
        points: points(&reader)?,
        // What is not finite is refused with the region's other faults.
        rotation: reader.get("rotation").map_or(0.0, |value| float(&value)),
    })
}

fn points(reader: &Reader) -> Result<Vec<(f32, f32)>, JsValue> {
    let flat = reader.get("controlPoints").and_then(|value| value.dyn_into::<Float32Array>().ok());
    if let Some(flat) = flat {
        let flat = flat.to_vec();
        if flat.len() % 2 != 0 {
            return Err(error(
                "invalid-region",
                "region.controlPoints must hold x and y for each point.",
            ));
        }
        return Ok(flat
            .chunks_exact(2)
            .filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)))
            .collect());
    }
    let array = reader.array("controlPoints")?;
    array.iter().map(point).collect()
}

fn point(value: &JsValue) -> Result<(f32, f32), JsValue> {
    let reader = Reader::new(value, "region.controlPoints", &["x", "y"])?;
    let coordinate = |key| reader.get(key).map_or(f32::NAN, |value| float(&value));
    Ok((coordinate("x"), coordinate("y")))
}

/// The interface has 32-bit coordinates. What is no number is not finite.
#[allow(clippy::cast_possible_truncation)]
fn float(value: &JsValue) -> f32 {
    value.as_f64().map_or(f32::NAN, |number| number as f32)
}

pub(super) fn contours(value: &JsValue) -> Result<Option<ContourSpec>, JsValue> {
    if value.is_null() || value.is_undefined() {
        return Ok(None);
    }
    let known = [
        "levels",
        "smoothingMode",
        "smoothingFactor",
        "decimationFactor",
        "compressionLevel",
        "contourChunkSize",
        "referenceFileId",
        "imageBounds",
    ];
    let reader = Reader::new(value, "settings", &known)?;
    let levels: Option<Vec<f64>> = reader
        .array("levels")?
        .iter()
        .map(|level| level.as_f64().filter(|level| level.is_finite()))
        .collect();
    Ok(Some(ContourSpec {
        levels: levels.ok_or_else(|| invalid_option("settings.levels must be finite numbers."))?,
        reference_file_id: reader.u32("referenceFileId", 0)?,
        image_bounds: bounds(&reader)?,
        smoothing_mode: reader.i32("smoothingMode", Some(2))?,
        smoothing_factor: reader.i32("smoothingFactor", Some(4))?,
        decimation_factor: reader.i32("decimationFactor", Some(4))?,
        compression_level: reader.i32("compressionLevel", Some(8))?,
        contour_chunk_size: reader.i32("contourChunkSize", Some(100_000))?,
    }))
}

fn bounds(reader: &Reader) -> Result<Option<ImageBoundsState>, JsValue> {
    let Some((value, path)) = reader.nested("imageBounds").filter(|(value, _)| !value.is_null())
    else {
        return Ok(None);
    };
    let reader = Reader::new(&value, &path, &["xMin", "xMax", "yMin", "yMax"])?;
    Ok(Some(ImageBoundsState {
        x_min: reader.i32("xMin", None)?,
        x_max: reader.i32("xMax", None)?,
        y_min: reader.i32("yMin", None)?,
        y_max: reader.i32("yMax", None)?,
    }))
}

pub(super) fn catalog(value: &JsValue) -> Result<CatalogSpec, JsValue> {
    let known = ["fileId", "directory", "name", "previewDataSize"];
    let reader = Reader::new(value, "catalog", &known)?;
    Ok(CatalogSpec {
        file_id: reader.i32("fileId", None)?,
        directory: reader.text("directory", Some(""))?,
        name: reader.text("name", None)?,
        preview_data_size: reader.i32("previewDataSize", Some(0))?,
    })
}

/// A refused call, under the code of what is wrong with it.
pub(super) fn refused(refused: Refused) -> JsValue {
    let code = match refused.what {
        "fileId" => "unknown-image",
        "regionId" | "regionType" | "controlPoints" | "rotation" => "invalid-region",
        _ => "invalid-option",
    };
    error(code, &format!("{refused}."))
}
