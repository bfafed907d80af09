//! One WebSocket. Its handlers go before it does, so that nothing it says
//! later is heard.

use js_sys::{ArrayBuffer, Promise, Reflect};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{AbortSignal, BinaryType, MessageEvent, Response, Url, WebSocket};

use super::{timer::later, values::set};

/// What a socket says.
pub(super) enum Said {
    Opened,
    Binary(ArrayBuffer),
    Text {
        pong: bool,
    },
    /// Failed or closed; it may be said more than once.
    Lost,
}

/// A socket and its handlers.
pub(super) struct Socket {
    native: WebSocket,
    handlers: Option<Handlers>,
    /// It is closed when it is dropped.
    is_ours: bool,
}

struct Handlers {
    _opened: Closure<dyn FnMut(JsValue)>,
    _lost: Closure<dyn FnMut(JsValue)>,
    _message: Closure<dyn FnMut(JsValue)>,
}

impl Socket {
    /// Fails if `address` is not one, without repeating it.
    pub(super) fn open(address: &str, say: impl Fn(Said) + Clone + 'static) -> Option<Self> {
        let socket = open_socket(address).ok()?;
        Some(Self::adopt(socket, say))
    }

    /// Listens to a socket, or to what behaves like one.
    pub(super) fn adopt(socket: WebSocket, say: impl Fn(Said) + Clone + 'static) -> Self {
        socket.set_binary_type(BinaryType::Arraybuffer);
        let (opened, lost, message) = (say.clone(), say.clone(), say);
        let opened = Closure::new(move |_| opened(Said::Opened));
        let lost = Closure::new(move |_| lost(Said::Lost));
        let message = Closure::new(move |event: JsValue| {
            let data = event.unchecked_into::<MessageEvent>().data();
            message(match data.dyn_into::<ArrayBuffer>() {
                Ok(buffer) => Said::Binary(buffer),
                Err(data) => Said::Text { pong: data == "PONG" },
            });
        });
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onerror(Some(lost.as_ref().unchecked_ref()));
        socket.set_onclose(Some(lost.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        let handlers = Handlers { _opened: opened, _lost: lost, _message: message };
        Self { native: socket, handlers: Some(handlers), is_ours: true }
    }

    pub(super) fn as_js(&self) -> &JsValue {
        &self.native
    }

    /// Listens no more, and leaves it open.
    pub(super) fn give_back(mut self) {
        self.silence();
        self.is_ours = false;
    }

    fn silence(&mut self) {
        self.native.set_onopen(None);
        self.native.set_onerror(None);
        self.native.set_onclose(None);
        self.native.set_onmessage(None);
        // One of the handlers may be what is running.
        let handlers = self.handlers.take();
        later(move || drop(handlers));
    }

    pub(super) fn is_open(&self) -> bool {
        self.native.ready_state() == WebSocket::OPEN
    }

    /// Hands bytes over. A socket that is not open any more says so by itself.
    pub(super) fn send(&self, bytes: &[u8]) {
        // The only error is a socket that is still connecting, and nothing is
        // sent before it says that it is open.
        let _ = self.native.send_with_u8_array(bytes);
    }

    pub(super) fn ping(&self) {
        let _ = self.native.send_with_str("PING");
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.is_ours {
            self.silence();
            let _ = self.native.close_with_code(1000);
        }
    }
}

/// The backend's origin and path: without query, fragment and credentials.
pub(super) fn bare_address(address: &str) -> Option<String> {
    let url = Url::new(address).ok()?;
    Some(url.protocol() + "//" + &url.host() + &url.pathname())
}

#[wasm_bindgen(module = "/src/npm/native-socket.js")]
extern "C" {
    /// The browser's own, whatever the page has put in its place.
    #[wasm_bindgen(catch, js_name = openSocket)]
    fn open_socket(address: &str) -> Result<WebSocket, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn fetch(address: &str, init: &JsValue) -> Result<Promise, JsValue>;
}

/// How long somebody has to answer, in milliseconds.
const PROBE_MS: u32 = 3_000;

/// Asks whether anybody answers HTTP at the address of a WebSocket. Only the browser's
/// console sees a failure.
pub(super) fn probe(address: &str, done: impl Fn(bool) + Clone + 'static) {
    let Some(http) = address.strip_prefix("ws").map(|rest| "http".to_owned() + rest) else {
        return;
    };
    let init = js_sys::Object::new();
    set(&init, "mode", &"no-cors".into());
    set(&init, "cache", &"no-store".into());
    set(&init, "credentials", &"omit".into());
    let timeout = Reflect::get(&js_sys::global(), &"AbortSignal".into())
        .is_ok_and(|class| Reflect::has(&class, &"timeout".into()).unwrap_or(false));
    if timeout {
        set(&init, "signal", &AbortSignal::timeout_with_u32(PROBE_MS));
    }
    let Ok(promise) = fetch(&http, &init) else { return };
    let failed = done.clone();
    let then = Closure::<dyn FnMut(JsValue)>::new(move |response: JsValue| {
        // A proxy that says that the backend is away (5xx) is not the backend.
        // From another origin the status is hidden and reads 0.
        let status = response.dyn_ref::<Response>().map_or(0, Response::status);
        done(status < 500);
    });
    let catch = Closure::<dyn FnMut(JsValue)>::new(move |_| failed(false));
    super::promises::settle(&promise, then, catch);
}
