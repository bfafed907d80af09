//! A second socket beside the one that has fallen silent.
//!
//! Silence is not death: the backend does much of its work on its only socket
//! thread, and answers nobody meanwhile. It accepts nobody either. So a second
//! socket is tried while the first is kept. If the first says anything, the second
//! is closed, and nothing has happened. Only when the backend has opened the second
//! and the first stays silent for a short while after that, the first is dead, and
//! the second takes its place.

use super::{
    Driver, Effect, Machine, Problem,
    attempts::Attempts,
    backoff::Occasion,
    state::{Socket, State},
    timers::{Due, Timer},
};
use crate::protocol::handshake::Handshake;

#[derive(Debug)]
pub(super) struct SecondSocket {
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

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Is a second socket of this number opening or open?
    pub(super) fn is_second(&self, generation: u32) -> bool {
        self.second
            .as_ref()
            .is_some_and(|second| second.generation == generation && second.stage != Stage::Planned)
    }

    pub(super) fn awaits_second(&self, generation: u32) -> bool {
        self.second
            .as_ref()
            .is_some_and(|second| second.generation == generation && second.stage == Stage::Opening)
    }

    /// Opens a second socket.
    pub(super) fn open_second(&mut self) {
        let generation = self.new_generation();
        let mut attempts = self.second.take().map(|second| second.attempts).unwrap_or_default();
        attempts.begin(self.now.monotonic);
        let patience = attempts.patience(self.options.timeouts.connect_ms);
        self.timers.set(Timer::Second, self.now.after(patience));
        let attempt = self.attempts.count.saturating_add(attempts.count);
        self.second = Some(SecondSocket { generation, stage: Stage::Opening, attempts });
        self.effects.push_back(Effect::Open { generation, attempt });
    }

    /// The second socket has opened: the first is asked once more.
    pub(super) fn second_opened(&mut self) {
        if let Some(second) = &mut self.second {
            second.stage = Stage::Open;
            self.timers.set(Timer::Second, self.dead_at());
            self.push_ping();
        }
    }

    /// The second socket could not be opened, or is gone.
    pub(super) fn second_lost(&mut self) {
        let hidden = self.page.hidden;
        let Some(second) = &mut self.second else { return };
        second.stage = Stage::Planned;
        let occasion = second.attempts.delayed(self.now.monotonic, hidden);
        let delay = self.delay(occasion);
        self.timers.set(Timer::Second, self.now.after(delay));
    }

    pub(super) fn second_due(&mut self, due: Due) {
        let Some(second) = &mut self.second else { return };
        match (second.stage, due) {
            (Stage::Planned, _) => self.open_second(),
            (Stage::Opening, Due::OnTime) => {
                second.attempts.overdue = second.attempts.overdue.saturating_add(1);
                let generation = second.generation;
                self.effects.push_back(Effect::Shut { generation });
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
    pub(super) fn hasten_verdict(&mut self) {
        if self.second.as_ref().is_some_and(|second| second.stage == Stage::Open) {
            let at = self.dead_at();
            if self.timers.at(Timer::Second).is_none_or(|planned| at < planned) {
                self.timers.set(Timer::Second, at);
            }
        }
    }

    /// A good moment to try.
    pub(super) fn hurry_second(&mut self) {
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
    pub(super) fn drop_second(&mut self) {
        let Some(second) = self.second.take() else { return };
        self.timers.clear(Timer::Second);
        if second.stage != Stage::Planned {
            self.effects.push_back(Effect::Shut { generation: second.generation });
        }
    }

    /// The first is gone: the second takes its place, if there is one.
    pub(super) fn adopt_second(&mut self, problem: &Problem) -> bool {
        let Some(second) = self.second.take() else { return false };
        if second.stage == Stage::Planned {
            return false;
        }
        self.generation = second.generation;
        self.attempts.begin(second.attempts.last);
        let socket = Socket { after: Some(problem.clone()), ..self.fresh_socket() };
        self.enter(State::Connecting { socket });
        if second.stage == Stage::Open {
            self.opened(second.generation);
        }
        true
    }
}
