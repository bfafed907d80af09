//! What stands around a stored record: its format, its kind, and a checksum. The
//! format is described in `proto/stored.proto`.

use prost::bytes::Bytes;

use crate::protocol::messages::stored::Kind;

/// The format of a record. One of another format is not read.
const FORMAT: u8 = 1;

/// Format, kind, checksum.
const HEAD: usize = 6;

/// A record of this kind; `body` is the encoded message.
pub(super) fn seal(kind: Kind, body: &[u8]) -> Vec<u8> {
    let kind = kind as u8;
    let mut record = Vec::with_capacity(HEAD + body.len());
    record.extend_from_slice(&[FORMAT, kind]);
    record.extend_from_slice(&checksum(kind, body).to_le_bytes());
    record.extend_from_slice(body);
    record
}

/// The kind and the encoded message of a record, `None` if it is not what was
/// written.
pub(super) fn unseal(record: &[u8]) -> Option<(Kind, Bytes)> {
    let (&[format, kind, a, b, c, d], body) = record.split_first_chunk::<HEAD>()?;
    let sound = format == FORMAT && checksum(kind, body) == u32::from_le_bytes([a, b, c, d]);
    let kind = Kind::try_from(i32::from(kind)).ok()?;
    sound.then(|| (kind, Bytes::copy_from_slice(body)))
}

/// FNV-1a over the kind, the length and the body. Each step can be undone, so
/// that one changed byte always changes the sum.
#[allow(clippy::cast_possible_truncation)]
fn checksum(kind: u8, body: &[u8]) -> u32 {
    let length = (body.len() as u32).to_le_bytes();
    let mut sum: u32 = 0x811C_9DC5;
    for part in [&[kind], length.as_slice(), body] {
        for &byte in part {
            sum = (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    sum
}
