//! The main type: what goes in, what comes out, and what it is made of.

use std::collections::VecDeque;

use fastrand::Rng;

use super::{
    Driver, Effect, Input, Now, Options, Status,
    attempts::Attempts,
    drop_in::Registrar,
    liveness::{Deaths, Page},
    question::Question,
    queue::Queue,
    rebuild::Rebuilding,
    register::Session,
    remaking::Remaking,
    requests::Requests,
    second_socket::SecondSocket,
    state::State,
    timers::{Deadline, Timer, Timers},
};
use crate::{
    protocol::{carta::Carta, handshake::Handshake},
    tracking::Tracker,
    workspace::IdSet,
};

/// One client: its connection, what it keeps of the viewer's state, and what
/// waits to be sent. `D` drives it, `H` is the protocol's opening conversation.
///
/// # Order of calls
///
/// 1. [`new`](Self::new), then, before the first connection, what an earlier page
///    kept: [`adopt_session_id`](Self::adopt_session_id), [`adopt`](Self::adopt).
/// 2. An input or a command.
/// 3. [`poll_effect`](Self::poll_effect) until there is none. Effects are carried
///    out in order, with the machine let go, so that a callback may call back in.
/// 4. [`next_deadline`](Self::next_deadline): [`Input::Timeout`] is due then. Spurious
///    and late timeouts do nothing, see [`Timer`].
/// 5. On from 2, until [`is_closed`](Self::is_closed).
///
/// # Inputs: what has happened
///
/// * [`handle`](Self::handle) takes all of them.
/// * [`wants`](Self::wants) is asked before each incoming frame: only what is wanted
///   is [`Input::Frame`], anything else [`Input::Skimmed`].
/// * [`heard`](Self::heard), [`sent_first`](Self::sent_first): frames that have passed
///   without asking this client.
///
/// # Outputs: what is to be done
///
/// * [`poll_effect`](Self::poll_effect), [`next_deadline`](Self::next_deadline).
///
/// # Commands: what the viewer wants
///
/// * [`send`](Self::send), [`request`](Self::request).
/// * [`tracker_mut`](Self::tracker_mut), followed by [`touched`](Self::touched): the
///   viewer states its workspace.
/// * [`restore`](Self::restore): a workspace from the archive.
/// * [`stop_remaking`](Self::stop_remaking): images are not made again.
/// * [`take_over`](Self::take_over): a socket that a viewer has opened itself, in place
///   of [`Input::Connect`].
///
/// # Commands: what was stored
///
/// * [`adopt_session_id`](Self::adopt_session_id), [`adopt`](Self::adopt),
///   [`offer_for_rebuilding`](Self::offer_for_rebuilding): an earlier page's.
/// * [`disown_session_id`](Self::disown_session_id): another page has it now.
///
/// # Getters
///
/// * The connection: [`status`](Self::status), [`is_connected`](Self::is_connected),
///   [`is_closed`](Self::is_closed), [`generation`](Self::generation),
///   [`awaits_socket`](Self::awaits_socket), [`direct_version`](Self::direct_version).
/// * The session: [`session_id`](Self::session_id), [`tracker`](Self::tracker),
///   [`saved_at`](Self::saved_at), [`queued_bytes`](Self::queued_bytes).
#[derive(Debug)]
pub struct Machine<D: Driver, H = Carta> {
    pub(super) options: Options,
    pub(super) handshake: H,
    /// Who says who the viewer is.
    pub(super) registrar: Registrar,
    pub(super) rng: Rng,

    /// The moment of the input that is handled, or was the last.
    pub(super) now: Now,
    pub(super) state: State,
    pub(super) timers: Timers,
    pub(super) effects: VecDeque<Effect<D>>,
    /// As it was told last.
    status: Status,

    /// Number of the socket in use, or of the last.
    pub(super) generation: u32,
    /// Number of the newest socket.
    pub(super) newest_generation: u32,
    /// Tried beside the one in use when that is silent.
    pub(super) second: Option<SecondSocket>,
    pub(super) deaths: Deaths,
    pub(super) attempts: Attempts,
    pub(super) page: Page,

    pub(super) session: Session,
    pub(super) tracker: Tracker,
    pub(super) queue: Queue,
    pub(super) requests: Requests,
    /// Catalogs that are not wanted any more and the backend may still have.
    pub(super) unwanted_catalogs: IdSet,

    pub(super) question: Question,
    /// Questions about files: request ids, and the images that they are about.
    pub(super) asked_files: Vec<(u32, i32)>,
    /// Why channels were refused, by the backend's words, during the resume.
    pub(super) refused_channels: Vec<String>,
    /// What a viewer that starts empty is rebuilt from.
    pub(super) rebuilding: Option<Rebuilding>,
    /// Images that are gone and that the viewer has been called to close.
    pub(super) ghosts: IdSet,
    /// Images that are gone and that the user wants made again.
    pub(super) remaking: Remaking,
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// A machine at rest. `seed` makes the jitter differ between clients.
    pub fn new(options: Options, handshake: H, seed: u64, now: Now) -> Self {
        Self {
            handshake,
            registrar: Registrar::Client,
            rng: Rng::with_seed(seed),
            now,
            state: State::Idle,
            timers: Timers::default(),
            effects: VecDeque::new(),
            status: Status::idle(),
            generation: 0,
            newest_generation: 0,
            second: None,
            deaths: Deaths::default(),
            attempts: Attempts::default(),
            page: Page::default(),
            session: Session::default(),
            tracker: Tracker::new(options.max_answers),
            queue: Queue::new(options.queue.clone()),
            requests: Requests::new(),
            unwanted_catalogs: IdSet::new(),
            question: Question::new(now),
            asked_files: Vec::new(),
            refused_channels: Vec::new(),
            rebuilding: None,
            ghosts: IdSet::new(),
            remaking: Remaking::default(),
            options,
        }
    }

    // Inputs

    /// Takes note of what happened.
    pub fn handle(&mut self, now: Now, input: Input<D>) {
        if self.is_closed() {
            return;
        }
        self.note_time(now);
        match input {
            Input::Connect => self.connect(),
            Input::RetryNow => self.retry_now(),
            Input::Close => self.close(),
            Input::Opened { generation } => self.opened(generation),
            Input::Lost { generation } => self.socket_lost(generation),
            Input::NoAddress { generation, message, cause } => {
                self.no_address(generation, &message, cause);
            }
            Input::Barred { generation, by } => self.barred(generation, by),
            Input::Probed { answered } => self.probed(answered),
            Input::Frame { generation, frame, message } => {
                self.incoming(generation, frame.header(), Some(&frame), message);
            }
            Input::Skimmed { generation, header, message } => {
                self.incoming(generation, header, None, message);
            }
            Input::Text { generation, pong } => self.text(generation, pong),
            Input::Abort { request_id } => self.abort(request_id),
            Input::Ticked { offer, calculations } => self.ticked(offer, calculations),
            Input::Answered { offer, answer } => self.answered(offer, answer),
            Input::AnswerFailed { offer, message, cause } => {
                self.answer_failed(offer, &message, cause);
            }
            Input::Online => self.woke(true),
            Input::Offline => self.probe(true),
            Input::Visible => {
                self.page.hidden = false;
                self.woke(false);
            }
            Input::Hidden => self.page.hidden = true,
            Input::Suspended => self.page.suspended = true,
            Input::Awake => {
                self.page.suspended = false;
                self.slept();
            }
            Input::Timeout => self.timeouts(),
        }
        self.refresh_status();
    }

    fn timeouts(&mut self) {
        if self.page.suspended {
            return;
        }
        while let Some((timer, due)) = self.timers.take_due(self.now.monotonic) {
            match timer {
                Timer::Retry => self.retry_due(due),
                Timer::Connect => self.connect_overdue(due),
                Timer::Register => self.register_overdue(due),
                Timer::Resume => self.resume_overdue(due),
                Timer::Rebuild => self.rebuilding_overdue(due),
                Timer::Remake => self.remake_overdue(),
                Timer::Ping => self.ping(),
                Timer::Liveness => self.silence(due),
                Timer::Second => self.second_due(due),
                Timer::Stable => self.attempts.settled(),
            }
        }
    }

    // Outputs

    /// The next thing to do.
    pub fn poll_effect(&mut self) -> Option<Effect<D>> {
        self.effects.pop_front()
    }

    /// What is due next; none while the page is suspended.
    pub fn next_deadline(&self) -> Option<Deadline> {
        if self.page.suspended { None } else { self.timers.next() }
    }

    /// Tells the viewer its status if that has changed.
    pub(super) fn refresh_status(&mut self) {
        let status = Status {
            phase: self.state.phase(),
            attempt: self.attempts.count,
            retry_in_ms: self.state.retry_in_ms(),
            session_id: self.session.id,
            session_type: self.session.kind,
            latency_ms: self.state.socket().and_then(|socket| socket.latency_ms),
            silent_since: self.silent_since(),
            error: self.state.problem().cloned(),
        };
        if status != self.status {
            self.status = status;
            self.effects.push_back(Effect::Status);
        }
    }

    // Getters

    /// Where the connection stands.
    pub const fn status(&self) -> &Status {
        &self.status
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

    /// Number of the socket in use, or of the last.
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// Is a socket of this number to be opened?
    pub fn awaits_socket(&self, generation: u32) -> bool {
        let is_first = generation == self.generation;
        is_first && matches!(self.state, State::Connecting { .. }) || self.awaits_second(generation)
    }

    /// Has a socket opened that is still counted on?
    pub const fn is_connected(&self) -> bool {
        self.state.socket().is_some() && !matches!(self.state, State::Connecting { .. })
    }

    /// Was it closed for good?
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    /// Is this the socket in use?
    pub(super) const fn is_current(&self, generation: u32) -> bool {
        generation == self.generation && self.state.socket().is_some()
    }
}
