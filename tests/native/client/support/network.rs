//! The wire between the viewer and the backend, on a virtual clock.

use std::collections::BTreeMap;

use carta_resume::{
    client::{Answer, Now, login::Barrier},
    protocol::Frame,
};

/// True time, and the monotonic clock, which may stand still during a sleep.
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

/// Something that will happen.
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
    /// Something stands in the way of a socket.
    Barred { generation: u32, by: Barrier },
    /// A probe has an outcome.
    Probed { answered: bool },
    /// The user answers.
    Answer { offer: u32, answer: Answer },
    /// The viewer's question throws.
    AnswerFails { offer: u32 },
}

/// What becomes of an attempt to connect.
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
    /// The viewer still listens to it.
    pub heard: bool,
    /// The backend has it open.
    pub served: bool,
    /// What is sent, either way, is swallowed.
    pub silent: bool,
    busy_until: u64,
    last_to_backend: u64,
    last_to_viewer: u64,
}

/// How long a backend takes to find out that a peer is gone that does not
/// answer its protocol pings.
const PEER_TIMEOUT_MS: u64 = 120_000;

pub struct Network {
    pub latency_ms: u64,
    pub reach: Reach,
    /// Somebody answers HTTP at the backend's address.
    pub answers_http: bool,
    pub sockets: BTreeMap<u32, Socket>,
    agenda: BTreeMap<(u64, u64), Event>,
    sequence: u64,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            latency_ms: 10,
            reach: Reach::Open,
            answers_http: false,
            sockets: BTreeMap::new(),
            agenda: BTreeMap::new(),
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
        self.agenda.keys().next().map(|&(when, _)| when)
    }

    pub fn take_due(&mut self, now: u64) -> Option<Event> {
        self.next().filter(|&when| when <= now)?;
        self.agenda.pop_first().map(|(_, event)| event)
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

    /// A socket is there that nobody asked for.
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

    /// Messages of one socket overtake each other neither on the way nor in
    /// the backend.
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
        let sent = now.max(socket.busy_until);
        let arrival = (sent + self.latency_ms).max(socket.last_to_viewer);
        socket.last_to_viewer = arrival;
        self.at(arrival, Event::ToViewer { generation, message });
    }

    /// The backend answers nothing more on this socket for so long.
    pub fn occupy(&mut self, now: u64, generation: u32, for_ms: u64) {
        let socket = self.sockets.entry(generation).or_default();
        socket.busy_until = now.max(socket.busy_until) + for_ms;
    }

    /// Every connection ends, and both sides learn of it.
    pub fn cut(&mut self, now: u64) {
        for (generation, socket) in self.sockets.clone() {
            if socket.served && !socket.silent {
                self.at(now, Event::Gone { generation });
                self.at(now + self.latency_ms, Event::Closed { generation });
            }
        }
        // Nothing that is under way arrives.
        for socket in self.sockets.values_mut() {
            socket.silent = true;
        }
        self.agenda.retain(|_, event| !matches!(event, Event::ToBackend { .. }));
        self.agenda.retain(|_, event| !matches!(event, Event::ToViewer { .. }));
    }

    /// Every connection goes dead without a word.
    pub fn silence(&mut self) {
        for socket in self.sockets.values_mut() {
            socket.silent = true;
        }
        self.agenda.retain(|_, event| !matches!(event, Event::ToBackend { .. }));
        self.agenda.retain(|_, event| !matches!(event, Event::ToViewer { .. }));
    }
}
