//! When to try again.

use fastrand::Rng;

use super::options::{Backoff, Jitter};

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

    /// The next delay in milliseconds.
    pub fn delay(&self, delays: u32, hidden: bool, rng: &mut Rng) -> u64 {
        self.jittered(self.bound(delays, hidden), rng)
    }

    /// The delay when something says that now is a good moment: short, and
    /// still spread, because a whole campus wakes at once.
    pub fn early(&self, rng: &mut Rng) -> u64 {
        self.jittered(self.initial_ms.min(self.max_ms), rng)
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
            let delay = backoff.delay(9, false, &mut rng);
            assert!(delay <= 5_000);
            counts[usize::try_from(delay * 10 / 5_001).unwrap()] += 1;
        }
        assert!(counts.iter().all(|&n| (850..1_150).contains(&n)), "{counts:?}");
    }
}
