//! The life of a connection as a state machine.

mod archive;
mod attempts;
pub mod backoff;
mod connection;
mod drop_in;
mod handling;
mod input;
mod liveness;
pub mod offer;
pub mod options;
pub mod problem;
mod queue;
mod rebuilding;
mod restore;
mod status;
pub mod store;
pub mod time;
pub mod timers;
mod traffic;

use std::collections::{BTreeSet, VecDeque};

use fastrand::Rng;

use crate::{
    protocol::{EventType, Frame, Header, carta::Carta, handshake::Handshake},
    tracking::Tracker,
};

use attempts::Attempts;
use drop_in::{Registered, Registrar};
pub use input::{Effect, Input};
pub use offer::{Answer, Offer, Report};
use offer::{Kept, Reason, SessionType};
pub use options::Options;
pub use problem::{Code, Problem};
use queue::Queue;
use rebuilding::Rebuilding;
pub use status::{Phase, Status};
pub use time::Now;
use timers::Timers;

/// First request id of our own. Viewers count up from 1.
const FIRST_REQUEST_ID: u32 = 0xF000_0001;

/// One client: its connection, what it keeps of the viewer's state, and what
/// waits to be sent.
///
/// * Getters: [`status`](Self::status), [`tracker`](Self::tracker),
///   [`session_id`](Self::session_id).
/// * Commands of the viewer: [`send`](Self::send), [`request`](Self::request),
///   [`tracker_mut`](Self::tracker_mut) followed by
///   [`touched`](Self::touched).
/// * What happens: [`handle`](Self::handle); before each incoming frame,
///   [`wants`](Self::wants).
/// * What to do: after every command and every input,
///   [`poll_effect`](Self::poll_effect) until there is none, then
///   [`next_deadline`](Self::next_deadline), at which [`Input::Timeout`] is
///   due. Spurious and late timeouts do no harm.
#[derive(Debug)]
pub struct Machine<H = Carta> {
    options: Options,
    handshake: H,
    registrar: Registrar,
    rng: Rng,
    tracker: Tracker,
    queue: Queue,
    state: State,
    timers: Timers,
    effects: VecDeque<Effect>,
    status: Status,
    last: Now,

    /// Number of the newest socket.
    generation: u32,
    attempts: Attempts,

    session_id: u32,
    /// Another page has it now.
    disowned: bool,
    session_type: Option<SessionType>,
    next_request_id: u32,
    /// The first request id of our own on this connection.
    first_own_id: u32,
    /// What [`Machine::request`] has given out and nobody has answered.
    requests: Vec<(u32, EventType)>,
    /// The question that is open, or answered and not carried out.
    question: Option<Question>,
    next_offer: u32,
    /// Why the workspace would have to be restored.
    reason: Reason,
    /// The question about a workspace from the archive, by its offer.
    archived: Option<(u32, Kept)>,
    /// What a viewer that starts empty is rebuilt from.
    rebuilding: Option<Rebuilding>,
    /// What the viewer's own REGISTER_VIEWER said.
    registered: Option<Registered>,
    /// When the workspace was last known to be the backend's state.
    saved_at: u64,
    /// Catalogs that are not wanted any more and the backend may still have.
    unwanted_catalogs: BTreeSet<i32>,

    /// When the oldest PING was sent since anything came in.
    silent_since: Option<u64>,
    latency_ms: Option<u64>,
    hidden: bool,
    suspended: bool,
    /// What ended the last attempt, until one succeeds.
    problem: Option<Problem>,
}

#[derive(Debug)]
enum State {
    Idle,
    Connecting,
    Registering { request_id: u32 },
    Confirming { message: String },
    Resuming { request_id: u32, since: u64, bytes: usize },
    Active,
    Waiting { delay_ms: u64 },
    Failed,
    Closed,
}

#[derive(Debug)]
struct Question {
    offer: u32,
    answer: Option<Answer>,
    /// The viewer could not ask; it is asked again at the next occasion.
    broken: bool,
    /// Connections lost while a yes was being carried out.
    failed_resumes: u32,
    /// It is carried out on the connection on which the viewer was at work.
    at_work: bool,
}

impl Question {
    const fn new(offer: u32) -> Self {
        Self { offer, answer: None, broken: false, failed_resumes: 0, at_work: false }
    }
}

impl<H: Handshake> Machine<H> {
    /// A machine at rest. `seed` makes the jitter differ between clients.
    pub fn new(options: Options, handshake: H, seed: u64, now: Now) -> Self {
        Self {
            queue: Queue::new(options.queue.clone()),
            handshake,
            registrar: Registrar::Client,
            rng: Rng::with_seed(seed),
            tracker: Tracker::new(options.max_answers),
            options,
            state: State::Idle,
            timers: Timers::default(),
            effects: VecDeque::new(),
            status: Status {
                phase: Phase::Idle,
                attempt: 0,
                retry_in_ms: None,
                session_id: 0,
                session_type: None,
                latency_ms: None,
                error: None,
            },
            last: now,
            generation: 0,
            attempts: Attempts::default(),
            session_id: 0,
            disowned: false,
            session_type: None,
            next_request_id: FIRST_REQUEST_ID,
            first_own_id: FIRST_REQUEST_ID,
            requests: Vec::new(),
            question: None,
            next_offer: 1,
            reason: Reason::ConnectionLost,
            archived: None,
            rebuilding: None,
            registered: None,
            saved_at: now.wall,
            unwanted_catalogs: BTreeSet::default(),
            silent_since: None,
            latency_ms: None,
            hidden: false,
            suspended: false,
            problem: None,
        }
    }

    /// Where the connection stands.
    pub const fn status(&self) -> &Status {
        &self.status
    }

    /// The session id to present on the next connection, 0 = none.
    pub const fn session_id(&self) -> u32 {
        self.session_id
    }

    /// When the workspace was last known to be the backend's state, in
    /// milliseconds since 1970.
    pub const fn saved_at(&self, now: Now) -> u64 {
        if matches!(self.state, State::Active) { now.wall } else { self.saved_at }
    }

    /// Takes up the session id that an earlier page kept for this backend,
    /// unless there is one already.
    pub fn adopt_session_id(&mut self, session_id: u32) {
        if self.session_id == 0 {
            self.session_id = session_id;
        }
    }

    /// Another page has this session id now: the next connection presents none.
    pub const fn disown_session_id(&mut self) {
        self.disowned = true;
    }

    /// Takes up what an earlier page kept for this backend. The user is asked
    /// on the next connection. False if the viewer has stated a workspace of
    /// its own before, or is done.
    pub fn adopt(&mut self, kept: Kept) -> bool {
        if self.is_closed() {
            return false;
        }
        self.adopt_session_id(kept.session_id);
        if !self.tracker.workspace().is_empty() {
            return false;
        }
        (self.reason, self.saved_at) = (kept.reason, kept.saved_at);
        *self.tracker.workspace_mut() = kept.workspace;
        true
    }

    /// What is kept of the viewer's state.
    pub const fn tracker(&self) -> &Tracker {
        &self.tracker
    }

    /// For the viewer's own statements about its state; afterwards, call
    /// [`Self::touched`].
    pub const fn tracker_mut(&mut self) -> &mut Tracker {
        &mut self.tracker
    }

    /// Is a socket of this number to be opened?
    pub const fn awaits_socket(&self, generation: u32) -> bool {
        generation == self.generation && matches!(self.state, State::Connecting)
    }

    /// Number of the newest socket.
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// Has a socket opened that is still counted on?
    pub const fn is_connected(&self) -> bool {
        self.has_socket() && !matches!(self.state, State::Connecting)
    }

    /// Was it closed for good?
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Is this the socket in use?
    const fn is_current(&self, generation: u32) -> bool {
        generation == self.generation && self.has_socket()
    }

    const fn has_socket(&self) -> bool {
        match self.state {
            State::Connecting
            | State::Registering { .. }
            | State::Confirming { .. }
            | State::Resuming { .. }
            | State::Active => true,
            State::Idle | State::Waiting { .. } | State::Failed | State::Closed => false,
        }
    }

    /// An id that the viewer does not wait for itself.
    fn new_request_id(&mut self) -> u32 {
        loop {
            let id = self.next_request_id;
            self.next_request_id = if id == u32::MAX { FIRST_REQUEST_ID } else { id + 1 };
            if !(self.is_drop_in() && self.tracker.awaits(id)) {
                return id;
            }
        }
    }

    /// Sends a frame of our own making.
    fn send_own(&mut self, event: EventType, payload: &[u8]) -> (u32, usize) {
        let request_id = self.new_request_id();
        let header = Header {
            event_type: event.number(),
            icd_version: self.handshake.version(),
            request_id,
        };
        let frame = Frame::from_payload(header, payload);
        let bytes = frame.bytes().len();
        self.push_frame(frame);
        (request_id, bytes)
    }

    /// A frame of the viewer's in the version that the backend speaks. One that
    /// has another version than the viewer's own is left as it is.
    fn translated(&self, frame: Frame) -> Frame {
        let version = frame.header().icd_version;
        if self.registered.is_some_and(|own| own.icd_version != version) {
            return frame;
        }
        frame.with_icd_version(self.handshake.version())
    }

    fn push_frame(&mut self, frame: Frame) {
        self.effects.push_back(Effect::Send { generation: self.generation, frame });
    }
}

fn answers(header: Header, event: EventType, request_id: u32) -> bool {
    header.event_type == event.number() && header.request_id == request_id
}
