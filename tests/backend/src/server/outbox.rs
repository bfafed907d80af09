//! What waits to be sent on a socket.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

/// What waits to be sent, in order.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<(Instant, Message)>,
}

impl Outbox {
    /// Adds a message that is held back for this long, and not longer than what is before it. On a
    /// line of `rate` bytes per second, it is sent once all of it would be through: a viewer never
    /// sees part of a message.
    pub(super) fn push(&mut self, message: Message, delay: Duration, rate: u32) {
        let mut due = Instant::now() + delay;
        if let Some((before, _)) = self.waiting.back() {
            due = due.max(*before);
        }
        if rate > 0 {
            due += Duration::from_secs_f64(message.len() as f64 / f64::from(rate));
        }
        self.waiting.push_back((due, message));
    }

    /// When the first may be sent.
    pub(super) fn due(&self) -> Option<Instant> {
        self.waiting.front().map(|(due, _)| *due)
    }

    /// Takes the first, if it may be sent by then.
    pub(super) fn pop(&mut self, then: Instant) -> Option<Message> {
        self.due().filter(|due| *due <= then)?;
        self.waiting.pop_front().map(|(_, message)| message)
    }

    /// Throws everything away.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }
}
