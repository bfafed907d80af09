//! What the viewer states about its workspace by calls.

use js_sys::Float32Array;
use wasm_bindgen::{JsCast, JsValue};

use crate::workspace::{
    CatalogSpec, ContourSpec, ImageBoundsState, ImageSpec, Refused, RegionSpec, StokesFileState,
};

use super::{
    error::error,
    numbers::{coordinate, integer},
    reader::{Reader, Result},
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

const STOKES_FILE: &[&str] = &["directory", "file", "hdu", "polarizationType"];

const REGION: &[&str] = &["regionId", "regionType", "controlPoints", "rotation"];

const CONTOURS: &[&str] = &[
    "levels",
    "smoothingMode",
    "smoothingFactor",
    "decimationFactor",
    "compressionLevel",
    "contourChunkSize",
    "referenceFileId",
    "imageBounds",
];

const CATALOG: &[&str] = &["fileId", "directory", "name", "previewDataSize"];

/// A number of the interface. JavaScript would make 0 of what is none, and 0
/// is the first image.
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

pub(super) fn image(value: &JsValue) -> Result<ImageSpec> {
    let image = Reader::argument(value, "image", IMAGE)?;
    Ok(ImageSpec {
        file_id: image.required_i32("fileId")?,
        directory: image.text("directory")?.unwrap_or_default(),
        file: image.text("file")?.unwrap_or_default(),
        hdu: image.text("hdu")?.unwrap_or_default(),
        lel_expr: image.flag("lelExpr")?.unwrap_or_default(),
        support_aips_beam: image.flag("supportAipsBeam")?.unwrap_or_default(),
        channel: image.i32("channel")?.unwrap_or_default(),
        stokes: image.i32("stokes")?.unwrap_or_default(),
        stokes_files: image.each("stokesFiles", STOKES_FILE, stokes_file)?,
    })
}

fn stokes_file(file: &Reader) -> Result<StokesFileState> {
    Ok(StokesFileState {
        directory: file.text("directory")?.unwrap_or_default(),
        file: file.required_text("file")?,
        hdu: file.text("hdu")?.unwrap_or_default(),
        polarization_type: file.required_i32("polarizationType")?,
    })
}

pub(super) fn region(value: &JsValue) -> Result<RegionSpec> {
    let region = Reader::argument(value, "region", REGION)?;
    Ok(RegionSpec {
        region_type: region.required_i32("regionType")?,
        points: points(&region)?,
        // What is not finite is refused with the region's other faults.
        rotation: region.get("rotation")?.map_or(0.0, |value| float(&value)),
    })
}

fn points(region: &Reader) -> Result<Vec<(f32, f32)>> {
    let value = region.get("controlPoints")?.unwrap_or_default();
    let Some(flat) = value.dyn_ref::<Float32Array>() else {
        return region.each("controlPoints", &["x", "y"], |point| {
            Ok((number(point, "x")?, number(point, "y")?))
        });
    };
    let flat = flat.to_vec();
    let (pairs, rest) = flat.as_chunks();
    if !rest.is_empty() {
        let message = "region.controlPoints must hold x and y for each point.";
        return Err(error("invalid-region", message));
    }
    Ok(pairs.iter().map(|&[x, y]| (x, y)).collect())
}

/// What is missing or no number is not finite.
fn number(point: &Reader, key: &str) -> Result<f32> {
    Ok(point.get(key)?.map_or(f32::NAN, |value| float(&value)))
}

fn float(value: &JsValue) -> f32 {
    value.as_f64().map_or(f32::NAN, coordinate)
}

pub(super) fn contours(value: &JsValue) -> Result<Option<ContourSpec>> {
    if value.is_null() || value.is_undefined() {
        return Ok(None);
    }
    let settings = Reader::argument(value, "settings", CONTOURS)?;
    Ok(Some(ContourSpec {
        levels: levels(&settings)?,
        reference_file_id: settings.integer("referenceFileId", 0..=u32::MAX)?.unwrap_or_default(),
        image_bounds: bounds(&settings)?,
        smoothing_mode: settings.i32("smoothingMode")?.unwrap_or(2),
        smoothing_factor: settings.i32("smoothingFactor")?.unwrap_or(4),
        decimation_factor: settings.i32("decimationFactor")?.unwrap_or(4),
        compression_level: settings.i32("compressionLevel")?.unwrap_or(8),
        contour_chunk_size: settings.i32("contourChunkSize")?.unwrap_or(100_000),
    }))
}

fn levels(settings: &Reader) -> Result<Vec<f64>> {
    let levels = settings.array("levels")?.into_iter();
    let finite = levels.map(|level| level.as_f64().filter(|level| level.is_finite()));
    finite.collect::<Option<_>>().ok_or_else(|| settings.wrong("levels", "finite numbers"))
}

fn bounds(settings: &Reader) -> Result<Option<ImageBoundsState>> {
    if settings.get("imageBounds")? == Some(JsValue::NULL) {
        return Ok(None);
    }
    let known = &["xMin", "xMax", "yMin", "yMax"];
    let Some(bounds) = settings.nested("imageBounds", known)? else { return Ok(None) };
    Ok(Some(ImageBoundsState {
        x_min: bounds.required_i32("xMin")?,
        x_max: bounds.required_i32("xMax")?,
        y_min: bounds.required_i32("yMin")?,
        y_max: bounds.required_i32("yMax")?,
    }))
}

pub(super) fn catalog(value: &JsValue) -> Result<CatalogSpec> {
    let catalog = Reader::argument(value, "catalog", CATALOG)?;
    Ok(CatalogSpec {
        file_id: catalog.required_i32("fileId")?,
        directory: catalog.text("directory")?.unwrap_or_default(),
        name: catalog.required_text("name")?,
        preview_data_size: catalog.i32("previewDataSize")?.unwrap_or_default(),
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
