//! Frames of the viewer's and of the backend's.

use super::{
    offer::Reason,
    problem::{Code, Problem},
    time::Now,
};
use crate::protocol::{EventType, Frame, Header, handshake::Handshake};

use super::{Effect, Machine, State, answers};

impl<H: Handshake> Machine<H> {
    /// Sends a frame of the viewer's, or keeps it until that is possible. A
    /// full queue is reported by [`Effect::Error`].
    pub fn send(&mut self, now: Now, frame: Frame) -> Result<(), Problem> {
        self.note_time(now);
        self.accept(frame.header())?;
        if self.viewer_is_registering() && frame.event() == Some(EventType::RegisterViewer) {
            return self.viewer_registers(frame);
        }
        if self.is_drop_in() && self.answers_us(now, &frame) {
            return Ok(());
        }
        if let Err(problem) = self.dispatch(frame) {
            self.effects.push_back(Effect::Error(problem));
        }
        Ok(())
    }

    /// Sends a request of the viewer's under an id of our own, which is
    /// returned. [`Effect::Fulfilled`] or [`Effect::Rejected`] settles it.
    pub fn request(&mut self, now: Now, event_type: u16, payload: &[u8]) -> Result<u32, Problem> {
        self.note_time(now);
        let icd_version = self.handshake.version();
        let header = Header { event_type, icd_version, request_id: self.new_request_id() };
        self.accept(header)?;
        let Some(event) = header.event().filter(|event| event.answer().is_some()) else {
            let message = "Nothing is known to answer this event type. Use send() for it.";
            return Err(Problem::new(Code::InvalidFrame, message).about(vec![header]));
        };
        self.dispatch(Frame::from_payload(header, payload))?;
        self.requests.push((header.request_id, event));
        Ok(header.request_id)
    }

    /// What the viewer may not send.
    fn accept(&self, header: Header) -> Result<(), Problem> {
        if matches!(self.state, State::Closed) {
            return Err(Problem::closed());
        }
        if !self.is_drop_in()
            && matches!(header.event(), Some(EventType::RegisterViewer | EventType::ResumeSession))
        {
            let message = "This is sent by the client, not by the viewer.";
            return Err(Problem::new(Code::InvalidFrame, message).about(vec![header]));
        }
        Ok(())
    }

    fn dispatch(&mut self, frame: Frame) -> Result<(), Problem> {
        if self.is_at_work() {
            self.transmit(frame);
            return Ok(());
        }
        let header = frame.header();
        if self.queue.push(frame.clone()) {
            return Ok(());
        }
        let message = "There is no connection, and the queue of unsent frames is full. This was \
                       not taken: send it again when the client is active.";
        self.refuse(&frame, message);
        Err(Problem::new(Code::QueueFull, message).about(vec![header]))
    }

    /// Whether frames pass. What a viewer sends before it is accepted does, too.
    pub(super) fn is_at_work(&self) -> bool {
        matches!(self.state, State::Active) || self.viewer_is_registering()
    }

    fn transmit(&mut self, frame: Frame) {
        let frame = self.translated(frame);
        self.tracker.sent(&frame);
        self.note_closed_catalog(&frame);
        self.push_frame(frame);
    }

    /// Goes to work: sends what was unanswered at the drop, then what has
    /// waited since.
    pub(super) fn activate(&mut self) {
        for frame in self.tracker.unanswered() {
            let frame = self.translated(frame);
            self.push_frame(frame);
        }
        self.work();
    }

    /// Goes to work where everything unanswered has been asked already: sends
    /// what has waited.
    pub(super) fn work(&mut self) {
        self.state = State::Active;
        self.problem = None;
        self.reason = Reason::ConnectionLost;
        while let Some(frame) = self.queue.pop() {
            self.transmit(frame);
        }
        self.effects.push_back(Effect::Connected);
        if self.is_drop_in() {
            self.go_on_rebuilding();
        }
    }

    pub(super) fn incoming(
        &mut self,
        now: Now,
        generation: u32,
        header: Header,
        whole: Option<&Frame>,
    ) {
        if !self.is_current(generation) {
            return;
        }
        self.alive();
        if self.is_for_viewer(header) {
            self.effects.push_back(Effect::Deliver);
        }
        match (&self.state, whole) {
            (&State::Registering { request_id }, Some(frame))
                if answers(header, H::REPLY, request_id) =>
            {
                self.register_reply(now, frame);
            }
            (&State::Resuming { request_id, since, bytes }, Some(frame))
                if answers(header, EventType::ResumeSessionAck, request_id) =>
            {
                self.resume_reply(now, frame, since, bytes);
            }
            (_, Some(frame)) if self.is_at_work() => {
                if let Err(unreadable) = self.tracker.received(frame) {
                    self.unreadable(unreadable.header, unreadable.length);
                }
            }
            (_, None) if self.is_at_work() => {
                self.tracker.answered(header);
            }
            // Only what was asked before is answered.
            _ if self.resumes_at_work() && self.tracker.answered(header) => self.fulfil(header),
            _ => {}
        }
        if matches!(self.state, State::Active) {
            self.fulfil(header);
            self.adopt_when_open(now);
        }
    }

    /// Settles a request of [`Self::request`], matched on type and id.
    fn fulfil(&mut self, header: Header) {
        let request_id = header.request_id;
        let asked = self.requests.iter().find(|(id, _)| *id == request_id);
        if asked.is_some_and(|(_, event)| event.answer() == header.event()) {
            self.take_request(request_id);
            self.effects.push_back(Effect::Fulfilled { request_id });
        }
    }

    pub(super) fn abort(&mut self, request_id: u32) {
        let Some(event) = self.take_request(request_id) else { return };
        if !self.queue.remove_request(event, request_id) {
            self.tracker.forget(event, request_id);
        }
    }

    fn take_request(&mut self, request_id: u32) -> Option<EventType> {
        let at = self.requests.iter().position(|(id, _)| *id == request_id)?;
        Some(self.requests.remove(at).1)
    }

    /// Settles what will never be answered: each to the one who asked.
    pub(super) fn give_up_on(&mut self, requests: Vec<Frame>, problem: Problem) {
        let mut frames = Vec::new();
        for request in requests {
            let header = request.header();
            self.refuse(&request, &problem.message);
            let request_id = header.request_id;
            if self.take_request(request_id).is_some() {
                let problem = problem.clone().about(vec![header]);
                self.effects.push_back(Effect::Rejected { request_id, problem });
            } else {
                frames.push(header);
            }
        }
        if !frames.is_empty() {
            self.effects.push_back(Effect::Error(problem.about(frames)));
        }
    }

    pub(super) fn unreadable(&mut self, header: Header, length: usize) {
        let message = "A frame of the backend's does not decode. It is passed on, and the \
                       connection goes on.";
        let problem = Problem::new(Code::UnreadableFrame, message).about(vec![header]);
        self.effects.push_back(Effect::Error(Problem { length: Some(length), ..problem }));
    }
}
