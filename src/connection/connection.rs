//! The main type: what goes in, what comes out, and what it is made of.

use std::collections::VecDeque;

use fastrand::Rng;

use super::{
    Now, Options, Protocol, Status, Wanted,
    attempts::Attempts,
    liveness::{Deaths, Page},
    second_socket::SecondSocket,
    state::State,
    timers::{Deadline, Timer, Timers},
};

/// One connection that is tried again and again, and what a protocol brings to it.
///
/// # Order of calls
///
/// 1. An input, by [`handle`](Self::handle), or a command of the protocol's.
/// 2. [`poll_effect`](Self::poll_effect) until there is none. Effects are carried
///    out in order, with the connection let go, so that a callback may call back in.
/// 3. [`next_deadline`](Self::next_deadline): the protocol's input for a timeout is due
///    then. Spurious and late timeouts do nothing, see [`Timer`].
/// 4. On from 1, until [`is_closed`](Self::is_closed).
///
/// # For protocols
///
/// Inputs that are the same for all of them have a method here and in `reconnect`,
/// `liveness` and `closing`; [`Protocol::handle`] calls it.
#[derive(Debug)]
pub struct Connection<P: Protocol> {
    pub(crate) options: Options,
    /// What the protocol brings, with what it remembers.
    pub(crate) own: P,
    pub(crate) rng: Rng,

    /// The moment of the input that is handled, or was the last.
    pub(crate) now: Now,
    pub(crate) state: State,
    pub(crate) timers: Timers,
    pub(crate) effects: VecDeque<P::Effect>,
    /// As it was told last.
    status: Status<P::SessionId>,

    /// Number of the socket in use, or of the last.
    pub(crate) generation: u32,
    /// Number of the newest socket.
    pub(crate) newest_generation: u32,
    /// Tried beside the one in use when that is silent.
    pub(crate) second: Option<SecondSocket>,
    pub(crate) deaths: Deaths,
    pub(crate) attempts: Attempts,
    pub(crate) page: Page,
}

impl<P: Protocol> Connection<P> {
    /// A connection at rest. `seed` makes the jitter differ between clients.
    pub(crate) fn at_rest(options: Options, own: P, seed: u64, now: Now) -> Self {
        Self {
            options,
            own,
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
        }
    }

    // Inputs

    /// Takes note of what happened.
    pub fn handle(&mut self, now: Now, input: P::Input) {
        if self.is_closed() {
            return;
        }
        self.note_time(now);
        P::handle(self, input);
        self.refresh_status();
    }

    pub(crate) fn timeouts(&mut self) {
        if self.page.suspended {
            return;
        }
        while let Some((timer, due)) = self.timers.take_due(self.now.monotonic) {
            match timer {
                Timer::Retry => self.retry_due(due),
                Timer::Connect => self.connect_overdue(due),
                Timer::Register => self.register_overdue(due),
                Timer::Resume | Timer::Rebuild | Timer::Remake => P::overdue(self, timer, due),
                Timer::Ping => self.ping(),
                Timer::Liveness => self.silence(due),
                Timer::Second => self.second_due(due),
                Timer::Stable => self.attempts.settled(),
            }
        }
    }

    pub(crate) fn opened(&mut self, generation: u32) {
        if !self.awaits_socket(generation) {
            return;
        }
        if self.is_second(generation) {
            return self.second_opened();
        }
        self.attempts.opened();
        P::opened(self);
    }

    // Outputs

    /// The next thing to do.
    pub fn poll_effect(&mut self) -> Option<P::Effect> {
        self.effects.pop_front()
    }

    /// What is due next; none while the page is suspended.
    pub fn next_deadline(&self) -> Option<Deadline> {
        if self.page.suspended { None } else { self.timers.next() }
    }

    pub(crate) fn want(&mut self, wanted: Wanted) {
        let effect = self.own.effect(wanted);
        self.effects.push_back(effect);
    }

    /// Tells the viewer its status if that has changed.
    pub(crate) fn refresh_status(&mut self) {
        let (session_id, session_type) = self.own.session();
        let status = Status {
            phase: self.state.phase(),
            attempt: self.attempts.count,
            retry_in_ms: self.state.retry_in_ms(),
            session_id,
            session_type,
            latency_ms: self.state.socket().and_then(|socket| socket.latency_ms),
            silent_since: self.silent_since(),
            error: self.state.problem().cloned(),
        };
        if status != self.status {
            self.status = status;
            self.want(Wanted::Status);
        }
    }

    // Getters

    /// Where the connection stands.
    pub const fn status(&self) -> &Status<P::SessionId> {
        &self.status
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
    pub(crate) const fn is_current(&self, generation: u32) -> bool {
        generation == self.generation && self.state.socket().is_some()
    }
}
