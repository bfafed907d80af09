//! Numbers of JavaScript's, which are 64-bit floating-point ones, as Rust's.
//! The casts are here, each with the reason why it loses nothing that counts.

use wasm_bindgen::JsValue;

/// The largest whole number that is told apart from its neighbours: 2^53 − 1.
const MAX_SAFE: f64 = js_sys::Number::MAX_SAFE_INTEGER;

/// A whole number of some type; `None` if it is not one.
pub(super) fn integer<T: TryFrom<i64>>(number: f64) -> Option<T> {
    T::try_from(whole(number)?).ok()
}

#[expect(clippy::cast_possible_truncation, reason = "whole, and of 53 bits")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= MAX_SAFE).then_some(number as i64)
}

/// A time in whole milliseconds; 0 if it is not one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded")]
pub(super) fn milliseconds(time: f64) -> u64 {
    time.clamp(0.0, MAX_SAFE) as u64
}

/// The interface has 32-bit coordinates.
#[expect(clippy::cast_possible_truncation, reason = "rounded to the nearest")]
pub(super) fn coordinate(number: f64) -> f32 {
    number as f32
}

/// A number of things, of bytes or of milliseconds, for JavaScript. None comes near
/// 2^53.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub(super) fn count(number: u64) -> JsValue {
    (number as f64).into()
}
