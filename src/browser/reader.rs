//! Reading properties of JavaScript's values, whose types are not trusted: what is
//! missing, or of another type, is nothing. Where a viewer is to be told what is wrong,
//! `src/npm/arguments.ts` has done so before.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::numbers::{integer, milliseconds};

pub(super) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

pub(super) fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// A finite number.
pub(super) fn number(object: &JsValue, name: &str) -> Option<f64> {
    get(object, name).as_f64().filter(|number| number.is_finite())
}

/// Most numbers of the interface.
pub(super) fn int32(object: &JsValue, name: &str) -> Option<i32> {
    number(object, name).and_then(integer)
}

/// A time in milliseconds, rounded.
pub(super) fn time(object: &JsValue, name: &str) -> Option<u64> {
    number(object, name).map(|time| milliseconds(time.round()))
}

pub(super) fn flag(object: &JsValue, name: &str) -> bool {
    get(object, name) == JsValue::TRUE
}

pub(super) fn function(object: &JsValue, name: &str) -> Option<Function> {
    get(object, name).dyn_into().ok()
}

/// The elements of an array; `None` if it is not one or cannot be read.
pub(super) fn elements(value: &JsValue) -> Option<Vec<JsValue>> {
    if !Array::is_array(value) {
        return None;
    }
    let length = number(value, "length")?;
    (0..integer(length)?).map(|at| Reflect::get_u32(value, at).ok()).collect()
}

/// What is read of each element of an array, none if it is missing.
pub(super) fn each<T>(object: &JsValue, name: &str, read: impl Fn(&JsValue) -> T) -> Vec<T> {
    elements(&get(object, name)).unwrap_or_default().iter().map(read).collect()
}
