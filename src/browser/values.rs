//! Values on their way out to JavaScript.

use js_sys::{Object, Reflect};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::core::{machine::Status, offer::SessionType};

use super::error::from_problem;

/// Sets a property of an object of our own, which cannot fail.
pub(super) fn set(object: &Object, name: &str, value: &JsValue) {
    let set = Reflect::set(object, &name.into(), value);
    debug_assert!(set.is_ok(), "a plain object takes every property");
}

/// A plain object from a structure of ours.
pub(super) fn to_js(value: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    value.serialize(&serializer).unwrap_or(JsValue::NULL)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusValue {
    phase: &'static str,
    attempt: u32,
    retry_in_ms: Option<f64>,
    session_id: u32,
    session_type: Option<SessionType>,
    latency_ms: Option<f64>,
    error: Option<()>,
}

/// A frozen object, so that it can be compared by identity.
pub(super) fn status(status: &Status) -> JsValue {
    #[allow(clippy::cast_precision_loss)]
    let ms = |ms: u64| ms as f64;
    let value = to_js(&StatusValue {
        phase: status.phase.name(),
        attempt: status.attempt,
        retry_in_ms: status.retry_in_ms.map(ms),
        session_id: status.session_id,
        session_type: status.session_type,
        latency_ms: status.latency_ms.map(ms),
        error: None,
    });
    let object = Object::from(value);
    if let Some(problem) = &status.error {
        set(&object, "error", &from_problem(problem, None));
    }
    Object::freeze(&object).into()
}
