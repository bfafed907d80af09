//! Which stored session a new page goes on with.

use super::row::{Row, State};

/// How long a session whose tab is gone is offered; milliseconds.
pub const OFFERED_FOR: f64 = 7.0 * 24.0 * 3_600_000.0;

/// May a page that comes back with this session's key go on with it?
pub fn is_own(row: &Row, address: &str, user: &str) -> bool {
    row.state == State::Live && row.is_of(address, user)
}

/// Is it worth offering to a page that comes without a key?
pub fn is_offered(row: &Row, address: &str, user: &str, now: f64) -> bool {
    is_own(row, address, user) && !row.empty && !has_expired(row, now)
}

/// Has nobody come back to it for too long?
pub fn has_expired(row: &Row, now: f64) -> bool {
    now - row.saved_at > OFFERED_FOR
}

/// The sessions to try, best first. Some belong to living tabs.
pub fn offered<'a>(rows: &'a [Row], address: &str, user: &str, now: f64) -> Vec<&'a Row> {
    newest_first(rows, &|row| is_offered(row, address, user, now).then_some(row.saved_at))
}

/// The rows for which there is a time, newest first, then by key, so that all
/// tabs agree.
pub fn newest_first<'a>(rows: &'a [Row], time: &dyn Fn(&Row) -> Option<f64>) -> Vec<&'a Row> {
    let mut newest: Vec<(f64, &Row)> = Vec::new();
    for row in rows {
        if let Some(time) = time(row) {
            // There are few, so that each is put into its place.
            let at = newest.partition_point(|&(other, before)| {
                time.total_cmp(&other).then_with(|| before.key.cmp(&row.key)).is_le()
            });
            newest.insert(at, (time, row));
        }
    }
    newest.into_iter().map(|(_, row)| row).collect()
}
