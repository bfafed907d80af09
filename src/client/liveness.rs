//! Finding out that a connection is dead.
//!
//! Any received message proves life. Silence counts only from a PING on, only
//! while somebody is looking, and much longer while the backend is opening
//! files or resuming, when its socket answers nothing at all.

use super::{
    Code, Driver, Effect, Machine, Now, Problem,
    state::State,
    timers::{Due, Timer},
};
use crate::protocol::handshake::Handshake;

/// How long a connection that may have died unseen has to prove itself, in
/// milliseconds.
const PROBE_MS: u64 = 3_000;

/// The difference between the two clocks, in milliseconds, that betrays a
/// sleep of the computer.
const SLEEP_MS: u64 = 5_000;

/// What the page is doing.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) hidden: bool,
    /// No timer runs.
    pub(super) suspended: bool,
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    pub(super) fn start_heartbeat(&mut self) {
        if let Some(heartbeat) = &self.options.heartbeat {
            self.timers.set(Timer::Ping, self.now.after(heartbeat.interval_ms));
        }
    }

    pub(super) fn ping(&mut self) {
        let Some(heartbeat) = &self.options.heartbeat else { return };
        let (interval, timeout) = (heartbeat.interval_ms, heartbeat.timeout_ms);
        self.timers.set(Timer::Ping, self.now.after(interval));
        let Some(socket) = self.state.socket_mut() else { return };
        if socket.silent_since.is_none() {
            socket.silent_since = Some(self.now.monotonic);
            self.timers.set(Timer::Liveness, self.now.after(timeout));
        }
        self.effects.push_back(Effect::Ping { generation: self.generation });
    }

    pub(super) fn probe_ms(&self) -> u64 {
        let timeout = self.options.heartbeat.as_ref().map_or(PROBE_MS, |h| h.timeout_ms);
        timeout.min(PROBE_MS)
    }

    /// Asks a connection for a sign of life now.
    pub(super) fn probe(&mut self) {
        if !self.is_registered() || self.options.heartbeat.is_none() {
            return;
        }
        let deadline = self.now.after(self.probe_ms());
        // A deadline that is still to come and sooner stands, or a page that
        // keeps coming and going would never find a dead connection.
        let Some(socket) = self.state.socket_mut() else { return };
        let planned = self.timers.at(Timer::Liveness).filter(|_| socket.silent_since.is_some());
        if planned.is_none_or(|at| at <= self.now.monotonic || at > deadline) {
            socket.silent_since = Some(self.now.monotonic);
            self.timers.set(Timer::Liveness, deadline);
        }
        self.effects.push_back(Effect::Ping { generation: self.generation });
    }

    /// Takes note of the time, before anything else. A sleep shows as a wall clock
    /// that ran ahead of the monotonic one.
    pub(super) fn note_time(&mut self, now: Now) {
        let monotonic = now.monotonic.saturating_sub(self.now.monotonic);
        let wall = now.wall.saturating_sub(self.now.wall);
        self.now = now;
        if wall.saturating_sub(monotonic) > SLEEP_MS && !self.page.suspended {
            self.woke();
            self.refresh_status();
        }
    }

    /// The page or the computer was away.
    pub(super) fn woke(&mut self) {
        if self.is_taking_long() {
            self.give_up_attempt();
        }
        self.probe();
        self.hurry();
    }

    pub(super) const fn alive(&mut self) {
        if let Some(socket) = self.state.socket_mut() {
            socket.silent_since = None;
        }
    }

    pub(super) fn text(&mut self, generation: u32, pong: bool) {
        if !self.is_current(generation) {
            return;
        }
        if pong {
            self.tracker.sign_of_life();
        }
        if let Some(socket) = self.state.socket_mut() {
            if let (true, Some(since)) = (pong, socket.silent_since) {
                socket.latency_ms = Some(self.now.monotonic - since);
            }
            socket.silent_since = None;
        }
    }

    /// The deadline for a sign of life has passed.
    pub(super) fn silence(&mut self, due: Due) {
        let silent_since = self.state.socket().and_then(|socket| socket.silent_since);
        let (Some(since), Some(heartbeat)) = (silent_since, &self.options.heartbeat) else {
            return;
        };
        let patience = since.saturating_add(heartbeat.busy_timeout_ms);
        if due == Due::Late {
            self.effects.push_back(Effect::Ping { generation: self.generation });
            self.timers.extend(Timer::Liveness, self.now.after(self.probe_ms()));
        } else if self.is_busy() && self.now.monotonic < patience {
            self.timers.set(Timer::Liveness, patience);
        } else {
            let message = "The backend stopped answering. Reconnecting.";
            self.drop_socket(Problem::new(Code::ConnectionLost, message));
        }
    }

    fn is_busy(&self) -> bool {
        matches!(self.state, State::Resuming { .. })
            || self.waiting_report.is_some()
            || self.tracker.is_busy()
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
