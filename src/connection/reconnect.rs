//! Attempts to connect, lost connections, and the waiting in between.

use super::{
    Code, Connection, Problem, Protocol, Wanted,
    attempts::Attempts,
    backoff::Occasion,
    state::{Socket, State},
    timers::{Due, Timer},
};

/// Unopened attempts in a row after which it is worth asking whether anybody
/// is there at all.
const PROBE_AFTER: u32 = 2;

/// Attempts in a row at which somebody answered HTTP and refused the socket:
/// then it is the credentials, and trying again cannot help.
const MAX_REFUSALS: u32 = 8;

/// After this time, in milliseconds, a user who wants to try again need not wait for the
/// end of a resume.
const LONG_MS: u64 = 10_000;

impl<P: Protocol> Connection<P> {
    // Attempts

    pub(crate) fn connect(&mut self) {
        match self.state {
            State::Idle | State::Failed { .. } => self.start_over(),
            State::Active { .. } => self.want(Wanted::Connected),
            State::Connecting { .. }
            | State::Registering { .. }
            | State::Confirming { .. }
            | State::Resuming { .. }
            | State::Waiting { .. }
            | State::Closed { .. } => {}
        }
    }

    pub(crate) fn retry_now(&mut self) {
        match self.state {
            State::Failed { .. } => self.start_over(),
            State::Waiting { .. } => self.attempt(),
            State::Confirming { .. } | State::Resuming { .. } | State::Active { .. }
                if self.silent_since().is_some() || self.is_resuming_long() =>
            {
                self.give_up_silent();
                if let State::Waiting { .. } = self.state {
                    self.attempt();
                }
            }
            State::Confirming { .. } => P::ask_again(self),
            State::Registering { .. } | State::Resuming { .. } | State::Active { .. } => {
                self.probe(false);
            }
            State::Connecting { .. } if self.is_taking_long() => {
                self.want(Wanted::Shut { generation: self.generation });
                self.attempt();
            }
            State::Idle | State::Connecting { .. } | State::Closed { .. } => {}
        }
    }

    fn start_over(&mut self) {
        self.attempts = Attempts::default();
        self.attempt();
    }

    fn attempt(&mut self) {
        self.attempts.begin(self.now.monotonic);
        let socket = self.new_socket();
        self.enter(State::Connecting { socket });
        let attempt = self.attempts.count;
        self.want(Wanted::Open { generation: self.generation, attempt, is_second: false });
    }

    /// Whatever the sockets before this one still say does not count.
    pub(crate) fn new_socket(&mut self) -> Socket {
        self.generation = self.new_generation();
        P::socket_begins(self);
        Socket { after: self.state.problem().cloned(), ..Socket::default() }
    }

    pub(crate) fn new_generation(&mut self) -> u32 {
        self.newest_generation = self.newest_generation.wrapping_add(1);
        self.newest_generation
    }

    /// Whether an attempt goes on only because earlier ones took too long.
    pub(crate) fn is_taking_long(&self) -> bool {
        let usual = self.attempts.last.saturating_add(self.options.timeouts.connect_ms);
        matches!(self.state, State::Connecting { .. }) && self.now.monotonic >= usual
    }

    pub(crate) fn connect_overdue(&mut self, due: Due) {
        match due {
            Due::Late => self.timers.extend(Timer::Connect, self.now.after(self.probe_ms())),
            Due::OnTime => {
                self.attempts.overdue = self.attempts.overdue.saturating_add(1);
                self.give_up_attempt();
            }
        }
    }

    /// Connecting or registering takes too long.
    pub(crate) fn give_up_attempt(&mut self) {
        self.drop_socket(Problem::new(Code::ConnectionTimeout, P::WORDS.overdue));
    }

    /// What [`Wanted::Probe`] has found out.
    pub(crate) fn probed(&mut self, answered: bool) {
        if !matches!(self.state, State::Waiting { .. } | State::Connecting { .. }) {
            return;
        }
        self.attempts.refusals = if answered { self.attempts.refusals + 1 } else { 0 };
        if self.attempts.refusals >= MAX_REFUSALS {
            self.fail(Problem::new(Code::ConnectionRefused, P::WORDS.refused));
        }
    }

    /// The opening conversation takes too long.
    pub(crate) fn register_overdue(&mut self, due: Due) {
        match due {
            Due::Late => self.timers.extend(Timer::Register, self.now.after(self.probe_ms())),
            Due::OnTime => self.give_up_attempt(),
        }
    }

    // Lost connections

    pub(crate) fn socket_lost(&mut self, generation: u32) {
        if self.is_second(generation) {
            return self.second_lost();
        }
        if !self.is_current(generation) {
            return;
        }
        let problem = if matches!(self.state, State::Connecting { .. }) {
            self.attempts.unopened = self.attempts.unopened.saturating_add(1);
            if self.attempts.unopened > PROBE_AFTER {
                self.want(Wanted::Probe);
            }
            P::WORDS.cannot_connect
        } else {
            P::WORDS.lost
        };
        self.lost(Problem::new(Code::ConnectionLost, problem));
    }

    /// Gives up a socket that may still be open.
    pub(crate) fn drop_socket(&mut self, problem: Problem) {
        self.want(Wanted::Shut { generation: self.generation });
        self.lost(problem);
    }

    pub(crate) fn lost(&mut self, problem: Problem) {
        if P::lost(self, &problem) {
            return self.failed(problem);
        }
        let was_resuming = matches!(self.state, State::Resuming { .. });

        // A person has to act, so it is checked rarely, and does not count as an attempt.
        let is_logged_out = problem.code == Code::LoginRequired;
        let max_attempts = self.options.backoff.max_attempts.filter(|_| !is_logged_out);
        if max_attempts.is_some_and(|max| self.attempts.count >= max) {
            let attempts = self.attempts.count;
            let message = format!("No connection after {attempts} attempts. {}", P::WORDS.spent);
            return self.failed(Problem::new(Code::RetryBudgetSpent, message));
        }
        if !self.adopt_second(&problem) {
            let mut occasion = self.attempts.delayed(self.now.monotonic, self.page.hidden);
            if is_logged_out {
                occasion = Occasion::Lost { delays: u32::MAX, outage_ms: u64::MAX, hidden: true };
            }
            let delay_ms = self.delay(occasion);
            self.enter(State::Waiting { delay_ms, problem });
        }
        P::settled(self, was_resuming);
    }

    // Waiting

    pub(crate) fn delay(&mut self, occasion: Occasion) -> u64 {
        self.options.backoff.delay(occasion, &mut self.rng)
    }

    /// An attempt that fell due during a sleep is not made at once: others may
    /// wake in the same moment.
    pub(crate) fn retry_due(&mut self, due: Due) {
        match due {
            Due::OnTime => self.attempt(),
            Due::Late => {
                let delay_ms = self.delay(Occasion::Overslept);
                self.wait_anew(delay_ms);
                self.timers.extend(Timer::Retry, self.now.after(delay_ms));
            }
        }
    }

    /// A good moment to try: soon, but neither at once nor together with
    /// everybody else who woke.
    pub(crate) fn hurry(&mut self) {
        let State::Waiting { .. } = self.state else { return };
        let since_attempt_ms = self.now.monotonic.saturating_sub(self.attempts.last);
        let delay_ms = self.delay(Occasion::GoodMoment { since_attempt_ms });
        let at = self.now.after(delay_ms);
        if self.timers.at(Timer::Retry).is_none_or(|planned| at < planned) {
            self.wait_anew(delay_ms);
        }
    }

    /// Long enough for a user to lose patience with it.
    fn is_resuming_long(&self) -> bool {
        let State::Resuming { resume, .. } = &self.state else { return false };
        self.now.monotonic >= resume.since.saturating_add(LONG_MS)
    }

    fn wait_anew(&mut self, delay_ms: u64) {
        if let State::Waiting { problem, .. } = &self.state {
            let problem = problem.clone();
            self.enter(State::Waiting { delay_ms, problem });
        }
    }
}
