//! Every frame that the viewer sent is delivered once and in order, or reported.

use super::driver::Effect;
use std::collections::{BTreeMap, BTreeSet};

use carta_resume::{
    client::Problem,
    protocol::{EventType, Frame, Header},
};

/// Type and request id: the harness gives every frame its own.
type Key = (u16, u32);

#[derive(Debug)]
struct Sent {
    key: Key,
    /// The last socket that it was sent on.
    socket: Option<u32>,
    answered: bool,
    /// How many sockets were lost while it was unanswered on them.
    losses: usize,
    /// Reported, or given up by the viewer.
    settled: bool,
    /// A resume may have brought its effect to the backend.
    absorbed: bool,
}

/// What the viewer has sent, and what happened to it.
#[derive(Debug, Default)]
pub struct Traffic {
    sent: Vec<Sent>,
    index: BTreeMap<Key, usize>,
    /// The newest frame on the socket in use.
    last_on_socket: Option<usize>,
    /// Requests that wait for their promise.
    requests: BTreeSet<u32>,
}

impl Traffic {
    pub fn sent(&mut self, header: Header, at_work: bool) {
        let key = (header.event_type, header.request_id);
        let answer = header.event().and_then(EventType::answer);
        let absorbed = !at_work && answer.is_none();
        self.index.insert(key, self.sent.len());
        self.sent.push(Sent {
            key,
            socket: None,
            answered: false,
            losses: 0,
            settled: false,
            absorbed,
        });
    }

    pub fn requested(&mut self, event: EventType, request_id: u32) {
        let header = Header { event_type: event.number(), icd_version: 0, request_id };
        self.sent(header, true);
        assert!(self.requests.insert(request_id), "an id was given out twice");
    }

    pub fn is_the_viewers(&self, header: Header) -> bool {
        self.index.contains_key(&(header.event_type, header.request_id))
    }

    pub fn socket_changed(&mut self) {
        self.last_on_socket = None;
    }

    pub fn socket_lost(&mut self, generation: u32) {
        for sent in &mut self.sent {
            let asks = EventType::from_number(sent.key.0).is_some_and(|it| it.answer().is_some());
            if asks && sent.socket == Some(generation) && !sent.answered {
                sent.losses += 1;
            }
        }
    }

    pub fn transmitted(&mut self, socket: u32, frame: &Frame) {
        let header = frame.header();
        let Some(&at) = self.index.get(&(header.event_type, header.request_id)) else { return };
        if header.event() == Some(EventType::StartAnimation) && self.sent[at].answered {
            // A resume repeats it, once on each connection.
            assert_ne!(self.sent[at].socket.replace(socket), Some(socket), "{header:?} again");
            return;
        }
        let in_order = self.last_on_socket.is_none_or(|last| last < at);
        assert!(in_order, "{header:?} again, or out of order");
        self.last_on_socket = Some(at);
        let sent = &mut self.sent[at];
        assert!(!sent.settled, "{header:?} was given up");
        assert!(!sent.answered, "{header:?} was answered");
        assert!(sent.losses < 2, "{header:?} a third time");
        sent.socket = Some(socket);
    }

    /// A frame came in from the backend. It answers only what was sent on the
    /// same socket.
    pub fn received(&mut self, socket: u32, header: Header) {
        for sent in &mut self.sent {
            let event = EventType::from_number(sent.key.0).and_then(EventType::answer);
            let answers = event.is_some() && event == header.event();
            if answers && sent.key.1 == header.request_id && sent.socket == Some(socket) {
                sent.answered = true;
            }
        }
    }

    pub fn aborted(&mut self, request_id: u32) {
        if self.requests.remove(&request_id) {
            self.give_up(|key| key.1 == request_id);
        }
    }

    pub fn reported(&mut self, problem: &Problem) {
        let keys: BTreeSet<Key> =
            problem.frames.iter().map(|header| (header.event_type, header.request_id)).collect();
        self.give_up(|key| keys.contains(&key));
    }

    /// Promises are settled only once.
    pub fn effect(&mut self, effect: &Effect) {
        match effect {
            Effect::Fulfilled { request_id, message } => {
                assert_eq!(message.header().request_id, *request_id, "the answer to another");
                assert!(self.requests.remove(request_id), "fulfilled twice or unasked");
                self.give_up(|key| key.1 == *request_id);
            }
            Effect::Rejected { request_id, .. } => {
                assert!(self.requests.remove(request_id), "rejected twice or unasked");
                self.give_up(|key| key.1 == *request_id);
            }
            Effect::Error(problem) => self.reported(problem),
            _ => {}
        }
    }

    fn give_up(&mut self, matches: impl Fn(Key) -> bool) {
        for sent in self.sent.iter_mut().filter(|sent| matches(sent.key)) {
            sent.settled = true;
        }
    }

    /// The machine is at work on `socket`: nothing is left behind.
    pub fn assert_complete(&self, socket: u32) {
        for sent in self.sent.iter().filter(|sent| !sent.settled && !sent.answered) {
            let name = EventType::from_number(sent.key.0);
            assert!(
                sent.socket.is_some() || sent.absorbed,
                "{name:?} {} was never sent",
                sent.key.1
            );
            let waits = name.is_some_and(|event| event.answer().is_some());
            let asked = sent.socket == Some(socket);
            assert!(!waits || asked, "{name:?} {} was not asked again", sent.key.1);
        }
    }

    /// The client was closed: whatever was never sent was reported.
    pub fn assert_closed(&self) {
        assert!(self.requests.is_empty(), "promises that never settle: {:?}", self.requests);
        for sent in self.sent.iter().filter(|sent| !sent.settled) {
            let known = sent.socket.is_some() || sent.absorbed;
            assert!(known, "{:?} was neither sent nor reported", sent.key);
        }
    }
}
