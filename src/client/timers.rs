//! The machine's deadlines.

/// One deadline each. A timer that fires late, early or for no reason does
/// nothing: what counts is whether its deadline has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Set on a drop; starts the next attempt.
    Retry,
    /// Set with an attempt; gives the socket up if it does not open.
    Connect,
    /// Set with REGISTER_VIEWER; gives the socket up without an ack.
    Register,
    /// Set with RESUME_SESSION; gives the socket up without an ack.
    Resume,
    /// Set with each step of rebuilding a viewer; gives the step up.
    Rebuild,
    /// Set while registered; sends the next PING.
    Ping,
    /// Set with a PING, cleared by anything received; finds the connection
    /// dead.
    Liveness,
    /// Set on registering; starts the count of attempts over.
    Stable,
}

/// A deadline that is seen this late, in milliseconds, was slept through or
/// throttled, so that its passing proves nothing.
const LATE_MS: u64 = 2_000;

#[derive(Clone, Copy, Debug)]
struct Deadline {
    at: u64,
    extended: bool,
}

/// What has become of a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Its moment has come.
    OnTime,
    /// Its moment passed while nobody was looking, for the first time since it
    /// was set.
    Late,
}

/// The table of deadlines.
#[derive(Debug, Default)]
pub(super) struct Timers {
    /// Each timer at most once.
    deadlines: Vec<(Timer, Deadline)>,
}

impl Timers {
    pub(super) fn set(&mut self, timer: Timer, at: u64) {
        self.put(timer, Deadline { at, extended: false });
    }

    /// Sets a timer again that was found [`Due::Late`]; the next time counts.
    pub(super) fn extend(&mut self, timer: Timer, at: u64) {
        self.put(timer, Deadline { at, extended: true });
    }

    fn put(&mut self, timer: Timer, deadline: Deadline) {
        self.clear(timer);
        self.deadlines.push((timer, deadline));
    }

    pub(super) fn clear(&mut self, timer: Timer) {
        self.deadlines.retain(|(set, _)| *set != timer);
    }

    pub(super) fn clear_all(&mut self) {
        self.deadlines.clear();
    }

    pub(super) fn at(&self, timer: Timer) -> Option<u64> {
        self.deadlines.iter().find(|(set, _)| *set == timer).map(|(_, deadline)| deadline.at)
    }

    pub(super) fn next(&self) -> Option<u64> {
        self.deadlines.iter().map(|(_, deadline)| deadline.at).min()
    }

    /// Takes the earliest timer that is due.
    pub(super) fn take_due(&mut self, now: u64) -> Option<(Timer, Due)> {
        let &(timer, deadline) =
            self.deadlines.iter().filter(|(_, d)| d.at <= now).min_by_key(|(_, d)| d.at)?;
        self.clear(timer);
        let late = now - deadline.at >= LATE_MS && !deadline.extended;
        Some((timer, if late { Due::Late } else { Due::OnTime }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_comes_first_and_once() {
        let mut timers = Timers::default();
        timers.set(Timer::Ping, 20);
        timers.set(Timer::Retry, 30);
        timers.set(Timer::Liveness, 10);
        assert_eq!(timers.take_due(9), None);
        assert_eq!(timers.take_due(25), Some((Timer::Liveness, Due::OnTime)));
        assert_eq!(timers.take_due(25), Some((Timer::Ping, Due::OnTime)));
        assert_eq!(timers.take_due(25), None);
        assert_eq!(timers.next(), Some(30));
    }

    #[test]
    fn a_timer_is_late_only_once() {
        let mut timers = Timers::default();
        timers.set(Timer::Register, 10);
        assert_eq!(timers.take_due(60_000), Some((Timer::Register, Due::Late)));
        timers.extend(Timer::Register, 63_000);
        assert_eq!(timers.take_due(120_000), Some((Timer::Register, Due::OnTime)));
    }
}
