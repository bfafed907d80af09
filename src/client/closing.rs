//! What ends with the client.

use super::{Code, Driver, Effect, Machine, Problem};
use crate::{connection::state::State, protocol::handshake::Handshake};

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Another tab goes on with this work; nothing is done with it here any more.
    pub fn moved(&mut self) {
        if self.is_closed() {
            return;
        }
        let message = "This work has moved to another tab. Reload this page to start over here.";
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

    /// The client is closed: all that waits is told so.
    pub(super) fn end_all(&mut self) {
        self.withdraw_question(Err(Problem::closed()));
        self.end_rebuilding();
        self.effects.push_back(Effect::ConnectFailed(Problem::closed()));
        let unsent = self.own.queue.remove(&|_| true);
        let problem = Problem::new(Code::Closed, "The client was closed before this was sent.");
        self.give_up_on(unsent, problem);
        for request_id in self.own.requests.take_all() {
            let problem = Problem::closed();
            self.effects.push_back(Effect::Rejected { request_id, problem });
        }
    }
}
