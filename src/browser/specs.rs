//! What the viewer states about its workspace by calls.

use js_sys::Float32Array;
use wasm_bindgen::{JsCast, JsValue};

use crate::workspace::{
    CatalogSpec, ContourSpec, ImageBoundsState, ImageSpec, Refused, RegionSpec, StokesFileState,
};

use super::{
    error::error,
    reader::{Faults, Reader},
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

/// Reads the one argument that a call is about.
fn read<T>(
    value: &JsValue,
    name: &str,
    known: &[&str],
    fields: fn(&Reader) -> T,
) -> Result<T, JsValue> {
    let faults = Faults::default();
    let fields = fields(&Reader::new(value.clone(), name.to_owned(), known, &faults));
    faults.check(fields)
}

/// A number of the interface. JavaScript would make 0 of what is none, and 0
/// is the first image.
#[allow(clippy::cast_possible_truncation, clippy::float_cmp)]
pub(super) fn int(what: &'static str, value: &JsValue) -> Result<i32, JsValue> {
    let number = value.as_f64().unwrap_or(f64::NAN);
    if f64::from(number as i32) == number {
        Ok(number as i32)
    } else {
        Err(refused(Refused { what, why: "must be a whole number" }))
    }
}

pub(super) fn file_id(value: &JsValue) -> Result<i32, JsValue> {
    int("fileId", value)
}

pub(super) fn region_id(value: &JsValue) -> Result<i32, JsValue> {
    int("regionId", value)
}

pub(super) fn image(value: &JsValue) -> Result<ImageSpec, JsValue> {
    read(value, "image", IMAGE, |image| ImageSpec {
        file_id: image.i32("fileId", None),
        directory: image.text("directory", Some("")),
        file: image.text("file", Some("")),
        hdu: image.text("hdu", Some("")),
        lel_expr: image.flag("lelExpr"),
        support_aips_beam: image.flag("supportAipsBeam"),
        channel: image.i32("channel", Some(0)),
        stokes: image.i32("stokes", Some(0)),
        stokes_files: image.each(
            "stokesFiles",
            &["directory", "file", "hdu", "polarizationType"],
            |file| StokesFileState {
                directory: file.text("directory", Some("")),
                file: file.text("file", None),
                hdu: file.text("hdu", Some("")),
                polarization_type: file.i32("polarizationType", None),
            },
        ),
    })
}

pub(super) fn region(value: &JsValue) -> Result<RegionSpec, JsValue> {
    let known = &["regionId", "regionType", "controlPoints", "rotation"];
    read(value, "region", known, |region| RegionSpec {
        region_type: region.i32("regionType", None),
        points: points(region),
        // What is not finite is refused with the region's other faults.
        rotation: region.get("rotation").map_or(0.0, |value| float(&value)),
    })
}

fn points(region: &Reader) -> Vec<(f32, f32)> {
    let value = region.get("controlPoints").unwrap_or_default();
    let Some(flat) = value.dyn_ref::<Float32Array>() else {
        return region.each("controlPoints", &["x", "y"], |point| {
            let coordinate = |key| point.get(key).map_or(f32::NAN, |value| float(&value));
            (coordinate("x"), coordinate("y"))
        });
    };
    let flat = flat.to_vec();
    let (pairs, rest) = flat.as_chunks();
    if !rest.is_empty() {
        region.wrong_region("region.controlPoints must hold x and y for each point.");
    }
    let mut points = Vec::new();
    for &[x, y] in pairs {
        points.push((x, y));
    }
    points
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
    let known = &[
        "levels",
        "smoothingMode",
        "smoothingFactor",
        "decimationFactor",
        "compressionLevel",
        "contourChunkSize",
        "referenceFileId",
        "imageBounds",
    ];
    let settings = read(value, "settings", known, |settings| ContourSpec {
        levels: levels(settings),
        reference_file_id: settings.u32("referenceFileId", 0),
        image_bounds: bounds(settings),
        smoothing_mode: settings.i32("smoothingMode", Some(2)),
        smoothing_factor: settings.i32("smoothingFactor", Some(4)),
        decimation_factor: settings.i32("decimationFactor", Some(4)),
        compression_level: settings.i32("compressionLevel", Some(8)),
        contour_chunk_size: settings.i32("contourChunkSize", Some(100_000)),
    })?;
    Ok(Some(settings))
}

fn levels(settings: &Reader) -> Vec<f64> {
    let mut levels = Vec::new();
    for level in settings.array("levels") {
        let level = level.as_f64().unwrap_or(f64::NAN);
        if !level.is_finite() {
            settings.wrong("levels", &["finite numbers"]);
        }
        levels.push(level);
    }
    levels
}

fn bounds(settings: &Reader) -> Option<ImageBoundsState> {
    if settings.get("imageBounds") == Some(JsValue::NULL) {
        return None;
    }
    let bounds = settings.nested("imageBounds", &["xMin", "xMax", "yMin", "yMax"])?;
    Some(ImageBoundsState {
        x_min: bounds.i32("xMin", None),
        x_max: bounds.i32("xMax", None),
        y_min: bounds.i32("yMin", None),
        y_max: bounds.i32("yMax", None),
    })
}

pub(super) fn catalog(value: &JsValue) -> Result<CatalogSpec, JsValue> {
    let known = &["fileId", "directory", "name", "previewDataSize"];
    read(value, "catalog", known, |catalog| CatalogSpec {
        file_id: catalog.i32("fileId", None),
        directory: catalog.text("directory", Some("")),
        name: catalog.text("name", None),
        preview_data_size: catalog.i32("previewDataSize", Some(0)),
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
