//! Noticing that nothing comes in any more, and how long that is tolerated.
//!
//! Any received message proves life. Silence counts from a PING on; what is done about
//! it is in [`second_socket`](super::second_socket).

use super::{
    Code, Connection, Now, Problem, Protocol, Wanted,
    state::State,
    timers::{Due, Timer},
};

/// How long a connection that may have died unseen has to prove itself, in
/// milliseconds.
const PROBE_MS: u64 = 3_000;

/// How long the first connection may stay silent after a second one has opened, in
/// milliseconds.
const GRACE_MS: u64 = 1_500;

/// The difference between the two clocks, in milliseconds, that betrays a
/// sleep of the computer.
const SLEEP_MS: u64 = 5_000;

/// How long a connection must have lasted, in milliseconds, before one that died of
/// silence does not count any more.
const LASTING_MS: u64 = 120_000;

/// How often the patience is doubled.
const MAX_DEATHS: u32 = 3;

/// From the first PING after a resume to the second, in milliseconds.
const SOON_MS: u64 = 1_000;

/// What the page is doing.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) hidden: bool,
    /// No timer runs.
    pub(crate) suspended: bool,
}

/// A PING is unanswered, and nothing else came in either.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silence {
    /// When the oldest such PING was sent.
    pub(crate) since: Now,
    /// When a backend that is free would have answered it, on the monotonic clock.
    pub(crate) due: u64,
    /// Something has happened that breaks connections: no time is given to large
    /// messages.
    suspicious: bool,
}

/// What is remembered of connections that died of silence. The line may only be too
/// slow for what was on its way, so the next one gets more time.
#[derive(Debug, Default)]
pub(crate) struct Deaths {
    /// In a row.
    count: u32,
    /// When the newest connection was registered.
    registered_at: u64,
}

impl<P: Protocol> Connection<P> {
    // Asking for a sign of life

    /// The opening conversation has succeeded.
    pub(crate) fn established(&mut self) {
        self.timers.set(Timer::Stable, self.now.after(self.options.backoff.reset_after_ms));
        self.start_heartbeat();
    }

    fn start_heartbeat(&mut self) {
        self.deaths = Deaths { count: self.deaths(), registered_at: self.now.monotonic };
        if let Some(heartbeat) = &self.options.heartbeat {
            self.timers.set(Timer::Ping, self.now.after(heartbeat.interval_ms));
        }
    }

    pub(crate) fn ping(&mut self) {
        let Some(heartbeat) = &self.options.heartbeat else { return };
        let timeout = heartbeat.timeout_ms.saturating_mul(1 << self.deaths());
        self.timers.set(Timer::Ping, self.now.after(heartbeat.interval_ms));
        let Some(socket) = self.state.socket() else { return };
        if socket.silence.is_none() {
            self.expect_answer(timeout, false);
        }
        self.push_ping();
    }

    /// What follows a resume is under way until the backend has shown twice that it lives.
    /// So it is asked at once and once more soon, or a network that fails again would be
    /// taken for a backend that something has stopped.
    pub(crate) fn ping_soon(&mut self) {
        let Some(heartbeat) = &self.options.heartbeat else { return };
        let soon = heartbeat.interval_ms.min(SOON_MS);
        self.ping();
        self.timers.set(Timer::Ping, self.now.after(soon));
    }

    pub(crate) fn push_ping(&mut self) {
        self.want(Wanted::Ping { generation: self.generation });
    }

    /// A PING is sent, and silence counts from now on.
    fn expect_answer(&mut self, timeout_ms: u64, suspicious: bool) {
        let due = self.now.after(timeout_ms);
        let silence = Silence { since: self.now, due, suspicious };
        if let Some(socket) = self.state.socket_mut() {
            socket.silence = Some(silence);
            self.timers.set(Timer::Liveness, due.saturating_sub(self.short_grace_ms()));
        }
    }

    pub(crate) fn probe_ms(&self) -> u64 {
        let timeout = self.options.heartbeat.as_ref().map_or(PROBE_MS, |h| h.timeout_ms);
        timeout.min(PROBE_MS)
    }

    /// Asks a connection for a sign of life now. `suspicious`: something has happened
    /// that breaks connections.
    pub(crate) fn probe(&mut self, suspicious: bool) {
        if !self.is_registered() || self.options.heartbeat.is_none() {
            return;
        }
        let deadline = self.now.after(self.probe_ms());
        let is_tried = self.second.is_some();
        let silence = self.state.socket_mut().and_then(|socket| socket.silence.as_mut());
        match silence {
            // A deadline that is still to come and sooner stands, or a page that keeps
            // coming and going would never find a dead connection.
            Some(silence)
                if is_tried || (self.now.monotonic < silence.due && silence.due <= deadline) =>
            {
                silence.suspicious |= suspicious;
                self.hasten_verdict();
            }
            Some(_) | None => self.expect_answer(self.probe_ms(), suspicious),
        }
        self.push_ping();
    }

    // Coming back

    /// Takes note of the time, before anything else. A sleep shows as a wall clock
    /// that ran ahead of the monotonic one.
    pub(crate) fn note_time(&mut self, now: Now) {
        let monotonic = now.monotonic.saturating_sub(self.now.monotonic);
        let wall = now.wall.saturating_sub(self.now.wall);
        self.now = now;
        if wall.saturating_sub(monotonic) > SLEEP_MS && !self.page.suspended {
            self.slept();
            self.refresh_status();
        }
    }

    /// The page or the computer was away: what was silent before proves nothing.
    pub(crate) fn slept(&mut self) {
        self.break_silence();
        self.woke(true);
    }

    /// A good moment to look whether all is well. `suspicious`: something has happened
    /// that breaks connections.
    pub(crate) fn woke(&mut self, suspicious: bool) {
        if self.is_taking_long() {
            self.give_up_attempt();
        }
        self.probe(suspicious);
        self.hurry();
        self.hurry_second();
    }

    // Signs of life

    fn break_silence(&mut self) {
        if let Some(socket) = self.state.socket_mut() {
            socket.silence = None;
        }
        self.drop_second();
    }

    /// Something came in.
    pub(crate) fn alive(&mut self) {
        if let Some(socket) = self.state.socket_mut() {
            socket.line.heard();
        }
        self.break_silence();
    }

    /// A message of this many bytes came in.
    pub(crate) fn received(&mut self, bytes: usize) {
        self.alive();
        if let Some(socket) = self.state.socket_mut() {
            socket.line.received(self.now.monotonic, bytes);
        }
    }

    /// Something is asked for, and its answer shows how fast the line is.
    pub(crate) fn note_asked(&mut self, awaits_data: bool) {
        if let Some(socket) = self.state.socket_mut() {
            let at_rest = socket.silence.is_none() && !awaits_data;
            socket.line.asked(self.now.monotonic, at_rest);
        }
    }

    /// A sign of life that is no message; `pong`: it answers what was asked last.
    pub(crate) fn heard_sign(&mut self, generation: u32, pong: bool) {
        if !self.is_current(generation) {
            return;
        }
        if pong {
            self.own.alive();
        }
        if let Some(socket) = self.state.socket_mut()
            && let (true, Some(silence)) = (pong, socket.silence)
        {
            socket.latency_ms = Some(self.now.monotonic - silence.since.monotonic);
        }
        self.alive();
    }

    // Silence

    /// A PING stays unanswered.
    pub(crate) fn silence(&mut self, due: Due) {
        let Some(silence) = self.state.socket().and_then(|socket| socket.silence) else { return };
        if due == Due::Late {
            self.expect_answer(self.probe_ms(), silence.suspicious);
            if let Some(at) = self.timers.at(Timer::Liveness) {
                self.timers.extend(Timer::Liveness, at);
            }
            return self.push_ping();
        }
        if self.second.is_none() {
            self.open_second();
        }
        if self.now.monotonic < silence.due {
            // The status shows it then.
            self.timers.set(Timer::Liveness, silence.due);
        }
    }

    /// Since when the backend has been silent for longer than a free one would be.
    pub(crate) fn silent_since(&self) -> Option<u64> {
        let silence = self.state.socket()?.silence?;
        let is_due = silence.due <= self.now.monotonic && !self.page.suspended;
        is_due.then_some(silence.since.wall)
    }

    /// When the first connection is dead, now that the second has opened.
    pub(crate) fn dead_at(&self) -> u64 {
        let Some(Silence { due, suspicious, since }) =
            self.state.socket().and_then(|socket| socket.silence)
        else {
            return self.now.monotonic;
        };
        let grace = if suspicious {
            self.short_grace_ms()
        } else {
            let grace = self.short_grace_ms().max(self.large_message_ms(since));
            grace.saturating_mul(1 << self.deaths())
        };
        self.now.after(grace).max(due)
    }

    fn short_grace_ms(&self) -> u64 {
        let timeout = self.options.heartbeat.as_ref().map_or(GRACE_MS, |h| h.timeout_ms / 2);
        timeout.min(GRACE_MS)
    }

    /// How long a message that was asked for before may be on its way.
    fn large_message_ms(&self, before: Now) -> u64 {
        let (Some(socket), Some(heartbeat)) = (self.state.socket(), &self.options.heartbeat) else {
            return 0;
        };
        let is_awaited = match self.state {
            State::Resuming { .. } => true,
            State::Active { .. } => {
                self.own.awaits_data() || socket.line.was_asked_before(before.monotonic)
            }
            _ => false,
        };
        if is_awaited {
            socket.line.large_message_ms().unwrap_or(u64::MAX).min(heartbeat.busy_timeout_ms)
        } else {
            0
        }
    }

    /// How many connections that died of silence count. On a fast line they died of
    /// something else.
    fn deaths(&self) -> u32 {
        let lasted = self.now.monotonic.saturating_sub(self.deaths.registered_at);
        let large_message_ms = self.state.socket().and_then(|it| it.line.large_message_ms());
        let is_fast = large_message_ms.is_some_and(|needed| needed <= GRACE_MS);
        if lasted < LASTING_MS && !is_fast { self.deaths.count } else { 0 }
    }

    pub(crate) fn died_of_silence(&mut self) {
        self.deaths.count = (self.deaths() + 1).min(MAX_DEATHS);
        self.give_up_silent();
    }

    /// Whatever the first connection may still say, it is not waited for any more.
    pub(crate) fn give_up_silent(&mut self) {
        self.drop_socket(Problem::new(Code::ConnectionLost, P::WORDS.silent));
    }

    const fn is_registered(&self) -> bool {
        match self.state {
            State::Confirming { .. } | State::Resuming { .. } | State::Active { .. } => true,
            State::Idle
            | State::Connecting { .. }
            | State::Registering { .. }
            | State::Waiting { .. }
            | State::Failed { .. }
            | State::Closed { .. } => false,
        }
    }
}
