//! When to try again.

use fastrand::Rng;

use super::options::{Backoff, Jitter};

/// What the next attempt follows.
#[derive(Clone, Copy, Debug)]
pub enum Occasion {
    /// A connection was lost or did not come about.
    Lost {
        /// Delays in a row before this one.
        delays: u32,
        /// Since the first of them.
        outage_ms: u64,
        /// The page is hidden.
        hidden: bool,
    },
    /// An attempt fell due during a sleep. It is made soon, but not at once: a
    /// whole campus wakes in the same moment.
    Overslept,
    /// Something says that now is a good moment, for example that the page is
    /// shown: soon, but not at once, and apart from the last attempt.
    GoodMoment {
        /// Since the last attempt.
        since_attempt_ms: u64,
    },
}

impl Backoff {
    /// The longest that the next delay may be, in milliseconds, after `delays` of them
    /// in a row.
    pub fn bound(&self, delays: u32, outage_ms: u64, hidden: bool) -> u64 {
        #[allow(clippy::cast_precision_loss)]
        let grown =
            self.initial_ms as f64 * self.factor.powi(i32::try_from(delays).unwrap_or(i32::MAX));
        // The cast saturates, and a product that is not a number becomes 0.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let grown = grown as u64;
        grown.min(self.cap(outage_ms, hidden))
    }

    fn cap(&self, outage_ms: u64, hidden: bool) -> u64 {
        if hidden {
            return self.hidden_max_ms.max(self.max_ms);
        }
        // After a short outage nobody waits long, and a long one costs little load.
        let growing = (self.max_ms / 2).saturating_add(outage_ms / 16);
        growing.max(self.initial_ms).min(self.max_ms)
    }

    /// The delay before the next attempt, in milliseconds.
    pub fn delay(&self, occasion: Occasion, rng: &mut Rng) -> u64 {
        let early = self.initial_ms.min(self.max_ms);
        match occasion {
            Occasion::Lost { delays, outage_ms, hidden } => {
                let bound = self.bound(delays, outage_ms, hidden);
                // Clients that were lost in one moment are spread by the whole range. At
                // the cap they are spread already, and a steadier pace is back sooner
                // with fewer attempts.
                let is_capped = bound == self.cap(outage_ms, hidden);
                self.drawn(if is_capped { bound / 2 } else { 0 }, bound, rng)
            }
            Occasion::Overslept => self.drawn(0, early, rng),
            Occasion::GoodMoment { since_attempt_ms } => {
                let spacing = self.initial_ms.saturating_sub(since_attempt_ms);
                spacing.saturating_add(self.drawn(0, early, rng))
            }
        }
    }

    fn drawn(&self, least: u64, bound: u64, rng: &mut Rng) -> u64 {
        match self.jitter {
            Jitter::Full => rng.u64(least..=bound),
            Jitter::None => bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(delays: u32, outage_ms: u64) -> Occasion {
        Occasion::Lost { delays, outage_ms, hidden: false }
    }

    #[test]
    fn bounds_grow_up_to_the_cap() {
        let backoff = Backoff::default();
        let bounds: Vec<u64> = (0..4).map(|n| backoff.bound(n, 0, false)).collect();
        assert_eq!(bounds, [500, 1_500, 1_900, 1_900]);
        let bounds: Vec<u64> = (0..6).map(|n| backoff.bound(n, 0, true)).collect();
        assert_eq!(bounds, [500, 1_500, 4_500, 13_500, 40_500, 60_000]);
        assert_eq!(backoff.bound(u32::MAX, u64::MAX, true), 60_000);
    }

    #[test]
    fn the_cap_grows_with_the_outage() {
        let backoff = Backoff::default();
        let caps = [3_200, 20_800, 30_400, 3_600_000, u64::MAX];
        let caps = caps.map(|outage_ms| backoff.bound(9, outage_ms, false));
        assert_eq!(caps, [2_100, 3_200, 3_800, 3_800, 3_800]);
    }

    #[test]
    fn delays_spread_over_the_whole_range() {
        let backoff = Backoff::default();
        for (occasion, least, most) in [
            (after(0, 0), 0, 500),
            (after(1, 400), 0, 1_500),
            (after(9, 20_800), 1_600, 3_200),
            (Occasion::Overslept, 0, 500),
        ] {
            let mut rng = Rng::with_seed(1);
            let mut counts = [0_u32; 10];
            for _ in 0..10_000 {
                let above = backoff.delay(occasion, &mut rng).checked_sub(least).unwrap();
                counts[usize::try_from(above * 10 / (most - least + 1)).unwrap()] += 1;
            }
            assert!(counts.iter().all(|&n| (850..1_150).contains(&n)), "{occasion:?} {counts:?}");
        }
    }
}
