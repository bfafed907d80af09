//! Reading protobuf without a type for each message: a payload is checked
//! once against a [`Schema`] and its fields are then looked up by number, in
//! place. One checker for all messages is a fraction of the code that a
//! decoder for each would be, and nothing is copied.
//!
//! What is refused is what a generated decoder refuses: fields that are cut
//! off, bad varints, field number 0, a known field of another wire type, text
//! that is not UTF-8. Groups are refused too; the interface has none.
//! Of a field that is there twice, the last one counts.

use std::fmt;

/// What a field must be for its message to be readable.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Integers of variable length, booleans and enumerations.
    Varint,
    /// `fixed32`, `sfixed32`, `float`.
    Fixed32,
    /// Any number of `Fixed32`, packed or not.
    Fixed32s,
    /// `fixed64`, `sfixed64`, `double`.
    Fixed64,
    /// Any number of `Fixed64`, packed or not.
    Fixed64s,
    /// `string`.
    Text,
    /// `bytes`, or a message that is not looked into.
    Bytes,
    /// A message, or any number of them.
    Message(&'static Schema),
}

/// The fields of a message that are looked at, by number. Others may hold
/// anything.
pub type Schema = [(u32, Kind)];

#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed32(u32),
    Fixed64(u64),
    Bytes(&'a [u8]),
}

impl Kind {
    fn admits(self, value: Value) -> bool {
        match (self, value) {
            (Self::Varint, Value::Varint(_))
            | (Self::Fixed32 | Self::Fixed32s, Value::Fixed32(_))
            | (Self::Fixed64 | Self::Fixed64s, Value::Fixed64(_))
            | (Self::Bytes, Value::Bytes(_)) => true,
            (Self::Fixed32s, Value::Bytes(bytes)) => bytes.len() % 4 == 0,
            (Self::Fixed64s, Value::Bytes(bytes)) => bytes.len() % 8 == 0,
            (Self::Text, Value::Bytes(bytes)) => str::from_utf8(bytes).is_ok(),
            (Self::Message(schema), Value::Bytes(bytes)) => is_readable(bytes, schema),
            _ => false,
        }
    }
}

fn is_readable(mut rest: &[u8], schema: &Schema) -> bool {
    while !rest.is_empty() {
        let Some((number, value)) = next_field(&mut rest) else { return false };
        for &(known, kind) in schema {
            if known == number && !kind.admits(value) {
                return false;
            }
        }
    }
    true
}

/// Takes a field off the front; `None` if there is none that can be read.
pub(super) fn next_field<'a>(rest: &mut &'a [u8]) -> Option<(u32, Value<'a>)> {
    let key = u32::try_from(varint(rest)?).ok()?;
    let value = match key & 7 {
        0 => Value::Varint(varint(rest)?),
        1 => {
            let (bytes, after) = rest.split_first_chunk()?;
            *rest = after;
            Value::Fixed64(u64::from_le_bytes(*bytes))
        }
        2 => {
            let length = usize::try_from(varint(rest)?).ok()?;
            let (bytes, after) = rest.split_at_checked(length)?;
            *rest = after;
            Value::Bytes(bytes)
        }
        5 => {
            let (bytes, after) = rest.split_first_chunk()?;
            *rest = after;
            Value::Fixed32(u32::from_le_bytes(*bytes))
        }
        _ => return None,
    };
    let number = key >> 3;
    (number != 0).then_some((number, value))
}

/// Takes a varint off the front.
fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    let mut shift = 0;
    loop {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        // The tenth byte has room for one bit.
        if shift == 63 && byte > 1 {
            return None;
        }
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
        shift += 7;
    }
}

/// A payload that is not the message that it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the message that was announced")
    }
}

impl std::error::Error for Malformed {}

/// The fields of a readable message.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// Checks a payload.
    pub fn read(payload: &'a [u8], schema: &Schema) -> Result<Self, Malformed> {
        if is_readable(payload, schema) { Ok(Self(payload)) } else { Err(Malformed) }
    }

    /// The encoded message.
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    fn last(self, number: u32) -> Option<Value<'a>> {
        let mut rest = self.0;
        let mut last = None;
        while let Some((at, value)) = next_field(&mut rest) {
            if at == number {
                last = Some(value);
            }
        }
        last
    }

    fn number(self, number: u32) -> u64 {
        match self.last(number) {
            Some(Value::Varint(value) | Value::Fixed64(value)) => value,
            Some(Value::Fixed32(value)) => value.into(),
            Some(Value::Bytes(_)) | None => 0,
        }
    }

    /// A number that is 0 if it is not there.
    #[allow(clippy::cast_possible_truncation)] // As the format wants it.
    pub fn i32(self, number: u32) -> i32 {
        self.number(number) as i32
    }

    /// A number that is 0 if it is not there.
    pub fn f32(self, number: u32) -> f32 {
        f32::from_bits(self.i32(number).cast_unsigned())
    }

    /// Whether a flag is set.
    pub fn flag(self, number: u32) -> bool {
        self.number(number) != 0
    }

    /// Bytes, or a message.
    pub fn bytes(self, number: u32) -> Option<&'a [u8]> {
        match self.last(number) {
            Some(Value::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// A text that is empty if it is not there.
    pub fn text(self, number: u32) -> &'a str {
        str::from_utf8(self.bytes(number).unwrap_or_default()).unwrap_or_default()
    }

    /// A message that was checked as part of this one; empty if it is not
    /// there.
    #[must_use]
    pub fn message(self, number: u32) -> Self {
        Self(self.bytes(number).unwrap_or_default())
    }

    /// Every message of a repeated field; checked as part of this one if the
    /// schema says so.
    pub const fn messages(self, number: u32) -> Messages<'a> {
        Messages { rest: self.0, number }
    }

    /// The message without a field.
    pub fn without(self, number: u32) -> Vec<u8> {
        let mut kept = Vec::with_capacity(self.0.len());
        let mut rest = self.0;
        loop {
            let before = rest;
            let Some((at, _)) = next_field(&mut rest) else { return kept };
            if at != number {
                let length = before.len() - rest.len();
                kept.extend_from_slice(before.get(..length).unwrap_or_default());
            }
        }
    }

    /// Whether a repeated number is there at all.
    pub fn has_any(self, number: u32) -> bool {
        let mut rest = self.0;
        while let Some((at, value)) = next_field(&mut rest) {
            if at == number && !matches!(value, Value::Bytes([])) {
                return true;
            }
        }
        false
    }

    /// Every number of a `Fixed32s`.
    pub fn i32s(self, number: u32) -> Vec<i32> {
        let mut values = Vec::new();
        let mut rest = self.0;
        while let Some((at, value)) = next_field(&mut rest) {
            match value {
                Value::Fixed32(bits) if at == number => values.push(bits.cast_signed()),
                Value::Bytes(mut packed) if at == number => {
                    while let Some((bytes, after)) = packed.split_first_chunk() {
                        values.push(i32::from_le_bytes(*bytes));
                        packed = after;
                    }
                }
                _ => {}
            }
        }
        values
    }

    /// Every number of a `Fixed64s`.
    pub fn f64s(self, number: u32) -> Vec<f64> {
        let mut values = Vec::new();
        let mut rest = self.0;
        while let Some((at, value)) = next_field(&mut rest) {
            match value {
                Value::Fixed64(bits) if at == number => values.push(f64::from_bits(bits)),
                Value::Bytes(mut packed) if at == number => {
                    while let Some((bytes, after)) = packed.split_first_chunk() {
                        values.push(f64::from_le_bytes(*bytes));
                        packed = after;
                    }
                }
                _ => {}
            }
        }
        values
    }
}

/// The messages of a repeated field, in order.
#[derive(Clone, Debug)]
pub struct Messages<'a> {
    rest: &'a [u8],
    number: u32,
}

impl<'a> Iterator for Messages<'a> {
    type Item = Fields<'a>;

    fn next(&mut self) -> Option<Fields<'a>> {
        loop {
            match next_field(&mut self.rest)? {
                (at, Value::Bytes(bytes)) if at == self.number => return Some(Fields(bytes)),
                _ => {}
            }
        }
    }
}
