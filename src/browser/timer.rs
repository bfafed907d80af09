//! Timers of the browser's, for times of ours.

use gloo_timers::callback::Timeout;

/// The longest delay that browsers know, in milliseconds: after a longer one they
/// do not wait at all.
const MAX_DELAY_MS: u32 = i32::MAX.cast_unsigned();

/// Calls `act` in `delay_ms`, unless the result is dropped before.
pub(super) fn after(delay_ms: u64, act: impl FnOnce() + 'static) -> Timeout {
    let delay_ms = u32::try_from(delay_ms).unwrap_or(MAX_DELAY_MS).min(MAX_DELAY_MS);
    Timeout::new(delay_ms, act)
}

/// Does something in a task of its own.
pub(super) fn later(act: impl FnOnce() + 'static) {
    Timeout::new(0, act).forget();
}
