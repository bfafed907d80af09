//! Giving up, and closing for good.

use super::{Connection, Problem, Protocol, Wanted, state::State};

impl<P: Protocol> Connection<P> {
    /// Trying again cannot help.
    pub(crate) fn fail(&mut self, problem: Problem) {
        if self.state.socket().is_some() {
            self.want(Wanted::Shut { generation: self.generation });
        }
        self.failed(problem);
    }

    /// There is no socket any more, and there will be none.
    pub(crate) fn failed(&mut self, problem: Problem) {
        self.drop_second();
        self.enter(State::Failed { problem: problem.clone() });
        P::failed(self, problem);
    }

    pub(crate) fn close(&mut self) {
        self.drop_second();
        if self.state.socket().is_some() {
            self.want(Wanted::Shut { generation: self.generation });
        }
        P::closing(self);
        let problem = self.state.problem().cloned();
        self.enter(State::Closed { problem });
    }
}
