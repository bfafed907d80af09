//! Writing protobuf field by field.
//!
//! Field numbers are below 16 in everything that is written, so that a tag is
//! one byte. As proto3 has it, numbers that are 0 and empty texts are left out.

/// A message in the making.
#[derive(Clone, Debug, Default)]
pub struct Writer(Vec<u8>);

const VARINT: u8 = 0;
const LENGTH_DELIMITED: u8 = 2;
const FIXED_32: u8 = 5;

impl From<Vec<u8>> for Writer {
    /// A message that has fields already.
    fn from(fields: Vec<u8>) -> Self {
        Self(fields)
    }
}

impl Writer {
    /// An empty message.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The encoded message.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// A boolean, an enumeration or an `int32`.
    pub fn varint(&mut self, field: u8, value: i32) -> &mut Self {
        if value != 0 {
            self.tag(field, VARINT);
            self.raw_varint(i64::from(value).cast_unsigned());
        }
        self
    }

    /// `sfixed32`.
    pub fn sfixed32(&mut self, field: u8, value: i32) -> &mut Self {
        if value != 0 {
            self.fixed32(field, value);
        }
        self
    }

    /// The key of an entry of a `map<sfixed32, …>`; there even if it is 0.
    pub fn key(&mut self, key: i32) -> &mut Self {
        self.fixed32(1, key);
        self
    }

    /// `float`.
    pub fn float(&mut self, field: u8, value: f32) -> &mut Self {
        self.sfixed32(field, value.to_bits().cast_signed())
    }

    /// `repeated double`, packed.
    pub fn doubles(&mut self, field: u8, values: &[f64]) -> &mut Self {
        if !values.is_empty() {
            self.length(field, size_of_val(values));
            for value in values {
                self.0.extend_from_slice(&value.to_le_bytes());
            }
        }
        self
    }

    /// `string`.
    pub fn text(&mut self, field: u8, text: &str) -> &mut Self {
        if !text.is_empty() {
            self.message(field, text.as_bytes());
        }
        self
    }

    /// A message that is encoded already; there even if it is empty.
    pub fn message(&mut self, field: u8, encoded: &[u8]) -> &mut Self {
        self.length(field, encoded.len());
        self.0.extend_from_slice(encoded);
        self
    }

    fn length(&mut self, field: u8, length: usize) {
        self.tag(field, LENGTH_DELIMITED);
        self.raw_varint(length as u64);
    }

    fn fixed32(&mut self, field: u8, value: i32) {
        self.tag(field, FIXED_32);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn tag(&mut self, field: u8, wire_type: u8) {
        self.0.push(field << 3 | wire_type);
    }

    #[allow(clippy::cast_possible_truncation)] // Seven bits at a time.
    fn raw_varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}
