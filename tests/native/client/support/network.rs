//! The wire between the viewer and the backend, on a virtual clock.

use std::collections::BTreeMap;

use carta_resume::{
    client::{Answer, Now, login::Barrier},
    protocol::Frame,
};

/// Real time, and the monotonic clock, which may stand still during a sleep.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    pub wall: u64,
    pub stood_still: u64,
}

impl Default for Clock {
    fn default() -> Self {
        Self { wall: 1_700_000_000_000, stood_still: 1_699_999_999_000 }
    }
}

impl Clock {
    pub fn now(&self) -> Now {
        Now { monotonic: self.wall - self.stood_still, wall: self.wall }
    }
}

#[derive(Clone, Debug)]
pub enum Message {
    Binary(Frame),
    Ping,
    Pong,
}

/// Something that is going to happen.
#[derive(Clone, Debug)]
pub enum Event {
    /// A socket opens, or does not.
    Settled { generation: u32, opens: bool },
    /// A message arrives at the backend.
    ToBackend { generation: u32, message: Message },
    /// A message arrives at the viewer.
    ToViewer { generation: u32, message: Message },
    /// The viewer hears that a socket is closed.
    Closed { generation: u32 },
    /// The backend hears that a socket is closed.
    Gone { generation: u32 },
    /// The backend dies.
    Dies,
    /// Something keeps sockets from being opened.
    Barred { generation: u32, by: Barrier },
    /// A probe has an outcome.
    Probed { answered: bool },
    /// The user answers.
    Answer { offer: u32, answer: Answer },
    /// The viewer's question throws an exception.
    AnswerFails { offer: u32 },
}

/// What happens to an attempt to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Open,
    /// Closed at once.
    Refused,
    /// Nothing comes back.
    Silent,
}

/// One socket, both ends.
#[derive(Clone, Debug, Default)]
pub struct Socket {
    /// The viewer is still listening to it.
    pub heard: bool,
    /// The backend has it open.
    pub served: bool,
    /// Everything sent, in either direction, is swallowed.
    pub silent: bool,
    last_to_backend: u64,
    last_to_viewer: u64,
}

/// How long a backend takes to find out that a peer is gone, by protocol pings that are not
/// answered.
const PEER_TIMEOUT_MS: u64 = 120_000;

pub struct Network {
    pub latency_ms: u64,
    pub reach: Reach,
    /// Something answers HTTP at the backend's address.
    pub answers_http: bool,
    /// Bytes per second that a socket delivers to the viewer.
    pub rate: Option<u64>,
    /// Until then the backend's only socket thread is busy: it answers and accepts nobody.
    pub busy_until: u64,
    pub sockets: BTreeMap<u32, Socket>,
    agenda: BTreeMap<(u64, u64), Event>,
    /// What waits for the backend's socket thread, in order.
    held: BTreeMap<u64, Event>,
    sequence: u64,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            latency_ms: 10,
            reach: Reach::Open,
            answers_http: false,
            rate: None,
            busy_until: 0,
            sockets: BTreeMap::new(),
            agenda: BTreeMap::new(),
            held: BTreeMap::new(),
            sequence: 0,
        }
    }
}

impl Network {
    pub fn at(&mut self, when: u64, event: Event) {
        self.sequence += 1;
        self.agenda.insert((when, self.sequence), event);
    }

    pub fn next(&self) -> Option<u64> {
        let held = (!self.held.is_empty()).then_some(self.busy_until);
        self.agenda.keys().next().map(|&(when, _)| when).into_iter().chain(held).min()
    }

    pub fn take_due(&mut self, now: u64) -> Option<Event> {
        loop {
            self.next().filter(|&when| when <= now)?;
            if self.busy_until <= now {
                for (sequence, event) in std::mem::take(&mut self.held) {
                    let is_answer = matches!(event, Event::Settled { .. });
                    let latency = if is_answer { self.latency_ms } else { 0 };
                    self.agenda.insert((self.busy_until + latency, sequence), event);
                }
            }
            let ((when, sequence), event) = self.agenda.pop_first()?;
            let needs_backend = matches!(
                event,
                Event::ToBackend { .. } | Event::Gone { .. } | Event::Settled { opens: true, .. }
            );
            if when >= self.busy_until || !needs_backend {
                return Some(event);
            }
            self.held.insert(sequence, event);
        }
    }

    pub fn connect(&mut self, now: u64, generation: u32) {
        self.sockets.insert(generation, Socket { heard: true, ..Socket::default() });
        let opens = match self.reach {
            Reach::Open => true,
            Reach::Refused => false,
            Reach::Silent => return,
        };
        self.at(now + self.latency_ms, Event::Settled { generation, opens });
    }

    /// A socket exists that the machine did not open.
    pub fn is_open(&mut self, generation: u32) {
        self.sockets.insert(generation, Socket { heard: true, served: true, ..Socket::default() });
    }

    /// The viewer lets a socket go.
    pub fn shut(&mut self, now: u64, generation: u32) {
        let socket = self.sockets.entry(generation).or_default();
        socket.heard = false;
        let delay = if socket.silent { PEER_TIMEOUT_MS } else { self.latency_ms };
        self.at(now + delay, Event::Gone { generation });
    }

    /// Messages of one socket do not overtake each other, neither on the way nor in the backend.
    pub fn send(&mut self, now: u64, generation: u32, message: Message) {
        let socket = self.sockets.entry(generation).or_default();
        if socket.silent {
            return;
        }
        let arrival = (now + self.latency_ms).max(socket.last_to_backend);
        socket.last_to_backend = arrival;
        self.at(arrival, Event::ToBackend { generation, message });
    }

    pub fn reply(&mut self, now: u64, generation: u32, message: Message) {
        let socket = self.sockets.entry(generation).or_default();
        if socket.silent {
            return;
        }
        let size = match &message {
            Message::Binary(frame) => frame.bytes().len() as u64,
            Message::Ping | Message::Pong => 4,
        };
        let sent = now.max(self.busy_until);
        let begins = (sent + self.latency_ms).max(socket.last_to_viewer);
        let arrival = begins + self.rate.map_or(0, |rate| size * 1_000 / rate);
        socket.last_to_viewer = arrival;
        self.at(arrival, Event::ToViewer { generation, message });
    }

    /// The backend's socket thread is busy for this long.
    pub fn occupy(&mut self, now: u64, for_ms: u64) {
        self.busy_until = now.max(self.busy_until) + for_ms;
    }

    /// Every connection ends, and both sides learn of it.
    pub fn cut(&mut self, now: u64) {
        for (generation, socket) in self.sockets.clone() {
            if socket.served && !socket.silent {
                self.at(now, Event::Gone { generation });
                self.at(now + self.latency_ms, Event::Closed { generation });
            }
        }
        // Nothing that is under way arrives any more.
        for socket in self.sockets.values_mut() {
            socket.silent = true;
        }
        self.lose_messages();
    }

    fn lose_messages(&mut self) {
        let is_kept =
            |event: &Event| !matches!(event, Event::ToBackend { .. } | Event::ToViewer { .. });
        self.agenda.retain(|_, event| is_kept(event));
        self.held.retain(|_, event| is_kept(event));
    }

    /// Every connection goes dead without notice.
    pub fn silence(&mut self) {
        for socket in self.sockets.values_mut() {
            socket.silent = true;
        }
        self.lose_messages();
    }
}
