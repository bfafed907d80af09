//! What can be set about a node, with the defaults.

use crate::connection::Options;

use super::SessionId;

/// Everything that can be set about a node.
#[derive(Clone, Debug)]
pub struct Settings {
    /// When to try, how long to wait, how to notice a dead connection.
    pub connection: Options,
    /// What stored sessions are kept apart by: the node's address, without secrets.
    pub address: String,
    /// The bot's user id.
    pub user: String,
    /// The session to begin with. It wins over a stored one.
    pub session_id: Option<SessionId>,
    /// Is the session to be held while the client is away?
    pub resuming: bool,
    /// For how long; seconds, as in the protocol.
    pub timeout_s: u32,
    /// What to do while the node takes the old connection for alive.
    pub still_connected: StillConnected,
    /// There is a store.
    pub is_stored: bool,
}

/// A node that has not noticed the loss of the old connection gives a new session to a
/// client that comes back, and goes on playing in the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StillConnected {
    /// Try the old one again for as long as its window, from the loss on.
    Wait,
    /// Try for this many milliseconds.
    WaitMs(u64),
    /// Go on with the new one at once.
    Accept,
}

impl Settings {
    /// How long after the loss the old session is tried again, in milliseconds.
    pub(super) fn patience_ms(&self, timeout_s: u32) -> u64 {
        match self.still_connected {
            StillConnected::Wait => u64::from(timeout_s) * 1_000,
            StillConnected::WaitMs(ms) => ms,
            StillConnected::Accept => 0,
        }
    }
}
