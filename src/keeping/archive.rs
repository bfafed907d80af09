//! What is archived, and what is deleted.

use super::{
    choice::{has_expired, newest_first},
    row::{Row, State},
};

/// The bounds of the archive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Workspaces of one backend and user.
    pub max_count: f64,
    /// Milliseconds since it was saved or archived; for everything in the database.
    pub max_age: f64,
    /// Bytes of the records of one backend and user.
    pub max_bytes: f64,
}

/// What is to be done with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    Keep,
    /// It goes, and its records with it.
    Delete,
    /// A live session that nobody came back to goes to the archive.
    Expire,
    /// What cannot be read is marked as damaged, so that it has an age.
    MarkDamaged,
}

/// When the row was last of use: when the workspace was saved, archived or marked
/// as damaged.
fn time(row: &Row) -> f64 {
    match row.state {
        State::Live => row.saved_at,
        State::Archived | State::Damaged | State::Unreadable => row.archived_at,
    }
}

/// The archived workspaces of one backend and user, newest first.
pub fn archived<'a>(rows: &'a [Row], address: &str, user: &str) -> Vec<&'a Row> {
    newest_first(rows, &|row| {
        let is_archived = row.state == State::Archived && row.is_of(address, user);
        is_archived.then_some(row.archived_at)
    })
}

/// What a user can bring back: the archived workspaces of all backends, and what closed
/// tabs have left; newest first. `own` is the key of the session at work. Whether the tab
/// of a live session is still alive remains to be checked.
pub fn reachable<'a>(rows: &'a [Row], user: &str, own: &str) -> Vec<&'a Row> {
    newest_first(rows, &|row| {
        let time = if row.state == State::Live { row.saved_at } else { row.archived_at };
        is_reachable(row, user, own).then_some(time)
    })
}

/// See [`reachable`].
pub fn is_reachable(row: &Row, user: &str, own: &str) -> bool {
    let is_work = match row.state {
        State::Archived => true,
        State::Live => !row.empty && row.key != own,
        State::Damaged | State::Unreadable => false,
    };
    is_work && row.is_of_user(user)
}

/// What is to be done with each row of the database. `is_free` says whether no
/// living tab has a live session.
pub fn plan(
    rows: &[Row],
    (address, user): (&str, &str),
    bounds: &Bounds,
    now: f64,
    is_free: &dyn Fn(&Row) -> bool,
) -> Vec<Act> {
    let is_old = |row: &Row| now - time(row) > bounds.max_age;
    let act = |row: &Row| match row.state {
        State::Unreadable if row.key.is_empty() => Act::Delete,
        State::Unreadable => Act::MarkDamaged,
        State::Archived | State::Damaged if is_old(row) => Act::Delete,
        State::Archived | State::Damaged => Act::Keep,
        State::Live if !has_expired(row, now) && !is_old(row) => Act::Keep,
        State::Live if !is_free(row) => Act::Keep,
        State::Live if is_old(row) || row.empty => Act::Delete,
        State::Live => Act::Expire,
    };
    let mut plan: Vec<Act> = rows.iter().map(act).collect();
    let (mut count, mut bytes) = (0.0, 0.0);
    for row in archived(rows, address, user) {
        count += 1.0;
        bytes += row.bytes.unwrap_or_default();
        if count > bounds.max_count || bytes > bounds.max_bytes {
            for (act, other) in plan.iter_mut().zip(rows) {
                if other.key == row.key {
                    *act = Act::Delete;
                }
            }
        }
    }
    plan
}
