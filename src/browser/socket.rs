//! One WebSocket. Its handlers go before it does, so that nothing it says
//! later is heard.

use std::cell::RefCell;

use js_sys::{Array, ArrayBuffer, Function, Reflect, Symbol};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{BinaryType, MessageEvent, Url, WebSocket};

use crate::keeping::address::canonical;

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

/// The socket in use, and the one that is tried beside it, by their numbers.
#[derive(Default)]
pub(super) struct Sockets(RefCell<Vec<(u32, Socket)>>);

impl Sockets {
    pub(super) fn put(&self, generation: u32, socket: Socket) {
        self.0.borrow_mut().push((generation, socket));
    }

    pub(super) fn take(&self, generation: u32) -> Option<Socket> {
        let mut sockets = self.0.borrow_mut();
        let at = sockets.iter().position(|(number, _)| *number == generation)?;
        Some(sockets.swap_remove(at).1)
    }

    /// Does something with one, if it is there.
    pub(super) fn with<T>(&self, generation: u32, act: impl FnOnce(&Socket) -> T) -> Option<T> {
        let sockets = self.0.borrow();
        sockets.iter().find(|(number, _)| *number == generation).map(|(_, socket)| act(socket))
    }
}

struct Handlers {
    _opened: Closure<dyn FnMut()>,
    _lost: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
}

impl Socket {
    /// Fails if `address` is not one, without repeating it.
    pub(super) fn open(address: &str, say: impl Fn(Said) + Clone + 'static) -> Option<Self> {
        let socket = construct(address).ok()?;
        Some(Self::adopt(socket, say))
    }

    /// Listens to a socket, or to what behaves like one.
    pub(super) fn adopt(socket: WebSocket, say: impl Fn(Said) + Clone + 'static) -> Self {
        socket.set_binary_type(BinaryType::Arraybuffer);
        let (opened, lost, message) = (say.clone(), say.clone(), say);
        let opened = Closure::new(move || opened(Said::Opened));
        let lost = Closure::new(move || lost(Said::Lost));
        let message = Closure::new(move |event: MessageEvent| {
            message(match event.data().dyn_into::<ArrayBuffer>() {
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
        // One that is running is kept until it returns.
        self.handlers.take();
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
    Some(canonical(&(url.protocol() + "//" + &url.host() + &url.pathname())))
}

/// `install()` of `carta-resume/socket` puts a class of its own in place of the
/// browser's, which it keeps under this symbol.
const NATIVE: &str = "carta-resume.native-socket";

/// One of the browser's own, whatever the page has put in its place.
fn construct(address: &str) -> Result<WebSocket, JsValue> {
    let class = Reflect::get(&js_sys::global(), &"WebSocket".into())?;
    let native = Reflect::get(&class, &Symbol::for_(NATIVE))?;
    let class = if native.is_function() { native } else { class };
    let class = class.unchecked_ref::<Function>();
    let socket = Reflect::construct(class, &Array::of1(&address.into()))?;
    Ok(socket.unchecked_into())
}
