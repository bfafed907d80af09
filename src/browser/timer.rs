//! `setTimeout`. Ours, because the crates for it bring the standard library.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(act: &JsValue, delay_ms: f64) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// The longest delay that browsers know, in milliseconds; a longer one would be
/// none at all.
const MAX_DELAY_MS: f64 = 2_147_483_647.0;

/// Does something once, unless it is dropped before.
pub(super) struct Timer {
    id: JsValue,
    _act: Closure<dyn FnMut(JsValue)>,
}

impl Timer {
    /// Calls `act`, with no argument to speak of, in `delay_ms`.
    pub(super) fn new(delay_ms: u64, act: impl FnMut(JsValue) + 'static) -> Self {
        let act = Closure::new(act);
        let delay_ms = super::values::whole(delay_ms).min(MAX_DELAY_MS);
        Self { id: set_timeout(act.as_ref(), delay_ms), _act: act }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}

/// Does something in a task of its own.
pub(super) fn later(act: impl FnOnce() + 'static) {
    let mut act = Some(act);
    let act = Closure::<dyn FnMut(JsValue)>::new(move |_| {
        if let Some(act) = act.take() {
            act();
        }
    });
    set_timeout(&act.into_js_value(), 0.0);
}
