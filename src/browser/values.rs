//! Values on their way out to JavaScript.

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;

use crate::{
    client::{
        Status,
        offer::{Offer, Report, SessionType},
    },
    protocol::Header,
    workspace::{ContourSpec, ImageState, OfferCatalog, OfferImage, PointState, ViewerState},
};

use super::error::from_problem;

/// Sets a property of an object of our own, which cannot fail.
pub(super) fn set(object: &Object, name: &str, value: &JsValue) {
    let set = Reflect::set(object, &name.into(), value);
    debug_assert!(set.is_ok(), "a plain object takes every property");
}

/// A plain object of ours that is being filled. Hand-written, because a
/// serializer for the same structures is three times the code to ship.
pub(super) struct Out(Object);

impl Out {
    pub(super) fn new() -> Self {
        Self(Object::new())
    }

    pub(super) fn value(&self, name: &str, value: &JsValue) -> &Self {
        set(&self.0, name, value);
        self
    }

    pub(super) fn number(&self, name: &str, number: f64) -> &Self {
        self.value(name, &JsValue::from_f64(number))
    }

    pub(super) fn int(&self, name: &str, number: i32) -> &Self {
        self.number(name, f64::from(number))
    }

    pub(super) fn text(&self, name: &str, text: &str) -> &Self {
        self.value(name, &JsValue::from_str(text))
    }

    pub(super) fn flag(&self, name: &str, flag: bool) -> &Self {
        self.value(name, &JsValue::from_bool(flag))
    }

    pub(super) fn ints(&self, name: &str, numbers: &[i32]) -> &Self {
        let array = Array::new();
        for &number in numbers {
            array.push(&number.into());
        }
        self.value(name, &array)
    }

    pub(super) fn list<T>(&self, name: &str, items: &[T], to_js: fn(&T) -> JsValue) -> &Self {
        self.value(name, &array(items, to_js))
    }

    pub(super) fn js(&self) -> JsValue {
        self.0.clone().into()
    }
}

fn array<T>(items: &[T], to_js: fn(&T) -> JsValue) -> Array {
    let array = Array::new();
    for item in items {
        array.push(&to_js(item));
    }
    array
}

/// A frozen object, so that it can be compared by identity.
pub(super) fn status(status: &Status) -> JsValue {
    let ms = |ms: Option<u64>| ms.map_or(JsValue::NULL, |ms| JsValue::from_f64(whole(ms)));
    let object = Out::new();
    object
        .text("phase", status.phase.name())
        .number("attempt", status.attempt.into())
        .value("retryInMs", &ms(status.retry_in_ms))
        .number("sessionId", status.session_id.into())
        .value("sessionType", &session_type(status.session_type))
        .value("latencyMs", &ms(status.latency_ms))
        .value("error", &status.error.as_ref().map_or(JsValue::NULL, |p| from_problem(p, None)));
    Object::freeze(&object.0).into()
}

fn session_type(session_type: Option<SessionType>) -> JsValue {
    match session_type {
        None => JsValue::NULL,
        Some(SessionType::New) => "new".into(),
        Some(SessionType::Resumed) => "resumed".into(),
    }
}

/// Milliseconds, which stay far below 2^53.
#[allow(clippy::cast_precision_loss)]
pub(super) const fn whole(ms: u64) -> f64 {
    ms as f64
}

pub(super) fn offer(offer: &Offer) -> Object {
    let object = Out::new();
    object
        .text("reason", offer.reason.name())
        .number("sessionId", offer.session_id.into())
        .value("sessionType", &session_type(Some(offer.session_type)))
        .text("backendMessage", &offer.backend_message)
        .number("savedAt", whole(offer.saved_at))
        .value("images", &offered_images(&offer.images))
        .value("catalogs", &offered_catalogs(&offer.catalogs))
        .list("cannotRestore", &offer.cannot_restore, |lost| {
            Out::new()
                .int("fileId", lost.file_id)
                .text("name", &lost.name)
                .text("why", &lost.why)
                .js()
        });
    object.0
}

pub(super) fn offered_images(images: &[OfferImage]) -> Array {
    array(images, |image| {
        Out::new()
            .int("fileId", image.file_id)
            .text("directory", &image.directory)
            .text("file", &image.file)
            .text("hdu", &image.hdu)
            .int("channel", image.channel)
            .int("stokes", image.stokes)
            .number("regionCount", count(image.region_count))
            .flag("hasContours", image.has_contours)
            .js()
    })
}

pub(super) fn offered_catalogs(catalogs: &[OfferCatalog]) -> Array {
    array(catalogs, |catalog| {
        Out::new()
            .int("fileId", catalog.file_id)
            .text("directory", &catalog.directory)
            .text("name", &catalog.name)
            .js()
    })
}

/// A number of things, which fit in memory.
#[allow(clippy::cast_precision_loss)]
const fn count(number: usize) -> f64 {
    number as f64
}

/// `state`: what is open now, for a viewer that has to rebuild its panels.
pub(super) fn report(report: &Report, state: Option<&ViewerState>) -> JsValue {
    Out::new()
        .text("reason", report.reason.name())
        .value("state", &state.map_or(JsValue::NULL, viewer_state))
        .flag("success", report.restored.success)
        .text("message", &report.restored.message)
        .ints("images", &report.restored.images)
        .ints("failedImages", &report.restored.failed_images)
        .ints("failedRegions", &report.restored.failed_regions)
        .ints("catalogs", &report.restored.catalogs)
        .number("durationMs", whole(report.duration_ms))
        .number("bytesSent", count(report.bytes_sent))
        .js()
}

/// What a request is answered with.
pub(super) fn answer(header: Header, payload: &ArrayBuffer) -> JsValue {
    Out::new()
        .number("eventType", header.event_type.into())
        .number("requestId", header.request_id.into())
        .value("payload", &Uint8Array::new(payload))
        .js()
}

pub(super) fn viewer_state(state: &ViewerState) -> JsValue {
    Out::new()
        .list("images", &state.images, image)
        .list("catalogs", &state.catalogs, |catalog| {
            Out::new()
                .int("fileId", catalog.file_id)
                .text("directory", &catalog.directory)
                .text("name", &catalog.name)
                .int("previewDataSize", catalog.preview_data_size)
                .js()
        })
        .js()
}

fn image(image: &ImageState) -> JsValue {
    let or_null = |value: Option<JsValue>| value.unwrap_or(JsValue::NULL);
    Out::new()
        .int("fileId", image.file_id)
        .text("directory", &image.directory)
        .text("file", &image.file)
        .text("hdu", &image.hdu)
        .flag("lelExpr", image.lel_expr)
        .flag("supportAipsBeam", image.support_aips_beam)
        .int("channel", image.channel)
        .int("stokes", image.stokes)
        .list("stokesFiles", &image.stokes_files, |file| {
            Out::new()
                .text("directory", &file.directory)
                .text("file", &file.file)
                .text("hdu", &file.hdu)
                .int("polarizationType", file.polarization_type)
                .js()
        })
        .list("regions", &image.regions, |region| {
            Out::new()
                .int("regionId", region.region_id)
                .int("regionType", region.region_type)
                .list("controlPoints", &region.control_points, point)
                .number("rotation", region.rotation.into())
                .js()
        })
        .value("cursor", &or_null(image.cursor.as_ref().map(point)))
        .value("contours", &or_null(image.contours.as_ref().map(contours)))
        .flag("hasVectorOverlay", image.has_vector_overlay)
        .flag("live", image.live)
        .value(
            "openFileAck",
            &image
                .open_file_ack
                .as_ref()
                .map_or(JsValue::NULL, |ack| Uint8Array::from(ack.as_slice()).into()),
        )
        .js()
}

fn point(point: &PointState) -> JsValue {
    Out::new().number("x", point.x.into()).number("y", point.y.into()).js()
}

fn contours(settings: &ContourSpec) -> JsValue {
    Out::new()
        .list("levels", &settings.levels, |&level| level.into())
        .number("referenceFileId", settings.reference_file_id.into())
        .value(
            "imageBounds",
            &settings.image_bounds.map_or(JsValue::NULL, |bounds| {
                Out::new()
                    .int("xMin", bounds.x_min)
                    .int("xMax", bounds.x_max)
                    .int("yMin", bounds.y_min)
                    .int("yMax", bounds.y_max)
                    .js()
            }),
        )
        .int("smoothingMode", settings.smoothing_mode)
        .int("smoothingFactor", settings.smoothing_factor)
        .int("decimationFactor", settings.decimation_factor)
        .int("compressionLevel", settings.compression_level)
        .int("contourChunkSize", settings.contour_chunk_size)
        .js()
}
