//! The decisions about stored sessions: which one is offered, whose it is, what is archived and
//! what is deleted.

use carta_resume::keeping::{
    archive::{Act, Bounds, archived, plan},
    choice::{OFFERED_FOR, is_own, offered},
    fault::Fault,
    lease::{self, GRACE, HIDDEN, Lease, PATIENCE, VISIBLE, Wait},
    row::{Row, State, is_key},
};
use proptest::prelude::*;

const NOW: f64 = 1_763_640_000_000.0;
const DAY: f64 = 86_400_000.0;
const ADDRESS: &str = "ws://a/";
const BOUNDS: Bounds = Bounds { max_count: 20.0, max_age: 30.0 * DAY, max_bytes: 50e6 };

fn live(key: &str, age: f64) -> Row {
    Row {
        key: key.into(),
        address: ADDRESS.into(),
        user: String::new(),
        state: State::Live,
        saved_at: NOW - age,
        archived_at: 0.0,
        bytes: None,
        lease: None,
        empty: false,
    }
}

fn archived_row(key: &str, age: f64, bytes: f64) -> Row {
    let archived_at = NOW - age;
    Row { state: State::Archived, archived_at, bytes: Some(bytes), ..live(key, age) }
}

fn keys(rows: &[&Row]) -> Vec<String> {
    rows.iter().map(|row| row.key.clone()).collect()
}

fn acts(rows: &[Row], bounds: &Bounds) -> Vec<Act> {
    plan(rows, (ADDRESS, ""), bounds, NOW, &|_| true)
}

#[test]
fn the_newest_is_offered_first_and_ties_are_broken_alike_everywhere() {
    let rows = [live("b", 2.0), live("c", 1.0), live("a", 2.0), live("d", 0.0)];
    assert_eq!(keys(&offered(&rows, ADDRESS, "", NOW)), ["d", "c", "a", "b"]);
}

#[test]
fn sessions_of_others_and_empty_old_or_archived_ones_are_not_offered() {
    let rows = [
        Row { address: "ws://b/".into(), ..live("address", 1.0) },
        Row { user: "ada".into(), ..live("user", 1.0) },
        Row { empty: true, ..live("empty", 1.0) },
        live("old", OFFERED_FOR + 1.0),
        archived_row("archived", 1.0, 1.0),
        Row { state: State::Damaged, ..live("damaged", 1.0) },
        Row::unreadable("unreadable".into()),
        live("good", OFFERED_FOR),
    ];
    assert_eq!(keys(&offered(&rows, ADDRESS, "", NOW)), ["good"]);
    assert!(!is_own(&Row::unreadable(String::new()), "", ""));
}

#[test]
fn a_lease_is_free_when_it_is_over_for_everybody_or_cannot_be_one() {
    let until = |until| Lease { owner: "other".into(), until };
    assert!(lease::is_free(None, "me", NOW));
    assert!(lease::is_free(Some(&Lease { owner: "me".into(), until: NOW + 1.0 }), "me", NOW));
    assert!(!lease::is_free(Some(&until(NOW + VISIBLE)), "me", NOW));
    assert!(!lease::is_free(Some(&until(NOW - GRACE + 1.0)), "me", NOW));
    assert!(lease::is_free(Some(&until(NOW - GRACE)), "me", NOW));
    assert!(!lease::is_free(Some(&until(lease::until(NOW, true))), "me", NOW));
    assert!(lease::is_free(Some(&until(1e300)), "me", NOW));
}

#[test]
fn the_owner_stops_before_anybody_else_begins() {
    let until = lease::until(NOW, false);
    assert!(lease::holds(until, until - 1.0) && !lease::holds(until, until));
    assert!(!lease::is_free(Some(&Lease { owner: "a".into(), until }), "b", until));
}

#[test]
fn a_crashed_owner_is_waited_for_and_a_living_one_is_noticed() {
    let first = Lease { owner: "other".into(), until: NOW + 2_000.0 };
    let look = |lease: &Lease, now| lease::wait(&first, lease, NOW, now);
    assert_eq!(look(&first, NOW), Wait::Look(lease::LOOK));
    assert_eq!(look(&first, NOW + 2_900.0), Wait::Look(100.0));
    let renewed = Lease { until: NOW + 4_000.0, ..first.clone() };
    assert_eq!(look(&renewed, NOW + 500.0), Wait::Living);
    let other = Lease { owner: "third".into(), ..first.clone() };
    assert_eq!(look(&other, NOW + 500.0), Wait::Living);
    // The lease of a hidden page, which renews it once a minute.
    let hidden = Lease { owner: "other".into(), until: NOW + HIDDEN };
    assert_eq!(lease::wait(&hidden, &hidden, NOW, NOW), Wait::Look(lease::LOOK));
    assert_eq!(lease::wait(&hidden, &hidden, NOW, NOW + PATIENCE), Wait::Living);
}

proptest! {
    /// Whatever the lease says, waiting for it ends in time.
    #[test]
    fn nobody_waits_for_a_lease_longer_than_the_patience(until in -1e6..1e6f64) {
        let lease = Lease { owner: "other".into(), until: NOW + until };
        let mut now = NOW;
        while !lease::is_free(Some(&lease), "me", now) {
            match lease::wait(&lease, &lease, NOW, now) {
                Wait::Look(milliseconds) => now += milliseconds,
                Wait::Living => break,
            }
            prop_assert!(now <= NOW + PATIENCE + 1.0);
        }
    }

    /// What is kept is within the bounds, and nothing is deleted that is newer than anything kept.
    #[test]
    fn the_archive_is_cut_at_its_old_end(
        entries in prop::collection::vec((0.0..40.0f64, 0.0..30.0f64), 0..12),
        count in 0..8u8,
        bytes in 0.0..100.0f64,
    ) {
        let entry = |(at, (age, bytes)): (usize, &(f64, f64))| {
            archived_row(&format!("k{at}"), age * DAY, *bytes)
        };
        let rows: Vec<Row> = entries.iter().enumerate().map(entry).collect();
        let bounds = Bounds { max_count: count.into(), max_bytes: bytes, ..BOUNDS };
        let plan = acts(&rows, &bounds);
        let kept: Vec<&Row> =
            rows.iter().zip(&plan).filter(|(_, act)| **act == Act::Keep).map(|(row, _)| row).collect();
        prop_assert!(kept.len() <= usize::from(count));
        prop_assert!(kept.iter().filter_map(|row| row.bytes).sum::<f64>() <= bytes);
        prop_assert!(kept.iter().all(|row| NOW - row.archived_at <= BOUNDS.max_age));
        let newest = archived(&rows, ADDRESS, "");
        prop_assert_eq!(keys(&newest[..kept.len()]), keys(&archived(
            &kept.into_iter().cloned().collect::<Vec<_>>(), ADDRESS, "",
        )));
        // And nothing is deleted without need.
        if let Some(next) = newest.get(plan.iter().filter(|act| **act == Act::Keep).count()) {
            let keeping = plan.iter().filter(|act| **act == Act::Keep).count();
            let used: f64 = newest[..keeping].iter().filter_map(|row| row.bytes).sum();
            prop_assert!(
                keeping >= usize::from(count)
                    || used + next.bytes.unwrap() > bytes
                    || NOW - next.archived_at > BOUNDS.max_age
            );
        }
    }
}

#[test]
fn the_bounds_are_of_one_backend_and_user() {
    let bounds = Bounds { max_count: 1.0, ..BOUNDS };
    let rows = [
        archived_row("mine", 2.0, 1.0),
        Row { user: "ada".into(), ..archived_row("user", 1.0, 1.0) },
        Row { address: "ws://b/".into(), ..archived_row("address", 1.0, 1.0) },
        archived_row("older", 3.0, 1.0),
    ];
    assert_eq!(acts(&rows, &bounds), [Act::Keep, Act::Keep, Act::Keep, Act::Delete]);
}

#[test]
fn the_age_limit_is_for_everything_in_the_database() {
    let old = 31.0 * DAY;
    let rows = [
        // Archived yesterday but saved long before, as work imported from a file may be.
        Row { archived_at: NOW - DAY, ..archived_row("saved", old, 1.0) },
        Row { address: "ws://b/".into(), ..archived_row("archived", old, 1.0) },
        Row { state: State::Damaged, ..archived_row("damaged", old, 1.0) },
        Row { address: "ws://b/".into(), ..live("live", old) },
        Row { state: State::Damaged, ..archived_row("young", DAY, 1.0) },
    ];
    let delete = Act::Delete;
    assert_eq!(acts(&rows, &BOUNDS), [Act::Keep, delete, delete, delete, Act::Keep]);
}

#[test]
fn live_sessions_expire_unless_somebody_has_them() {
    let rows = [live("week", 8.0 * DAY), live("month", 31.0 * DAY), live("day", DAY)];
    assert_eq!(acts(&rows, &BOUNDS), [Act::Expire, Act::Delete, Act::Keep]);
    assert_eq!(plan(&rows, (ADDRESS, ""), &BOUNDS, NOW, &|_| false), [Act::Keep; 3]);
    let empty = [Row { empty: true, ..live("empty", 8.0 * DAY) }];
    assert_eq!(acts(&empty, &BOUNDS), [Act::Delete]);
    // An archive with a shorter limit.
    let short = Bounds { max_age: DAY, ..BOUNDS };
    assert_eq!(acts(&rows[..1], &short), [Act::Delete]);
}

#[test]
fn what_cannot_be_read_is_marked_or_deleted() {
    let rows = [Row::unreadable("key".into()), Row::unreadable(String::new())];
    assert_eq!(acts(&rows, &BOUNDS), [Act::MarkDamaged, Act::Delete]);
}

#[test]
fn keys_are_what_a_store_makes() {
    for good in ["0", "k3j5h7g9f1", "a-b_C", &"x".repeat(64)] {
        assert!(is_key(good), "{good}");
    }
    for bad in ["", "a/b", "/", "a b", "é", "a\0", &"x".repeat(65)] {
        assert!(!is_key(bad), "{bad}");
    }
}

#[test]
fn exceptions_have_a_meaning() {
    for (name, fault) in [
        ("QuotaExceededError", Fault::Full),
        ("VersionError", Fault::Newer),
        ("InvalidStateError", Fault::Gone),
        ("AbortError", Fault::Gone),
        ("NotFoundError", Fault::Unreadable),
        ("UnknownError", Fault::Unreadable),
        ("ConstraintError", Fault::Failed),
        ("", Fault::Failed),
    ] {
        assert_eq!(Fault::of_exception(name), fault, "{name}");
    }
    assert_eq!(Fault::of_opening("SecurityError"), Fault::Missing);
    assert_eq!(Fault::of_opening("InvalidStateError"), Fault::Missing);
    assert_eq!(Fault::of_opening("VersionError"), Fault::Newer);
    assert_eq!(Fault::of_opening("UnknownError"), Fault::Unreadable);
}
