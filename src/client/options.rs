//! What can be set, with the defaults.

pub use crate::connection::options::{Backoff, Heartbeat, Jitter, Timeouts};

/// Everything that can be set about a connection. Times are milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// When to try again.
    pub backoff: Backoff,
    /// How to notice that a connection is dead; `None` = not at all.
    pub heartbeat: Option<Heartbeat>,
    /// How long each step may take.
    pub timeouts: Timeouts,
    /// How much the viewer may send while there is no connection.
    pub queue: QueueLimits,
    /// Bytes of the backend's answers to OPEN_FILE that are kept for a viewer
    /// that starts from scratch, all images together.
    pub max_answers: usize,
}

/// Bounds of the queue of unsent frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueLimits {
    /// Frames.
    pub max_frames: usize,
    /// Bytes, headers included.
    pub max_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            backoff: Backoff::default(),
            heartbeat: Some(Heartbeat::default()),
            timeouts: Timeouts::default(),
            queue: QueueLimits::default(),
            max_answers: 4 * 1024 * 1024,
        }
    }
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self { max_frames: 10_000, max_bytes: 64 * 1024 * 1024 }
    }
}
