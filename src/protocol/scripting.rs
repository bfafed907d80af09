//! Calls that a viewer carries out because they come in on its socket.
//!
//! Source: CARTA interface control document, messages scripting_request and
//! scripting_response; the viewers 4.1.0 and 6.0.0.

use super::{
    wire::{
        Fields,
        Kind::{Fixed32, Text, Varint},
        Malformed,
    },
    writer::Writer,
};

/// One call that the viewer is to carry out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// The path of an object in the viewer, "" = its application store.
    pub target: String,
    /// The method.
    pub action: String,
    /// A JSON array.
    pub parameters: String,
    /// The path in the result that is asked for, "" = all of it.
    pub return_path: String,
}

impl Call {
    /// The payload of a SCRIPTING_REQUEST.
    ///
    /// The field `async` is left false: a viewer that is told not to wait
    /// answers at once, with success, and without the result.
    pub fn encode(&self, request_id: u32) -> Vec<u8> {
        let mut message = Writer::new();
        message
            .sfixed32(1, request_id.cast_signed())
            .text(2, &self.target)
            .text(3, &self.action)
            .text(4, &self.parameters)
            .text(6, &self.return_path);
        message.into_bytes()
    }
}

/// `ScriptingResponse`.
#[derive(Clone, Copy, Debug)]
pub struct ScriptingResponse<'a> {
    /// The request that it answers.
    pub request_id: u32,
    /// Whether the call was carried out and its result could be written.
    pub success: bool,
    /// For people: why not.
    pub message: &'a str,
    /// The result as JSON, "" = there is none.
    pub response: &'a str,
}

impl<'a> ScriptingResponse<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let fields = Fields::read(payload, &[(1, Fixed32), (2, Varint), (3, Text), (4, Text)])?;
        Ok(Self {
            request_id: fields.i32(1).cast_unsigned(),
            success: fields.flag(2),
            message: fields.text(3),
            response: fields.text(4),
        })
    }
}
