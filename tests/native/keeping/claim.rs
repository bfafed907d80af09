//! Which stored session a page gets.

use carta_resume::keeping::{
    claim::{Claimant, Verdict, is_still_own},
    lease::{LOOK, Lease, PATIENCE, VISIBLE},
    row::{Row, State},
};

const NOW: f64 = 1_763_640_000_000.0;
const ADDRESS: &str = "ws://a/";

fn row() -> Row {
    Row {
        address: ADDRESS.into(),
        state: State::Live,
        saved_at: NOW - 5.0,
        empty: false,
        ..Row::unreadable("key".into())
    }
}

fn leased(owner: &str, until: f64) -> Row {
    Row { lease: Some(Lease { owner: owner.into(), until }), ..row() }
}

fn claimant(is_reload: bool, by_lease: bool) -> Claimant<'static> {
    let (user, owner) = ("", "me");
    Claimant { address: ADDRESS, user, owner, by_lease, is_reload, since: NOW, first: None }
}

#[test]
fn a_session_that_nobody_has_is_granted() {
    for (is_reload, by_lease) in [(false, false), (false, true), (true, false), (true, true)] {
        assert_eq!(claimant(is_reload, by_lease).judge(Some(&row()), NOW), Verdict::Granted);
    }
}

#[test]
fn a_reloaded_page_without_a_row_goes_on_under_its_key_if_a_lock_says_that_it_is_free() {
    assert_eq!(claimant(true, false).judge(None, NOW), Verdict::KeyFree);
    assert_eq!(claimant(true, true).judge(None, NOW), Verdict::NotThere);
    assert_eq!(claimant(false, false).judge(None, NOW), Verdict::NotThere);
}

#[test]
fn sessions_of_others_and_archived_ones_are_not_found() {
    for other in [
        Row { address: "ws://b/".into(), ..row() },
        Row { user: "ada".into(), ..row() },
        Row { state: State::Archived, ..row() },
        Row { state: State::Damaged, ..row() },
    ] {
        assert_eq!(claimant(true, false).judge(Some(&other), NOW), Verdict::NotThere);
    }
}

#[test]
fn a_reloaded_page_is_told_that_its_row_cannot_be_read() {
    let unreadable = Row::unreadable("key".into());
    assert_eq!(claimant(true, false).judge(Some(&unreadable), NOW), Verdict::Unreadable);
    assert_eq!(claimant(false, false).judge(Some(&unreadable), NOW), Verdict::NotThere);
}

#[test]
fn a_lease_is_waited_for_after_a_reload_only() {
    let held = leased("other", NOW + 2_000.0);
    assert_eq!(claimant(false, true).judge(Some(&held), NOW), Verdict::Taken);
    let mut reloaded = claimant(true, true);
    assert_eq!(reloaded.judge(Some(&held), NOW), Verdict::AskAgain(LOOK));
    assert_eq!(reloaded.judge(Some(&held), NOW + 3_000.0), Verdict::Granted);
    // Its owner is alive and has renewed it.
    let mut duplicate = claimant(true, true);
    duplicate.judge(Some(&held), NOW);
    let renewed = leased("other", NOW + 500.0 + VISIBLE);
    assert_eq!(duplicate.judge(Some(&renewed), NOW + 500.0), Verdict::Taken);
    // Or its owner might renew it later than anybody waits.
    let hidden = leased("other", NOW + 2.0 * PATIENCE);
    let mut late = claimant(true, true);
    late.judge(Some(&hidden), NOW);
    assert_eq!(late.judge(Some(&hidden), NOW + PATIENCE), Verdict::Taken);
}

#[test]
fn a_session_stays_its_owners_unless_somebody_worked_with_it() {
    let own = |row: &Row| is_still_own(row, "", "me", Some(NOW - 5.0), NOW);
    assert!(own(&row()), "nobody has written since");
    assert!(!own(&Row { saved_at: NOW, ..row() }));
    assert!(own(&Row { saved_at: NOW, ..leased("me", NOW - 60_000.0) }));
    assert!(!own(&leased("other", NOW + 2_000.0)));
    assert!(own(&leased("other", NOW - 60_000.0)));
    assert!(!own(&Row { state: State::Archived, ..row() }));
    assert!(!own(&Row { user: "ada".into(), ..row() }));
}
