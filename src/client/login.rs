//! Where people log in, it takes more than a backend to connect.

use super::{Code, Driver, Effect, Machine, Problem};
use crate::protocol::handshake::Handshake;

/// Why no socket is opened now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// No answer from what gives the address.
    Silence,
    /// The login is over.
    LoggedOut,
    /// A different user has logged in.
    OtherUser,
}

impl Barrier {
    fn problem(self) -> Problem {
        let (code, message) = match self {
            Self::Silence => (
                Code::ConnectionLost,
                "Cannot connect: the server that renews the login does not answer. Trying again.",
            ),
            Self::LoggedOut => (
                Code::LoginRequired,
                "You are logged out. Log in again, for example in another tab, then come back to \
                 this one. Your work is kept.",
            ),
            Self::OtherUser => (
                Code::LoginRequired,
                "Another user has logged in. Log in as before to continue the work in this tab, \
                 or reload the page to start as the other user. The work is kept.",
            ),
        };
        Problem::new(code, message)
    }
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// The attempt ends before a socket is opened. A login that is over is told once,
    /// and only asked for now and then: a person has to act first.
    pub(super) fn barred(&mut self, generation: u32, barrier: Barrier) {
        if !self.awaits_socket(generation) {
            return;
        }
        if self.is_second(generation) {
            return self.second_lost();
        }
        let problem = barrier.problem();
        let is_told = self.state.problem() == Some(&problem);
        if problem.code == Code::LoginRequired && !is_told {
            self.effects.push_back(Effect::Error(problem.clone()));
        }
        self.lost(problem);
    }
}
