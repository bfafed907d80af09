//! Carrying out what the user has answered: resuming, or starting empty.

use super::{
    Answer, Code, Driver, Effect, Machine, Problem, Report,
    offer::{Reason, RestoreOutcome, WhyArchived},
    state::{Resume, State},
    timers::{Due, Timer},
};
use crate::{
    protocol::{Frame, handshake::Handshake, messages::ResumeSessionAck},
    tracking::depends_on_session,
};

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Sends RESUME_SESSION, to which the user has said yes. `at_work`: on a
    /// connection on which the viewer has asked for other things before.
    pub(super) fn carry_out(&mut self, at_work: bool) {
        match self.own.question.answer().cloned() {
            Some(Answer::Yes) => {}
            Some(Answer::Part { images, catalogs }) => {
                self.note_unwanted_catalogs();
                if self.own.tracker.workspace_mut().retain(&images, catalogs.as_deref()) {
                    self.archive(WhyArchived::Declined);
                    self.own.tracker.workspace_mut().note_all();
                }
            }
            Some(Answer::No) | None => return,
        }
        self.want_remakes();
        self.own.tracker.resuming();
        let payload = self.own.tracker.resume_payload(self.own.handshake.version());
        let (request_id, bytes) = self.send_own(H::RESUME, &payload);
        self.own.refused_channels.clear();
        let resume = Resume { request_id, since: self.now.monotonic, bytes, at_work };
        let socket = self.state.take_socket();
        self.enter(State::Resuming { socket, resume });
    }

    /// The backend answers RESUME_SESSION.
    pub(super) fn resume_reply(&mut self, resume: Resume, frame: &Frame) {
        let ack = frame.decode().unwrap_or_else(|_| {
            self.unreadable(frame.header(), frame.payload().len());
            let message = "The backend's answer could not be read.".to_owned();
            ResumeSessionAck { success: false, message }
        });
        let reason = self.own.question.reason();
        let whole = self.own.question.answer().is_none_or(|answer| *answer == Answer::Yes);
        let unwanted = self.own.tracker.workspace().unwanted_previews();
        let mut restored = self.own.tracker.workspace_mut().restored(&ack);
        self.lost_again(&restored.lost_images, &unwanted);
        self.not_wanted(unwanted);
        self.close_ghosts(&restored.lost_images);
        self.close_unwanted_catalogs();
        for (event, payload) in self.own.tracker.after_resume(self.own.handshake.version()) {
            self.send_own(event, &payload);
        }
        if self.is_drop_in()
            && let Some(start) = self.own.tracker.continued_animation()
        {
            let start = self.translated(start);
            self.push_frame(start);
        }
        if resume.at_work {
            self.work();
        } else {
            self.activate();
        }
        for words in std::mem::take(&mut self.own.refused_channels) {
            restored.success = false;
            if !restored.message.is_empty() {
                restored.message.push(' ');
            }
            restored.message.push_str(&words);
        }
        self.effects.push_back(Effect::Resumed(Report {
            reason,
            restored,
            remaking: self.remakes(),
            duration_ms: self.now.monotonic - resume.since,
            bytes_sent: resume.bytes,
        }));
        self.ask_about_files();
        self.take_ticked();
        self.remake_next();
        self.ping_soon();
        if reason == Reason::Archive {
            let outcome = if whole { RestoreOutcome::Whole } else { RestoreOutcome::Part };
            self.end_restore(Ok(outcome));
        }
    }

    /// Only for a backend that answers other things meanwhile.
    pub(super) fn resume_overdue(&mut self, due: Due) {
        if due == Due::Late {
            self.timers.extend(Timer::Resume, self.now.after(self.probe_ms()));
            return;
        }
        if self.state.socket().is_some_and(|socket| socket.silence.is_some()) {
            self.timers.set(Timer::Resume, self.now.after(self.probe_ms()));
            return;
        }
        // What blocks the backend now may block it again.
        self.forget_answer();
        let problem = Problem::new(
            Code::ResumeTimeout,
            "The backend did not finish restoring the session in time. Reconnecting; you will be \
             asked again what to restore.",
        );
        self.effects.push_back(Effect::Error(problem.clone()));
        self.drop_socket(problem);
    }

    /// The session is given up: what is kept of it goes, and so does what was
    /// meant for it. Gives the problem that this is reported as.
    pub(super) fn decline(&mut self, why: WhyArchived) -> Problem {
        self.archive(why);
        self.withdraw_question(Ok(RestoreOutcome::Declined));
        self.note_unwanted_catalogs();
        self.forget_remaking();
        let mut lost = self.own.tracker.declined();
        lost.extend(self.own.queue.remove(&|frame| frame.event().is_none_or(depends_on_session)));
        let message =
            "The session that this belonged to was not restored, so there will be no answer.";
        let problem = Problem::new(Code::Declined, message);
        self.give_up_on(lost, problem.clone());
        problem
    }

    /// What is open goes to the archive, unless it came from there.
    fn archive(&mut self, why: WhyArchived) {
        if self.own.question.reason() != Reason::Archive && !self.own.tracker.workspace().is_empty()
        {
            let is_archived = self.is_part_of_rebuilding();
            self.effects.push_back(if is_archived {
                Effect::Discard
            } else {
                Effect::Archive(why)
            });
        }
    }

    /// Goes to work with nothing restored.
    pub(super) fn start_empty(&mut self) {
        // The viewer may have emptied what it was to be asked about.
        self.withdraw_question(Ok(RestoreOutcome::Declined));
        self.own.tracker.workspace_mut().clear();
        // Its image is gone.
        self.own.tracker.continued_animation();
        self.activate();
    }
}
