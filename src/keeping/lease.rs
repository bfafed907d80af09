//! Whose a session is, where the browser has no Web Locks: on plain http.
//!
//! The owner writes into the row until when it holds the session, and renews
//! that by a heartbeat. Times are epoch milliseconds; the clock is one for all
//! tabs of a browser.

/// How often a lease is renewed.
pub const BEAT: u32 = 2_000;

/// How long a lease of a page holds that somebody looks at.
pub const VISIBLE: f64 = 6_000.0;

/// How long one of a hidden page holds, whose timers may run once a minute.
pub const HIDDEN: f64 = 150_000.0;

/// How much longer others leave it alone: the owner's last write may still be
/// on its way.
pub const GRACE: f64 = 1_000.0;

/// The longest that a reloaded page waits for the lease of its predecessor.
pub const PATIENCE: f64 = 7_000.0;

/// How often it looks while it waits.
pub const LOOK: f64 = 500.0;

/// A row's lease.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease {
    /// The store that holds it.
    pub owner: String,
    /// When it ends, unless renewed.
    pub until: f64,
}

/// When a lease ends that is taken now.
pub fn until(now: f64, hidden: bool) -> f64 {
    now + if hidden { HIDDEN } else { VISIBLE }
}

/// May its owner still write without asking?
pub fn holds(until: f64, now: f64) -> bool {
    now < until
}

/// May `owner` take the session? A lease that nobody can have made, because it
/// ends too late, is none.
pub fn is_free(lease: Option<&Lease>, owner: &str, now: f64) -> bool {
    lease.is_none_or(|lease| {
        lease.owner == owner || lease.until + GRACE <= now || lease.until > now + HIDDEN + PATIENCE
    })
}

/// What a page does that waits for a lease.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wait {
    /// Look again after this many milliseconds.
    Look(f64),
    /// Somebody lives: this page is a duplicate.
    Living,
}

/// `first` is the lease as it was at `since`, `lease` as it is `now`.
pub fn wait(first: &Lease, lease: &Lease, since: f64, now: f64) -> Wait {
    let left = (since + PATIENCE).min(lease.until + GRACE) - now;
    let renewed = lease != first;
    let in_vain = lease.until + GRACE > since + PATIENCE;
    if renewed || (left <= 0.0 && in_vain) {
        return Wait::Living;
    }
    Wait::Look(left.clamp(1.0, LOOK))
}
