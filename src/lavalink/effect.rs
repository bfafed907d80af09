//! What is to be done for a node's connection.

use serde::Serialize;

use super::SessionId;
use crate::connection::Problem;

/// Something to do, in order, with the node let go.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Effect {
    /// Open a socket.
    Open {
        /// Its number.
        generation: u32,
        /// The session to present.
        session_id: Option<SessionId>,
    },
    /// Close a socket, or give up asking for the version, and forget it.
    Shut {
        /// Which one.
        generation: u32,
    },
    /// Ask the socket for a sign of life, if it can be asked.
    Ping {
        /// On which socket.
        generation: u32,
    },
    /// Ask for the node's version: does it answer at all, though the socket is silent?
    Version {
        /// What the answer is an [`Input::Opened`](super::Input::Opened) of.
        generation: u32,
    },
    /// The same, because no socket opens: is it the password?
    Probe,
    /// A REST request about a session.
    Ask {
        /// The number for the answer.
        number: u32,
        /// What.
        ask: Ask,
    },
    /// Tell a message.
    Message {
        /// As it came in.
        text: String,
    },
    /// Tell that the node is ready.
    Ready {
        /// The session.
        session_id: SessionId,
        /// It is the previous one.
        resumed: bool,
    },
    /// Tell that a session is gone, with its players and all that waited in it.
    Lost {
        /// Which one.
        session_id: SessionId,
        /// Why.
        why: WhyLost,
    },
    /// The status has changed.
    Status,
    /// Connecting has succeeded.
    Connected,
    /// Connecting has failed.
    ConnectFailed {
        /// Why.
        problem: Problem,
    },
    /// Report a problem.
    Error {
        /// What went wrong.
        problem: Problem,
    },
    /// Let [`Node::revise`](super::Node::revise) look at what is stored and change it.
    Revise,
    /// Nothing of the store's is needed any more.
    Released,
}

/// A REST request about a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Ask {
    /// Is it connected? GET its players.
    Look {
        /// Which session.
        session_id: SessionId,
    },
    /// PATCH it.
    Hold {
        /// Which session.
        session_id: SessionId,
        /// Is it to be held while nobody is connected?
        resuming: bool,
        /// For how long; seconds.
        timeout_s: u32,
    },
}

/// Why a session is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyLost {
    /// The node has been restarted since.
    NodeRestarted,
    /// The node did not hold it, or not for that long.
    Expired,
    /// The node has not noticed in time that the old connection is gone.
    StillConnected,
}
