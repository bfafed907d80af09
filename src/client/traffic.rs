//! Frames of the viewer's and of the backend's.

use super::{Code, Driver, Effect, Machine, Now, Problem, state::State};
use crate::{
    protocol::{EventType, Frame, Header, handshake::Handshake},
    tracking::Offline,
};

impl<D: Driver, H: Handshake> Machine<D, H> {
    // From the viewer

    /// Sends a frame of the viewer's, or keeps it until that is possible. A
    /// full queue is reported by [`Effect::Error`].
    pub fn send(&mut self, now: Now, frame: Frame) -> Result<(), Problem> {
        self.note_time(now);
        self.accept(frame.header())?;
        if self.own.registrar.is_viewer() && frame.event() == Some(EventType::RegisterViewer) {
            self.learn_from(&frame)?;
            let socket = self.state.take_socket();
            self.register(socket, frame.header().request_id, frame);
            return Ok(());
        }
        if self.is_drop_in()
            && (self.answers_us(&frame)
                || self.is_about_ghost(&frame)
                || self.is_import_for_us(&frame))
        {
            return Ok(());
        }
        let frame = self.as_before(frame);
        if let Err(problem) = self.dispatch(frame) {
            self.effects.push_back(Effect::Error(problem));
        }
        Ok(())
    }

    /// Refuses what the viewer may not send.
    pub(super) fn accept(&self, header: Header) -> Result<(), Problem> {
        if self.is_closed() {
            return Err(Problem::closed());
        }
        if !self.is_drop_in()
            && matches!(header.event(), Some(EventType::RegisterViewer | EventType::ResumeSession))
        {
            let message = "The client sends this message itself. Do not send it.";
            return Err(Problem::new(Code::InvalidFrame, message).about(vec![header]));
        }
        Ok(())
    }

    pub(super) fn dispatch(&mut self, frame: Frame) -> Result<(), Problem> {
        if self.is_at_work() || self.passes_at_once(&frame) {
            self.transmit(frame);
            return Ok(());
        }
        if self.is_drop_in() {
            self.own.queue.supersede(&frame);
        }
        let header = frame.header();
        let Some((frame, outcome)) = self.settle_offline(frame) else { return Ok(()) };
        let subject = if let Offline::Waits(subject) = outcome { subject } else { None };
        if self.own.queue.push(frame.clone(), subject) {
            return Ok(());
        }
        let message = "There is no connection, and too much is waiting to be sent. This was not \
                       accepted: try again once the connection is back.";
        self.refuse(&frame, message);
        Err(Problem::new(Code::QueueFull, message).about(vec![header]))
    }

    /// Whether frames pass. What a viewer sends before it is accepted does, too.
    fn is_at_work(&self) -> bool {
        self.state.is_active() || self.own.registrar.is_viewer()
    }

    /// Whether a frame need not wait for the user: a script waits for ten seconds for
    /// what the viewer answers, and nothing depends on it.
    fn passes_at_once(&self, frame: &Frame) -> bool {
        frame.event() == Some(EventType::ScriptingResponse)
            && matches!(self.state, State::Confirming { .. } | State::Resuming { .. })
    }

    pub(super) fn transmit(&mut self, frame: Frame) {
        let frame = self.translated(frame);
        let awaits_data = self.own.tracker.awaits_data();
        self.note_asked(awaits_data);
        self.own.tracker.sent(&frame);
        self.note_closed_catalog(&frame);
        self.push_frame(frame);
    }

    /// A frame of the viewer's in the version that the backend speaks. One that
    /// has another version than the viewer's own is left as it is.
    pub(super) fn translated(&self, frame: Frame) -> Frame {
        let version = frame.header().icd_version;
        if self.own.registrar.viewer().is_some_and(|own| own.icd_version != version) {
            return frame;
        }
        frame.with_icd_version(self.own.handshake.version())
    }

    pub(super) fn push_frame(&mut self, frame: Frame) {
        self.effects.push_back(Effect::Send { generation: self.generation, frame });
    }

    // Going to work

    /// Goes to work: sends what was unanswered at the drop, then what has
    /// waited since.
    pub(super) fn activate(&mut self) {
        for frame in self.own.tracker.send_again() {
            let frame = self.translated(frame);
            self.push_frame(frame);
        }
        self.work();
    }

    /// Goes to work where everything unanswered has been asked already: sends
    /// what has waited.
    pub(super) fn work(&mut self) {
        let socket = self.state.take_socket();
        self.enter(State::Active { socket });
        self.settle_question();
        while let Some(frame) = self.own.queue.pop() {
            self.transmit(frame);
        }
        self.effects.push_back(Effect::Connected);
        if self.is_drop_in() {
            self.go_on_rebuilding();
        }
    }

    // From the backend

    /// Does the machine need more of an incoming frame than its header? Called
    /// for every frame, so that image data are never copied.
    pub fn wants(&self, generation: u32, header: Header) -> bool {
        if !self.is_current(generation) {
            return false;
        }
        match &self.state {
            State::Registering { request_id, .. } => {
                answers(header, H::REPLY, *request_id)
                    || (self.own.registrar.is_viewer() && self.own.tracker.wants(header))
            }
            State::Resuming { resume, .. } => {
                answers(header, H::RESUME_REPLY, resume.request_id)
                    || header.event() == Some(EventType::ErrorData)
            }
            State::Active { .. } => {
                self.own.tracker.wants(header)
                    || self.asked_about_file(header)
                    || self.awaits_region(header)
                    || self.is_about_remake(header)
            }
            State::Idle
            | State::Connecting { .. }
            | State::Confirming { .. }
            | State::Waiting { .. }
            | State::Failed { .. }
            | State::Closed { .. } => false,
        }
    }

    /// A frame came in; `whole` if it was wanted.
    pub(super) fn incoming(
        &mut self,
        generation: u32,
        header: Header,
        whole: Option<&Frame>,
        message: D::Message,
    ) {
        if !self.is_current(generation) {
            return;
        }
        self.received(D::size(&message));
        if self.options.heartbeat.is_none() {
            // Without PINGs, whatever comes shows that the backend lives.
            self.own.tracker.sign_of_life();
        }
        let answer = self.own.requests.are_answered_by(header).then(|| message.clone());
        if self.is_for_viewer(header) {
            self.effects.push_back(Effect::Deliver(message));
        }
        match (&self.state, whole) {
            (&State::Registering { request_id, .. }, Some(frame))
                if answers(header, H::REPLY, request_id) =>
            {
                self.register_reply(frame);
            }
            (State::Registering { .. }, _) => {
                if self.own.registrar.is_viewer() {
                    self.track(header, whole);
                }
            }
            (&State::Resuming { resume, .. }, Some(frame))
                if answers(header, H::RESUME_REPLY, resume.request_id) =>
            {
                self.resume_reply(resume, frame);
            }
            (State::Resuming { .. }, Some(frame))
                if header.event() == Some(EventType::ErrorData) =>
            {
                self.note_refusal(frame);
            }
            (State::Resuming { resume, .. }, _) => {
                // Only what was asked before is answered.
                if resume.at_work && self.own.tracker.answered(header) {
                    self.fulfil(header, answer.clone());
                }
            }
            (State::Active { .. }, Some(frame)) if self.asked_about_file(header) => {
                self.told_of_file(frame);
            }
            (State::Active { .. }, Some(frame)) if self.awaits_region(header) => {
                self.region_answered(frame);
            }
            (State::Active { .. }, _) => {
                let about_remake = self.is_about_remake(header);
                self.track(header, whole);
                if let Some(frame) = whole.filter(|_| about_remake) {
                    self.told_of_remake(frame);
                }
            }
            (
                State::Idle
                | State::Connecting { .. }
                | State::Confirming { .. }
                | State::Waiting { .. }
                | State::Failed { .. }
                | State::Closed { .. },
                _,
            ) => {}
        }
        if self.state.is_active() {
            self.fulfil(header, answer);
        }
    }

    fn track(&mut self, header: Header, whole: Option<&Frame>) {
        match whole {
            Some(frame) => {
                if let Err(unreadable) = self.own.tracker.received(frame) {
                    self.unreadable(unreadable.header, unreadable.length);
                }
            }
            None => {
                self.own.tracker.answered(header);
            }
        }
    }

    pub(super) fn unreadable(&mut self, header: Header, length: usize) {
        let message = "A frame from the backend could not be decoded. It is passed on, and the \
                       connection continues.";
        let problem = Problem::new(Code::UnreadableFrame, message).about(vec![header]);
        self.effects.push_back(Effect::Error(Problem { length: Some(length), ..problem }));
    }
}

fn answers(header: Header, event: EventType, request_id: u32) -> bool {
    header.event_type == event.number() && header.request_id == request_id
}
