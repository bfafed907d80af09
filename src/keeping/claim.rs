//! Whether a client gets the stored session that it asks for.

use super::{
    choice,
    lease::{self, Lease, Wait},
    row::{Row, State},
};

/// One client that asks for one session. Where there are Web Locks it holds the
/// session's lock while it asks.
#[derive(Debug)]
pub struct Claimant<'a> {
    /// The backend's address, without query.
    pub address: &'a str,
    /// The viewer's user, "" if it names none.
    pub user: &'a str,
    /// The client's name in leases.
    pub owner: &'a str,
    /// There are no Web Locks.
    pub by_lease: bool,
    /// The session is the one from before a reload, and is waited for.
    pub is_reload: bool,
    /// When it first asked.
    pub since: f64,
    /// The lease that it found then.
    pub first: Option<Lease>,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// The session is this client's.
    Granted,
    /// Nothing is stored under this key and nobody else has it: the client may
    /// go on under it.
    KeyFree,
    /// There is no session under this key that this client could go on with.
    NotThere,
    /// The same, because the row cannot be read.
    Unreadable,
    /// A living tab has it.
    Taken,
    /// It may be free soon: ask again after this many milliseconds.
    AskAgain(f64),
}

impl Claimant<'_> {
    /// Decides by what is stored, `None` if nothing is.
    pub fn judge(&mut self, row: Option<&Row>, now: f64) -> Verdict {
        let Some(row) = row else {
            let is_free = self.is_reload && !self.by_lease;
            return if is_free { Verdict::KeyFree } else { Verdict::NotThere };
        };
        if !choice::is_own(row, self.address, self.user) {
            let is_told = self.is_reload && row.state == State::Unreadable;
            return if is_told { Verdict::Unreadable } else { Verdict::NotThere };
        }
        if lease::is_free(row.lease.as_ref(), self.owner, now) {
            return Verdict::Granted;
        }
        let Some(lease) = row.lease.as_ref().filter(|_| self.by_lease) else {
            return Verdict::NotThere;
        };
        let first = self.first.get_or_insert_with(|| lease.clone());
        match lease::wait(first, lease, self.since, now) {
            Wait::Look(milliseconds) if self.is_reload => Verdict::AskAgain(milliseconds),
            Wait::Look(_) | Wait::Living => Verdict::Taken,
        }
    }
}

/// Is this session, which the client has held and last wrote at `saved_at`, still
/// its own?
pub fn is_still_own(row: &Row, user: &str, owner: &str, saved_at: Option<f64>, now: f64) -> bool {
    choice::is_own(row, &row.address, user)
        && lease::is_free(row.lease.as_ref(), owner, now)
        // Or nobody has worked with it in between.
        && (row.lease.as_ref().is_some_and(|lease| lease.owner == owner)
            || saved_at == Some(row.saved_at))
}
