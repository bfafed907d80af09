//! What can be set about any connection, with the defaults.

/// Times are milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// When to try again.
    pub backoff: Backoff,
    /// How to notice that a connection is dead; `None` = not at all.
    pub heartbeat: Option<Heartbeat>,
    /// How long each step may take.
    pub timeouts: Timeouts,
}

/// Delays between attempts: `initial_ms × factorⁿ`, capped, then jittered. While the page
/// is visible, the cap begins low and grows with the outage; see [`Backoff::bound`].
#[derive(Clone, Debug, PartialEq)]
pub struct Backoff {
    /// Upper bound of the first delay.
    pub initial_ms: u64,
    /// The highest cap while the page is visible.
    pub max_ms: u64,
    /// The cap while the page is hidden.
    pub hidden_max_ms: u64,
    /// Growth of the upper bound from one attempt to the next.
    pub factor: f64,
    /// How a delay is chosen below its upper bound.
    pub jitter: Jitter,
    /// Attempts in a row before giving up; `None` = never give up.
    pub max_attempts: Option<u32>,
    /// How long a connection must be good before the count starts over.
    pub reset_after_ms: u64,
}

/// How a delay is chosen below its upper bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// At random, so that many clients spread out: evenly between nothing and the bound
    /// while it grows, and between half of it and the whole once it has reached the cap.
    Full,
    /// The bound itself.
    None,
}

/// The liveness check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// Between two PINGs.
    pub interval_ms: u64,
    /// From a PING to the latest sign of life, if the backend is free: a second
    /// socket opens.
    pub timeout_ms: u64,
    /// The most that is added to that for a large message on a slow line, while the
    /// viewer waits for data.
    pub busy_timeout_ms: u64,
}

/// How long each step of connecting may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the attempt's start, the fetching of its address included, to the
    /// open socket.
    pub connect_ms: u64,
    /// From REGISTER_VIEWER to its ack.
    pub register_ms: u64,
    /// From RESUME_SESSION to its ack, if the backend answers other things meanwhile;
    /// `None` = as long as it takes.
    pub resume_ms: Option<u64>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            initial_ms: 500,
            max_ms: 3_800,
            hidden_max_ms: 60_000,
            factor: 3.0,
            jitter: Jitter::Full,
            max_attempts: None,
            reset_after_ms: 10_000,
        }
    }
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self { interval_ms: 5_000, timeout_ms: 7_000, busy_timeout_ms: 45_000 }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_ms: 10_000, register_ms: 10_000, resume_ms: None }
    }
}
