//! Restoring a workspace that was set aside, on a connection at work.
//!
//! Work goes on while the user is asked; with a yes, what is open gives way.

use super::{
    offer::{Answer, Aside, Kept, Reason, RestoreOutcome},
    problem::{Code, Problem},
    time::Now,
};
use crate::protocol::handshake::Handshake;

use super::{Effect, Machine, Question, State};

impl<H: Handshake> Machine<H> {
    /// Asks the user whether to restore this workspace in place of what is
    /// open. [`Effect::RestoreEnded`] tells what came of it. A question that is
    /// open already is dropped.
    pub fn restore(&mut self, kept: Kept) -> Result<(), Problem> {
        if !matches!(self.state, State::Active) {
            let message = "Nothing can be restored from the archive while there is no working \
                           connection. Try again when the status is active.";
            return Err(Problem::new(Code::NotActive, message));
        }
        if self.is_drop_in() {
            if self.rebuild_from_archive(kept) {
                return Ok(());
            }
            let message = "Something is being restored already. Try again when that is done.";
            return Err(Problem::new(Code::NotActive, message));
        }
        let id = self.new_offer();
        let offer = self.offer_of(id, Reason::Archive, "", kept.saved_at, &kept.workspace);
        self.archived = Some((id, kept));
        self.effects.push_back(Effect::Ask(offer));
        Ok(())
    }

    pub(super) fn answered_about_archive(
        &mut self,
        now: Now,
        offer: u32,
        kept: Kept,
        answer: Answer,
    ) {
        if answer == Answer::No {
            self.end_restore(Ok(RestoreOutcome::Declined));
            return;
        }
        self.decline(Aside::Superseded);
        (self.reason, self.saved_at) = (Reason::Archive, kept.saved_at);
        let workspace = self.tracker.workspace_mut();
        *workspace = kept.workspace;
        workspace.note_all();
        self.question =
            Some(Question { answer: Some(answer), at_work: true, ..Question::new(offer) });
        self.carry_out(now);
    }

    /// There is no connection any more to restore to.
    pub(super) fn withdraw_archive(&mut self, problem: Problem) {
        if self.archived.take().is_some() {
            self.effects.push_back(Effect::WithdrawOffer);
            self.end_restore(Err(problem));
        }
    }

    /// What was taken from the archive does not come to be resumed.
    pub(super) fn give_up_restore(&mut self, outcome: Result<RestoreOutcome, Problem>) {
        let reason = std::mem::replace(&mut self.reason, Reason::ConnectionLost);
        if reason == Reason::Archive {
            self.end_restore(outcome);
        }
    }

    /// Whether a RESUME_SESSION is on its way on a connection on which the
    /// viewer has asked for other things before.
    pub(super) fn resumes_at_work(&self) -> bool {
        matches!(self.state, State::Resuming { .. })
            && self.question.as_ref().is_some_and(|question| question.at_work)
    }

    pub(super) fn end_restore(&mut self, outcome: Result<RestoreOutcome, Problem>) {
        self.effects.push_back(Effect::RestoreEnded(outcome));
    }
}
