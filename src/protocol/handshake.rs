//! The seam for a protocol: what is said on connecting, how the reply is read,
//! whether state must be sent, and whether a user must be asked first.
//!
//! CARTA's answers are in [`super::carta`]. A protocol whose server keeps the
//! session itself would answer [`NextStep::Nothing`] to a resumed session, and no
//! state would be sent.
//!
//! What the state is and how it is put into a message, the workspace and the tracker
//! know. Of the client's own files, `resume`, `leftovers`, `queue` and `rebuild` name
//! CARTA's messages, and `traffic` those that a viewer may not send itself.

use std::ops::RangeInclusive;

use prost::DecodeError;

use super::{EventType, Frame};

/// What a protocol must bring: its opening conversation. It lives as long as the
/// client and may learn, for example which version the backend speaks.
///
/// # Order of calls
///
/// 1. On each new socket [`opening`](Self::opening): the frame that is sent first.
/// 2. [`read_reply`](Self::read_reply) for a frame of the type
///    [`REPLY`](Self::REPLY) with the opening frame's request id.
/// 3. After [`Reply::Again`], [`opening_again`](Self::opening_again), and on from 2.
///    After [`Reply::Refused`], nothing until the viewer wants another attempt.
/// 4. After [`Reply::Welcome`], [`next_step`](Self::next_step): is the user asked, is
///    state sent?
/// 5. With a yes, a frame of the type [`RESUME`](Self::RESUME) hands the state over,
///    and one of the type [`RESUME_REPLY`](Self::RESUME_REPLY) says what came of it.
///
/// [`learn`](Self::learn) comes before all of these where the viewer has made the
/// first opening frame itself. [`version`](Self::version) may be asked at any time.
pub trait Handshake {
    /// Versions of the interface that are spoken.
    const VERSIONS: RangeInclusive<u16>;
    /// The event type of the reply to the opening frame.
    const REPLY: EventType;
    /// The request that hands the state over.
    const RESUME: EventType;
    /// The event type of the reply to that.
    const RESUME_REPLY: EventType;

    /// What is said on connecting: the first frame on a new socket. `session_id` is
    /// the session to go on with, 0 = none.
    fn opening(&mut self, session_id: u32, request_id: u32) -> Frame;

    /// The opening frame once more on the same socket, after [`Reply::Again`].
    fn opening_again(&mut self, session_id: u32, request_id: u32) -> Frame;

    /// Takes over an opening frame that the viewer has made: what it says is said
    /// on the next connections too. Gives its session id.
    fn learn(&mut self, opening: &Frame) -> Result<u32, DecodeError>;

    /// Reads the reply to the opening frame.
    fn read_reply(&mut self, reply: &Frame) -> Result<Reply, DecodeError>;

    /// Whether state must be sent after a welcome, and whether the user must be
    /// asked before; `has_state`: the client has some to restore.
    fn next_step(&self, welcome: &Welcome, has_state: bool) -> NextStep;

    /// The interface version for the headers of what is sent from now on.
    fn version(&self) -> u16;
}

/// What the backend says to the opening frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Registered.
    Welcome(Welcome),
    /// Refused, but another opening frame may be accepted: send it with this
    /// session id.
    Again {
        /// The session id for the next opening frame, 0 for a new session.
        session_id: u32,
        /// The backend's message.
        message: String,
    },
    /// Refused, and trying again cannot help.
    Refused(Refusal),
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

/// What the backend says that the session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A session that did not exist before.
    New,
    /// The session that was asked for. With CARTA this does not mean that the
    /// backend still has its state.
    Resumed,
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
