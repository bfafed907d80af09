//! Whether files have changed while the backend did not have them open. The answer to
//! RESUME_SESSION does not say it, so it is asked for, and the report waits for that.

use prost::Message;

use super::{Driver, Effect, Machine, Report, timers::Timer};
use crate::protocol::{
    EventType, Frame, Header,
    handshake::Handshake,
    messages::{ErrorData, ErrorSeverity, views::FileInfoResponse},
};

/// How long a report waits, in milliseconds.
const PATIENCE_MS: u64 = 10_000;

/// Refused channels that are told of.
const MAX_REFUSED: usize = 10;

/// A report that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    report: Report,
    /// Request ids, and the images that they are about.
    asked: Vec<(u32, i32)>,
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// While RESUME_SESSION is carried out, the backend refuses a channel by an error
    /// only.
    pub(super) fn note_refusal(&mut self, frame: &Frame) {
        if self.refused_channels.len() < MAX_REFUSED
            && let Ok(error) = frame.decode::<ErrorData>()
            && error.severity() >= ErrorSeverity::Error
            && error.tags.iter().any(|tag| tag == "channels")
        {
            self.refused_channels.push(error.message);
        }
    }

    /// Reports what has come back once it is known which files have changed.
    pub(super) fn report(&mut self, report: Report) {
        let mut asked = Vec::new();
        for (file_id, question) in self.tracker.workspace().file_questions() {
            let (id, _) = self.send_own(EventType::FileInfoRequest, &question.encode_to_vec());
            asked.push((id, file_id));
        }
        self.waiting_report = Some(Waiting { report, asked });
        self.timers.set(Timer::Report, self.now.after(PATIENCE_MS));
        self.report_if_complete();
    }

    pub(super) fn answers_report(&self, header: Header) -> bool {
        header.event() == Some(EventType::FileInfoResponse)
            && self
                .waiting_report
                .as_ref()
                .is_some_and(|waiting| waiting.asked.iter().any(|&(id, _)| id == header.request_id))
    }

    /// The backend says something of a file.
    pub(super) fn told_of_file(&mut self, frame: &Frame) {
        let Some(Waiting { report, asked }) = &mut self.waiting_report else { return };
        let id = frame.header().request_id;
        let Some(at) = asked.iter().position(|&(asked, _)| asked == id) else { return };
        let (_, file_id) = asked.remove(at);
        if let Ok(told) = frame.decode::<FileInfoResponse>() {
            let changed = self.tracker.workspace_mut().told_of_file(file_id, told);
            report.restored.changed_images.extend(changed);
        }
        self.report_if_complete();
    }

    fn report_if_complete(&mut self) {
        if self.waiting_report.as_ref().is_some_and(|waiting| waiting.asked.is_empty()) {
            self.report_now();
        }
    }

    /// The report waits no longer.
    pub(super) fn report_now(&mut self) {
        self.timers.clear(Timer::Report);
        if let Some(Waiting { report, .. }) = self.waiting_report.take() {
            self.effects.push_back(Effect::Resumed(report));
        }
    }
}
