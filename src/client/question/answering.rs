//! What the user has answered, and what follows from it.

use super::{Stage, Subject};
use crate::{
    client::{
        Answer, Code, Driver, Effect, Machine, Problem,
        offer::{Kept, Reason, RestoreOutcome, WhyArchived},
        state::State,
    },
    protocol::handshake::Handshake,
};

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// The user answered. An answer to another offer than the open one is not
    /// heard.
    pub(in crate::client) fn answered(&mut self, offer: u32, answer: Answer) {
        if self.question.open_offer() != Some(offer) {
            return;
        }
        match &self.question.subject {
            Subject::Own { .. } => self.answered_about_own(offer, answer),
            Subject::Archive(_) => {
                if let Some(kept) = self.question.take_kept(self.now) {
                    self.answered_about_archive(kept, answer);
                }
            }
            Subject::Rebuilding(_) => {
                if let Some(kept) = self.question.take_kept(self.now) {
                    self.answered_about_rebuilding(kept, answer);
                }
            }
        }
    }

    fn answered_about_own(&mut self, offer: u32, answer: Answer) {
        match answer {
            // A viewer that does not know that something is missing goes on asking for it.
            Answer::Part { .. } if self.is_drop_in() && self.tracker.suspected().is_empty() => {
                let message = "this viewer can only restore all of it or nothing";
                self.answer_failed(offer, message, None);
            }
            Answer::Yes | Answer::Part { .. } => {
                self.question.stage = Stage::Answered { answer };
                self.tracker.try_suspected_again();
                if let State::Confirming { .. } = self.state {
                    self.carry_out(false);
                }
            }
            Answer::No => {
                self.question.stage = Stage::NotAsked;
                let problem = self.decline(WhyArchived::Declined);
                if self.is_drop_in() {
                    self.end(problem);
                } else if let State::Confirming { .. } = self.state {
                    self.empty_backend();
                    self.start_empty();
                }
            }
        }
    }

    fn answered_about_archive(&mut self, kept: Kept, answer: Answer) {
        if answer == Answer::No {
            return self.end_restore(Ok(RestoreOutcome::Declined));
        }
        self.decline(WhyArchived::Superseded);
        let workspace = self.tracker.workspace_mut();
        *workspace = kept.workspace;
        workspace.note_all();
        self.question.subject = Subject::Own { reason: kept.reason, saved_at: kept.saved_at };
        self.question.stage = Stage::Answered { answer };
        self.carry_out(true);
    }

    fn answered_about_rebuilding(&mut self, mut kept: Kept, answer: Answer) {
        let from_archive = kept.reason == Reason::Archive;
        if !from_archive {
            // A page that ends before the viewer is rebuilt loses nothing.
            let why =
                if answer == Answer::No { WhyArchived::Declined } else { WhyArchived::Superseded };
            self.effects.push_back(Effect::ArchiveKept(why));
        }
        match answer {
            Answer::No if from_archive => self.end_restore(Ok(RestoreOutcome::Declined)),
            Answer::No => {}
            Answer::Yes => self.begin_work(kept, true),
            Answer::Part { images, catalogs } => {
                let whole = !kept.workspace.retain(&images, catalogs.as_deref());
                self.begin_work(kept, whole);
            }
        }
    }

    /// The viewer could not ask the user.
    pub(in crate::client) fn answer_failed(
        &mut self,
        offer: u32,
        message: &str,
        cause: Option<D::Cause>,
    ) {
        if self.question.stage != (Stage::Asked { offer }) {
            return;
        }
        let problem = |now_what: &str| {
            let message = format!("confirmResume failed: {message}. {now_what}");
            Problem::new(Code::ConfirmFailed, message)
        };
        match &self.question.subject {
            Subject::Own { .. } => {
                self.question.stage = Stage::Broken { offer };
                let problem = problem("Nothing is lost; call retryNow() to be asked again.");
                self.effects.push_back(Effect::CallbackFailed { problem, cause });
            }
            Subject::Archive(_) => {
                self.question.settle(self.now);
                self.end_restore(Err(problem("Nothing was restored.")));
            }
            Subject::Rebuilding(_) => {
                let problem = problem("What was stored is still there.");
                match self.question.take_kept(self.now) {
                    Some(kept) if kept.reason != Reason::Archive => {
                        self.rebuild_later(kept);
                        self.effects.push_back(Effect::CallbackFailed { problem, cause });
                    }
                    Some(_) | None => self.end_restore(Err(problem)),
                }
            }
        }
    }
}
