//! The question: restore this workspace? It is asked, updated, [answered](answering),
//! failed and withdrawn here, and nothing is restored without an answer.
//!
//! There is at most one at a time. After a drop it is asked once, however often the
//! connection drops again before it is answered; an answer given while disconnected
//! stands until it can be carried out.

mod answering;

use super::{
    Answer, Code, Driver, Effect, Machine, Now, Offer, Problem,
    offer::{Kept, Reason, RestoreOutcome, SessionType, Suspected},
    state::State,
};
use crate::{protocol::handshake::Handshake, rebuild::Rebuild, workspace::CannotRestore};

/// What the user is asked, or would be asked after a drop.
#[derive(Debug)]
pub(super) struct Question {
    subject: Subject,
    stage: Stage,
    /// [`Offer::id`] of the newest offer.
    newest_offer: u32,
    /// What is left out since the last connection that worked, for the next offer.
    left_out: Vec<CannotRestore>,
}

/// Which workspace the question is about.
#[derive(Debug)]
enum Subject {
    /// The client's own, which the backend may not have: because the connection
    /// was lost, because an earlier page kept it, or because it came from the
    /// archive and the user has said yes to it before.
    Own {
        reason: Reason,
        /// When it was last known to be the backend's state.
        saved_at: u64,
    },
    /// One from the archive, in place of what is open. Asked while at work.
    Archive(Kept),
    /// One for a viewer that starts empty and does not know this client. Asked
    /// while at work.
    Rebuilding(Kept),
}

/// How far the question is.
#[derive(Debug, PartialEq, Eq)]
enum Stage {
    NotAsked,
    Asked {
        offer: u32,
    },
    /// The viewer could not ask. It is asked again at the next occasion; an answer that
    /// still comes counts.
    Broken {
        offer: u32,
    },
    /// Yes, or yes to a part. It stands until it is carried out.
    Answered {
        answer: Answer,
    },
}

impl Question {
    pub(super) const fn new(now: Now) -> Self {
        let subject = Subject::Own { reason: Reason::ConnectionLost, saved_at: now.wall };
        Self { subject, stage: Stage::NotAsked, newest_offer: 0, left_out: Vec::new() }
    }

    /// Why the client's own workspace would have to be restored.
    pub(super) const fn reason(&self) -> Reason {
        match &self.subject {
            Subject::Own { reason, .. } => *reason,
            Subject::Archive(_) | Subject::Rebuilding(_) => Reason::ConnectionLost,
        }
    }

    /// Yes, or yes to a part, if that is what the user has said.
    pub(super) const fn answer(&self) -> Option<&Answer> {
        match &self.stage {
            Stage::Answered { answer } => Some(answer),
            Stage::NotAsked | Stage::Asked { .. } | Stage::Broken { .. } => None,
        }
    }

    /// The offer that an answer is awaited to.
    pub(super) const fn open_offer(&self) -> Option<u32> {
        match self.stage {
            Stage::Asked { offer } | Stage::Broken { offer } => Some(offer),
            Stage::NotAsked | Stage::Answered { .. } => None,
        }
    }

    pub(super) const fn is_about_rebuilding(&self) -> bool {
        matches!(self.subject, Subject::Rebuilding(_))
    }

    /// What is asked about apart from the client's own workspace; the question is
    /// settled then.
    fn take_kept(&mut self, now: Now) -> Option<Kept> {
        match &self.subject {
            Subject::Own { .. } => None,
            Subject::Archive(_) | Subject::Rebuilding(_) => match self.settle(now).0 {
                Subject::Own { .. } => None,
                Subject::Archive(kept) | Subject::Rebuilding(kept) => Some(kept),
            },
        }
    }

    /// Something of the client's own workspace is left out.
    pub(super) fn leave_out(&mut self, left_out: Option<CannotRestore>) {
        self.left_out.extend(left_out);
    }

    /// It is settled: what follows would be an ordinary drop.
    fn settle(&mut self, now: Now) -> (Subject, Stage) {
        let newest_offer = self.newest_offer;
        let settled = std::mem::replace(self, Self { newest_offer, ..Self::new(now) });
        (settled.subject, settled.stage)
    }
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    // Asking

    /// Takes up what an earlier page kept for this backend. The user is asked
    /// on the next connection. False if the viewer has stated a workspace of
    /// its own before, or is done.
    pub fn adopt(&mut self, kept: Kept) -> bool {
        if self.is_closed() {
            return false;
        }
        self.adopt_session_id(kept.session_id);
        if !self.own.tracker.workspace().is_empty() {
            return false;
        }
        self.own.question.subject = Subject::Own { reason: kept.reason, saved_at: kept.saved_at };
        *self.own.tracker.workspace_mut() = kept.workspace;
        true
    }

    /// Asks the user whether to restore this workspace from the archive in place of
    /// what is open; work goes on meanwhile. [`Effect::RestoreEnded`] tells what
    /// came of it. A question about the archive that is open already is dropped.
    pub fn restore(&mut self, kept: Kept) -> Result<(), Problem> {
        if !self.state.is_active() {
            return Err(no_connection());
        }
        if self.is_drop_in() {
            return if self.rebuild_from_archive(kept) { Ok(()) } else { Err(busy()) };
        }
        self.own.question.subject = Subject::Archive(kept);
        self.ask();
        Ok(())
    }

    /// Asks whether the viewer is to be rebuilt from this.
    pub(super) fn ask_about_rebuilding(&mut self, kept: Kept) {
        self.own.question.subject = Subject::Rebuilding(kept);
        self.ask();
    }

    /// Registered, and there is something to restore: asks the user, unless that
    /// has been done since the drop.
    pub(super) fn confirm(&mut self, message: String) {
        let socket = self.state.take_socket();
        self.enter(State::Confirming { socket, message });
        match self.own.question.stage {
            Stage::NotAsked | Stage::Broken { .. } => self.ask(),
            Stage::Asked { offer } => self.update_offer(offer),
            // The backend may not survive it: its user is asked what to leave out.
            Stage::Answered { .. } if !self.own.tracker.suspected().is_empty() => self.ask(),
            Stage::Answered { .. } => self.carry_out(false),
        }
    }

    /// The viewer or its user wants to go on.
    pub(super) fn ask_again_if_broken(&mut self) {
        if matches!(self.own.question.stage, Stage::Broken { .. }) {
            self.ask();
        }
    }

    /// The one place where the user is asked.
    fn ask(&mut self) {
        let id = self.own.question.newest_offer.wrapping_add(1);
        self.own.question.newest_offer = id;
        self.own.question.stage = Stage::Asked { offer: id };
        self.take_ticked();
        // An answer may come while the effect is carried out.
        self.refresh_status();
        self.effects.push_back(Effect::Ask(self.offer(id)));
    }

    pub(super) fn update_offer(&mut self, id: u32) {
        self.effects.push_back(Effect::UpdateOffer(self.offer(id)));
    }

    fn offer(&self, id: u32) -> Offer {
        let mut suspected = Suspected::default();
        let mut left_out = Vec::new();
        let (reason, saved_at, workspace) = match &self.own.question.subject {
            Subject::Own { reason, saved_at } => {
                suspected = Suspected::of(&self.own.tracker.suspected());
                left_out.clone_from(&self.own.question.left_out);
                (*reason, *saved_at, self.own.tracker.workspace())
            }
            Subject::Archive(kept) | Subject::Rebuilding(kept) => {
                (kept.reason, kept.saved_at, &kept.workspace)
            }
        };
        let mut cannot_restore = workspace.cannot_restore();
        cannot_restore.extend(left_out);
        Offer {
            id,
            reason,
            session_id: self.own.session.id,
            session_type: self.own.session.kind.unwrap_or(SessionType::New),
            backend_message: self.state.backend_message().to_owned(),
            saved_at,
            images: workspace.offer_images(),
            catalogs: workspace.offer_catalogs(),
            has_view: workspace.has_view(),
            suspected,
            still_restoring: self.rebuild().map(Rebuild::ahead).unwrap_or_default(),
            can_remake: workspace.offer_calculations(),
            cannot_restore,
        }
    }

    /// The viewer has stated something about its workspace by a call.
    pub fn touched(&mut self) {
        self.workspace_changed();
    }

    // What becomes of it

    /// The connection is lost. A question that is only asked at work is withdrawn;
    /// any other stays open.
    pub(super) fn interrupt_question(&mut self) {
        match &mut self.own.question.subject {
            Subject::Own { saved_at, .. } => {
                if self.state.is_active() {
                    *saved_at = self.now.wall;
                }
            }
            Subject::Archive(_) => {
                let message = "The connection was lost before this was finished. Nothing was \
                               restored; try again.";
                self.withdraw_question(Err(Problem::new(Code::ConnectionLost, message)));
            }
            Subject::Rebuilding(_) => {
                self.effects.push_back(Effect::WithdrawOffer);
                if let Some(kept) = self.own.question.take_kept(self.now) {
                    self.rebuild_later(kept);
                }
            }
        }
    }

    /// The answer could not be carried out: the user decides again.
    pub(super) fn forget_answer(&mut self) {
        self.own.question.stage = Stage::NotAsked;
    }

    /// At work: the backend has what there is to be restored.
    pub(super) fn settle_question(&mut self) {
        self.own.question.settle(self.now);
    }

    /// There is nothing to ask any more; `outcome` is for what the archive was
    /// asked for.
    pub(super) fn withdraw_question(&mut self, outcome: Result<RestoreOutcome, Problem>) {
        let (subject, stage) = self.own.question.settle(self.now);
        if stage != Stage::NotAsked {
            self.effects.push_back(Effect::WithdrawOffer);
        }
        let reason = match subject {
            Subject::Own { reason, .. } => reason,
            Subject::Archive(kept) | Subject::Rebuilding(kept) => kept.reason,
        };
        if reason.is_from_elsewhere() {
            self.end_restore(outcome);
        }
    }

    pub(super) fn end_restore(&mut self, outcome: Result<RestoreOutcome, Problem>) {
        self.effects.push_back(Effect::RestoreEnded(outcome));
    }

    /// When the workspace was last known to be the backend's state, in
    /// milliseconds since 1970.
    pub const fn saved_at(&self, now: Now) -> u64 {
        match &self.own.question.subject {
            Subject::Own { saved_at, .. } if !self.state.is_active() => *saved_at,
            Subject::Own { .. } | Subject::Archive(_) | Subject::Rebuilding(_) => now.wall,
        }
    }
}

/// Why nothing is restored from the archive.
fn no_connection() -> Problem {
    let message = "Nothing can be restored from the archive while there is no working connection. \
                   Try again once the connection is back.";
    Problem::new(Code::NotActive, message)
}

fn busy() -> Problem {
    let message = "Something is already being restored. Try again when it is done.";
    Problem::new(Code::NotActive, message)
}
