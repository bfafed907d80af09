//! Messages from and to bytes.
//!
//! In place of `Message::decode` and `Message::encode_to_vec`, which are compiled
//! anew for each message: 3 kB less to load.

use prost::{
    DecodeError, Message,
    bytes::{Buf, Bytes},
    encoding::{DecodeContext, WireType, decode_key},
};

/// Reads a message. What it has as bytes shares the bytes that it is read from.
pub fn decode<M: Message + Default>(mut bytes: Bytes) -> Result<M, DecodeError> {
    let mut message = M::default();
    for_each_field(&mut bytes, &mut |tag, wire_type, bytes| {
        message.merge_field(tag, wire_type, bytes, DecodeContext::default())
    })?;
    Ok(message)
}

type Merge<'a> = &'a mut dyn FnMut(u32, WireType, &mut Bytes) -> Result<(), DecodeError>;

fn for_each_field(bytes: &mut Bytes, merge: Merge<'_>) -> Result<(), DecodeError> {
    while bytes.has_remaining() {
        let (tag, wire_type) = decode_key(bytes)?;
        merge(tag, wire_type, bytes)?;
    }
    Ok(())
}

/// The bytes of a message.
pub fn encode(message: &impl Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode_raw(&mut bytes);
    bytes
}
