//! A second socket beside the one that has fallen silent.
//!
//! Silence is not death: the backend does much of its work on its only socket
//! thread, and answers nobody meanwhile. It accepts nobody either. So a second
//! socket is tried while the first is kept. If the first says anything, the second
//! is closed, and nothing has happened. Only when the backend has opened the second
//! and the first stays silent for a short while after that, the first is dead, and
//! the second takes its place.

use super::{
    Connection, Problem, Protocol, Wanted,
    attempts::Attempts,
    backoff::Occasion,
    state::{Socket, State},
    timers::{Due, Timer},
};

#[derive(Debug)]
pub(crate) struct SecondSocket {
    /// The number of the newest one.
    generation: u32,
    stage: Stage,
    /// Of this silence.
    attempts: Attempts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Opening,
    /// It has opened: now the first has to say something.
    Open,
    /// It could not be opened; another is tried later.
    Planned,
}

impl<P: Protocol> Connection<P> {
    /// Is a second socket of this number opening or open?
    pub(crate) fn is_second(&self, generation: u32) -> bool {
        self.second
            .as_ref()
            .is_some_and(|second| second.generation == generation && second.stage != Stage::Planned)
    }

    pub(crate) fn awaits_second(&self, generation: u32) -> bool {
        self.second
            .as_ref()
            .is_some_and(|second| second.generation == generation && second.stage == Stage::Opening)
    }

    /// Opens a second socket.
    pub(crate) fn open_second(&mut self) {
        let generation = self.new_generation();
        let mut attempts = self.second.take().map(|second| second.attempts).unwrap_or_default();
        attempts.begin(self.now.monotonic);
        let patience = attempts.patience(self.options.timeouts.connect_ms);
        self.timers.set(Timer::Second, self.now.after(patience));
        let attempt = self.attempts.count.saturating_add(attempts.count);
        self.second = Some(SecondSocket { generation, stage: Stage::Opening, attempts });
        self.want(Wanted::Open { generation, attempt, is_second: true });
    }

    /// The second socket has opened: the first is asked once more.
    pub(crate) fn second_opened(&mut self) {
        if let Some(second) = &mut self.second {
            second.stage = Stage::Open;
            self.timers.set(Timer::Second, self.dead_at());
            self.push_ping();
        }
    }

    /// The second socket could not be opened, or is gone.
    pub(crate) fn second_lost(&mut self) {
        let hidden = self.page.hidden;
        let Some(second) = &mut self.second else { return };
        second.stage = Stage::Planned;
        let occasion = second.attempts.delayed(self.now.monotonic, hidden);
        let delay = self.delay(occasion);
        self.timers.set(Timer::Second, self.now.after(delay));
    }

    pub(crate) fn second_due(&mut self, due: Due) {
        let Some(second) = &mut self.second else { return };
        match (second.stage, due) {
            (Stage::Planned, _) => self.open_second(),
            (Stage::Opening, Due::OnTime) => {
                second.attempts.overdue = second.attempts.overdue.saturating_add(1);
                let generation = second.generation;
                self.want(Wanted::Shut { generation });
                self.second_lost();
            }
            (Stage::Opening, Due::Late) => {
                self.timers.extend(Timer::Second, self.now.after(self.probe_ms()));
            }
            (Stage::Open, Due::OnTime) => self.died_of_silence(),
            (Stage::Open, Due::Late) => {
                self.push_ping();
                self.timers.extend(Timer::Second, self.now.after(self.probe_ms()));
            }
        }
    }

    /// There is less patience with the first from now on.
    pub(crate) fn hasten_verdict(&mut self) {
        if self.second.as_ref().is_some_and(|second| second.stage == Stage::Open) {
            let at = self.dead_at();
            if self.timers.at(Timer::Second).is_none_or(|planned| at < planned) {
                self.timers.set(Timer::Second, at);
            }
        }
    }

    /// A good moment to try.
    pub(crate) fn hurry_second(&mut self) {
        let Some(second) = &self.second else { return };
        if second.stage == Stage::Planned {
            let since_attempt_ms = self.now.monotonic.saturating_sub(second.attempts.last);
            let delay = self.delay(Occasion::GoodMoment { since_attempt_ms });
            let at = self.now.after(delay);
            if self.timers.at(Timer::Second).is_none_or(|planned| at < planned) {
                self.timers.set(Timer::Second, at);
            }
        }
    }

    /// The second socket is not needed any more.
    pub(crate) fn drop_second(&mut self) {
        let Some(second) = self.second.take() else { return };
        self.timers.clear(Timer::Second);
        if second.stage != Stage::Planned {
            self.want(Wanted::Shut { generation: second.generation });
        }
    }

    /// The first is gone: the second takes its place, if there is one.
    pub(crate) fn adopt_second(&mut self, problem: &Problem) -> bool {
        let Some(second) = self.second.take() else { return false };
        if second.stage == Stage::Planned {
            return false;
        }
        if !P::takes_second_sockets() {
            // It only showed that somebody answers.
            self.want(Wanted::Shut { generation: second.generation });
            return false;
        }
        self.generation = second.generation;
        self.attempts.begin(second.attempts.last);
        let socket = Socket { after: Some(problem.clone()), ..Socket::default() };
        P::socket_begins(self);
        self.enter(State::Connecting { socket });
        if second.stage == Stage::Open {
            self.opened(second.generation);
        }
        true
    }
}
