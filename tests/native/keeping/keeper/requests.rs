//! What a viewer asks of its archive.

use carta_resume::{
    client::{Code, Problem, offer::RestoreOutcome},
    keeping::{
        fault::Fault,
        keeper::{Command, Input, Keeper, LoadTo, Purpose, TabMemory, Viewer},
        session::Holder,
    },
};

use super::support::*;

fn wants(request: u32, command: Command) -> Input {
    Input::Command { request, command }
}

fn restore(request: u32) -> Input {
    wants(request, Command::Restore { id: "k".into() })
}

fn delete(request: u32) -> Input {
    wants(request, Command::Delete { id: "k".into() })
}

fn delete_all(is_active: bool) -> Input {
    wants(1, Command::DeleteAll { is_active })
}

const UNKNOWN: &str = "unknown-workspace: The archive has no workspace with this id. It may have \
                       been deleted; list them again.";
const CLOSED: &str = "closed: The client was closed. Make a new one to use the archive.";

fn at_work() -> Bench {
    Bench::with_session(Viewer::OfClient)
}

/// The user is being asked.
fn restoring(request: u32) -> Bench {
    let mut bench = at_work();
    asks(&mut bench, request);
    bench
}

fn asks(bench: &mut Bench, request: u32) {
    assert_eq!(bench.does(restore(request)), format!("load {request} k Restore"));
    let outcome = Ok(Some((Holder::Nobody, stored())));
    let loaded = Input::Loaded { request, id: "k".into(), to: LoadTo::Restore, outcome };
    assert_eq!(bench.does(loaded), format!("restore {request} k"));
}

#[test]
fn the_archive_is_asked_for_when_there_is_one() {
    let mut bench = at_work();
    assert_eq!(bench.does(wants(1, Command::List)), "list 1");
    assert_eq!(bench.does(restore(2)), "load 2 k Restore");
    assert_eq!(bench.does(delete(3)), "remove Delete { request: 3 } k");
    assert_eq!(bench.does(delete_all(false)), "remove Delete { request: 1 } all");
}

#[test]
fn without_an_archive_there_is_nothing_in_it() {
    // Before the first connection.
    let mut bench = Bench::new();
    assert_eq!(bench.does(wants(1, Command::List)), "list 1 empty");
    assert_eq!(bench.does(restore(2)), format!("settle 2 {UNKNOWN}"));
    assert_eq!(bench.does(delete(3)), format!("settle 3 {UNKNOWN}"));
    assert_eq!(
        bench.does(delete_all(false)),
        "settle 1 not-active: The archive is available after the first connection. Call \
         connect() first."
    );
    // In memory, by choice of the page.
    let mut bench = Bench::new();
    bench.keeper = Keeper::new(Viewer::OfClient, false);
    assert_eq!(bench.does(wants(1, Command::List)), "list 1 empty");
    assert_eq!(bench.does(restore(2)), format!("settle 2 {UNKNOWN}"));
    assert_eq!(bench.does(delete_all(true)), "settle 1 true");
    // After the client was closed.
    let mut bench = at_work();
    bench.does(Input::Close { forget: None });
    assert_eq!(bench.does(wants(1, Command::List)), "list 1 empty");
    assert_eq!(bench.does(restore(2)), format!("settle 2 {CLOSED}"));
    assert_eq!(bench.does(delete(3)), format!("settle 3 {CLOSED}"));
    assert_eq!(bench.does(delete_all(true)), format!("settle 1 {CLOSED}"));
}

#[test]
fn an_archive_that_cannot_be_read_is_not_called_empty() {
    const FAILED: &str = "storage-failed: The browser's storage failed.";
    let mut broken = Bench::new();
    broken.does(known());
    broken.does(Input::Opened(Err(Fault::Failed)));
    let mut lost = at_work();
    lost.does(Input::Lost(Fault::Failed));
    for mut bench in [broken, lost] {
        assert_eq!(bench.does(wants(1, Command::List)), format!("settle 1 {FAILED}"));
        assert_eq!(bench.does(restore(2)), format!("settle 2 {FAILED}"));
        assert_eq!(bench.does(delete(3)), format!("settle 3 {FAILED}"));
        assert_eq!(bench.does(delete_all(true)), format!("settle 1 {FAILED}"));
        let import = Command::Import { file: Vec::new() };
        assert_eq!(bench.does(wants(4, import)), format!("settle 4 {FAILED}"));
    }
}

#[test]
fn what_is_wanted_while_the_storage_opens_waits_until_it_has() {
    // The viewer behind the socket works meanwhile.
    let viewer = Viewer::OfSocket { rebuilds: true };
    let mut bench = Bench::nobody(viewer);
    bench.does(known());
    assert_eq!(bench.does(wants(1, Command::List)), "");
    assert_eq!(bench.does(of("")), "open");
    assert_eq!(bench.does(restore(2)), "");
    assert_eq!(bench.does(Input::Opened(Ok(TabMemory::default()))), "claim ");
    assert_eq!(bench.does(delete(3)), "");
    assert_eq!(
        bench.does(claimed("own", None)),
        "forget-write, remember own, ready, list 1, load 2 k Restore, remove Delete { request: 3 \
         } k"
    );
    assert_eq!(bench.does(Input::Working), "find-others");

    let opening = || {
        let mut bench = Bench::opened(viewer, TabMemory::default());
        assert_eq!(bench.does(wants(1, Command::List)), "");
        bench
    };
    let failed = opening().does(Input::Claimed(Err(Fault::Failed)));
    let told = "close, ready, settle 1 storage-failed: The browser's storage failed.";
    assert!(failed.ends_with(told), "{failed}");
    assert_eq!(opening().does(Input::Close { forget: None }), "close, list 1 empty");
}

#[test]
fn what_is_restored_as_a_whole_leaves_the_archive() {
    let ended = |outcome| Input::RestoreEnded(Ok(outcome));
    for (outcome, expected) in [
        (RestoreOutcome::Declined, "settle 1 false"),
        (RestoreOutcome::Part, "settle 1 true"),
        (RestoreOutcome::Whole, "remove Restored { request: 1 } k"),
    ] {
        let mut bench = restoring(1);
        assert_eq!(bench.does(Input::Restoring { request: 1, id: "k".into() }), "");
        assert_eq!(bench.does(ended(outcome)), expected);
        assert_eq!(bench.does(ended(outcome)), "");
    }
    // Even if another tab was faster.
    let mut bench = at_work();
    let purpose = Purpose::Restored { request: 1 };
    assert_eq!(bench.does(Input::Removed { purpose, outcome: Ok(false) }), "settle 1 true");
    assert_eq!(
        bench.does(Input::Removed { purpose, outcome: Err(Fault::Failed) }),
        "settle 1 storage-failed: The browser's storage failed."
    );
}

#[test]
fn a_restore_that_another_one_replaces_is_declined() {
    let mut bench = restoring(1);
    bench.does(Input::Restoring { request: 1, id: "k".into() });
    asks(&mut bench, 2);
    assert_eq!(bench.does(Input::Restoring { request: 2, id: "k".into() }), "settle 1 false");
    let problem = Problem::new(Code::ConnectionLost, "gone");
    assert_eq!(bench.does(Input::RestoreEnded(Err(problem))), "settle 2 connection-lost: gone");
}

#[test]
fn a_restore_or_export_that_cannot_begin_says_why() {
    let loaded = |to, outcome| Input::Loaded { request: 1, id: "k".into(), to, outcome };
    for (outcome, expected) in [
        (Ok(None), format!("settle 1 {UNKNOWN}")),
        (
            Ok(Some((Holder::Nobody, damaged()))),
            "settle 1 storage-failed: This workspace is damaged and cannot be used. Delete it."
                .to_owned(),
        ),
        (Err(Fault::Failed), "settle 1 storage-failed: The browser's storage failed.".to_owned()),
    ] {
        for to in [LoadTo::Restore, LoadTo::Export] {
            assert_eq!(at_work().does(loaded(to, outcome.clone())), expected);
        }
    }
    let problem = Problem::new(Code::NotActive, "no");
    assert_eq!(
        restoring(1).does(Input::RestoreRefused { request: 1, problem }),
        "settle 1 not-active: no"
    );
}

#[test]
fn what_is_deleted_was_there() {
    let removed = |outcome| Input::Removed { purpose: Purpose::Delete { request: 1 }, outcome };
    assert_eq!(at_work().does(removed(Ok(true))), "settle 1 true");
    assert_eq!(at_work().does(removed(Ok(false))), format!("settle 1 {UNKNOWN}"));
    assert_eq!(
        at_work().does(removed(Err(Fault::Newer))),
        "settle 1 storage-failed: A newer version of this viewer is open in another tab, or was \
         used before. Reload this page to get it."
    );
    let rebuilt = Input::Removed { purpose: Purpose::Rebuilt, outcome: Err(Fault::Failed) };
    assert_eq!(at_work().does(rebuilt), "");
}
