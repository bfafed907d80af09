//! Values from the database and from the page, whose types are not trusted.

use gloo_timers::callback::{Interval, Timeout};
use js_sys::{Array, Date, Function, Math, Number};
use wasm_bindgen::{JsCast, prelude::*};

use crate::browser::{promises::call, values::set};

pub(super) use crate::browser::reader::{get, number, text};

#[wasm_bindgen]
extern "C" {
    /// Without the detours of `js_sys::global`, of which one is `new Function`.
    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    pub(super) static GLOBAL: JsValue;
}

/// A property of the global object.
pub(super) fn global(name: &str) -> JsValue {
    GLOBAL.with(|global| get(global, name))
}

pub(super) fn set_text(object: &JsValue, name: &str, value: &str) {
    set(object, name, &value.into());
}

pub(super) fn set_number(object: &JsValue, name: &str, value: f64) {
    set(object, name, &value.into());
}

/// An array; an empty one in place of anything else.
pub(super) fn array(object: &JsValue, name: &str) -> Array {
    get(object, name).dyn_into().unwrap_or_default()
}

pub(super) fn now() -> f64 {
    Date::now()
}

/// A text of 52 random bits. `crypto.randomUUID` is missing on plain http, and
/// nothing hangs on its being a secret.
pub(super) fn unique() -> String {
    let number = (Math::random() * 9_007_199_254_740_992.0).floor();
    Number::from(number).to_string_with_radix(36).map(String::from).unwrap_or_default()
}

/// Calls the function after a time, unless the result is dropped before.
pub(super) fn after(milliseconds: f64, function: Function) -> Timeout {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Timeout::new(milliseconds as u32, move || call(&function, &JsValue::UNDEFINED))
}

/// In milliseconds.
const TICK: u32 = 500;

/// Calls the function after a time, unless the result is dropped before. Time in
/// which the page is too busy to hear of anything does not count: what has happened
/// meanwhile is to come first.
pub(super) fn patience(milliseconds: u32, over: impl Fn() + 'static) -> Interval {
    let mut left = milliseconds / TICK;
    Interval::new(TICK, move || {
        left = left.saturating_sub(1);
        if left == 0 {
            over();
        }
    })
}
