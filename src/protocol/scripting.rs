//! Calls that a viewer carries out because they come in on its socket.
//!
//! Source: CARTA interface control document, messages scripting_request and
//! scripting_response; the viewers 4.1.0 and 6.0.0.

use prost::Message;

use super::messages::ScriptingRequest;

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
    pub fn encode(&self, request_id: u32) -> Vec<u8> {
        let request = ScriptingRequest {
            scripting_request_id: request_id.cast_signed(),
            target: self.target.clone(),
            action: self.action.clone(),
            parameters: self.parameters.clone(),
            // A viewer that is told not to wait answers at once, with success, and
            // without the result.
            r#async: false,
            return_path: self.return_path.clone(),
        };
        request.encode_to_vec()
    }
}
