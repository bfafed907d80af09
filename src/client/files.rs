//! Whether files have changed while the backend did not have them open. The answer to
//! RESUME_SESSION does not say it, so it is asked for.

use prost::Message;

use super::{Code, Driver, Effect, Machine, Problem};
use crate::protocol::{
    EventType, Frame, Header,
    handshake::Handshake,
    messages::{ErrorData, ErrorSeverity, views::FileInfoResponse},
};

/// Refused channels that are told of.
const MAX_REFUSED: usize = 10;

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// While RESUME_SESSION is carried out, the backend refuses a channel by an error
    /// only.
    pub(super) fn note_refusal(&mut self, frame: &Frame) {
        if self.own.refused_channels.len() < MAX_REFUSED
            && let Ok(error) = frame.decode::<ErrorData>()
            && error.severity() >= ErrorSeverity::Error
            && error.tags.iter().any(|tag| tag == "channels")
        {
            self.own.refused_channels.push(error.message);
        }
    }

    /// Asks about the file of each image that was restored. What was restored is reported
    /// without waiting for the answers: with large files they take long.
    pub(super) fn ask_about_files(&mut self) {
        self.own.asked_files.clear();
        for (file_id, question) in self.own.tracker.workspace().file_questions() {
            let (id, _) = self.send_own(EventType::FileInfoRequest, &question.encode_to_vec());
            self.own.asked_files.push((id, file_id));
        }
    }

    pub(super) fn asked_about_file(&self, header: Header) -> bool {
        header.event() == Some(EventType::FileInfoResponse)
            && self.own.asked_files.iter().any(|&(id, _)| id == header.request_id)
    }

    /// The backend says something about a file.
    pub(super) fn told_of_file(&mut self, frame: &Frame) {
        let id = frame.header().request_id;
        let Some(at) = self.own.asked_files.iter().position(|&(asked, _)| asked == id) else {
            return;
        };
        let (_, file_id) = self.own.asked_files.swap_remove(at);
        if let Ok(told) = frame.decode::<FileInfoResponse>()
            && let Some(changed) = self.own.tracker.workspace_mut().told_of_file(file_id, told)
        {
            let message = format!(
                "{} has changed since it was opened: what is shown may be of the earlier file. \
                 Close it and open it again.",
                changed.file
            );
            self.effects.push_back(Effect::Error(Problem::new(Code::FileChanged, message)));
        }
    }
}
