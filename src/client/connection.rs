//! Attempts, registering, drops, and giving up.

use super::{
    offer::SessionType,
    problem::{Code, Problem},
    time::Now,
    timers::{Due, Timer},
};
use crate::protocol::{
    Frame,
    handshake::{Handshake, NextStep, Refusal, Reply, SessionKind, Welcome},
};

use super::{Effect, Machine, State, attempts::Attempts};

/// Unopened attempts in a row after which it is worth asking whether anybody
/// is there at all.
const PROBE_AFTER: u32 = 2;

/// Attempts in a row at which somebody answered HTTP and refused the socket:
/// then it is the credentials, and trying again cannot help.
const MAX_REFUSALS: u32 = 8;

impl<H: Handshake> Machine<H> {
    pub(super) fn connect(&mut self, now: Now) {
        match self.state {
            State::Idle | State::Failed => self.start_over(now),
            State::Active => self.effects.push_back(Effect::Connected),
            State::Connecting
            | State::Registering { .. }
            | State::Confirming { .. }
            | State::Resuming { .. }
            | State::Waiting { .. }
            | State::Closed => {}
        }
    }

    pub(super) fn retry_now(&mut self, now: Now) {
        match self.state {
            State::Failed => self.start_over(now),
            State::Waiting { .. } => self.attempt(now),
            State::Confirming { .. } => self.ask_again_if_broken(),
            State::Registering { .. } | State::Resuming { .. } | State::Active => self.probe(now),
            State::Connecting if self.is_taking_long(now) => {
                self.effects.push_back(Effect::Shut { generation: self.generation });
                self.attempt(now);
            }
            State::Idle | State::Connecting | State::Closed => {}
        }
    }

    fn start_over(&mut self, now: Now) {
        self.attempts = Attempts::default();
        self.attempt(now);
    }

    /// Whether an attempt goes on only because earlier ones took too long.
    pub(super) fn is_taking_long(&self, now: Now) -> bool {
        let usual = self.attempts.last.saturating_add(self.options.timeouts.connect_ms);
        matches!(self.state, State::Connecting) && now.monotonic >= usual
    }

    pub(super) fn attempt(&mut self, now: Now) {
        self.timers.clear_all();
        self.generation = self.generation.wrapping_add(1);
        self.first_own_id = self.next_request_id;
        self.attempts.begin(now.monotonic);
        let patience = self.attempts.patience(self.options.timeouts.connect_ms);
        self.timers.set(Timer::Connect, now.after(patience));
        self.state = State::Connecting;
        let attempt = self.attempts.count;
        self.effects.push_back(Effect::Open { generation: self.generation, attempt });
    }

    pub(super) fn opened(&mut self, now: Now, generation: u32) {
        if !self.is_current(generation) || !matches!(self.state, State::Connecting) {
            return;
        }
        self.attempts.opened();
        self.timers.clear(Timer::Connect);
        let request_id = self.new_request_id();
        let session_id = if self.disowned { 0 } else { self.session_id };
        let frame = self.handshake.open(session_id, request_id);
        self.register(now, request_id, frame);
    }

    fn register(&mut self, now: Now, request_id: u32, frame: Frame) {
        self.timers.set(Timer::Register, now.after(self.options.timeouts.register_ms));
        self.state = State::Registering { request_id };
        self.push_frame(frame);
    }

    pub(super) fn register_reply(&mut self, now: Now, frame: &Frame) {
        if self.viewer_is_registering() {
            return self.viewer_answered(now, frame);
        }
        match self.handshake.read(frame) {
            Err(_) => self.unreadable(frame.header(), frame.payload().len()),
            Ok(Reply::Welcome(welcome)) => self.welcome(now, welcome),
            Ok(Reply::Again { session_id }) => {
                let request_id = self.new_request_id();
                let frame = self.handshake.repeat(session_id, request_id);
                self.register(now, request_id, frame);
            }
            Ok(Reply::Refused(refusal)) => self.fail(refused(&refusal)),
        }
    }

    fn welcome(&mut self, now: Now, welcome: Welcome) {
        self.welcomed(now, &welcome);
        let has_state = !self.tracker.workspace().is_empty();
        match self.handshake.next_step(&welcome, has_state) {
            NextStep::AskThenSendState => self.confirm(now, welcome.message),
            NextStep::EmptyBackend => {
                self.empty_backend();
                self.start_empty();
            }
            NextStep::Nothing => self.start_empty(),
        }
    }

    /// Registered, by whomever.
    pub(super) fn welcomed(&mut self, now: Now, welcome: &Welcome) {
        self.timers.clear(Timer::Register);
        self.timers.set(Timer::Stable, now.after(self.options.backoff.reset_after_ms));
        self.start_heartbeat(now);
        self.session_type = Some(match welcome.kind {
            SessionKind::New => SessionType::New,
            SessionKind::Resumed => SessionType::Resumed,
        });
        self.disowned = false;
        if self.session_id != welcome.session_id {
            self.session_id = welcome.session_id;
            self.effects.push_back(Effect::KeepSessionId(welcome.session_id));
        }
    }

    pub(super) fn socket_lost(&mut self, now: Now, generation: u32, url_error: Option<String>) {
        if !self.is_current(generation) {
            return;
        }
        let problem = if let Some(message) = url_error {
            let problem = Problem::new(
                Code::UrlFailed,
                format!("The backend's address could not be had: {message}. Trying again."),
            );
            self.effects.push_back(Effect::Error(problem.clone()));
            problem
        } else if matches!(self.state, State::Connecting) {
            self.attempts.unopened = self.attempts.unopened.saturating_add(1);
            if self.attempts.unopened > PROBE_AFTER {
                self.effects.push_back(Effect::Probe);
            }
            Problem::new(
                Code::ConnectionLost,
                "No connection. Check that the backend runs and that its address and token are \
                 right. Trying again.",
            )
        } else {
            Problem::new(Code::ConnectionLost, "The connection was lost. Connecting again.")
        };
        self.lost(now, problem);
    }

    /// Connecting or registering takes too long.
    pub(super) fn step_overdue(&mut self, now: Now, timer: Timer, due: Due) {
        match due {
            Due::Late => self.timers.extend(timer, now.after(self.probe_ms())),
            Due::OnTime => {
                if timer == Timer::Connect {
                    self.attempts.overdue = self.attempts.overdue.saturating_add(1);
                }
                self.give_up_step(now);
            }
        }
    }

    pub(super) fn give_up_step(&mut self, now: Now) {
        let message = "The backend did not answer in time. Trying again.";
        self.drop_socket(now, Problem::new(Code::ConnectionTimeout, message));
    }

    /// Gives up a socket that may still be open.
    pub(super) fn drop_socket(&mut self, now: Now, problem: Problem) {
        self.effects.push_back(Effect::Shut { generation: self.generation });
        self.lost(now, problem);
    }

    fn lost(&mut self, now: Now, problem: Problem) {
        if self.viewer_is_registering() || self.viewer_is_resuming() {
            return self.failed(problem);
        }
        self.timers.clear_all();
        self.pause_rebuilding();
        self.silent_since = None;
        self.latency_ms = None;
        self.withdraw_archive(Problem::new(
            Code::ConnectionLost,
            "The connection was lost before you were done. Nothing was restored; try again.",
        ));
        if matches!(self.state, State::Active) {
            self.saved_at = now.wall;
        }
        if let (State::Resuming { .. }, Some(question)) = (&self.state, &mut self.question) {
            question.failed_resumes += 1;
            question.at_work = false;
        }
        let not_replayed = self.tracker.dropped();
        let not_repeated = Problem::new(
            Code::NotReplayed,
            "The connection was lost before this was answered. It acts outside the session, or \
             on what has changed, so it is not sent a second time: check whether it was done, \
             and ask again if not.",
        );
        self.give_up_on(not_replayed, not_repeated);

        if self.options.backoff.max_attempts.is_some_and(|max| self.attempts.count >= max) {
            let message = format!(
                "No connection after {} attempts. Check that the backend runs and that its \
                 address is right, then call retryNow().",
                self.attempts.count
            );
            self.failed(Problem::new(Code::RetryBudgetSpent, message));
            return;
        }
        let delays = self.attempts.delays;
        let delay_ms = self.options.backoff.delay(delays, self.hidden, &mut self.rng);
        self.attempts.delays = delays.saturating_add(1);
        self.timers.set(Timer::Retry, now.after(delay_ms));
        self.state = State::Waiting { delay_ms };
        self.problem = Some(problem);
    }

    pub(super) fn probed(&mut self, answered: bool) {
        if !matches!(self.state, State::Waiting { .. } | State::Connecting) {
            return;
        }
        self.attempts.refusals = if answered { self.attempts.refusals + 1 } else { 0 };
        if self.attempts.refusals >= MAX_REFUSALS {
            self.fail(Problem::new(
                Code::ConnectionRefused,
                "The backend is there but refuses the connection. Check the access token: it may \
                 be missing, wrong or expired; a restarted CARTA backend makes a new one unless \
                 CARTA_AUTH_TOKEN is set. Then call retryNow().",
            ));
        }
    }

    fn fail(&mut self, problem: Problem) {
        if self.has_socket() {
            self.effects.push_back(Effect::Shut { generation: self.generation });
        }
        self.failed(problem);
    }

    /// There is no socket, and there will be none.
    fn failed(&mut self, problem: Problem) {
        if self.is_drop_in() {
            if !self.viewer_is_registering() {
                self.effects.push_back(Effect::Error(problem.clone()));
            }
            self.state = State::Failed;
            return self.end(problem);
        }
        self.timers.clear_all();
        self.silent_since = None;
        self.effects.push_back(Effect::ConnectFailed(problem.clone()));
        self.effects.push_back(Effect::Error(problem.clone()));
        self.problem = Some(problem);
        self.state = State::Failed;
    }

    pub(super) fn close(&mut self) {
        if self.has_socket() {
            self.effects.push_back(Effect::Shut { generation: self.generation });
        }
        self.timers.clear_all();
        if self.question.take().is_some() {
            self.effects.push_back(Effect::WithdrawOffer);
        }
        self.give_up_restore(Err(Problem::closed()));
        self.withdraw_archive(Problem::closed());
        if self.is_drop_in() {
            self.end_rebuilding();
        }
        self.effects.push_back(Effect::ConnectFailed(Problem::closed()));
        let unsent = self.queue.remove(&|_| true);
        let problem = Problem::new(Code::Closed, "The client was closed before this was sent.");
        self.give_up_on(unsent, problem);
        for (request_id, _) in std::mem::take(&mut self.requests) {
            let problem = Problem::closed();
            self.effects.push_back(Effect::Rejected { request_id, problem });
        }
        self.state = State::Closed;
    }

    /// An attempt that fell due during a sleep is not made at once: others may
    /// wake in the same moment.
    pub(super) fn retry_due(&mut self, now: Now, due: Due) {
        match due {
            Due::OnTime => self.attempt(now),
            Due::Late => {
                let delay_ms = self.options.backoff.early(&mut self.rng);
                self.timers.extend(Timer::Retry, now.after(delay_ms));
                self.state = State::Waiting { delay_ms };
            }
        }
    }

    /// A good moment to try: soon, but neither at once nor together with
    /// everybody else who woke.
    pub(super) fn hurry(&mut self, now: Now) {
        let State::Waiting { .. } = self.state else { return };
        let spaced = self.attempts.last.saturating_add(self.options.backoff.initial_ms);
        let at =
            now.monotonic.max(spaced).saturating_add(self.options.backoff.early(&mut self.rng));
        if self.timers.at(Timer::Retry).is_none_or(|planned| at < planned) {
            self.timers.set(Timer::Retry, at);
            self.state = State::Waiting { delay_ms: at - now.monotonic };
        }
    }
}

pub(super) fn refused(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::UnsupportedVersion { expected } => Problem::new(
            Code::UnsupportedIcdVersion,
            format!(
                "The backend speaks version {expected} of the CARTA interface; this client \
                 speaks 28 to 30. Use a matching version of the backend or of this client."
            ),
        ),
        Refusal::Other { message } => Problem::new(
            Code::RegistrationRefused,
            format!("The backend refused to register the viewer: {message}"),
        ),
    }
}
