//! What is open when the connection is lost, and what becomes of it.

use prost::Message;

use super::{
    ledger::{Entry, Prospect, Sequence},
    subject::depends_on_session,
    tracker::Tracker,
};
use crate::protocol::{EventType, Frame};

impl Tracker {
    /// The connection is gone. Returns, in the order sent, the requests that are not
    /// sent again: they have effects outside the session, or are to calculate from
    /// what is not there any more.
    pub fn dropped(&mut self) -> Vec<Frame> {
        if let Some(running) = self.animation.take() {
            self.interrupted = Some(running);
        }
        let mut lost = Vec::new();
        for entry in
            self.take(&|entry| entry.prospect != Prospect::Wanted || acts_outside(entry.event))
        {
            if entry.prospect.is_awaited() {
                lost.push(entry.frame.clone());
            }
            self.settled(entry.sequence);
        }
        self.ledger.mark_survivors();
        lost
    }

    /// The user said no: the workspace is emptied. Returns, in the order sent,
    /// the unanswered requests that depended on it and are not sent again.
    pub fn declined(&mut self) -> Vec<Frame> {
        self.workspace.clear();
        (self.animation, self.interrupted) = (None, None);
        let mut lost = Vec::new();
        for entry in self.take(&|entry| depends_on_session(entry.event)) {
            if entry.answer.is_some() && entry.prospect.is_awaited() {
                lost.push(entry.frame.clone());
            }
            self.settled(entry.sequence);
        }
        lost
    }

    /// The payload of a RESUME_SESSION that rebuilds the workspace.
    pub fn resume_payload(&self, icd_version: u16) -> Vec<u8> {
        self.workspace.resume_message(icd_version).encode_to_vec()
    }

    /// What follows a resume, in order: contours and vector overlays, cursors,
    /// requirements; of what the backend has only.
    pub fn after_resume(&self, icd_version: u16) -> Vec<(EventType, Vec<u8>)> {
        self.workspace.after_resume(icd_version)
    }

    /// Whether the viewer waits for the answer to a request of this id.
    pub fn awaits(&self, request_id: u32) -> bool {
        self.ledger
            .entries()
            .iter()
            .any(|entry| entry.answer.is_some() && entry.frame.header().request_id == request_id)
    }

    /// Whether a RESUME_SESSION of the viewer's is unanswered.
    pub fn awaits_resume(&self) -> bool {
        self.ledger.awaits(EventType::ResumeSessionAck)
    }

    /// Whether an image is being opened.
    pub fn is_opening_image(&self) -> bool {
        self.ledger.awaits(EventType::OpenFileAck)
            || self.ledger.awaits(EventType::ConcatStokesFilesAck)
    }

    /// The frames to send again, in the order sent. They are unanswered still.
    pub fn unanswered(&self) -> Vec<Frame> {
        let mut frames = Vec::new();
        for entry in self.ledger.entries() {
            if entry.is_wanted() {
                frames.push(entry.frame.clone());
            }
        }
        frames
    }

    /// The viewer does not want the answer of its oldest unanswered request of
    /// this event type and id. It is not sent again. If it went out on the
    /// connection that is open, the backend still carries it out, and its
    /// answer still counts.
    pub fn forget(&mut self, event: EventType, request_id: u32) {
        let found = self.ledger.entries().iter().find(|entry| {
            entry.event == event
                && entry.answer.is_some()
                && entry.prospect.is_awaited()
                && entry.frame.header().request_id == request_id
        });
        let Some((sequence, survivor, subject)) =
            found.map(|entry| (entry.sequence, entry.survivor, entry.subject))
        else {
            return;
        };
        self.note_region_of(subject);
        if survivor {
            self.ledger.remove(sequence);
            self.settled(sequence);
        } else {
            self.ledger.mark_forgotten(sequence);
        }
    }

    /// Removes entries.
    fn take(&mut self, chosen: &dyn Fn(&Entry) -> bool) -> Vec<Entry> {
        let mut taken = Vec::new();
        for sequence in self.ledger.select(Sequence::MAX, chosen) {
            taken.extend(self.ledger.remove(sequence));
        }
        taken
    }
}

/// Requests with effects outside the session, which must not happen twice.
fn acts_outside(event: EventType) -> bool {
    matches!(event, EventType::SaveFile | EventType::ExportRegion)
}
