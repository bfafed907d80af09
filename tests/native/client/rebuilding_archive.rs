//! A viewer that does not know the client gets back what comes from the archive.

use crate::client::page::{Page, TOO_LONG_MS, all_of, deaf, kept, kept_for, part};
use crate::client::support::driver::cannot_ask;
use crate::client::support::frames::{open_file, set_channel, set_region};
use carta_resume::client::{Answer, offer::Reason, problem::Code};
use serde_json::json;

fn archived() -> Page {
    let mut page = Page::new();
    page.send(open_file(20, 3, "own.fits"));
    page.send(set_channel(21, 3, 4));
    page.send(set_region(22, 3, -1, 33.0));
    page.machine.restore(kept_for(Reason::Archive, &[0, 1])).unwrap();
    page.settle();
    assert_eq!(page.offers()[0].reason, Reason::Archive);
    page
}

#[test]
fn what_comes_from_the_archive_is_added_to_what_is_open() {
    let mut page = archived();
    page.answer(Answer::Yes);
    let own = json!(["own.fits", 4, [["", 33.0]]]);
    assert_eq!(page.images(), json!([own, all_of(&[0, 1])[0], all_of(&[0, 1])[1]]));
    assert_eq!(page.outcome(), ["whole"], "the archive still has it");
    assert_eq!(page.reports()[0].reason, Reason::Archive);
}

#[test]
fn a_no_a_part_and_a_failure_are_told_to_the_one_who_restores() {
    let mut page = archived();
    page.answer(Answer::No);
    assert_eq!((page.outcome(), page.called("appendFile")), (vec!["declined".to_owned()], 0));

    let mut page = archived();
    page.answer(part(&[1]));
    assert_eq!((page.outcome(), page.called("appendFile")), (vec!["part".to_owned()], 1));

    let mut page = archived();
    page.backend.disk.missing.insert("kept 1.fits".into());
    page.answer(Answer::Yes);
    assert_eq!(page.outcome(), ["part"]);

    let mut page = archived();
    page.input(cannot_ask(1, "no window"));
    assert_eq!(page.outcome(), ["confirm-failed"]);
    page.cut();
    page.reconnect();
    let reasons: Vec<Reason> = page.offers().iter().map(|offer| offer.reason).collect();
    assert_eq!(reasons, [Reason::Archive, Reason::ConnectionLost], "it is not asked about again");
}

#[test]
fn one_thing_is_restored_at_a_time() {
    let mut page = archived();
    let second = page.machine.restore(kept_for(Reason::Archive, &[2])).unwrap_err();
    assert_eq!(second.code, Code::NotActive);
    page.answer(Answer::No);
    page.machine.restore(kept_for(Reason::Archive, &[2])).unwrap();
    page.settle();
    page.answer(Answer::Yes);
    assert_eq!(page.outcome(), ["declined", "whole"]);
}

#[test]
fn what_nobody_is_asked_about_does_not_block_the_archive() {
    let mut page = deaf();
    let busy = page.machine.restore(kept_for(Reason::Archive, &[2])).unwrap_err();
    assert_eq!(busy.code, Code::NotActive, "the viewer may still answer");
    page.run(TOO_LONG_MS);
    page.machine.restore(kept_for(Reason::Archive, &[2])).unwrap();
    page.listen();
    page.answer(Answer::Yes);
    assert_eq!((page.outcome(), page.images()), (vec!["whole".to_owned()], all_of(&[2])));
}

#[test]
fn the_rest_comes_from_the_archive_and_nothing_twice() {
    let mut page = Page::asking(kept(&[0, 1]));
    page.backend.disk.missing.insert("kept 1.fits".into());
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[0]));
    page.backend.disk.missing.clear();
    page.machine.restore(kept_for(Reason::Archive, &[0, 1])).unwrap();
    page.settle();
    page.answer(Answer::Yes);
    assert_eq!(page.images(), all_of(&[0, 1]));
}

#[test]
fn a_viewer_that_cannot_be_rebuilt_restores_nothing() {
    let mut page = Page::new();
    page.listens = false;
    page.machine.restore(kept_for(Reason::Archive, &[0])).unwrap();
    page.settle();
    page.run(TOO_LONG_MS);
    assert_eq!((page.outcome(), page.offers().len()), (vec!["not-active".to_owned()], 0));
    page.machine.restore(kept_for(Reason::Archive, &[0])).unwrap();
    page.settle();
    page.listen();
    page.answer(Answer::Yes);
    assert_eq!(page.outcome(), ["not-active", "whole"]);
}
