//! What is put away, and what is deleted.

use super::{
    choice::{has_expired, newest_first},
    row::{Row, State},
};

/// The bounds of the archive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Workspaces of one backend and user.
    pub max_count: f64,
    /// Milliseconds; for everything in the database.
    pub max_age: f64,
    /// Bytes of the records of one backend and user.
    pub max_bytes: f64,
}

/// What is to be done; indices of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The row and its records go.
    pub delete: Vec<usize>,
    /// A live session that nobody came back to goes to the archive.
    pub expire: Vec<usize>,
    /// A row that cannot be read is set aside, so that it has an age.
    pub set_aside: Vec<usize>,
}

impl Plan {
    /// Is there nothing to do?
    pub fn is_empty(&self) -> bool {
        self.delete.is_empty() && self.expire.is_empty() && self.set_aside.is_empty()
    }
}

/// When the row was last of use.
fn time(row: &Row) -> f64 {
    if row.state == State::Live { row.saved_at } else { row.archived_at }
}

/// The archived workspaces of one backend and user, newest first.
pub fn archived<'a>(rows: &'a [Row], address: &str, user: &str) -> Vec<&'a Row> {
    newest_first(rows, &|row| {
        let is_archived = row.state == State::Archived && row.is_of(address, user);
        is_archived.then_some(row.archived_at)
    })
}

/// What is to be done with the rows of the database. `is_free` says whether no
/// living tab has a live session.
pub fn plan(
    rows: &[Row],
    (address, user): (&str, &str),
    bounds: &Bounds,
    now: f64,
    is_free: &dyn Fn(&Row) -> bool,
) -> Plan {
    let mut plan = Plan::default();
    for (at, row) in rows.iter().enumerate() {
        let old = now - time(row) > bounds.max_age;
        match row.state {
            State::Unreadable if row.key.is_empty() => plan.delete.push(at),
            State::Unreadable => plan.set_aside.push(at),
            State::Archived | State::Damaged if old => plan.delete.push(at),
            State::Archived | State::Damaged => {}
            State::Live if !has_expired(row, now) && !old => {}
            State::Live if !is_free(row) => {}
            State::Live if old || row.empty => plan.delete.push(at),
            State::Live => plan.expire.push(at),
        }
    }
    let mut bytes = 0.0;
    let mut count = 0.0;
    for row in archived(rows, address, user) {
        if now - time(row) > bounds.max_age {
            continue;
        }
        count += 1.0;
        bytes += row.bytes.unwrap_or_default();
        if count > bounds.max_count || bytes > bounds.max_bytes {
            plan.delete.extend(rows.iter().position(|other| other.key == row.key));
        }
    }
    plan
}
