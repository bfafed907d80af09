//! Which stored session a client continues, and what it does with the content.

use std::rc::Rc;

use carta_resume::{
    client::offer::{Reason, WhyArchived},
    keeping::{
        fault::Fault,
        keeper::{Input, Keeper, TabMemory, Viewer},
        last_write,
        session::{Stored, Write},
    },
};

use super::support::*;

const IN_MEMORY: &str = "You can keep working, but a reload may lose your work.";

#[test]
fn in_memory_nothing_is_opened_and_nobody_waits() {
    let mut bench = Bench::new();
    bench.keeper = Keeper::new(Viewer::OfClient, false);
    assert!(bench.keeper.is_ready() && !bench.keeper.is_open());
    assert_eq!(bench.does(known()), "");
}

#[test]
fn a_new_tab_gets_a_new_session_and_disowns_the_session_id_that_it_copied() {
    let mut bench = Bench::opened(Viewer::OfClient, TabMemory::default());
    assert!(!bench.keeper.is_ready());
    assert_eq!(bench.does(claimed("new", None)), "forget-write, remember new, disown, ready");
    assert!(bench.keeper.is_ready() && bench.keeper.is_open());
    // Each attempt reports it again.
    assert_eq!(bench.does(known()), "");
}

#[test]
fn a_reloaded_page_goes_on_with_its_own() {
    let mut bench = Bench::opened(Viewer::OfClient, remembering("own"));
    let found = claimed("own", Some((Reason::PageReloaded, stored())));
    assert_eq!(bench.does(found), "forget-write, remember own, adopt page-reloaded, ready");
    let kept = bench.kept.take().unwrap();
    assert_eq!((kept.session_id, kept.saved_at), (3, 77));
    assert_eq!(kept.workspace.offer_images()[0].file, "kept.fits");
    assert_eq!(bench.does(Input::Adopted(true)), "");
    assert_eq!(bench.keeper.deadline(), None);
}

#[test]
fn what_a_closed_tab_left_is_adopted_and_its_session_id_comes_with_it() {
    let mut bench = Bench::opened(Viewer::OfClient, TabMemory::default());
    let found = claimed("left", Some((Reason::TabClosed, stored())));
    assert_eq!(bench.does(found), "forget-write, remember left, disown, adopt tab-closed, ready");
}

#[test]
fn a_duplicated_tab_is_not_the_owner() {
    let mut bench = Bench::opened(Viewer::OfClient, remembering("own"));
    assert_eq!(bench.does(claimed("new", None)), "forget-write, remember new, disown, ready");
}

#[test]
fn a_viewer_with_work_of_its_own_supersedes_what_is_stored() {
    let mut bench = Bench::opened(Viewer::OfClient, remembering("own"));
    bench.does(claimed("own", Some((Reason::PageReloaded, stored()))));
    assert_eq!(bench.does(Input::Adopted(false)), "forget-write, archive superseded");
    assert_eq!(bench.does(Input::KeyChanged("next".into())), "remember next");
    // Everything is written to the new session.
    assert_eq!(bench.flushes(), "write 1 []");
    assert!(bench.writes[0].contents.as_ref().unwrap().is_empty());
}

#[test]
fn what_is_damaged_is_marked_and_told() {
    for stored in [damaged(), Stored { records: None, ..stored() }] {
        let mut bench = Bench::opened(Viewer::OfClient, remembering("own"));
        assert_eq!(
            bench.does(claimed("own", Some((Reason::PageReloaded, stored)))),
            "forget-write, remember own, rebuilding done, forget-write, mark-damaged, report \"The \
             stored copy of your last session is damaged. It was set aside, and a new session \
             was started.\", ready"
        );
        assert_eq!(bench.does(Input::KeyChanged("next".into())), "remember next");
    }
}

#[test]
fn whatever_does_not_open_is_told_and_work_goes_on_in_memory() {
    for (fault, sentence) in [
        (Fault::Missing, "This browser has no IndexedDB, or does not let this page use it."),
        (
            Fault::Newer,
            "A newer version of this viewer is open in another tab, or was used before. Reload this page to get it.",
        ),
        (
            Fault::Blocked,
            "The browser's storage cannot be opened. Another tab may be blocking it: close other \
             tabs of this viewer.",
        ),
        (Fault::Unreadable, "The work that is stored in this browser cannot be read."),
        (Fault::Failed, "The browser's storage failed."),
    ] {
        let expected = format!("report \"{sentence} {IN_MEMORY}\", close, ready");
        let mut bench = Bench::new();
        bench.does(known());
        assert_eq!(bench.does(Input::Opened(Err(fault))), expected);
        assert!(bench.keeper.is_ready() && !bench.keeper.is_open());
        assert_eq!(bench.writes(1), "");

        let mut bench = Bench::opened(Viewer::OfClient, TabMemory::default());
        assert_eq!(bench.does(Input::Claimed(Err(fault))), expected);
    }
}

#[test]
fn a_storage_that_does_not_answer_is_waited_for_nine_seconds() {
    for opens in [false, true] {
        let mut bench = Bench::new();
        bench.does(known());
        if opens {
            bench.does(Input::Opened(Ok(TabMemory::default())));
        }
        for _ in 0..8 {
            assert_eq!(bench.does(Input::SecondPassed), "");
        }
        assert_eq!(
            bench.does(Input::SecondPassed),
            format!("report \"The browser's storage does not respond. {IN_MEMORY}\", close, ready")
        );
        assert_eq!(bench.does(Input::SecondPassed), "");
        // What comes too late changes nothing.
        assert_eq!(bench.does(Input::Opened(Ok(TabMemory::default()))), "");
        assert_eq!(bench.does(claimed("late", Some((Reason::TabClosed, stored())))), "");
        assert_eq!(bench.does(Input::Released), "");
        assert!(!bench.keeper.is_open());
    }
}

#[test]
fn a_client_that_is_closed_while_it_opens_gets_nothing() {
    let mut bench = Bench::opened(Viewer::OfClient, noted("own", true));
    assert_eq!(bench.does(Input::Close { forget: None }), "close");
    assert_eq!(bench.does(claimed("own", None)), "");
    // What the previous page has noted stays.
    assert_eq!(bench.does(Input::Released), "ended");
    assert_eq!(bench.does(Input::Claimed(Err(Fault::Failed))), "");
}

#[test]
fn what_the_page_before_may_have_lost_is_written_again_before_it_is_offered() {
    // Its row is in the database, or in the note.
    for (found, contents) in [(true, false), (false, true)] {
        let mut bench = Bench::opened(Viewer::OfClient, noted("own", contents));
        let found = found.then(|| (Reason::PageReloaded, stored()));
        assert_eq!(bench.does(claimed("own", found)), "write-again");
        assert_eq!(*bench.writes[0], lost_write(contents));
        assert_eq!(bench.does(Input::WrittenAgain(Ok(()))), "claim own");
        let found = Some((Reason::PageReloaded, stored()));
        assert_eq!(
            bench.does(claimed("own", found)),
            "forget-write, remember own, adopt page-reloaded, ready"
        );
    }
}

#[test]
fn what_another_session_has_noted_is_not_written() {
    let plain = "forget-write, remember own, ready";
    let mut bench = Bench::opened(Viewer::OfClient, noted("other", true));
    assert_eq!(bench.does(claimed("own", None)), plain);
    // Nor is it written to a session that another tab has now.
    let mut bench = Bench::opened(Viewer::OfClient, noted("own", true));
    assert_eq!(bench.does(claimed("new", None)), "forget-write, remember new, disown, ready");
    // Nor is a part for which there is no row.
    let mut bench = Bench::opened(Viewer::OfClient, noted("own", false));
    assert_eq!(bench.does(claimed("own", None)), plain);
    // Nor is nonsense.
    for text in ["", "null", "{}", r#"{"key":"own"}"#, "\u{a}\u{3}own\u{7f}"] {
        let memory = TabMemory { last_write: Some(text.into()), ..remembering("own") };
        let mut bench = Bench::opened(Viewer::OfClient, memory);
        assert_eq!(bench.does(claimed("own", None)), plain);
    }
}

#[test]
fn a_note_that_cannot_be_written_again_is_a_failure_of_the_storage() {
    let mut bench = Bench::opened(Viewer::OfClient, noted("own", true));
    bench.does(claimed("own", None));
    assert_eq!(
        bench.does(Input::WrittenAgain(Err(Fault::Full))),
        format!(
            "report \"The browser's storage is full. Free some space, or delete old work from the \
             archive. {IN_MEMORY}\", close, ready"
        )
    );
}

#[test]
fn a_rebuild_that_the_end_of_the_page_cut_short_is_offered_again() {
    let memory = TabMemory { rebuilding: Some("archived".into()), ..remembering("own") };
    let viewer = Viewer::OfSocket { rebuilds: true };
    // It takes the place of what the previous page had of it.
    for found in [None, Some((Reason::PageReloaded, damaged()))] {
        let mut bench = Bench::opened(viewer, memory.clone());
        assert_eq!(
            bench.does(claimed("own", found)),
            "forget-write, remember own, load-unfinished archived"
        );
        assert_eq!(
            bench.does(Input::UnfinishedLoaded(Ok(Some(stored())))),
            "offer page-reloaded, ready"
        );
        bench.does(Input::Adopted(true));
    }
    // What was rebuilt by then is not kept as well, unless it has something of its own.
    for (part, left) in [
        (stored(), "archive superseded, remove Rebuilt own"),
        (with_file("other.fits"), "archive superseded"),
        (joined("kept.fits"), "archive superseded"),
        (damaged(), "archive superseded"),
    ] {
        let mut bench = Bench::opened(viewer, memory.clone());
        bench.does(claimed("own", Some((Reason::PageReloaded, part))));
        bench.does(Input::UnfinishedLoaded(Ok(Some(stored()))));
        bench.does(Input::Adopted(true));
        assert_eq!(
            bench.does(Input::RebuildDecided(WhyArchived::Superseded)),
            format!("forget-write, {left}, rebuilding archived")
        );
    }
    // It was deleted meanwhile.
    let mut bench = Bench::opened(viewer, memory.clone());
    bench.does(claimed("own", Some((Reason::PageReloaded, stored()))));
    assert_eq!(bench.does(Input::UnfinishedLoaded(Ok(None))), "offer page-reloaded, ready");
    // It is damaged: the user is not asked about it again.
    let mut bench = Bench::opened(viewer, memory);
    bench.does(claimed("own", None));
    let told = bench.does(Input::UnfinishedLoaded(Ok(Some(damaged()))));
    assert!(told.starts_with("rebuilding done, forget-write, mark-damaged, report"), "{told}");
}

#[test]
fn a_viewer_that_cannot_be_rebuilt_supersedes_what_is_stored() {
    let superseded = "forget-write, archive superseded, rebuilding done";
    let found = || claimed("own", Some((Reason::PageReloaded, stored())));
    let mut bench = Bench::opened(Viewer::OfSocket { rebuilds: false }, remembering("own"));
    assert_eq!(bench.does(found()), format!("forget-write, remember own, {superseded}, ready"));
    // Or it turns out not to be new.
    let mut bench = Bench::opened(Viewer::OfSocket { rebuilds: true }, remembering("own"));
    bench.does(found());
    assert_eq!(bench.does(Input::Adopted(false)), superseded);
}

#[test]
fn a_session_that_is_lost_while_it_is_taken_up_is_written_again() {
    let memory = TabMemory { rebuilding: Some("archived".into()), ..remembering("own") };
    let mut bench = Bench::opened(Viewer::OfClient, memory);
    bench.does(claimed("own", None));
    assert_eq!(bench.does(Input::KeyChanged("next".into())), "remember next");
    assert_eq!(bench.does(Input::Lost(Fault::Taken)), "");
    assert_eq!(bench.does(Input::UnfinishedLoaded(Ok(None))), "disown, ready");
    assert_eq!(bench.flushes(), "write 1 []");
}

#[test]
fn a_note_gives_back_what_was_noted() {
    for contents in [true, false] {
        let text = last_write::note("own", &[Rc::new(lost_write(contents))]).unwrap();
        assert!(text.chars().all(|character| character <= '\u{ff}'));
        assert_eq!(last_write::read(&text, "own"), Some(lost_write(contents)));
        assert_eq!(last_write::read(&text, "other"), None);
        assert_eq!(last_write::read(&text[..text.len() - 1], "own"), None);
    }
}

#[test]
fn a_note_of_the_version_before_is_passed_over() {
    let text = r#"{"key":"own","what":["ws://a/",3,78,[{"fileId":7,"directory":"","file":"kept.fits","hdu":"","channel":0,"stokes":0,"regionCount":0,"hasContours":false}],[],["a","b"],["AP8H",null]]}"#;
    assert_eq!(last_write::read(text, "own"), None);
}

#[test]
fn a_note_has_the_row_of_an_earlier_write_and_a_bound() {
    let row = Rc::new(lost_write(true));
    let text = last_write::note("own", &[row, Rc::new(lost_write(false))]).unwrap();
    assert!(last_write::read(&text, "own").unwrap().contents.is_some());
    let large =
        |bytes| Write { records: vec![("a".into(), Some(vec![0; bytes]))], ..lost_write(true) };
    assert!(last_write::note("own", &[Rc::new(large(2_000_000))]).is_some());
    assert!(last_write::note("own", &[Rc::new(large(2_000_001))]).is_none());
    assert!(last_write::note("own", &[]).is_none());
}

/// A viewer that has opened an image before the stored session was read, and whose page ends.
fn left_while_opening(may_come_back: bool) -> Bench {
    let mut bench = Bench::of(Viewer::OfSocket { rebuilds: true });
    bench.does(known());
    bench.changes(1);
    assert_eq!(bench.flushes(), "");
    let noted = if may_come_back { "" } else { "note-unclaimed" };
    assert_eq!(bench.does(Input::PageLeft { may_come_back }), noted);
    bench
}

#[test]
fn what_a_viewer_opens_before_there_is_a_session_is_noted_and_offered_by_the_next_page() {
    let noted = left_while_opening(false).noted;
    for key in [None, Some("own".to_owned())] {
        let memory = TabMemory { key, last_write: noted.clone(), ..TabMemory::default() };
        let mut bench = Bench::opened(Viewer::OfSocket { rebuilds: true }, memory);
        assert_eq!(bench.does(claimed("new", None)), "write-again");
        let write = &bench.writes[0];
        assert_eq!(write.contents.as_ref().unwrap().images[0].file, "a.fits");
        let records = write.records.iter().filter_map(|(_, record)| record.clone()).collect();
        let stored = Stored { records: Some(records), ..stored() };
        assert_eq!(bench.does(Input::WrittenAgain(Ok(()))), "claim new");
        let found = claimed("new", Some((Reason::PageReloaded, stored)));
        assert_eq!(bench.does(found), "forget-write, remember new, offer page-reloaded, ready");
        assert_eq!(bench.kept.unwrap().workspace.offer_images()[0].file, "a.fits");
    }
}

#[test]
fn what_is_stored_comes_before_what_was_opened_while_it_was_not_known() {
    let memory = TabMemory { last_write: left_while_opening(false).noted, ..remembering("own") };
    let mut bench = Bench::opened(Viewer::OfSocket { rebuilds: true }, memory);
    let found = claimed("own", Some((Reason::PageReloaded, stored())));
    assert_eq!(bench.does(found), "forget-write, remember own, offer page-reloaded, ready");
    assert_eq!(bench.kept.unwrap().workspace.offer_images()[0].file, "kept.fits");
}

#[test]
fn a_page_that_may_come_back_while_it_opens_writes_all_that_it_has_then() {
    let mut bench = left_while_opening(true);
    assert_eq!(bench.does(Input::PageCameBack), "");
    bench.does(Input::Opened(Ok(TabMemory::default())));
    bench.does(claimed("new", None));
    bench.does(Input::Changed);
    assert_eq!(bench.flushes(), "write 1 [image 1 answer 1]");
}
