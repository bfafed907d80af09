//! Giving up, and closing for good.

use super::{Code, Driver, Effect, Machine, Problem, state::State};
use crate::protocol::handshake::Handshake;

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Trying again cannot help.
    pub(super) fn fail(&mut self, problem: Problem) {
        if self.state.socket().is_some() {
            self.effects.push_back(Effect::Shut { generation: self.generation });
        }
        self.failed(problem);
    }

    /// There is no socket any more, and there will be none.
    pub(super) fn failed(&mut self, problem: Problem) {
        self.drop_second();
        self.enter(State::Failed { problem: problem.clone() });
        if self.is_drop_in() {
            if !self.registrar.is_viewer() {
                self.effects.push_back(Effect::Error(problem.clone()));
            }
            return self.end(problem);
        }
        self.effects.push_back(Effect::ConnectFailed(problem.clone()));
        self.effects.push_back(Effect::Error(problem));
    }

    /// Another tab goes on with this work; nothing is done with it here any more.
    pub fn moved(&mut self) {
        if self.is_closed() {
            return;
        }
        let message = "This work has moved to another tab. Reload this page to begin anew here.";
        let problem = Problem::new(Code::Moved, message);
        self.effects.push_back(Effect::Error(problem.clone()));
        self.end(problem.clone());
        self.enter(State::Closed { problem: Some(problem) });
        self.refresh_status();
    }

    /// Nothing more can be done for a viewer that does not know this client: its
    /// own logic has to.
    pub(super) fn end(&mut self, problem: Problem) {
        self.effects.push_back(Effect::Ended(problem));
        self.close();
    }

    pub(super) fn close(&mut self) {
        self.drop_second();
        if self.state.socket().is_some() {
            self.effects.push_back(Effect::Shut { generation: self.generation });
        }
        self.withdraw_question(Err(Problem::closed()));
        self.end_rebuilding();
        self.effects.push_back(Effect::ConnectFailed(Problem::closed()));
        let unsent = self.queue.remove(&|_| true);
        let problem = Problem::new(Code::Closed, "The client was closed before this was sent.");
        self.give_up_on(unsent, problem);
        for request_id in self.requests.take_all() {
            let problem = Problem::closed();
            self.effects.push_back(Effect::Rejected { request_id, problem });
        }
        let problem = self.state.problem().cloned();
        self.enter(State::Closed { problem });
    }
}
