//! The machine's deadlines.

/// What a deadline is for.
///
/// A timeout that comes early or for no reason does nothing: what counts is whether
/// a deadline has passed. One that comes late proves nothing, because the page may
/// have slept: the deadline is extended once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Set while waiting; starts the next attempt. If it comes late, the attempt is
    /// made a short while later.
    Retry,
    /// Set with an attempt; gives the socket up if it has not opened.
    Connect,
    /// Set with REGISTER_VIEWER; gives the socket up if there is no ack.
    Register,
    /// Set with RESUME_SESSION, if that has a deadline; gives the socket up if there is
    /// no ack although the backend answers other things, and the user is asked again.
    Resume,
    /// Set with each step of rebuilding a viewer; takes the step as failed.
    Rebuild,
    /// Set when a viewer is called to have images made again; gives that up.
    Remake,
    /// Set while registered, and again by each PING; sends the next one.
    Ping,
    /// Set with a PING when nothing is unanswered; opens a second socket if nothing at
    /// all has come in since.
    Liveness,
    /// Set with a second socket: gives it up if it does not open, opens another after
    /// a while, and finds the first dead if that stays silent although the second is
    /// open.
    Second,
    /// Set on registering; starts the count of attempts over, because the
    /// connection has been good for a while.
    Stable,
}

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// What is due.
    pub timer: Timer,
    /// On the monotonic clock.
    pub at: u64,
}

/// A deadline that is seen this late, in milliseconds, was slept through or
/// throttled, so that its passing proves nothing.
const LATE_MS: u64 = 2_000;

#[derive(Clone, Copy, Debug)]
struct Entry {
    deadline: Deadline,
    /// It was late once.
    extended: bool,
}

/// What has become of a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Its moment has come.
    OnTime,
    /// Its moment passed while nobody was looking, for the first time since it
    /// was set.
    Late,
}

/// The table of deadlines, each timer at most once.
#[derive(Debug, Default)]
pub(crate) struct Timers(Vec<Entry>);

impl Timers {
    pub(crate) fn set(&mut self, timer: Timer, at: u64) {
        self.clear(timer);
        self.0.push(Entry { deadline: Deadline { timer, at }, extended: false });
    }

    /// Sets a timer again that was found [`Due::Late`]; the next time counts.
    pub(crate) fn extend(&mut self, timer: Timer, at: u64) {
        self.clear(timer);
        self.0.push(Entry { deadline: Deadline { timer, at }, extended: true });
    }

    pub(crate) fn clear(&mut self, timer: Timer) {
        self.0.retain(|entry| entry.deadline.timer != timer);
    }

    pub(crate) fn clear_all(&mut self) {
        self.0.clear();
    }

    pub(crate) fn at(&self, timer: Timer) -> Option<u64> {
        let set = self.0.iter().find(|entry| entry.deadline.timer == timer);
        set.map(|entry| entry.deadline.at)
    }

    pub(crate) fn next(&self) -> Option<Deadline> {
        self.0.iter().map(|entry| entry.deadline).min_by_key(|deadline| deadline.at)
    }

    /// Takes the earliest timer that is due.
    pub(crate) fn take_due(&mut self, now: u64) -> Option<(Timer, Due)> {
        let due = self.0.iter().filter(|entry| entry.deadline.at <= now);
        let &Entry { deadline, extended } = due.min_by_key(|entry| entry.deadline.at)?;
        self.clear(deadline.timer);
        let late = now - deadline.at >= LATE_MS && !extended;
        Some((deadline.timer, if late { Due::Late } else { Due::OnTime }))
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
        assert_eq!(timers.next(), Some(Deadline { timer: Timer::Retry, at: 30 }));
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
