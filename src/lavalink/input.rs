//! What happens to a node's connection.

/// Something that happened. `generation` says on which socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A connection is wanted.
    Connect,
    /// The next attempt is wanted at once.
    RetryNow,
    /// The node is not wanted any more. `forget`: nor is its session.
    Close {
        /// What is stored goes.
        forget: bool,
    },
    /// The socket is open; for [`Effect::Version`](super::Effect::Version): it is answered.
    Opened {
        /// Which one.
        generation: u32,
    },
    /// The socket failed or closed.
    Lost {
        /// Which one.
        generation: u32,
    },
    /// The node, or the proxy in front of it, refuses: the password is wrong, or anything
    /// else that every attempt would meet.
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The outcome of [`Effect::Probe`](super::Effect::Probe).
    Probed {
        /// Something answers HTTP.
        answered: bool,
    },
    /// A message came in.
    Text {
        /// On which socket.
        generation: u32,
        /// All of it.
        text: String,
    },
    /// A ping of the socket's is answered.
    Pong {
        /// On which socket.
        generation: u32,
    },
    /// The outcome of [`Effect::Ask`](super::Effect::Ask).
    Told {
        /// Which one.
        number: u32,
        /// What came of it.
        outcome: Outcome,
    },
    /// The caller has set these by a request of its own, and the node agreed.
    Updated {
        /// Is the session held?
        resuming: bool,
        /// For how long; seconds.
        timeout_s: u32,
    },
    /// The store has been asked; `fault`: it could not be read or written.
    Revised {
        /// What went wrong.
        fault: Option<String>,
    },
    /// The network is back, says the browser.
    Online,
    /// The network is gone, says the browser.
    Offline,
    /// The page is shown.
    Visible,
    /// The page is hidden.
    Hidden,
    /// A deadline has passed.
    Timeout,
}

/// What came of a REST request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A status from 200 to 299.
    Done,
    /// Another status.
    Status(u16),
    /// No answer in time.
    Failed,
}
