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
    /// The longest that the next delay may be, in milliseconds, after
    /// `delays` of them in a row.
    pub fn bound(&self, delays: u32, hidden: bool) -> u64 {
        let cap = if hidden { self.hidden_max_ms.max(self.max_ms) } else { self.max_ms };
        #[allow(clippy::cast_precision_loss)]
        let grown =
            self.initial_ms as f64 * self.factor.powi(i32::try_from(delays).unwrap_or(i32::MAX));
        // The cast saturates, and a product that is not a number becomes 0.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let grown = grown as u64;
        grown.min(cap)
    }

    /// The delay before the next attempt, in milliseconds.
    pub fn delay(&self, occasion: Occasion, rng: &mut Rng) -> u64 {
        let early = self.initial_ms.min(self.max_ms);
        match occasion {
            Occasion::Lost { delays, hidden } => self.jittered(self.bound(delays, hidden), rng),
            Occasion::Overslept => self.jittered(early, rng),
            Occasion::GoodMoment { since_attempt_ms } => {
                let spacing = self.initial_ms.saturating_sub(since_attempt_ms);
                spacing.saturating_add(self.jittered(early, rng))
            }
        }
    }

    fn jittered(&self, bound: u64, rng: &mut Rng) -> u64 {
        match self.jitter {
            Jitter::Full => rng.u64(..=bound),
            Jitter::None => bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_double_up_to_the_cap() {
        let backoff = Backoff::default();
        let bounds: Vec<u64> = (0..6).map(|n| backoff.bound(n, false)).collect();
        assert_eq!(bounds, [500, 1_000, 2_000, 4_000, 5_000, 5_000]);
        assert_eq!(backoff.bound(40, true), 60_000);
        assert_eq!(backoff.bound(u32::MAX, false), 5_000);
    }

    #[test]
    fn delays_spread_over_the_whole_range() {
        let backoff = Backoff::default();
        let mut rng = Rng::with_seed(1);
        let mut counts = [0_u32; 10];
        for _ in 0..10_000 {
            let delay = backoff.delay(Occasion::Lost { delays: 9, hidden: false }, &mut rng);
            assert!(delay <= 5_000);
            counts[usize::try_from(delay * 10 / 5_001).unwrap()] += 1;
        }
        assert!(counts.iter().all(|&n| (850..1_150).contains(&n)), "{counts:?}");
    }
}
