//! The browser's two clocks and its random source.

use js_sys::{Date, Math, Reflect};
use wasm_bindgen::JsCast;
use web_sys::Performance;

use crate::client::Now;

use super::numbers::milliseconds;

/// Reads the clocks.
pub(super) struct Clock {
    performance: Option<Performance>,
}

impl Clock {
    pub(super) fn new() -> Self {
        // In pages, workers and Node alike.
        let performance = Reflect::get(&js_sys::global(), &"performance".into());
        Self { performance: performance.ok().and_then(|value| value.dyn_into().ok()) }
    }

    pub(super) fn now(&self) -> Now {
        Now { monotonic: self.monotonic(), wall: milliseconds(Date::now()) }
    }

    pub(super) fn monotonic(&self) -> u64 {
        milliseconds(self.performance.as_ref().map_or_else(Date::now, Performance::now))
    }
}

/// A seed for the jitter.
pub(super) fn seed() -> u64 {
    Math::random().to_bits()
}
