//! Request ids of this client's own, and the requests of the viewer's that are
//! asked under them.

use super::{Code, Driver, Effect, Machine, Now, Problem};
use crate::protocol::{EventType, Frame, Header, handshake::Handshake};

/// First request id of our own. Viewers count up from 1.
pub(super) const FIRST_OWN_ID: u32 = 0xF000_0001;

#[derive(Debug)]
pub(super) struct Requests {
    next_id: u32,
    /// What [`Machine::request`] has given out and nobody has answered.
    unanswered: Vec<(u32, EventType)>,
}

impl Requests {
    pub(super) const fn new() -> Self {
        Self { next_id: FIRST_OWN_ID, unanswered: Vec::new() }
    }

    pub(super) const fn next_id(&self) -> u32 {
        self.next_id
    }

    fn new_id(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id = if id == u32::MAX { FIRST_OWN_ID } else { id + 1 };
        id
    }

    fn take(&mut self, request_id: u32) -> Option<EventType> {
        let at = self.unanswered.iter().position(|(id, _)| *id == request_id)?;
        Some(self.unanswered.remove(at).1)
    }

    /// Does this header answer one of them, by its type and id?
    pub(super) fn are_answered_by(&self, header: Header) -> bool {
        let asked = self.unanswered.iter().find(|(id, _)| *id == header.request_id);
        asked.is_some_and(|(_, event)| event.answer() == header.event())
    }

    pub(super) fn has(&self, request_id: u32) -> bool {
        self.unanswered.iter().any(|(id, _)| *id == request_id)
    }

    pub(super) fn take_all(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.unanswered).into_iter().map(|(id, _)| id).collect()
    }
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Sends a request of the viewer's under an id of our own, which is
    /// returned. [`Effect::Fulfilled`] or [`Effect::Rejected`] settles it.
    pub fn request(&mut self, now: Now, event_type: u16, payload: &[u8]) -> Result<u32, Problem> {
        self.note_time(now);
        let icd_version = self.own.handshake.version();
        let header = Header { event_type, icd_version, request_id: self.new_request_id() };
        self.accept(header)?;
        let Some(event) = header.event().filter(|event| event.answer().is_some()) else {
            let message = "The backend does not answer this event type. Use send() for it.";
            return Err(Problem::new(Code::InvalidFrame, message).about(vec![header]));
        };
        self.dispatch(Frame::from_payload(header, payload))?;
        self.own.requests.unanswered.push((header.request_id, event));
        Ok(header.request_id)
    }

    /// Settles the request that this answers; `None` = it answers none.
    pub(super) fn fulfil(&mut self, header: Header, answer: Option<D::Message>) {
        let request_id = header.request_id;
        if let Some(message) = answer
            && self.own.requests.take(request_id).is_some()
        {
            self.effects.push_back(Effect::Fulfilled { request_id, message });
        }
    }

    /// The viewer does not wait for an answer any more.
    pub(super) fn abort(&mut self, request_id: u32) {
        let Some(event) = self.own.requests.take(request_id) else { return };
        if !self.own.queue.remove_request(event, request_id) {
            self.own.tracker.forget(event, request_id);
        }
    }

    /// Settles what will never be answered: each to the one who asked.
    pub(super) fn give_up_on(&mut self, requests: Vec<Frame>, problem: Problem) {
        let mut frames = Vec::new();
        for request in requests {
            let header = request.header();
            self.refuse(&request, &problem.message);
            let request_id = header.request_id;
            if self.own.requests.take(request_id).is_some() {
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

    /// An id that the viewer does not wait for itself.
    pub(super) fn new_request_id(&mut self) -> u32 {
        loop {
            let id = self.own.requests.new_id();
            if !(self.is_drop_in() && self.own.tracker.awaits(id)) {
                return id;
            }
        }
    }

    /// Sends a frame of our own making. Gives its request id and its size.
    pub(super) fn send_own(&mut self, event: EventType, payload: &[u8]) -> (u32, usize) {
        let request_id = self.new_request_id();
        let header = Header {
            event_type: event.number(),
            icd_version: self.own.handshake.version(),
            request_id,
        };
        let frame = Frame::from_payload(header, payload);
        let bytes = frame.bytes().len();
        self.push_frame(frame);
        (request_id, bytes)
    }
}
