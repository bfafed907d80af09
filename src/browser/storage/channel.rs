//! What the tabs of a browser say to each other.

use wasm_bindgen::{JsCast, prelude::*};

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
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

/// Says something to all others on a channel.
#[derive(Clone)]
pub(in crate::browser) struct Voice(BroadcastChannel);

impl Voice {
    /// A channel that is closed has nobody to tell.
    pub(in crate::browser) fn say(&self, word: &str) {
        let _ = self.0.post_message(word);
    }
}

/// One end of a channel; it is closed when this is dropped.
pub(in crate::browser) struct Channel {
    voice: Voice,
    _heard: Closure<dyn FnMut(JsValue)>,
}

impl Channel {
    /// `None` where there are no channels.
    pub(in crate::browser) fn open(
        name: &str,
        mut heard: impl FnMut(&str, &Voice) + 'static,
    ) -> Option<Self> {
        let voice = Voice(BroadcastChannel::new(name).ok()?);
        let reply = voice.clone();
        let heard = Closure::new(move |event: JsValue| {
            if let Some(word) = event.unchecked_into::<Message>().data().as_string() {
                heard(&word, &reply);
            }
        });
        voice.0.set_onmessage(heard.as_ref());
        Some(Self { voice, _heard: heard })
    }

    pub(in crate::browser) fn say(&self, word: &str) {
        self.voice.say(word);
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.voice.0.set_onmessage(&JsValue::NULL);
        self.voice.0.close();
    }
}
