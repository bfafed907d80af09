//! What happens to the machine.

use super::{Driver, login::Barrier, offer::Answer};
use crate::protocol::{Frame, Header};

/// Something that happened. `generation` says to which socket: each attempt
/// has a number of its own, and whatever concerns an older one is ignored.
#[derive(Clone, Debug, PartialEq)]
pub enum Input<D: Driver> {
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
    /// The socket failed or closed.
    Lost {
        /// Which one.
        generation: u32,
    },
    /// The address to open the socket at could not be determined.
    NoAddress {
        /// Which socket.
        generation: u32,
        /// What went wrong, without secrets.
        message: String,
        /// What the viewer's function threw, if it did.
        cause: Option<D::Cause>,
    },
    /// No socket is opened for this attempt, and nothing is wrong with the client.
    Barred {
        /// Which socket.
        generation: u32,
        /// Why.
        by: Barrier,
    },
    /// The outcome of [`Effect::Probe`](super::Effect::Probe).
    Probed {
        /// Something at the backend's address answers HTTP.
        answered: bool,
    },
    /// A frame that [`Machine::wants`](super::Machine::wants) asked for came in.
    Frame {
        /// On which socket.
        generation: u32,
        /// All of it.
        frame: Frame,
        /// The same for the viewer.
        message: D::Message,
    },
    /// A frame came in of which the header is enough.
    Skimmed {
        /// On which socket.
        generation: u32,
        /// Its header.
        header: Header,
        /// All of it, for the viewer.
        message: D::Message,
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
        /// The request's id, as [`Machine::request`](super::Machine::request) gave it.
        request_id: u32,
    },
    /// The user has ticked what is to be made again; the answer comes next.
    Ticked {
        /// [`Offer::id`](super::Offer::id).
        offer: u32,
        /// Of what the offer says that can be made again.
        calculations: Vec<i32>,
    },
    /// The user answered.
    Answered {
        /// [`Offer::id`](super::Offer::id).
        offer: u32,
        /// The answer.
        answer: Answer,
    },
    /// The viewer could not ask the user.
    AnswerFailed {
        /// [`Offer::id`](super::Offer::id).
        offer: u32,
        /// What went wrong.
        message: String,
        /// What its function threw, if it did.
        cause: Option<D::Cause>,
    },
    /// The browser reports that it is online.
    Online,
    /// The browser reports that it is offline, which means nothing on localhost.
    Offline,
    /// The page is visible.
    Visible,
    /// The page is hidden.
    Hidden,
    /// The page is frozen or in the back/forward cache: no timer runs.
    Suspended,
    /// The page is back; the socket may or may not be.
    Awake,
    /// A deadline may have passed.
    Timeout,
}
