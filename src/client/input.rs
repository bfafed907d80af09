//! What happens to the machine, and what it wants done.

use super::{
    offer::{Answer, Aside, Offer, Report, RestoreOutcome},
    problem::Problem,
};
use crate::protocol::{Frame, Header};

/// Something that happened. `generation` says to which socket: each attempt
/// has a number of its own, and whatever concerns an older one is ignored.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The viewer wants a connection.
    Connect,
    /// The viewer or its user wants the next attempt at once.
    RetryNow,
    /// The viewer is done.
    Close,
    /// The socket is open.
    Opened {
        /// Which one.
        generation: u32,
    },
    /// The socket failed or closed, or its address could not be had.
    Lost {
        /// Which one.
        generation: u32,
        /// What the function that gives the address said, without secrets.
        url_error: Option<String>,
    },
    /// The outcome of [`Effect::Probe`].
    Probed {
        /// Something at the backend's address answers HTTP.
        answered: bool,
    },
    /// A frame that [`super::Machine::wants`] asked for came in.
    Frame {
        /// On which socket.
        generation: u32,
        /// All of it.
        frame: Frame,
    },
    /// A frame that nobody here needs came in.
    Skimmed {
        /// On which socket.
        generation: u32,
        /// Its header.
        header: Header,
    },
    /// A text message came in.
    Text {
        /// On which socket.
        generation: u32,
        /// It is the answer to a PING.
        pong: bool,
    },
    /// The viewer gave a request up.
    Abort {
        /// The request's id, as [`super::Machine::request`] gave it.
        request_id: u32,
    },
    /// The user answered.
    Answered {
        /// [`Offer::id`].
        offer: u32,
        /// The answer.
        answer: Answer,
    },
    /// The viewer could not ask the user.
    AnswerFailed {
        /// [`Offer::id`].
        offer: u32,
        /// What its function threw.
        message: String,
    },
    /// The browser believes to be online.
    Online,
    /// The browser believes to be offline; on localhost that means nothing.
    Offline,
    /// The page is visible.
    Visible,
    /// The page is hidden.
    Hidden,
    /// The page is frozen or put aside: no timer runs from here on.
    Suspended,
    /// The page is back; the socket may or may not be.
    Awake,
    /// A deadline may have passed.
    Timeout,
}

/// Something to do. Effects are carried out in order, each after the machine
/// has been let go, so that what it calls may call back in.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Open a socket.
    Open {
        /// Its number.
        generation: u32,
        /// How many attempts in a row this is, from 1.
        attempt: u32,
    },
    /// Close a socket and forget it; nothing it says counts any more.
    Shut {
        /// Which one.
        generation: u32,
    },
    /// Send a binary message.
    Send {
        /// On which socket.
        generation: u32,
        /// What.
        frame: Frame,
    },
    /// Send the text `PING`.
    Ping {
        /// On which socket.
        generation: u32,
    },
    /// Ask the backend's address something over HTTP; any answer counts.
    Probe,
    /// Give the frame that just came in to the viewer.
    Deliver,
    /// Give the viewer a frame of this client's own making.
    Feed(Frame),
    /// The connection of [`super::Machine::take_over`] is over, and the viewer
    /// is to know it.
    Ended(Problem),
    /// [`super::Machine::status`] has changed.
    Status,
    /// Connecting has succeeded.
    Connected,
    /// Connecting has failed, for this reason.
    ConnectFailed(Problem),
    /// Ask the user.
    Ask(Offer),
    /// The workspace has changed while the user is asked.
    UpdateOffer(Offer),
    /// There is nothing to ask any more.
    WithdrawOffer,
    /// A resume has come to its end.
    Resumed(Report),
    /// A viewer is being rebuilt: this much of all is done.
    Rebuilding {
        /// Calls that the viewer has answered.
        done: usize,
        /// Calls in all.
        all: usize,
    },
    /// The viewer has been rebuilt, or as much of it as was possible. If all of
    /// it was, what [`Effect::PutAway`] put into the archive is not needed.
    Rebuilt {
        /// All of it was wanted, and is there.
        whole: bool,
    },
    /// Report a problem.
    Error(Problem),
    /// The frame that just came in answers this request.
    Fulfilled {
        /// The request's id.
        request_id: u32,
    },
    /// This request will not be answered.
    Rejected {
        /// The request's id.
        request_id: u32,
        /// Why.
        problem: Problem,
    },
    /// Remember this session id for the next page of this tab.
    KeepSessionId(u32),
    /// The workspace as it was when this question was answered goes to the
    /// archive; what is kept from now on is another one.
    SetAside(Aside),
    /// The same for what [`super::Machine::keep_for_rebuilding`] was given.
    PutAway(Aside),
    /// What [`super::Machine::restore`] began has come to its end.
    RestoreEnded(Result<RestoreOutcome, Problem>),
}
