//! What may be stopping the backend: what it was doing, for a resume or for messages that
//! get no answer, when connections were lost.

use litemap::LiteMap;

use super::{doing::LostTwice, tracker::Tracker};
use crate::{
    protocol::{EventType, Frame, messages::views::FirstId},
    workspace::{Part, Requirement, RequirementKind, Workspace},
};

/// Lost connections in a row after which something is not tried again.
pub(super) const TOO_MANY: u8 = 2;

/// PONGs after which the backend has lived past something. Two of them are at least
/// one interval of the heartbeat apart.
const SIGNS_OF_LIFE: u8 = 2;

#[derive(Clone, Copy, Debug, Default)]
struct Suspect {
    /// Connections that were lost while it was under way.
    losses: u8,
    /// Signs of life since it was sent, while it is under way.
    signs: Option<u8>,
}

/// The parts of a workspace that are under way, or were when a connection was lost.
#[derive(Clone, Debug, Default)]
pub(super) struct Suspicions {
    suspects: LiteMap<Part, Suspect>,
    /// RESUME_SESSION is unanswered.
    resuming: bool,
}

impl Suspicions {
    fn begin(&mut self, part: Part) {
        let losses = self.suspects.get(&part).map_or(0, |suspect| suspect.losses);
        self.suspects.insert(part, Suspect { losses, signs: Some(0) });
    }

    /// The backend is alive.
    fn sign_of_life(&mut self) {
        if self.resuming {
            return;
        }
        for (_, suspect) in &mut self.suspects {
            suspect.signs = suspect.signs.map(|signs| signs + 1);
        }
        self.suspects.retain(|_, suspect| suspect.signs.is_none_or(|signs| signs < SIGNS_OF_LIFE));
    }

    /// A connection is lost. Images that were back are suspected only if nothing else
    /// was under way; `requests`: some were.
    fn lost(&mut self, requests: bool, workspace: &Workspace) {
        self.suspects.retain(|&part, _| workspace.has(part));
        let mut others = requests;
        for (&part, suspect) in &self.suspects {
            others |= suspect.signs.is_some() && !part.is_file();
        }
        let spared = others && !self.resuming;
        for (part, suspect) in &mut self.suspects {
            if suspect.signs.take().is_some() && !(spared && part.is_file()) {
                suspect.losses = suspect.losses.saturating_add(1);
            }
        }
        self.resuming = false;
    }

    fn suspected(&self, files: bool) -> Vec<Part> {
        let mut suspected = Vec::new();
        for (&part, suspect) in &self.suspects {
            if suspect.losses >= TOO_MANY && part.is_file() == files {
                suspected.push(part);
            }
        }
        suspected
    }
}

impl Tracker {
    /// The user wants what is suspected all the same: it is tried once more.
    pub fn try_suspected_again(&mut self) {
        for (_, suspect) in &mut self.suspicions.suspects {
            suspect.losses = suspect.losses.min(TOO_MANY - 1);
        }
    }

    /// RESUME_SESSION goes out.
    pub fn resuming(&mut self) {
        for part in self.workspace.resumed_parts() {
            self.suspicions.begin(part);
        }
        self.suspicions.resuming = true;
    }

    /// What follows a resume, in order: contours and vector overlays, cursors,
    /// requirements; of what the backend has only.
    pub fn after_resume(&mut self, icd_version: u16) -> Vec<(EventType, Vec<u8>)> {
        self.suspicions.resuming = false;
        let mut messages = Vec::new();
        for (part, event, payload) in self.workspace.after_resume(icd_version) {
            self.suspicions.begin(part);
            messages.push((event, payload));
        }
        messages
    }

    /// The viewer sends something that gets no answer.
    pub(super) fn note_under_way(&mut self, event: EventType, frame: &Frame) {
        let id = || frame.decode().ok().map(|FirstId { id }| id);
        let part = match event {
            EventType::SetContourParameters => id().map(Part::Contours),
            EventType::SetVectorOverlayParameters => id().map(Part::Overlay),
            _ => RequirementKind::of(event)
                .and_then(|kind| Requirement::read(kind, frame.shared_payload()))
                .map(|requirement| Part::Requirement(requirement.key)),
        };
        let Some(part) = part else { return };
        // It is another one now, which nobody has suspected.
        self.suspicions.suspects.remove(&part);
        if self.workspace.has(part) {
            self.suspicions.begin(part);
        }
    }

    /// The backend has answered a PING.
    pub fn sign_of_life(&mut self) {
        self.suspicions.sign_of_life();
    }

    /// The connection is lost. Returns what is left out from now on.
    pub(super) fn suspect(&mut self, requests: bool) -> Vec<LostTwice> {
        self.suspicions.lost(requests, &self.workspace);
        let mut left_out = Vec::new();
        for part in self.suspicions.suspected(false) {
            left_out.push(self.part_lost_twice(part));
            self.workspace.leave_out(part);
            self.suspicions.suspects.remove(&part);
        }
        left_out
    }

    /// Images and catalogs that were being restored at two losses in a row: their user
    /// is asked again.
    pub fn suspected(&self) -> Vec<Part> {
        let mut suspected = self.suspicions.suspected(true);
        suspected.retain(|&part| self.workspace.has(part));
        suspected
    }
}
