//! The class behind `LavalinkNode`, which is in `src/npm/lavalink/node.ts`. What of this
//! the package uses is declared in `src/npm/carta_resume_lavalink.d.ts`.
//!
//! It decides nothing: it reads the clocks, and turns values into JavaScript's. Sockets,
//! requests, files and timers are TypeScript's, because a bot hands them over.
#![cfg(target_arch = "wasm32")]

mod settings;

use carta_resume::{
    connection::Now,
    lavalink::{Input, Node as Core, Outcome, Revision},
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;
}

/// The casts saturate.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn now() -> Now {
    Now { monotonic: monotonic() as u64, wall: js_sys::Date::now() as u64 }
}

fn to_js(value: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new()
        .serialize_missing_as_null(true)
        .serialize_large_number_types_as_bigints(false);
    value.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
}

/// The connection to one node, without its sockets.
#[wasm_bindgen(skip_typescript)]
pub struct Node(Core);

#[wasm_bindgen]
impl Node {
    /// A node at rest; the settings are checked already.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: JsValue, owner: String) -> Result<Self, JsValue> {
        let settings: settings::Given = serde_wasm_bindgen::from_value(settings)?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let seed = (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64;
        Ok(Self(Core::new(settings.read(), owner, seed, now())))
    }

    fn handle(&mut self, input: Input) {
        self.0.handle(now(), input);
    }

    /// A connection is wanted.
    pub fn connect(&mut self) {
        self.handle(Input::Connect);
    }

    /// The next attempt is wanted at once.
    #[wasm_bindgen(js_name = retryNow)]
    pub fn retry_now(&mut self) {
        self.handle(Input::RetryNow);
    }

    /// The node is not wanted any more.
    pub fn close(&mut self, forget: bool) {
        self.handle(Input::Close { forget });
    }

    /// A socket is open, or the version is known.
    pub fn opened(&mut self, generation: u32) {
        self.handle(Input::Opened { generation });
    }

    /// A socket is gone, or there is no version.
    pub fn lost(&mut self, generation: u32) {
        self.handle(Input::Lost { generation });
    }

    /// An HTTP status that each attempt will give.
    pub fn refused(&mut self, status: u16) {
        self.handle(Input::Refused { status });
    }

    /// Whether anything answers HTTP.
    pub fn probed(&mut self, answered: bool) {
        self.handle(Input::Probed { answered });
    }

    /// A message came in.
    pub fn text(&mut self, generation: u32, text: String) {
        self.handle(Input::Text { generation, text });
    }

    /// A ping is answered.
    pub fn pong(&mut self, generation: u32) {
        self.handle(Input::Pong { generation });
    }

    /// The HTTP status of a request about a session, 0 = no answer.
    pub fn told(&mut self, number: u32, status: u16) {
        let outcome = match status {
            0 => Outcome::Failed,
            200..300 => Outcome::Done,
            status => Outcome::Status(status),
        };
        self.handle(Input::Told { number, outcome });
    }

    /// The caller has set these.
    pub fn updated(&mut self, resuming: bool, timeout_s: u32) {
        self.handle(Input::Updated { resuming, timeout_s });
    }

    /// What is to become of the stored text: another text, `null` = it goes, `undefined` =
    /// it stays.
    // wasm-bindgen hands over texts that may be missing in this way alone.
    #[allow(clippy::needless_pass_by_value)]
    pub fn revise(&mut self, stored: Option<String>) -> JsValue {
        match self.0.revise(now(), stored.as_deref()) {
            Revision::Unchanged => JsValue::UNDEFINED,
            Revision::Write(text) => text.into(),
            Revision::Delete => JsValue::NULL,
        }
    }

    /// The store has been asked.
    pub fn revised(&mut self, fault: Option<String>) {
        self.handle(Input::Revised { fault });
    }

    /// The browser says that the network is back, or gone.
    pub fn online(&mut self, is_online: bool) {
        self.handle(if is_online { Input::Online } else { Input::Offline });
    }

    /// The page is shown, or hidden.
    pub fn visible(&mut self, is_visible: bool) {
        self.handle(if is_visible { Input::Visible } else { Input::Hidden });
    }

    /// A deadline has passed.
    pub fn timeout(&mut self) {
        self.handle(Input::Timeout);
    }

    /// The next thing to do, `undefined` = nothing.
    #[wasm_bindgen(js_name = pollEffect)]
    pub fn poll_effect(&mut self) -> JsValue {
        self.0.poll_effect().map_or(JsValue::UNDEFINED, |effect| to_js(&effect))
    }

    /// In how many milliseconds something is due.
    #[wasm_bindgen(js_name = dueInMs)]
    #[allow(clippy::cast_precision_loss)]
    pub fn due_in_ms(&self) -> Option<f64> {
        let deadline = self.0.deadline()?;
        Some(deadline.saturating_sub(now().monotonic) as f64)
    }

    /// Where the connection stands, but for the error.
    #[wasm_bindgen(getter)]
    pub fn status(&self) -> JsValue {
        to_js(self.0.status())
    }

    /// What ended the last attempt, until one succeeds.
    #[wasm_bindgen(getter)]
    pub fn problem(&self) -> JsValue {
        self.0.status().error.as_ref().map_or(JsValue::NULL, to_js)
    }
}
