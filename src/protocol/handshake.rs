//! The seam between the connection's state machine and a protocol: what is
//! said on connecting, how the reply is read, whether state must be sent, and
//! whether a person must be asked first.
//!
//! CARTA's answers to these questions are in [`super::carta`]. A protocol
//! whose server keeps the session itself would answer [`NextStep::Nothing`]
//! to a resumed session and send no state at all.

use prost::DecodeError;

use super::{EventType, Frame};

/// What the backend says that the session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A session that did not exist before.
    New,
    /// The session that was asked for. With CARTA this does not mean that the
    /// backend still has its state.
    Resumed,
}

/// The session that the backend agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// The id to present on the next connection.
    pub session_id: u32,
    /// New or resumed, in the backend's word.
    pub kind: SessionKind,
    /// The backend's message, for people.
    pub message: String,
}

/// How the backend answered the opening frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Registered.
    Welcome(Welcome),
    /// Refused, but another opening frame may be accepted: send it with this
    /// session id.
    Again {
        /// The session id for the next opening frame, 0 for a new session.
        session_id: u32,
    },
    /// Refused, and trying again cannot help.
    Refused(Refusal),
}

/// Why the backend does not let this client in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It speaks a version of the interface that this client does not.
    UnsupportedVersion {
        /// The version it expects.
        expected: u16,
    },
    /// Anything else, in its own words.
    Other {
        /// The backend's message.
        message: String,
    },
}

/// What has to happen between the welcome and normal work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Ask the user; on a yes, send the state.
    AskThenSendState,
    /// Nothing is to be restored, but the backend may have kept something that
    /// the viewer does not know of: empty it.
    EmptyBackend,
    /// Both sides are empty, or the backend has everything.
    Nothing,
}

/// One protocol's opening conversation. It lives as long as the client and
/// may learn, for example which version the backend speaks.
pub trait Handshake {
    /// The event type of the reply to the opening frame.
    const REPLY: EventType;
    /// The request that hands the state over.
    const RESUME: EventType;

    /// Starts over on a new socket and gives its first frame.
    fn open(&mut self, session_id: u32, request_id: u32) -> Frame;

    /// The opening frame once more on the same socket, after [`Reply::Again`].
    fn repeat(&mut self, session_id: u32, request_id: u32) -> Frame;

    /// Takes over an opening frame that somebody else has made: what it says is
    /// said on the next connections too. Gives its session id.
    fn learn(&mut self, opening: &Frame) -> Result<u32, DecodeError>;

    /// Reads the reply to the opening frame.
    fn read(&mut self, reply: &Frame) -> Result<Reply, DecodeError>;

    /// What follows a welcome, given whether the client has state to restore.
    fn next_step(&self, welcome: &Welcome, has_state: bool) -> NextStep;

    /// The interface version for the headers of what is sent from now on.
    fn version(&self) -> u16;
}
