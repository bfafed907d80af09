//! What JavaScript gets: plain objects, of the shapes that the package declares.

use js_sys::{ArrayBuffer, Object, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    client::{Status, offer::Report},
    protocol::Header,
    workspace::ViewerState,
};

use super::error::from_problem;

const SERIALIZER: serde_wasm_bindgen::Serializer = serde_wasm_bindgen::Serializer::new()
    .serialize_missing_as_null(true)
    // A flattened structure is a map to serde.
    .serialize_maps_as_objects(true);

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
    #[derive(Serialize)]
    struct WithState<'a> {
        #[serde(flatten)]
        report: &'a Report,
        state: Option<&'a ViewerState>,
    }
    to_js(&WithState { report, state })
}

/// What a request is answered with.
pub(super) fn answer(header: Header, payload: &ArrayBuffer) -> JsValue {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        event_type: u16,
        request_id: u32,
        #[serde(with = "serde_wasm_bindgen::preserve")]
        payload: Uint8Array,
    }
    to_js(&Answer {
        event_type: header.event_type,
        request_id: header.request_id,
        payload: Uint8Array::new(payload),
    })
}
