//! Finding out that a connection is dead.
//!
//! Any received message proves life. Silence counts only from a PING on, only
//! while somebody is looking, and much longer while the backend is opening
//! files or resuming, when its socket answers nothing at all.

use super::{
    problem::{Code, Problem},
    time::Now,
    timers::{Due, Timer},
};
use crate::protocol::handshake::Handshake;

use super::{Effect, Machine, State};

/// How long a connection that may have died unseen has to prove itself, in
/// milliseconds.
const PROBE_MS: u64 = 3_000;

impl<H: Handshake> Machine<H> {
    pub(super) fn start_heartbeat(&mut self, now: Now) {
        if let Some(heartbeat) = &self.options.heartbeat {
            self.timers.set(Timer::Ping, now.after(heartbeat.interval_ms));
        }
    }

    pub(super) fn ping(&mut self, now: Now) {
        let Some(heartbeat) = &self.options.heartbeat else { return };
        let (interval, timeout) = (heartbeat.interval_ms, heartbeat.timeout_ms);
        self.timers.set(Timer::Ping, now.after(interval));
        if self.silent_since.is_none() {
            self.silent_since = Some(now.monotonic);
            self.timers.set(Timer::Liveness, now.after(timeout));
        }
        self.effects.push_back(Effect::Ping { generation: self.generation });
    }

    pub(super) fn probe_ms(&self) -> u64 {
        let timeout = self.options.heartbeat.as_ref().map_or(PROBE_MS, |h| h.timeout_ms);
        timeout.min(PROBE_MS)
    }

    /// Asks a connection for a sign of life now.
    pub(super) fn probe(&mut self, now: Now) {
        if !self.is_registered() || self.options.heartbeat.is_none() {
            return;
        }
        let deadline = now.after(self.probe_ms());
        // A deadline that is still to come and sooner stands, or a page that
        // keeps coming and going would never find a dead connection.
        let planned = self.timers.at(Timer::Liveness).filter(|_| self.silent_since.is_some());
        if planned.is_none_or(|at| at <= now.monotonic || at > deadline) {
            self.silent_since = Some(now.monotonic);
            self.timers.set(Timer::Liveness, deadline);
        }
        self.effects.push_back(Effect::Ping { generation: self.generation });
    }

    /// The page or the computer was away.
    pub(super) fn woke(&mut self, now: Now) {
        if self.is_taking_long(now) {
            self.give_up_step(now);
        }
        self.probe(now);
        self.hurry(now);
    }

    pub(super) const fn alive(&mut self) {
        self.silent_since = None;
    }

    pub(super) fn text(&mut self, now: Now, generation: u32, pong: bool) {
        if !self.is_current(generation) {
            return;
        }
        if let (true, Some(since)) = (pong, self.silent_since) {
            self.latency_ms = Some(now.monotonic - since);
        }
        self.alive();
    }

    /// The deadline for a sign of life has passed.
    pub(super) fn silence(&mut self, now: Now, due: Due) {
        let (Some(since), Some(heartbeat)) = (self.silent_since, &self.options.heartbeat) else {
            return;
        };
        let patience = since.saturating_add(heartbeat.busy_timeout_ms);
        if due == Due::Late {
            self.effects.push_back(Effect::Ping { generation: self.generation });
            self.timers.extend(Timer::Liveness, now.after(self.probe_ms()));
        } else if self.is_busy() && now.monotonic < patience {
            self.timers.set(Timer::Liveness, patience);
        } else {
            let message = "The connection fell silent. Connecting again.";
            self.drop_socket(now, Problem::new(Code::ConnectionLost, message));
        }
    }

    fn is_busy(&self) -> bool {
        matches!(self.state, State::Resuming { .. }) || self.tracker.is_busy()
    }

    const fn is_registered(&self) -> bool {
        matches!(self.state, State::Confirming { .. } | State::Resuming { .. } | State::Active)
    }
}
