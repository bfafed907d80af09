//! The shell's socket: where it leads, what it says, and when it is dead.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::{
    client::{Code, Problem, store::Store},
    protocol::Frame,
};

use super::{
    driver::{Input, Message},
    error::{error, from_problem},
    options::{UrlSource, address},
    promises::{is_thenable, settle},
    shell::Shell,
    socket::{Said, Socket, bare_address},
};

impl Shell {
    pub(super) fn open(&self, generation: u32, attempt: u32) {
        let function = match &self.url {
            UrlSource::Fixed(address) => return self.open_for_user(generation, address.clone()),
            UrlSource::Function(function) => function,
        };
        match function.call1(&JsValue::UNDEFINED, &attempt.into()) {
            Err(error) => self.url_threw(generation, error),
            Ok(value) if is_thenable(&value) => {
                let got = self.weakly(move |shell, value| shell.open_value(generation, &value));
                let failed = self.weakly(move |shell, error| shell.url_threw(generation, error));
                settle(&value, got, failed);
            }
            Ok(value) => self.open_value(generation, &value),
        }
    }

    fn open_value(&self, generation: u32, value: &JsValue) {
        match address(value) {
            Some(address) => self.open_for_user(generation, address),
            None => self.no_address(
                generation,
                "the url function must give a ws: or wss: address",
                None,
            ),
        }
    }

    pub(super) fn open_at(&self, generation: u32, address: &str) {
        // The address may come after its attempt has been given up.
        if !self.machine.borrow().awaits_socket(generation) {
            return;
        }
        if let Some(drop_in) = self.drop_in() {
            let say = self.weakly(move |shell, said| shell.said(generation, said));
            let socket = drop_in.open(address).map(|socket| Socket::adopt(socket, say));
            return self.put_socket(generation, socket);
        }
        let bare = bare_address(address).unwrap_or_default();
        if self.address.borrow().is_empty() {
            // Stored work is looked up under it.
            bare.clone_into(&mut self.address.borrow_mut());
        }
        if !self.is_ready(generation, address, &bare) {
            return;
        }
        let kept = self.store.borrow_mut().take_session_id(&bare);
        let kept = self.report_fault(kept);
        self.machine.borrow_mut().adopt_session_id(kept);
        *self.address.borrow_mut() = bare;
        let say = self.weakly(move |shell, said| shell.said(generation, said));
        self.put_socket(generation, Socket::open(address, say));
    }

    fn put_socket(&self, generation: u32, socket: Option<Socket>) {
        match socket {
            Some(socket) => self.sockets.put(generation, socket),
            None => self.no_address(generation, "the browser does not accept it", None),
        }
    }

    pub(super) fn no_address(&self, generation: u32, message: &str, cause: Option<JsValue>) {
        self.input_later(Input::NoAddress { generation, message: message.to_owned(), cause });
    }

    pub(super) fn shut(&self, generation: u32) {
        let socket = self.sockets.take(generation);
        drop(socket);
    }

    pub(super) fn said(&self, generation: u32, said: Said) {
        // What the first has said counts before what the second says.
        self.note_heard();
        match said {
            Said::Opened => self.input(Input::Opened { generation }),
            Said::Lost => {
                self.shut(generation);
                self.input(Input::Lost { generation });
            }
            Said::Text { pong } => self.input(Input::Text { generation, pong }),
            Said::Binary(buffer) => self.received(generation, buffer),
        }
    }

    /// Looks at eight bytes; the rest crosses into WebAssembly only if the
    /// machine asks for it.
    fn received(&self, generation: u32, buffer: ArrayBuffer) {
        let length = usize::try_from(buffer.byte_length()).ok();
        let Some(message) = Message::new(buffer, |header| self.is_awaited(header.request_id))
        else {
            let problem = Problem::new(
                Code::UnreadableFrame,
                "A message from the backend is too short to be a frame. The connection continues.",
            );
            self.report(&Problem { length, ..problem });
            return self.input(Input::Text { generation, pong: false });
        };
        let header = message.header();
        let wanted = self.machine.borrow().wants(generation, header);
        let whole = if wanted { message.to_frame() } else { None };
        self.input(match whole {
            Some(frame) => Input::Frame { generation, frame, message },
            None => Input::Skimmed { generation, header, message },
        });
    }

    /// Sends a frame of the viewer's, or keeps it until that is possible.
    pub(super) fn hand_over(&self, bytes: &Uint8Array) -> Result<(), JsValue> {
        let frame = Frame::from_bytes(bytes.to_vec()).ok_or_else(|| {
            error("invalid-frame", "A frame has at least the 8 bytes of its header.")
        })?;
        self.notice_dead_socket();
        let now = self.now();
        let sent = self.with(|machine| machine.send(now, frame));
        sent.map_err(|problem| from_problem(&problem, None))
    }

    /// A socket that has died without saying so yet takes nothing any more.
    pub(super) fn notice_dead_socket(&self) {
        let generation = self.machine.borrow().generation();
        let dead = self.sockets.with(generation, |socket| !socket.is_open()).unwrap_or_default();
        if dead && self.machine.borrow().is_connected() {
            self.shut(generation);
            self.input(Input::Lost { generation });
        }
    }
}
