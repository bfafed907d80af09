//! What happens to a stored session while its client works, and when the client ends.

use carta_resume::{
    client::offer::WhyArchived,
    keeping::{
        fault::Fault,
        keeper::{Input, Viewer},
        last_write,
    },
};

use super::support::*;

fn at_work() -> Bench {
    Bench::with_session(Viewer::OfClient)
}

#[test]
fn the_first_change_is_written_at_once_and_later_ones_together() {
    let mut bench = at_work();
    let began = bench.now;
    assert_eq!(bench.writes(1), "write 1 [image 1 answer 1]");
    assert_eq!(bench.now, began);
    let write = &bench.writes[0];
    assert_eq!((write.address.as_str(), write.session_id, write.saved_at), (ADDRESS, 5, began));
    assert_eq!(write.contents.as_ref().unwrap().images[0].file_id, 1);
    assert_eq!(bench.written(1, Ok(())), "");
    bench.writes(2);
    assert!(bench.now - began <= 100, "on the disk 100 ms after the change");
    assert_eq!(bench.flushes(), "", "nothing is left");
}

#[test]
fn a_write_waits_for_the_one_before_for_a_second_at_most() {
    let mut bench = at_work();
    bench.writes(1);
    bench.changes(2);
    assert_eq!(bench.keeper.deadline().unwrap() - bench.now, 1_000);
    bench.written(1, Ok(()));
    assert_eq!(bench.keeper.deadline().unwrap() - bench.now, 60);
    assert_eq!(bench.flushes(), "write 2 [image 2 answer 2]");
    bench.changes(3);
    let repeated = "write 3 [image 2 image 3 answer 2 answer 3]";
    assert_eq!(bench.flushes(), repeated, "the outcome of write 2 is unknown");
}

#[test]
fn a_write_that_fails_is_told_once_and_tried_again_at_growing_intervals() {
    let mut bench = at_work();
    bench.writes(1);
    let told = bench.written(1, Err(Fault::Full));
    assert!(told.ends_with("You can keep working; saving will be tried again.\""), "{told}");
    assert!(told.contains("is full"), "{told}");
    let mut delays = Vec::new();
    for number in 2..10 {
        delays.push(bench.keeper.deadline().unwrap() - bench.now);
        bench.flushes();
        assert_eq!(bench.written(number, Err(Fault::Full)), "", "it has been reported");
    }
    assert_eq!(delays, [5, 10, 20, 40, 80, 160, 300, 300].map(|seconds| seconds * 1_000));
    bench.flushes();
    assert_eq!(bench.written(10, Ok(())), "");
    assert_eq!(bench.keeper.deadline(), None);
}

#[test]
fn another_tab_that_has_taken_the_session_is_left_alone() {
    let mut bench = at_work();
    bench.writes(1);
    bench.written(1, Ok(()));
    assert_eq!(bench.does(Input::KeyChanged("next".into())), "remember next");
    assert_eq!(bench.does(Input::Lost(Fault::Taken)), "disown");
    assert_eq!(bench.written(1, Err(Fault::Taken)), "", "not a failure");
    // Everything is written to the new session.
    assert_eq!(bench.flushes(), "write 2 [image 1 answer 1]");
}

#[test]
fn what_was_removed_is_told_and_written_again() {
    let mut bench = at_work();
    bench.writes(1);
    bench.written(1, Ok(()));
    assert_eq!(
        bench.does(Input::Lost(Fault::Gone)),
        "report \"The stored work was removed, by you or by the browser. It is being stored \
                  again.\""
    );
    assert_eq!(bench.flushes(), "write 2 [image 1 answer 1]");
    assert!(bench.writes[1].contents.is_some());
}

#[test]
fn what_cannot_be_read_is_told_and_work_goes_on() {
    let mut bench = at_work();
    assert_eq!(
        bench.does(Input::Lost(Fault::Unreadable)),
        "report \"The work that is stored in this browser cannot be read.\""
    );
    assert!(bench.keeper.is_open());
}

#[test]
fn a_newer_version_ends_the_storing_and_not_the_work() {
    let mut bench = at_work();
    bench.writes(1);
    let told = bench.does(Input::Lost(Fault::Newer));
    assert!(told.starts_with("report \"A newer version of this viewer"), "{told}");
    assert!(told.ends_with("a reload may lose your work.\""), "{told}");
    assert!(bench.keeper.is_ready() && !bench.keeper.is_open());
    assert_eq!(bench.written(1, Err(Fault::Newer)), "");
    assert_eq!(bench.flushes(), "");
    assert_eq!(bench.does(Input::Lost(Fault::Newer)), "", "it is reported once");
    // The session is given up only at the end: no other tab may take it before.
    assert_eq!(bench.does(Input::Close { forget: None }), "close");
    assert_eq!(bench.does(Input::Released), "ended");
}

#[test]
fn a_workspace_that_gives_way_is_archived_as_it_is_stored() {
    let mut bench = at_work();
    bench.writes(1);
    assert_eq!(bench.does(Input::Archive(WhyArchived::Declined)), "forget-write, archive declined");
    assert_eq!(bench.does(Input::KeyChanged("next".into())), "remember next");
    // What was under way belongs to the archived session: nothing is noted.
    assert_eq!(bench.does(Input::PageLeft { may_come_back: false }), "");
    assert_eq!(bench.written(1, Ok(())), "");
}

#[test]
fn a_page_that_is_left_notes_the_write_that_is_under_way() {
    let mut bench = at_work();
    let leaves = || Input::PageLeft { may_come_back: false };
    assert_eq!(bench.does(leaves()), "");
    bench.writes(1);
    bench.writes(2);
    assert_eq!(bench.does(leaves()), "note-write");
    let noted = last_write::read(&bench.noted.take().unwrap(), "own").unwrap();
    assert_eq!(noted.records, bench.writes[1].records);
    assert_eq!(noted.contents, bench.writes[1].contents);
    bench.written(1, Ok(()));
    bench.written(2, Ok(()));
    assert_eq!(bench.does(leaves()), "");
    // The next write is noted under the new key.
    bench.does(Input::KeyChanged("next".into()));
    bench.writes(3);
    bench.does(leaves());
    assert!(last_write::read(&bench.noted.take().unwrap(), "next").is_some());
}

#[test]
fn a_write_that_begins_after_the_page_was_left_is_noted_too() {
    let mut bench = at_work();
    bench.writes(1);
    bench.does(Input::PageLeft { may_come_back: false });
    bench.noted.take();
    // After that the page becomes hidden, and what has changed is read then.
    assert!(bench.writes(2).ends_with("], note-write"));
    let noted = last_write::read(&bench.noted.take().unwrap(), "own").unwrap();
    assert_eq!(noted.records, bench.writes[1].records);
    // A page that comes back works as before.
    bench.does(Input::PageLeft { may_come_back: true });
    bench.does(Input::PageCameBack);
    assert!(!bench.writes(3).contains("note-write"));
}

#[test]
fn a_page_that_is_put_aside_gives_its_session_up_and_takes_it_again() {
    let mut bench = at_work();
    bench.writes(1);
    assert_eq!(bench.does(Input::PageLeft { may_come_back: true }), "note-write, suspend");
    assert_eq!(bench.does(Input::PageCameBack), "forget-write, wake");
    assert_eq!(bench.does(Input::Woken(Ok(()))), "");
    let told = bench.does(Input::Woken(Err(Fault::Blocked)));
    assert!(told.starts_with("report \"The browser's storage cannot be opened."), "{told}");
    // In memory, there is nothing to give up.
    bench.does(Input::Lost(Fault::Failed));
    assert_eq!(bench.does(Input::PageLeft { may_come_back: true }), "");
    assert_eq!(bench.does(Input::PageCameBack), "");
}

#[test]
fn a_new_viewers_own_work_supersedes_what_is_stored() {
    let mut bench = Bench::with_earlier();
    assert_eq!(bench.does(Input::Changed), "forget-write, archive superseded, rebuilding done");
    assert_eq!(bench.does(Input::Changed), "");
    // By then, the decision has been made.
    assert_eq!(bench.does(Input::RebuildDecided(WhyArchived::Declined)), "");
}

#[test]
fn a_viewer_that_is_rebuilt_leaves_nothing_in_the_archive() {
    let decided = "forget-write, archive superseded, rebuilding own";
    let mut bench = Bench::with_earlier();
    assert_eq!(bench.does(Input::RebuildDecided(WhyArchived::Superseded)), decided);
    bench.does(Input::KeyChanged("next".into()));
    assert_eq!(bench.does(Input::Rebuilt { whole: true }), "rebuilding done, remove Rebuilt own");
    // What was restored only in part stays in the archive.
    let mut bench = Bench::with_earlier();
    assert_eq!(bench.does(Input::RebuildDecided(WhyArchived::Superseded)), decided);
    assert_eq!(bench.does(Input::Rebuilt { whole: false }), "rebuilding done");
    // And so does what was declined.
    let mut bench = Bench::with_earlier();
    assert_eq!(
        bench.does(Input::RebuildDecided(WhyArchived::Declined)),
        "forget-write, archive declined, rebuilding done"
    );
}

#[test]
fn a_client_that_is_closed_notes_what_is_under_way_until_it_is_written() {
    let mut bench = at_work();
    bench.writes(1);
    assert_eq!(bench.does(Input::Close { forget: None }), "note-write, close");
    assert!(!bench.keeper.is_open());
    assert_eq!(bench.written(1, Err(Fault::Full)), "", "nobody listens any more");
    // Closing it again meanwhile does nothing.
    assert_eq!(bench.does(Input::Close { forget: None }), "");
    assert_eq!(bench.does(Input::Released), "forget-write, ended");
    assert_eq!(bench.does(Input::Released), "");
    assert_eq!(bench.does(Input::Close { forget: None }), "ended");
    assert_eq!(bench.does(known()), "");
}

#[test]
fn all_is_forgotten_when_the_session_is_free() {
    let forget = || Input::Close { forget: Some(ADDRESS.into()) };
    let mut bench = at_work();
    assert_eq!(bench.does(forget()), "close");
    assert_eq!(bench.does(Input::Released), format!("forget-write, forget {ADDRESS}"));
    assert_eq!(bench.does(Input::Forgotten), "ended");
    // Before anything was opened.
    let mut bench = Bench::new();
    assert_eq!(bench.does(forget()), format!("forget {ADDRESS}"));
    // And after the client was closed, or while it closes.
    let mut bench = at_work();
    bench.does(Input::Close { forget: None });
    assert_eq!(bench.does(forget()), "");
    assert_eq!(bench.does(Input::Released), format!("forget-write, forget {ADDRESS}"));
    assert_eq!(bench.does(forget()), format!("forget {ADDRESS}"));
}
