//! Restoring from the archive when the backend does not finish it: when the user is asked again,
//! and how it ends.

use crate::client::support::{
    archiving::{NOTHING, asked_again, file_ids, no, resuming, yes},
    bench::{asked, events, offer, restore_ended, sent, why_archived},
    driver::Effect,
    frames::{open_file, open_file_ack, resume_ack},
    kept::SAVED_AT,
};
use carta_resume::{
    client::{
        Phase,
        offer::{Reason, WhyArchived},
    },
    protocol::EventType,
    workspace::ImageSpec,
};

#[test]
fn a_workspace_that_crashes_the_backend_is_asked_about_again() {
    let (mut bench, _) = resuming();
    bench.lose();
    assert_eq!(events(&bench.reconnect()), [EventType::ResumeSession]);
    bench.lose();
    let effects = bench.reconnect();
    assert_eq!(events(&effects), []);
    let offer = offer(&effects).unwrap();
    assert_eq!(offer.suspected.images, [1, 3]);
    assert_eq!((offer.id, offer.reason, offer.saved_at), (2, Reason::Archive, SAVED_AT));
    let effects = bench.input(no(2));
    assert_eq!(restore_ended(&effects), ["declined"]);
    assert_eq!(why_archived(&effects), [], "the archive still has it");
}

#[test]
fn after_a_resume_that_hangs_a_no_ends_it_and_nothing_is_archived_twice() {
    let mut bench = asked_again();
    let effects = bench.input(no(2));
    assert_eq!(restore_ended(&effects), ["declined"]);
    assert_eq!(why_archived(&effects), []);
    assert_eq!(events(&effects), [EventType::CloseFile]);
    assert_eq!((bench.phase(), file_ids(&bench)), (Phase::Active, vec![]));
}

#[test]
fn after_a_resume_that_hangs_a_yes_restores_it() {
    let mut bench = asked_again();
    let resume = sent(&bench.input(yes(2))).remove(0);
    assert_eq!(restore_ended(&bench.receive(resume_ack(&resume, ""))), ["whole"]);
}

#[test]
fn a_no_without_a_connection_ends_it_once() {
    let mut bench = asked_again();
    bench.lose();
    let effects = bench.input(no(2));
    assert_eq!((restore_ended(&effects), why_archived(&effects)), (vec!["declined"], vec![]));
    let effects = bench.reconnect();
    assert_eq!((asked(&effects), restore_ended(&effects)), (None, NOTHING.to_vec()));
    // What is opened after that does not come from the archive.
    let open = open_file(20, 6, "f.fits");
    bench.send(open.clone());
    bench.receive(open_file_ack(&open, 6, true));
    bench.lose();
    assert_eq!(asked(&bench.reconnect()), Some(3));
    assert_eq!(why_archived(&bench.input(no(3))), [WhyArchived::Declined]);
}

#[test]
fn what_is_stated_after_a_no_without_a_connection_is_not_from_the_archive() {
    let mut bench = asked_again();
    bench.lose();
    bench.input(no(2));
    let spec = ImageSpec { file_id: 4, file: "d.fits".into(), ..ImageSpec::default() };
    bench.machine.tracker_mut().workspace_mut().open_image(spec).unwrap();
    bench.machine.touched();
    let effects = bench.reconnect();
    assert_eq!(offer(&effects).unwrap().reason, Reason::ConnectionLost);
    let effects = bench.input(no(3));
    assert_eq!(
        (restore_ended(&effects), why_archived(&effects)),
        (vec![], vec![WhyArchived::Declined])
    );
}

#[test]
fn a_viewer_that_empties_it_while_asked_again_ends_it() {
    let mut bench = asked_again();
    bench.machine.tracker_mut().workspace_mut().close_image(-1).unwrap();
    bench.machine.touched();
    let effects = bench.effects(None);
    assert_eq!(restore_ended(&effects), ["declined"]);
    assert!(effects.contains(&Effect::WithdrawOffer));
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn a_viewer_that_empties_it_without_a_connection_ends_it() {
    let (mut bench, _) = resuming();
    bench.lose();
    bench.machine.tracker_mut().workspace_mut().close_image(-1).unwrap();
    bench.machine.touched();
    assert_eq!(restore_ended(&bench.reconnect()), ["declined"]);
    assert_eq!(bench.phase(), Phase::Active);
}

// Closing
