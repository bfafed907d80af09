//! What JavaScript gets: plain objects, of the shapes that the package declares.

use js_sys::{ArrayBuffer, Object, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    client::{Status, offer::Report},
    protocol::Header,
    workspace::ViewerState,
};

use super::{error::from_problem, numbers::count};

const SERIALIZER: serde_wasm_bindgen::Serializer =
    serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);

/// A value as a plain object. Only a number above 2^53 is refused, and
/// [`numbers`](super::numbers) lets none in.
pub(super) fn to_js(value: &(impl Serialize + ?Sized)) -> JsValue {
    let object = value.serialize(&SERIALIZER);
    debug_assert!(object.is_ok(), "every number is a safe integer");
    object.unwrap_or_default()
}

/// Sets a property of an object of our own, which cannot fail.
pub(super) fn set(object: &JsValue, name: &str, value: &JsValue) {
    let set = Reflect::set(object, &name.into(), value);
    debug_assert!(set.is_ok(), "a plain object takes every property");
}

/// A frozen object, so that it can be compared by identity.
pub(super) fn status(status: &Status) -> JsValue {
    let object = to_js(status);
    let error = status.error.as_ref().map(|problem| from_problem(problem, None));
    set(&object, "error", &error.unwrap_or(JsValue::NULL));
    Object::freeze(object.unchecked_ref::<Object>()).into()
}

/// `state`: what is open now, for a viewer that has to rebuild its panels.
pub(super) fn report(report: &Report, state: Option<&ViewerState>) -> JsValue {
    let object = to_js(&report.restored);
    set(&object, "reason", &to_js(&report.reason));
    set(&object, "remaking", &to_js(&report.remaking));
    set(&object, "durationMs", &count(report.duration_ms));
    set(&object, "bytesSent", &count(report.bytes_sent as u64));
    set(&object, "state", &state.map_or(JsValue::NULL, to_js));
    object
}

/// What a request is answered with.
pub(super) fn answer(header: Header, payload: &ArrayBuffer) -> JsValue {
    let answer = Object::new().into();
    name(&answer, &header);
    set(&answer, "payload", &Uint8Array::new(payload));
    answer
}

/// Which frame an object is about.
pub(super) fn name(object: &JsValue, header: &Header) {
    set(object, "eventType", &header.event_type.into());
    set(object, "requestId", &header.request_id.into());
}
