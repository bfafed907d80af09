//! What happens, and what is to be done about it: each input goes to the part of the
//! machine that knows of it.

use super::{time::Now, timers::Timer};
use crate::protocol::{EventType, Header, handshake::Handshake};

use super::{Effect, Input, Machine, Phase, State, Status, answers};

/// The difference between the two clocks, in milliseconds, that betrays a
/// sleep of the computer.
const SLEEP_MS: u64 = 5_000;

impl<H: Handshake> Machine<H> {
    /// The next thing to do.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When [`Input::Timeout`] is due, on the monotonic clock.
    pub fn next_deadline(&self) -> Option<u64> {
        if self.suspended { None } else { self.timers.next() }
    }

    /// Does the machine need more of an incoming frame than its header? Called
    /// for every frame, so that image data are never copied.
    pub fn wants(&self, generation: u32, header: Header) -> bool {
        if !self.is_current(generation) {
            return false;
        }
        match &self.state {
            State::Registering { request_id } => {
                answers(header, H::REPLY, *request_id)
                    || (self.viewer_is_registering() && self.tracker.wants(header))
            }
            State::Resuming { request_id, .. } => {
                answers(header, EventType::ResumeSessionAck, *request_id)
            }
            State::Active => self.tracker.wants(header),
            State::Idle
            | State::Connecting
            | State::Confirming { .. }
            | State::Waiting { .. }
            | State::Failed
            | State::Closed => false,
        }
    }

    /// Takes note of what happened.
    pub fn handle(&mut self, now: Now, input: Input) {
        if matches!(self.state, State::Closed) {
            return;
        }
        self.note_time(now);
        match input {
            Input::Connect => self.connect(now),
            Input::RetryNow => self.retry_now(now),
            Input::Close => self.close(),
            Input::Opened { generation } => self.opened(now, generation),
            Input::Lost { generation, url_error } => self.socket_lost(now, generation, url_error),
            Input::Probed { answered } => self.probed(answered),
            Input::Frame { generation, frame } => {
                self.incoming(now, generation, frame.header(), Some(&frame));
            }
            Input::Skimmed { generation, header } => self.incoming(now, generation, header, None),
            Input::Text { generation, pong } => self.text(now, generation, pong),
            Input::Abort { request_id } => self.abort(request_id),
            Input::Answered { offer, answer } => self.answered(now, offer, answer),
            Input::AnswerFailed { offer, message } => self.answer_failed(offer, &message),
            Input::Online => self.woke(now),
            Input::Offline => self.probe(now),
            Input::Visible => {
                self.hidden = false;
                self.woke(now);
            }
            Input::Hidden => self.hidden = true,
            Input::Suspended => self.suspended = true,
            Input::Awake => {
                self.suspended = false;
                self.woke(now);
            }
            Input::Timeout => self.timeouts(now),
        }
        self.refresh_status();
    }

    fn timeouts(&mut self, now: Now) {
        if self.suspended {
            return;
        }
        while let Some((timer, due)) = self.timers.take_due(now.monotonic) {
            match timer {
                Timer::Retry => self.retry_due(now, due),
                Timer::Connect | Timer::Register => self.step_overdue(now, timer, due),
                Timer::Resume => self.resume_overdue(now, due),
                Timer::Rebuild => self.rebuilding_overdue(now, due),
                Timer::Ping => self.ping(now),
                Timer::Liveness => self.silence(now, due),
                Timer::Stable => self.attempts.settled(),
            }
        }
    }

    /// A sleep shows as a wall clock that ran ahead of the monotonic one.
    pub(super) fn note_time(&mut self, now: Now) {
        let monotonic = now.monotonic.saturating_sub(self.last.monotonic);
        let wall = now.wall.saturating_sub(self.last.wall);
        self.last = now;
        if wall.saturating_sub(monotonic) > SLEEP_MS && !self.suspended {
            self.woke(now);
            self.refresh_status();
        }
    }

    pub(super) fn refresh_status(&mut self) {
        let phase = match &self.state {
            State::Idle => Phase::Idle,
            State::Connecting => Phase::Connecting,
            State::Registering { .. } => Phase::Registering,
            State::Confirming { .. } => Phase::Confirming,
            State::Resuming { .. } => Phase::Resuming,
            State::Active => Phase::Active,
            State::Waiting { .. } => Phase::Waiting,
            State::Failed => Phase::Failed,
            State::Closed => Phase::Closed,
        };
        let retry_in_ms = match &self.state {
            State::Waiting { delay_ms } => Some(*delay_ms),
            _ => None,
        };
        let status = Status {
            phase,
            attempt: self.attempts.count,
            retry_in_ms,
            session_id: self.session_id,
            session_type: self.session_type,
            latency_ms: self.latency_ms,
            error: self.problem.clone(),
        };
        if status != self.status {
            self.status = status;
            self.effects.push_back(Effect::Status);
        }
    }
}
