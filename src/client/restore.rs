//! Asking the user, and resuming or not.

use prost::Message;

use super::{
    offer::{Answer, Aside, Offer, Reason, Report, RestoreOutcome, SessionType},
    problem::{Code, Problem},
    time::Now,
    timers::{Due, Timer},
};
use crate::{
    protocol::{
        EventType, Frame,
        handshake::Handshake,
        messages::{OpenCatalogFile, ResumeSessionAck, views::FirstId},
    },
    tracking::depends_on_session,
    workspace::Workspace,
};

use super::{Effect, Machine, Question, State};

/// Connections that one yes may cost. A workspace that fells the backend must
/// not fell it for ever.
const MAX_FAILED_RESUMES: u32 = 5;

impl<H: Handshake> Machine<H> {
    /// Registered, and there is something to restore.
    pub(super) fn confirm(&mut self, now: Now, message: String) {
        self.state = State::Confirming { message };
        if self.question.as_ref().is_some_and(|q| q.failed_resumes >= MAX_FAILED_RESUMES) {
            self.question = None;
        }
        match &self.question {
            None => self.ask(),
            Some(question) if question.answer.is_some() => self.carry_out(now),
            Some(question) if question.broken => self.ask(),
            Some(question) => {
                let offer = question.offer;
                self.update_offer(offer);
            }
        }
    }

    pub(super) const fn new_offer(&mut self) -> u32 {
        let id = self.next_offer;
        self.next_offer = id.wrapping_add(1);
        id
    }

    fn ask(&mut self) {
        let id = self.new_offer();
        self.question = Some(Question::new(id));
        if let Some(offer) = self.offer(id) {
            // An answer may come before this returns.
            self.refresh_status();
            self.effects.push_back(Effect::Ask(offer));
        }
    }

    pub(super) fn ask_again_if_broken(&mut self) {
        if self.question.as_ref().is_some_and(|question| question.broken) {
            self.ask();
        }
    }

    fn update_offer(&mut self, id: u32) {
        if let Some(offer) = self.offer(id) {
            self.effects.push_back(Effect::UpdateOffer(offer));
        }
    }

    fn offer(&self, id: u32) -> Option<Offer> {
        let State::Confirming { message } = &self.state else { return None };
        Some(self.offer_of(id, self.reason, message, self.saved_at, self.tracker.workspace()))
    }

    pub(super) fn offer_of(
        &self,
        id: u32,
        reason: Reason,
        message: &str,
        saved_at: u64,
        workspace: &Workspace,
    ) -> Offer {
        Offer {
            id,
            reason,
            session_id: self.session_id,
            session_type: self.session_type.unwrap_or(SessionType::New),
            backend_message: message.to_owned(),
            saved_at,
            images: workspace.offer_images(),
            catalogs: workspace.offer_catalogs(),
            cannot_restore: workspace.cannot_restore(),
        }
    }

    /// The viewer has stated something about its workspace by a call.
    pub fn touched(&mut self) {
        let Some(question) = &self.question else { return };
        let (offer, open) = (question.offer, question.answer.is_none());
        if !matches!(self.state, State::Confirming { .. }) || !open {
            return;
        }
        if self.tracker.workspace().is_empty() {
            self.question = None;
            self.effects.push_back(Effect::WithdrawOffer);
            self.empty_backend();
            self.start_empty();
            self.refresh_status();
        } else {
            self.update_offer(offer);
        }
    }

    pub(super) fn answered(&mut self, now: Now, offer: u32, answer: Answer) {
        if let Some((_, kept)) = self.archived.take_if(|(asked, _)| *asked == offer) {
            return self.answered_about_archive(now, offer, kept, answer);
        }
        if self.is_drop_in() {
            if self.asks_about_rebuilding(offer) {
                return self.answered_about_rebuilding(now, answer);
            }
            if matches!(answer, Answer::Part { .. }) {
                let message = "this viewer goes on with all of it or with nothing";
                return self.answer_failed(offer, message);
            }
        }
        let Some(question) = self.question.as_mut().filter(|q| q.offer == offer) else { return };
        if question.answer.is_some() {
            return;
        }
        let connected = matches!(self.state, State::Confirming { .. });
        if answer == Answer::No {
            self.question = None;
            self.decline(Aside::Declined);
            if self.is_drop_in() {
                return self.end(declined());
            }
            if connected {
                self.empty_backend();
                self.start_empty();
            }
            return;
        }
        question.answer = Some(answer);
        if connected {
            self.carry_out(now);
        }
    }

    pub(super) fn answer_failed(&mut self, offer: u32, message: &str) {
        if self.archived.take_if(|(asked, _)| *asked == offer).is_some() {
            let message = format!("confirmResume failed: {message}. Nothing was restored.");
            self.end_restore(Err(Problem::new(Code::ConfirmFailed, message)));
            return;
        }
        if self.is_drop_in() && self.asks_about_rebuilding(offer) {
            return self.rebuilding_was_not_asked(message);
        }
        let Some(question) = self.question.as_mut().filter(|q| q.offer == offer) else { return };
        if question.answer.is_some() || question.broken {
            return;
        }
        question.broken = true;
        self.effects.push_back(Effect::Error(Problem::new(
            Code::ConfirmFailed,
            format!(
                "confirmResume failed: {message}. Nothing is lost; call retryNow() to be asked \
                 again."
            ),
        )));
    }

    pub(super) fn carry_out(&mut self, now: Now) {
        let Some(answer) = self.question.as_ref().and_then(|question| question.answer.clone())
        else {
            return;
        };
        match answer {
            Answer::Yes => {}
            Answer::Part { images, catalogs } => {
                self.note_unwanted_catalogs();
                if self.tracker.workspace_mut().retain(&images, catalogs.as_deref()) {
                    self.set_aside(Aside::Declined);
                    self.tracker.workspace_mut().note_all();
                }
            }
            Answer::No => return,
        }
        let payload = self.tracker.resume_payload(self.handshake.version());
        let (request_id, bytes) = self.send_own(H::RESUME, &payload);
        self.timers.set(Timer::Resume, now.after(self.options.timeouts.resume_ms));
        self.state = State::Resuming { request_id, since: now.monotonic, bytes };
    }

    pub(super) fn resume_reply(&mut self, now: Now, frame: &Frame, since: u64, bytes: usize) {
        let ack = frame.decode().unwrap_or_else(|_| {
            self.unreadable(frame.header(), frame.payload().len());
            let message = "The backend's answer could not be read.".to_owned();
            ResumeSessionAck { success: false, message }
        });
        self.timers.clear(Timer::Resume);
        let at_work = self.resumes_at_work();
        let whole = self.question.take().is_none_or(|q| q.answer == Some(Answer::Yes));
        let reason = self.reason;
        let restored = self.tracker.workspace_mut().restored(&ack);
        self.close_unwanted_catalogs();
        for (event, payload) in self.tracker.after_resume(self.handshake.version()) {
            self.send_own(event, &payload);
        }
        if self.is_drop_in()
            && let Some(start) = self.tracker.continued_animation()
        {
            let start = self.translated(start);
            self.push_frame(start);
        }
        if at_work {
            self.work();
        } else {
            self.activate();
        }
        self.effects.push_back(Effect::Resumed(Report {
            reason,
            restored,
            duration_ms: now.monotonic - since,
            bytes_sent: bytes,
        }));
        if reason == Reason::Archive {
            let outcome = if whole { RestoreOutcome::Whole } else { RestoreOutcome::Part };
            self.end_restore(Ok(outcome));
        }
    }

    pub(super) fn resume_overdue(&mut self, now: Now, due: Due) {
        if due == Due::Late {
            self.timers.extend(Timer::Resume, now.after(self.probe_ms()));
            return;
        }
        // What hangs the backend may hang it again: the user decides anew.
        self.question = None;
        let problem = Problem::new(
            Code::ResumeTimeout,
            "The backend did not finish resuming in time. Connecting again; you will be asked \
             again what to restore.",
        );
        self.effects.push_back(Effect::Error(problem.clone()));
        self.drop_socket(now, problem);
    }

    /// The session is given up: what is kept of it goes, and so does what was
    /// meant for it.
    pub(super) fn decline(&mut self, why: Aside) {
        self.set_aside(why);
        self.give_up_restore(Ok(RestoreOutcome::Declined));
        self.note_unwanted_catalogs();
        let mut lost = self.tracker.declined();
        lost.extend(self.queue.remove(&|header| header.event().is_none_or(depends_on_session)));
        self.give_up_on(lost, declined());
    }

    /// What comes from the archive is there still.
    fn set_aside(&mut self, why: Aside) {
        if self.reason != Reason::Archive && !self.tracker.workspace().is_empty() {
            self.effects.push_back(Effect::SetAside(why));
        }
    }

    /// Makes sure that the backend has nothing that the viewer does not know.
    pub(super) fn empty_backend(&mut self) {
        self.send_id(EventType::CloseFile, -1);
        self.close_unwanted_catalogs();
    }

    /// Sends a message that has nothing but an id.
    fn send_id(&mut self, event: EventType, id: i32) {
        self.send_own(event, &FirstId { id }.encode_to_vec());
    }

    /// A CLOSE_CATALOG_FILE gets no ack and may be lost.
    pub(super) fn note_closed_catalog(&mut self, frame: &Frame) {
        if frame.event() == Some(EventType::CloseCatalogFile)
            && let Ok(FirstId { id: file_id }) = frame.decode()
        {
            self.unwanted_catalogs.insert(file_id);
        }
    }

    fn note_unwanted_catalogs(&mut self) {
        let catalogs = self.tracker.workspace().offer_catalogs();
        self.unwanted_catalogs.extend(catalogs.iter().map(|catalog| catalog.file_id));
        for frame in self.tracker.unanswered() {
            if frame.event() == Some(EventType::OpenCatalogFile)
                && let Ok(open) = frame.decode::<OpenCatalogFile>()
            {
                self.unwanted_catalogs.insert(open.file_id);
            }
        }
    }

    /// RESUME_SESSION and CLOSE_FILE leave catalogs alone: a backend that kept
    /// the session still has those that are not wanted any more. Nothing tells
    /// whether this arrives, so that it is said again after the next drop.
    fn close_unwanted_catalogs(&mut self) {
        for catalog in self.tracker.workspace().offer_catalogs() {
            self.unwanted_catalogs.remove(&catalog.file_id);
        }
        for file_id in self.unwanted_catalogs.clone() {
            self.send_id(EventType::CloseCatalogFile, file_id);
        }
    }

    /// Goes to work with nothing restored.
    pub(super) fn start_empty(&mut self) {
        if self.question.take().is_some() {
            self.effects.push_back(Effect::WithdrawOffer);
        }
        // The viewer has emptied what was to be restored.
        self.give_up_restore(Ok(RestoreOutcome::Declined));
        self.tracker.workspace_mut().clear();
        // Its image is gone.
        self.tracker.continued_animation();
        self.activate();
    }
}

fn declined() -> Problem {
    let message = "The session that this was meant for has been given up, so it is not answered.";
    Problem::new(Code::Declined, message)
}
