//! Calls to the viewer: SCRIPTING_REQUEST frames, which a viewer carries out as if its own code had
//! made the call, and the answers to them.
//!
//! Source: CARTA interface control document, request message scripting.

use std::{collections::BTreeMap, time::Duration};

use carta_resume::protocol::{EventType, Frame, Header};
use prost::Message as _;
use serde_json::{Value, json};
use tokio::{runtime::Handle, sync::oneshot};
use tokio_tungstenite::tungstenite::Message;

use crate::registry::{Connection, lock};

/// Asks the viewer to call one of its own functions.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ScriptingRequest {
    /// Comes back in the answer.
    #[prost(sfixed32, tag = "1")]
    pub scripting_request_id: i32,
    /// The object, such as `activeFrame.regionSet`; "" is the viewer's store.
    #[prost(string, tag = "2")]
    pub target: String,
    /// The function, such as `addRegionAsync`.
    #[prost(string, tag = "3")]
    pub action: String,
    /// Its arguments: JSON values separated by commas, or an array of them.
    #[prost(string, tag = "4")]
    pub parameters: String,
    /// Answer at once instead of when the function has finished.
    #[prost(bool, tag = "5")]
    pub r#async: bool,
    /// The requested part of the result, such as `frameInfo.fileId`.
    #[prost(string, tag = "6")]
    pub return_path: String,
}

/// The result of the viewer's function.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ScriptingResponse {
    /// The number of the request.
    #[prost(sfixed32, tag = "1")]
    pub scripting_request_id: i32,
    /// Whether the call succeeded and its result could be written as JSON.
    #[prost(bool, tag = "2")]
    pub success: bool,
    /// The reason if not.
    #[prost(string, tag = "3")]
    pub message: String,
    /// The result as JSON; "" for nothing.
    #[prost(string, tag = "4")]
    pub response: String,
}

const GONE: &str = "the viewer's socket has ended";

/// What one viewer has been asked and has not answered.
#[derive(Debug, Default)]
pub struct Scripting {
    last: i32,
    waiting: BTreeMap<i32, oneshot::Sender<ScriptingResponse>>,
}

impl Scripting {
    fn expect(&mut self) -> (i32, oneshot::Receiver<ScriptingResponse>) {
        self.last = self.last.wrapping_add(1);
        let (answer, answered) = oneshot::channel();
        self.waiting.insert(self.last, answer);
        (self.last, answered)
    }

    /// Passes an answer to the caller that waits for it. Others are ignored.
    pub fn answered(&mut self, frame: &Frame) {
        let Ok(response) = ScriptingResponse::decode(frame.payload()) else {
            crate::log("ignored a broken SCRIPTING_RESPONSE");
            return;
        };
        if let Some(waiting) = self.waiting.remove(&response.scripting_request_id) {
            // Perhaps nobody is waiting any more.
            let _ = waiting.send(response);
        }
    }
}

/// Sends the request and waits for its answer: `{ success, message, response }` as JSON. Must run
/// where waiting is allowed.
///
/// # Errors
///
/// One line that says why there is no answer.
pub fn ask(
    connection: &Connection,
    icd_version: u16,
    mut request: ScriptingRequest,
    patience: Duration,
) -> Result<Value, String> {
    let (id, answered) = lock(&connection.scripting).expect();
    request.scripting_request_id = id;
    let event_type = EventType::ScriptingRequest;
    let header = Header { event_type: event_type.number(), icd_version, request_id: 0 };
    let frame = Frame::encode(header, &request);
    connection.note("sent", event_type.name(), 0);
    connection.inject.send(Message::binary(frame.bytes().to_vec())).map_err(|_| GONE)?;
    let response = Handle::current().block_on(async {
        tokio::select! {
            response = answered => response.map_err(|_| GONE),
            () = connection.cut.cancelled() => Err(GONE),
            () = tokio::time::sleep(patience) => Err("the viewer has not answered"),
        }
    });
    lock(&connection.scripting).waiting.remove(&id);
    let ScriptingResponse { success, message, response, .. } = response?;
    let response: Value = serde_json::from_str(&response).unwrap_or(Value::Null);
    Ok(json!({ "success": success, "message": message, "response": response }))
}
