//! Asking whether the tab that holds a lock lives.
//!
//! The page before a reload holds its lock until the browser has ended it, which
//! takes seconds on a busy machine. It does not answer any more; the original of
//! a duplicated tab does, and at once.

use wasm_bindgen::{JsCast, prelude::*};

#[wasm_bindgen]
extern "C" {
    type BroadcastChannel;

    #[wasm_bindgen(constructor, catch)]
    fn new(name: &str) -> Result<BroadcastChannel, JsValue>;

    #[wasm_bindgen(method, setter, js_name = onmessage)]
    fn set_onmessage(this: &BroadcastChannel, handler: &JsValue);

    #[wasm_bindgen(method, catch, js_name = postMessage)]
    fn post_message(this: &BroadcastChannel, message: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method)]
    fn close(this: &BroadcastChannel);

    type Message;

    #[wasm_bindgen(method, getter)]
    fn data(this: &Message) -> JsValue;
}

const ASK: &str = "?";
const LIVE: &str = "!";

/// One end of a channel; it is closed when this is dropped.
pub(super) struct Presence {
    channel: BroadcastChannel,
    _heard: Closure<dyn FnMut(JsValue)>,
}

impl Presence {
    /// Answers for a tab that holds a lock. `None` where there are no channels.
    pub(super) fn answering(name: &str) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let reply: BroadcastChannel = JsValue::from(&channel).unchecked_into();
        Some(Self::listening(channel, ASK, move || {
            // A channel that is closed has nobody to tell.
            let _ = reply.post_message(LIVE);
        }))
    }

    /// Asks, and calls `lives` if there is an answer.
    pub(super) fn asking(name: &str, lives: impl FnMut() + 'static) -> Option<Self> {
        let voice = Self::listening(BroadcastChannel::new(name).ok()?, LIVE, lives);
        voice.channel.post_message(ASK).ok()?;
        Some(voice)
    }

    fn listening(
        channel: BroadcastChannel,
        word: &'static str,
        mut heard: impl FnMut() + 'static,
    ) -> Self {
        let heard = Closure::new(move |event: JsValue| {
            if event.unchecked_into::<Message>().data().as_string().as_deref() == Some(word) {
                heard();
            }
        });
        channel.set_onmessage(heard.as_ref());
        Self { channel, _heard: heard }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.channel.set_onmessage(&JsValue::NULL);
        self.channel.close();
    }
}
