//! Standing in for a viewer that speaks through a WebSocket of its own: what the
//! client needs of that socket, which is made in `src/npm/socket`.

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::WebSocket;

use crate::{
    client::{Problem, offer::KeptView, remaking::RemadeImage},
    keeping::keeper,
    protocol::Frame,
};

use super::{
    client::{ResumeClient, bytes},
    error::{error, from_problem},
    numbers::{count, integer},
    reader::{flag, function},
    shell::Shell,
    socket::{Socket, bare_address},
    specs,
    values::to_js,
};

/// The socket's side.
pub(super) struct DropIn {
    /// (address) → a socket, or what behaves like one.
    open: Function,
    /// (frame): the viewer gets a frame that did not come in.
    feed: Function,
    /// (error): the connection is over, and the viewer is to know it.
    ended: Function,
    /// (calls done, calls in all, regions done, regions in all): a viewer is being rebuilt;
    /// no regions in all = it is not about regions at the moment.
    rebuilding: Function,
    /// (view): how the previous page showed what the viewer was rebuilt from.
    view: Function,
    /// (view): the same when the images are open and regions follow.
    view_of_images: Function,
    /// (images): these have been made again, in place of others.
    remade: Function,
    /// Whether a viewer that starts empty may be rebuilt.
    pub(super) rebuilds: bool,
}

impl DropIn {
    /// `None` for a viewer that uses the client.
    pub(super) fn read(given: &JsValue) -> Option<Self> {
        Some(Self {
            open: function(given, "open")?,
            feed: function(given, "feed")?,
            ended: function(given, "ended")?,
            rebuilding: function(given, "rebuilding")?,
            view: function(given, "view")?,
            view_of_images: function(given, "viewOfImages")?,
            remade: function(given, "remade")?,
            rebuilds: flag(given, "rebuilds"),
        })
    }

    pub(super) fn open(&self, address: &str) -> Option<WebSocket> {
        let socket = self.open.call1(&JsValue::UNDEFINED, &address.into()).ok()?;
        socket.is_object().then(|| socket.unchecked_into())
    }

    // These are functions of this package, which do not throw.

    pub(super) fn feed(&self, frame: &Frame) {
        let buffer = Uint8Array::from(frame.bytes()).buffer();
        drop(self.feed.call1(&JsValue::UNDEFINED, &buffer));
    }

    pub(super) fn end(&self, problem: &Problem) {
        drop(self.ended.call1(&JsValue::UNDEFINED, &from_problem(problem, None)));
    }

    pub(super) fn note_progress(&self, done: usize, all: usize, regions: Option<(usize, usize)>) {
        let number = |number: usize| count(number as u64);
        let (regions_done, regions) = regions.unwrap_or_default();
        let told = Array::of4(&number(done), &number(all), &number(regions_done), &number(regions));
        drop(self.rebuilding.apply(&JsValue::UNDEFINED, &told));
    }

    pub(super) fn give_view(&self, view: &KeptView) {
        drop(self.view.call1(&JsValue::UNDEFINED, &to_js(view)));
    }

    pub(super) fn tell_remade(&self, images: &[RemadeImage]) {
        drop(self.remade.call1(&JsValue::UNDEFINED, &to_js(images)));
    }

    pub(super) fn give_view_of_images(&self, view: &KeptView) {
        drop(self.view_of_images.call1(&JsValue::UNDEFINED, &to_js(view)));
    }
}

impl Shell {
    pub(super) fn drop_in(&self) -> Option<&DropIn> {
        self.drop_in.as_ref()
    }

    /// The machine hears in time of what its socket has passed by.
    pub(super) fn note_heard(&self) {
        if self.drop_in.is_none() {
            return;
        }
        let heard: JsValue = "heard".into();
        let generation = self.machine.borrow().generation();
        let bytes = self.sockets.with(generation, |socket| {
            let socket = socket.as_js();
            let bytes: usize = Reflect::get(socket, &heard).ok()?.as_f64().and_then(integer)?;
            Reflect::set(socket, &heard, &0.into()).ok()?;
            Some(bytes)
        });
        if let Some(bytes) = bytes.flatten().filter(|bytes| *bytes > 0) {
            let now = self.now();
            self.with(|machine| machine.heard(now, bytes));
        }
    }

    fn take_over(&self, address: &str, socket: WebSocket, register: Frame) -> Result<(), Problem> {
        let now = self.now();
        *self.address.borrow_mut() = bare_address(address).unwrap_or_default();
        // The machine numbers its first socket so.
        let generation = self.machine.borrow().generation().wrapping_add(1);
        let say = self.weakly(move |shell, said| shell.said(generation, said));
        self.sockets.put(generation, Socket::adopt(socket, say));
        let taken = self.with(|machine| machine.take_over(now, register));
        if taken.is_ok() {
            self.keep(keeper::Input::AddressKnown { address: self.bare_address() });
            self.find_user();
        } else if let Some(socket) = self.sockets.take(generation) {
            socket.give_back();
        }
        taken
    }
}

#[wasm_bindgen]
impl ResumeClient {
    /// Takes over a socket that is open, with the viewer's REGISTER_VIEWER, which
    /// is sent. Throws, and leaves the socket alone, if it cannot be watched.
    #[wasm_bindgen(js_name = takeOver)]
    pub fn take_over(
        &self,
        address: &str,
        socket: &JsValue,
        register: &JsValue,
    ) -> Result<(), JsValue> {
        let frame = bytes(register).and_then(Frame::from_bytes).ok_or_else(|| {
            error("invalid-frame", "A frame has at least the 8 bytes of its header.")
        })?;
        let taken = self.shell.take_over(address, socket.clone().unchecked_into(), frame);
        taken.map_err(|problem| from_problem(&problem, None))
    }

    /// The interface version of frames that may go out before this hears of them, 0 if
    /// none may.
    #[wasm_bindgen(getter, js_name = directVersion)]
    pub fn direct_version(&self) -> u16 {
        let version = self.shell.machine.borrow().direct_version();
        version.filter(|_| !self.shell.is_carrying_out()).unwrap_or_default()
    }

    /// A frame of the viewer's that has gone out already.
    #[wasm_bindgen(js_name = sentFirst)]
    pub fn sent_first(&self, frame: &JsValue) {
        if let Some(frame) = bytes(frame).and_then(Frame::from_bytes) {
            let now = self.shell.now();
            self.shell.with(|machine| machine.sent_first(now, &frame));
        }
    }

    /// States a part of how the viewer shows its workspace, as JSON, `null` = there is
    /// none.
    #[wasm_bindgen(js_name = setViewPart)]
    pub fn set_view_part(&self, key: &str, json: &JsValue) -> Result<(), JsValue> {
        if self.shell.machine.borrow().is_closed() {
            return Err(from_problem(&Problem::closed(), None));
        }
        self.shell
            .with(|machine| {
                machine
                    .tracker_mut()
                    .workspace_mut()
                    .set_view_part(key, json.as_string().as_deref())
            })
            .map_err(specs::refused)
    }

    /// Ends a rebuild with what is there by now.
    #[wasm_bindgen(js_name = stopRebuilding)]
    pub fn stop_rebuilding(&self) {
        let now = self.shell.now();
        self.shell.with(|machine| machine.stop_rebuilding(now));
    }

    /// Bytes that wait for a connection.
    #[wasm_bindgen(getter, js_name = queuedBytes)]
    pub fn queued_bytes(&self) -> JsValue {
        count(self.shell.machine.borrow().queued_bytes() as u64)
    }
}
