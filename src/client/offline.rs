//! What the viewer does while there is no connection, and what is not tried again
//! when one is lost.

use super::{Code, Driver, Effect, Machine, Problem, offer::RestoreOutcome, state::State};
use crate::{
    protocol::{EventType, Frame, handshake::Handshake, refusal::refusal},
    tracking::{Gone, Lost, Offline},
};

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// The viewer sends something that cannot be sent now. Gives it back, with its
    /// effect noted, if it is to be sent later.
    pub(super) fn settle_offline(&mut self, frame: Frame) -> Option<(Frame, Offline)> {
        // What it is about is on its way to the backend.
        if matches!(self.state, State::Resuming { .. }) {
            return Some((frame, Offline::Waits(None)));
        }
        if let Some(gone) = Gone::by(&frame) {
            let mut lost = self.own.tracker.abandon(gone, &frame);
            let tracker = &self.own.tracker;
            lost.extend(self.own.queue.remove(&|queued| tracker.is_about(gone, queued)));
            self.note_closed_catalog(&frame);
            self.report_abandoned(lost);
            self.workspace_changed();
            return None;
        }
        let outcome = self.own.tracker.sent_offline(&frame, self.own.queue.subjects());
        let shows = matches!(
            frame.event(),
            Some(EventType::SetImageChannels | EventType::SetContourParameters)
        );
        if shows && !matches!(outcome, Offline::Waits(_)) {
            self.workspace_changed();
        }
        (outcome != Offline::Done).then_some((frame, outcome))
    }

    /// A connection was lost on which the viewer's frames had to wait.
    pub(super) fn settle_queue(&mut self) {
        for frame in self.own.queue.remove(&|_| true) {
            // There was room for it.
            let _ = self.dispatch(frame);
        }
    }

    /// Reports what will not be answered any more, because the connection is lost.
    pub(super) fn settle_lost(&mut self) {
        let Lost { not_repeated, abandoned, twice } = self.own.tracker.dropped();
        let problem = Problem::new(
            Code::NotReplayed,
            "The connection was lost before this was answered. It is not sent again, because it \
             acts outside the session or depends on something that has changed. Check whether it \
             finished, and repeat it if not.",
        );
        self.give_up_on(not_repeated, problem);
        self.report_abandoned(abandoned);
        for lost in twice {
            let problem = Problem::new(Code::LostTwice, lost.sentence());
            self.own.question.leave_out(lost.left_out());
            match lost.request {
                Some(request) => {
                    self.remake_lost_twice(request.header(), &problem.message);
                    self.answer_as_failed(request, problem);
                }
                None => self.effects.push_back(Effect::Error(problem)),
            }
        }
        self.interrupt_remaking();
    }

    fn report_abandoned(&mut self, requests: Vec<Frame>) {
        for request in requests {
            let answered = request.event().is_some_and(|event| event.answer().is_some());
            if answered {
                let message = "What this was about was closed, removed or stopped while there \
                               was no connection, so it was given up.";
                self.answer_as_failed(request, Problem::new(Code::Abandoned, message));
            }
        }
    }

    /// Tells whoever asked, by the request's own answer, that it was not done.
    fn answer_as_failed(&mut self, request: Frame, problem: Problem) {
        self.note_unwanted_catalog(&request);
        if !self.is_drop_in()
            && !self.own.requests.has(request.header().request_id)
            && let Some(answer) = refusal(&request, &problem.message)
        {
            self.effects.push_back(Effect::Feed(answer));
        }
        self.give_up_on(vec![request], problem);
    }

    /// The workspace has changed while the user is asked, or may be.
    pub(super) fn workspace_changed(&mut self) {
        let Some(offer) = self.own.question.open_offer() else { return };
        if self.state.is_active() {
            return;
        }
        if !self.own.tracker.workspace().is_empty() {
            return self.update_offer(offer);
        }
        if let State::Confirming { .. } = self.state {
            self.empty_backend();
            self.start_empty();
        } else {
            self.withdraw_question(Ok(RestoreOutcome::Declined));
        }
        self.refresh_status();
    }
}
