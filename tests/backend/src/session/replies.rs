//! The frames that a message causes.

use carta_resume::protocol::{EventType, Frame, Header, messages as m};
use prost::Message;

/// Frames to send, in order.
#[derive(Debug, Default)]
pub struct Replies {
    /// Discard what has not been sent yet, before these are sent.
    pub discard_pending: bool,
    /// The frames.
    pub frames: Vec<Frame>,
    icd_version: u16,
}

impl Replies {
    /// No replies yet.
    pub fn new(icd_version: u16) -> Self {
        Self { icd_version, ..Self::default() }
    }

    /// Answers a request.
    pub fn answer(&mut self, event: EventType, request_id: u32, message: &impl Message) {
        let icd_version = self.icd_version;
        let header = Header { event_type: event.number(), icd_version, request_id };
        self.frames.push(Frame::encode(header, message));
    }

    /// Sends data.
    pub fn stream(&mut self, event: EventType, message: &impl Message) {
        self.answer(event, 0, message);
    }

    /// Sends an error.
    pub fn error(&mut self, severity: m::ErrorSeverity, tag: &str, message: String) {
        let tags = vec![tag.to_owned()];
        let error = m::ErrorData { severity: severity.into(), tags, message, data: String::new() };
        self.stream(EventType::ErrorData, &error);
    }

    /// Says that there is no such image.
    pub fn no_file(&mut self, tag: &str, file_id: i32) {
        self.error(m::ErrorSeverity::Debug, tag, format!("File id {file_id} not found"));
    }
}
