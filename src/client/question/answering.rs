//! What the user has answered, and what follows from it.

use super::{Stage, Subject, busy, no_connection};
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
        if self.own.question.open_offer() != Some(offer) {
            return;
        }
        match &self.own.question.subject {
            Subject::Own { .. } => self.answered_about_own(offer, answer),
            Subject::Archive(_) => {
                if let Some(kept) = self.own.question.take_kept(self.now) {
                    self.answered_about_archive(kept, answer);
                }
            }
            Subject::Rebuilding(_) => {
                if let Some(kept) = self.own.question.take_kept(self.now) {
                    self.answered_about_rebuilding(kept, answer);
                }
            }
        }
    }

    /// What [`Effect::TakeOver`] has asked for is in the archive now: carries out what the
    /// user has answered.
    pub fn restore_agreed(&mut self, kept: Kept, answer: Answer) -> Result<(), Problem> {
        if !self.state.is_active() {
            return Err(no_connection());
        }
        if self.is_drop_in() {
            if !self.may_rebuild_from_archive() {
                return Err(busy());
            }
            self.answered_about_rebuilding(kept, answer);
        } else {
            self.answered_about_archive(kept, answer);
        }
        self.refresh_status();
        Ok(())
    }

    fn answered_about_own(&mut self, offer: u32, answer: Answer) {
        match answer {
            // A viewer that does not know that something is missing goes on asking for it.
            Answer::Part { .. } if self.is_drop_in() && self.own.tracker.suspected().is_empty() => {
                let message = "this viewer can only restore all of it or nothing";
                self.answer_failed(offer, message, None);
            }
            Answer::Yes | Answer::Part { .. } => {
                self.own.question.stage = Stage::Answered { answer };
                self.own.tracker.try_suspected_again();
                if let State::Confirming { .. } = self.state {
                    self.carry_out(false);
                }
            }
            Answer::No => {
                self.own.question.stage = Stage::NotAsked;
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
        if kept.reason == Reason::OtherTab {
            return self.effects.push_back(Effect::TakeOver(answer));
        }
        self.decline(WhyArchived::Superseded);
        let workspace = self.own.tracker.workspace_mut();
        *workspace = kept.workspace;
        workspace.note_all();
        self.own.question.subject = Subject::Own { reason: kept.reason, saved_at: kept.saved_at };
        self.own.question.stage = Stage::Answered { answer };
        self.carry_out(true);
    }

    fn answered_about_rebuilding(&mut self, mut kept: Kept, answer: Answer) {
        let from_archive = kept.reason.is_from_elsewhere();
        if kept.reason == Reason::OtherTab && answer != Answer::No {
            return self.effects.push_back(Effect::TakeOver(answer));
        }
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
        if self.own.question.stage != (Stage::Asked { offer }) {
            return;
        }
        let problem = |now_what: &str| {
            let message = format!("confirmResume failed: {message}. {now_what}");
            Problem::new(Code::ConfirmFailed, message)
        };
        match &self.own.question.subject {
            Subject::Own { .. } => {
                self.own.question.stage = Stage::Broken { offer };
                let problem = problem("Nothing is lost; call retryNow() to be asked again.");
                self.effects.push_back(Effect::CallbackFailed { problem, cause });
            }
            Subject::Archive(_) => {
                self.own.question.settle(self.now);
                self.end_restore(Err(problem("Nothing was restored.")));
            }
            Subject::Rebuilding(_) => {
                let problem = problem("What was stored is still there.");
                match self.own.question.take_kept(self.now) {
                    Some(kept) if !kept.reason.is_from_elsewhere() => {
                        self.rebuild_later(kept);
                        self.effects.push_back(Effect::CallbackFailed { problem, cause });
                    }
                    Some(_) | None => self.end_restore(Err(problem)),
                }
            }
        }
    }
}
