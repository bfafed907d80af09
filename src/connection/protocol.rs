//! The seam to a protocol: what it is asked, and what it must say.
//!
//! The connection knows when to try, how long to wait, when silence is death, and when
//! to stop. What is said on connecting, how the reply is read, whether state must be
//! sent and whether a user is asked, the protocol knows. It is told at the moments
//! below, with the whole connection in hand, and moves it on with
//! [`enter`](Connection::enter) and the methods beside it.

use std::fmt::Debug;

use super::{
    Connection, Problem, SessionType,
    timers::{Due, Timer},
};

/// What a protocol brings to a [`Connection`], with whatever it must remember.
pub trait Protocol: Sized {
    /// What has happened.
    type Input;
    /// What is to be done.
    type Effect;
    /// What names a session; its default names none.
    type SessionId: Clone + Debug + Default + PartialEq;

    /// What is said about the other side.
    const WORDS: Words;

    /// Takes note of what happened: the time is known already, and the status is told
    /// afterwards.
    fn handle(connection: &mut Connection<Self>, input: Self::Input);

    /// The effect by which this is done.
    fn effect(&self, wanted: Wanted) -> Self::Effect;

    /// The session, and what the other side called it.
    fn session(&self) -> (Self::SessionId, Option<SessionType>);

    /// A socket is open: the opening conversation begins.
    fn opened(connection: &mut Connection<Self>);

    /// Another socket is the one in use from now on; it may not be open yet.
    fn socket_begins(_connection: &mut Connection<Self>) {}

    /// Does the opening conversation have a deadline?
    fn limits_opening(&self) -> bool {
        true
    }

    /// Is something that was asked for on its way, so that a silent line may just be
    /// busy?
    fn awaits_data(&self) -> bool {
        false
    }

    /// Can a second socket be open beside the first without harm? If not, an effect
    /// finds out whether the other side answers at all, in its place.
    fn takes_second_sockets() -> bool {
        true
    }

    /// A sign of life came in.
    fn alive(&mut self) {}

    /// The user wants to go on, and there is a connection.
    fn ask_again(_connection: &mut Connection<Self>) {}

    /// The connection is lost. True: there must not be another.
    fn lost(_connection: &mut Connection<Self>, _problem: &Problem) -> bool {
        false
    }

    /// What follows the loss is decided. `was_resuming`: it came in that phase.
    fn settled(_connection: &mut Connection<Self>, _was_resuming: bool) {}

    /// The deadline of a step that is the protocol's own has passed.
    fn overdue(_connection: &mut Connection<Self>, _timer: Timer, _due: Due) {}

    /// Trying again cannot help: that is to be reported.
    fn failed(connection: &mut Connection<Self>, problem: Problem) {
        connection.want(Wanted::ConnectFailed(problem.clone()));
        connection.want(Wanted::Error(problem));
    }

    /// It is being closed for good, and there is no socket any more.
    fn closing(connection: &mut Connection<Self>) {
        connection.want(Wanted::ConnectFailed(Problem::closed()));
    }
}

/// What the connection itself wants done.
#[derive(Debug)]
pub enum Wanted {
    /// Open a socket.
    Open {
        /// Its number.
        generation: u32,
        /// How many attempts in a row this is, from 1.
        attempt: u32,
        /// It stands beside a silent one.
        is_second: bool,
    },
    /// Close a socket and forget it; nothing it says counts any more.
    Shut {
        /// Which one.
        generation: u32,
    },
    /// Ask for a sign of life.
    Ping {
        /// On which socket.
        generation: u32,
    },
    /// Find out whether anybody answers HTTP there.
    Probe,
    /// Tell the status.
    Status,
    /// Tell that connecting has succeeded.
    Connected,
    /// Tell that connecting has failed.
    ConnectFailed(Problem),
    /// Report a problem.
    Error(Problem),
}

/// Sentences for people about the other side of the connection.
#[derive(Debug)]
pub struct Words {
    /// No socket opens.
    pub cannot_connect: &'static str,
    /// A connection was lost.
    pub lost: &'static str,
    /// It is silent, and taken for dead.
    pub silent: &'static str,
    /// An attempt took too long.
    pub overdue: &'static str,
    /// It is there and refuses the connection each time.
    pub refused: &'static str,
    /// No connection after this many attempts: what to do.
    pub spent: &'static str,
}
