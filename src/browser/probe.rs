//! Whether anybody answers HTTP where a WebSocket does not open.

use gloo_timers::callback::Timeout;
use js_sys::Promise;
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, RequestCache, RequestCredentials, RequestInit, RequestMode, Response,
};

#[wasm_bindgen]
extern "C" {
    /// In pages, workers and Node alike.
    #[wasm_bindgen(catch)]
    fn fetch(address: &str, init: &RequestInit) -> Result<Promise, JsValue>;
}

use super::promises::spawn;

/// How long somebody has to answer, in milliseconds.
const PATIENCE_MS: u32 = 3_000;

/// Asks at the address of a WebSocket. Only the browser's console sees a failure.
pub(super) fn probe(address: &str, done: impl Fn(bool) + 'static) {
    let Some(rest) = address.strip_prefix("ws") else { return };
    let request = RequestInit::new();
    request.set_mode(RequestMode::NoCors);
    request.set_cache(RequestCache::NoStore);
    request.set_credentials(RequestCredentials::Omit);
    let controller = AbortController::new().ok();
    request.set_signal(controller.as_ref().map(AbortController::signal).as_ref());
    let Ok(response) = fetch(&format!("http{rest}"), &request) else { return };
    spawn(async move {
        let _patience = Timeout::new(PATIENCE_MS, move || {
            if let Some(controller) = controller {
                controller.abort();
            }
        });
        let response = JsFuture::from(response).await;
        done(response.is_ok_and(|response| {
            // A proxy that says that the backend is away (5xx) is not the backend.
            // From another origin the status is hidden and reads 0.
            response.dyn_ref::<Response>().map_or(0, Response::status) < 500
        }));
    });
}
