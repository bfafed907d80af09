//! Time as the machine sees it: handed in, never read.

/// The moment of an input.
///
/// Two clocks, because a monotonic one may stand still while the computer
/// sleeps, and a wall clock may be set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since an arbitrary start; never goes back.
    pub monotonic: u64,
    /// Milliseconds since 1970.
    pub wall: u64,
}

impl Now {
    /// The moment this many milliseconds from here, on the monotonic clock.
    pub const fn after(self, ms: u64) -> u64 {
        self.monotonic.saturating_add(ms)
    }
}
