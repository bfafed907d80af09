//! What is open when the connection is lost, and what becomes of it.

use prost::Message;

use super::{
    doing::LostTwice,
    ledger::{Entry, Prospect, Sequence},
    subject::{Subject, depends_on_session},
    suspicions::{Suspicions, TOO_MANY},
    tracker::Tracker,
};
use crate::protocol::{EventType, Frame};

/// What is not sent again after a lost connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lost {
    /// Requests that have effects outside the session, or are to calculate from what is
    /// not there any more, in the order sent.
    pub not_repeated: Vec<Frame>,
    /// Requests about what the viewer has closed or removed since.
    pub abandoned: Vec<Frame>,
    /// What was under way at two losses, and is left out.
    pub twice: Vec<LostTwice>,
}

impl Tracker {
    /// The connection is gone. Returns the requests that are not sent again.
    pub fn dropped(&mut self) -> Lost {
        if let Some(running) = self.animation.take() {
            self.interrupted = Some(running);
        }
        let requests = self.ledger.entries().iter().any(|entry| entry.under_way);
        self.ledger.count_loss();
        let mut lost = Lost { abandoned: self.abandon_waiting(), ..Lost::default() };
        for entry in
            self.take(&|entry| entry.prospect != Prospect::Wanted || acts_outside(entry.event))
        {
            if entry.prospect.is_awaited() {
                lost.not_repeated.push(entry.frame.clone());
            }
            self.settled(entry.sequence);
        }
        lost.twice = self.suspect(requests);
        // Requests with answers first: what waited for them then takes effect, and only
        // its tiles are left.
        for waits in [true, false] {
            let chosen =
                |entry: &Entry| entry.losses >= TOO_MANY && entry.answer.is_some() == waits;
            for entry in self.take(&chosen) {
                lost.twice.push(self.request_lost_twice(&entry.frame));
                self.settled(entry.sequence);
            }
        }
        lost
    }

    /// The user said no: the workspace is emptied. Returns, in the order sent,
    /// the unanswered requests that depended on it and are not sent again.
    pub fn declined(&mut self) -> Vec<Frame> {
        self.workspace.clear();
        (self.animation, self.interrupted) = (None, None);
        self.suspicions = Suspicions::default();
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

    /// Whether a region is being made or moved.
    pub fn is_setting_region(&self) -> bool {
        self.ledger.awaits(EventType::SetRegionAck)
    }

    /// Whether a region is being made, whose id the backend is still to choose.
    pub fn is_making_region(&self) -> bool {
        let makes = |entry: &Entry| matches!(entry.subject, Some(Subject::Region { id: None, .. }));
        self.ledger.entries().iter().any(|entry| entry.is_unsettled() && makes(entry))
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

    /// The same, to be sent now.
    pub fn send_again(&mut self) -> Vec<Frame> {
        self.ledger.mark_sent_again();
        self.unanswered()
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
        let Some((sequence, under_way, subject)) =
            found.map(|entry| (entry.sequence, entry.under_way, entry.subject))
        else {
            return;
        };
        self.note_region_of(subject);
        if under_way {
            self.ledger.mark_forgotten(sequence);
        } else {
            self.ledger.remove(sequence);
            self.settled(sequence);
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
