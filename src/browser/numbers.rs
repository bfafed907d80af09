//! Numbers of JavaScript's, which are 64-bit floating-point ones, as Rust's, and
//! back. The casts are here, each with the reason why it loses nothing that counts.

/// The largest whole number below which all can be told apart: 2^53 − 1.
const MAX_SAFE: f64 = js_sys::Number::MAX_SAFE_INTEGER;

/// The whole number that this is; `None` if it has a fraction, is not finite, or
/// is too large for its neighbours to be told from it.
pub(super) fn whole(number: f64) -> Option<i64> {
    let is_whole = number.trunc() == number && number.abs() <= MAX_SAFE;
    #[expect(clippy::cast_possible_truncation, reason = "whole, and of 53 bits")]
    is_whole.then_some(number as i64)
}

/// The same, if it is one of a smaller type's.
pub(super) fn integer<T: TryFrom<i64>>(number: f64) -> Option<T> {
    T::try_from(whole(number)?).ok()
}

/// A time in whole milliseconds; 0 for what is none.
pub(super) fn milliseconds(time: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded; NaN and what is below 0 become 0"
    )]
    let milliseconds = time.min(MAX_SAFE) as u64;
    milliseconds
}

/// A number of milliseconds, bytes or things for JavaScript.
pub(super) fn to_f64(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "none of these reaches 2^53")]
    let number = number as f64;
    number
}

/// The interface has 32-bit coordinates.
pub(super) fn coordinate(number: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "rounded to the nearest")]
    let coordinate = number as f32;
    coordinate
}
