//! Registering and resuming.

use crate::protocol::wire::{
    Fields,
    Kind::{Fixed32, Text, Varint},
    Malformed,
};

/// `RegisterViewerAck`, without what the backend tells of itself.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct RegisterViewerAck<'a> {
    pub session_id: u32,
    pub success: bool,
    pub message: &'a str,
    /// Number of the enumeration `SessionType`.
    pub session_type: i32,
}

impl<'a> RegisterViewerAck<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let fields = Fields::read(payload, &[(1, Fixed32), (2, Varint), (3, Text), (4, Varint)])?;
        Ok(Self {
            session_id: fields.i32(1).cast_unsigned(),
            success: fields.flag(2),
            message: fields.text(3),
            session_type: fields.i32(4),
        })
    }
}

/// Success and message of a `ResumeSessionAck`.
pub fn resume_outcome(payload: &[u8]) -> Result<(bool, &str), Malformed> {
    let fields = Fields::read(payload, &[(1, Varint), (2, Text)])?;
    Ok((fields.flag(1), fields.text(2)))
}
