//! How fast the line of a connection is, as far as what came in has shown.
//!
//! A browser shows no part of a message. So a large one on a slow line looks like a
//! dead connection: nothing comes in, and the PONG waits behind it.

/// How much may be on its way in one message, in bytes.
const LARGE: u64 = 8 * 1024 * 1024;

/// How long after the viewer asked for something its data may begin to come in, in
/// milliseconds, where nothing else says that they are awaited.
const RECENT_MS: u64 = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Line {
    /// When the viewer last asked for something.
    asked_at: Option<u64>,
    /// Nothing has come in since.
    waits: bool,
    /// When the newest measurement began.
    since: Option<u64>,
    /// What came in since then.
    bytes: u64,
    /// Bytes per second, at least.
    best: u64,
}

impl Line {
    /// The viewer asks for something. `at_rest`: nothing was on its way, so that
    /// what comes in from now on was sent from now on.
    pub(crate) fn asked(&mut self, now: u64, at_rest: bool) {
        if at_rest && !self.waits {
            (self.since, self.bytes) = (Some(now), 0);
        }
        (self.asked_at, self.waits) = (Some(now), true);
    }

    /// Something came in.
    pub(crate) const fn heard(&mut self) {
        self.waits = false;
    }

    /// So many bytes came in.
    pub(crate) fn received(&mut self, now: u64, bytes: usize) {
        self.heard();
        let Some(since) = self.since else { return };
        self.bytes = self.bytes.saturating_add(bytes as u64);
        let elapsed = now.saturating_sub(since).max(1);
        self.best = self.best.max(self.bytes.saturating_mul(1_000) / elapsed);
    }

    /// Whether the viewer asked for something shortly before this moment.
    pub(crate) fn was_asked_before(&self, moment: u64) -> bool {
        self.asked_at.is_some_and(|at| moment <= at.saturating_add(RECENT_MS))
    }

    /// How long a large message takes on this line, in milliseconds; `None` if that
    /// is not known.
    pub(crate) const fn large_message_ms(&self) -> Option<u64> {
        (LARGE * 1_000).checked_div(self.best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_after_a_question_shows_the_rate() {
        let mut line = Line::default();
        assert_eq!(line.large_message_ms(), None);
        line.received(0, 1_000_000);
        assert_eq!(line.large_message_ms(), None, "nobody knows when that was sent");
        line.asked(1_000, true);
        line.received(1_500, 500_000);
        line.received(2_000, 500_000);
        assert_eq!(line.large_message_ms(), Some(8_388));
    }

    #[test]
    fn a_message_that_was_on_its_way_shows_nothing() {
        let mut line = Line::default();
        line.asked(0, true);
        // Something else is asked for shortly before a message of 4 MB has arrived.
        line.asked(31_900, true);
        line.received(32_000, 4_000_000);
        assert_eq!(line.large_message_ms(), Some(67_108));
        line.asked(40_000, false);
        line.received(40_001, 4_000_000);
        assert!(line.large_message_ms() > Some(40_000));
    }

    #[test]
    fn the_best_rate_counts() {
        let mut line = Line::default();
        line.asked(0, true);
        line.received(100, 1_000_000);
        line.asked(50_000, true);
        line.received(60_000, 10);
        assert_eq!(line.large_message_ms(), Some(838));
    }
}
