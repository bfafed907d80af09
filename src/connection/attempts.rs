//! What is counted of the attempts to connect.

use super::backoff::Occasion;

/// How often the patience with an attempt is doubled.
const MAX_OVERDUE: u32 = 3;

#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// Since the last connection that was good for a while.
    pub(crate) count: u32,
    /// Delays since then.
    delays: u32,
    /// When the first of these began.
    lost_at: u64,
    /// When the newest one began.
    pub(crate) last: u64,
    /// In a row, those that did not open a socket.
    pub(crate) unopened: u32,
    /// Those that did not get that far in time.
    pub(crate) overdue: u32,
    /// Those that found somebody answering HTTP.
    pub(crate) refusals: u32,
}

impl Attempts {
    pub(crate) fn begin(&mut self, now: u64) {
        self.count = self.count.saturating_add(1);
        self.last = now;
    }

    /// There is no connection, and a delay begins: what it follows.
    pub(crate) fn delayed(&mut self, now: u64, hidden: bool) -> Occasion {
        if self.delays == 0 {
            self.lost_at = now;
        }
        let delays = self.delays;
        self.delays = delays.saturating_add(1);
        Occasion::Lost { delays, outage_ms: now - self.lost_at, hidden }
    }

    /// A socket has opened.
    pub(crate) fn opened(&mut self) {
        (self.unopened, self.overdue, self.refusals) = (0, 0, 0);
    }

    /// The connection has been good for a while.
    pub(crate) fn settled(&mut self) {
        (self.count, self.delays, self.unopened) = (0, 0, 0);
    }

    /// How long an attempt may take, in milliseconds: longer after some that took too
    /// long. Firefox holds connections back after failures, for up to a minute.
    pub(crate) fn patience(&self, connect_ms: u64) -> u64 {
        connect_ms.saturating_mul(1 << self.overdue.min(MAX_OVERDUE))
    }
}
