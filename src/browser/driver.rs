//! What passes through the machine in a browser.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsValue;

use crate::{
    client::{self, Driver},
    protocol::{Frame, Header},
};

use super::values;

/// The machine as the [`Shell`](super::shell::Shell) drives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Browser;

impl Driver for Browser {
    type Message = Message;
    type Cause = JsValue;

    fn size(message: &Message) -> usize {
        message.length
    }
}

pub(super) type Machine = client::Machine<Browser>;
pub(super) type Input = client::Input<Browser>;
pub(super) type Effect = client::Effect<Browser>;

/// A message of the backend's, which stays in JavaScript.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    header: Header,
    /// Bytes, all of it.
    length: usize,
    buffer: ArrayBuffer,
    /// For whoever asked for it: a copy, because a handler may transfer the buffer to a
    /// worker, which empties it here.
    payload: Option<ArrayBuffer>,
}

impl Message {
    /// Looks at eight bytes; `None` if there are fewer.
    pub(super) fn new(buffer: ArrayBuffer, is_awaited: impl Fn(Header) -> bool) -> Option<Self> {
        let mut head = [0; Header::SIZE];
        let size = u32::try_from(Header::SIZE).unwrap_or_default();
        let length = usize::try_from(buffer.byte_length()).ok()?;
        if length < Header::SIZE {
            return None;
        }
        Uint8Array::new_with_byte_offset_and_length(&buffer, 0, size).copy_to(&mut head);
        let header = Header::from_bytes(head);
        let payload = is_awaited(header).then(|| buffer.slice(size));
        Some(Self { header, length, buffer, payload })
    }

    pub(super) const fn header(&self) -> Header {
        self.header
    }

    /// All of it, copied into WebAssembly.
    pub(super) fn to_frame(&self) -> Option<Frame> {
        Frame::from_bytes(Uint8Array::new(&self.buffer).to_vec())
    }

    /// As the socket delivered it.
    pub(super) const fn buffer(&self) -> &ArrayBuffer {
        &self.buffer
    }

    /// What the answered request is resolved with.
    pub(super) fn into_answer(self) -> JsValue {
        match self.payload {
            Some(payload) => values::answer(self.header, &payload),
            None => JsValue::UNDEFINED,
        }
    }
}
