//! Resuming: what comes back, what does not, and a backend that cannot cope.

use crate::client::support::{
    archiving::with_resume_deadline,
    bench::{Bench, asked, codes, events, offer, sent},
    driver::{Effect, Input},
    frames::{bare, resume_ack},
    world::{User, World},
};
use carta_resume::{
    client::{Answer, Options, Phase},
    protocol::{EventType, Frame},
};

fn yes(offer: u32) -> Input {
    Input::Answered { offer, answer: Answer::Yes }
}

#[test]
fn a_drop_costs_one_yes() {
    let mut world = World::at_work(Options::default(), 1);
    let before = world.backend_session();
    world.cut();
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.offers.len(), 1);
    assert_eq!(world.backend_session(), before);
    assert_eq!(world.workspace(), before);
}

#[test]
fn a_restarted_backend_gets_everything_back() {
    let mut world = World::at_work(Options::default(), 1);
    let before = world.backend_session();
    world.restart_backend();
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.backend_session(), before);
    assert_eq!(world.workspace(), before);
    assert!(world.reports[0].restored.success);
    assert_eq!(world.reports[0].restored.catalogs, [1]);
}

#[test]
fn a_backend_that_kept_the_session_has_it_as_it_was() {
    let mut world = World::at_work(Options::default(), 2);
    world.backend.grace_ms = Some(60_000);
    let before = world.backend_session();
    world.cut();
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.backend_session(), before);
}

#[test]
fn a_no_leaves_a_backend_that_kept_the_session_empty() {
    let mut world = World::at_work(Options::default(), 3);
    world.backend.grace_ms = Some(60_000);
    world.user = User::Answers(100, Answer::No);
    world.cut();
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.backend_session(), crate::client::support::session::Session::default());
    world.viewer(60, crate::client::support::steps::Viewer::Open(0));
    world.run(1_000);
    assert_eq!(world.backend_session().images.len(), 1, "and the viewer works on");
}

#[test]
fn what_failed_is_reported_kept_and_offered_again() {
    let mut world = World::at_work(Options::default(), 4);
    let before = world.backend_session();
    world.backend.disk.missing.insert("b.fits".into());
    world.backend.disk.bad_regions.insert(1);
    world.restart_backend();
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    let report = &world.reports[0];
    assert!(!report.restored.success);
    assert_eq!((&report.restored.images, &report.restored.failed_images), (&vec![0], &vec![1]));
    assert_eq!(report.restored.failed_regions, [1]);
    assert_eq!(report.restored.message, "Problem loading files: 1 Problem loading regions: 1 ");

    world.backend.disk = crate::client::support::session::Disk::default();
    world.cut();
    world.run(10_000);
    assert_eq!(world.offers[1].images.len(), 2);
    assert!(world.reports[1].restored.success);
    assert_eq!(world.backend_session(), before);
}

#[test]
fn nothing_is_asked_of_what_failed() {
    let mut world = World::at_work(Options::default(), 5);
    world.backend.disk.bad_regions.insert(1);
    world.restart_backend();
    world.run(10_000);
    let own = world.frames_sent(EventType::SetStatsRequirements);
    assert_eq!(own.len(), 1, "the viewer's own, before the drop");
}

#[test]
fn a_resume_that_never_ends_is_given_up_and_asked_about_again() {
    let mut bench = Bench::asking_and(with_resume_deadline());
    let began = bench.now.monotonic;
    bench.input(yes(1));
    let effects = bench.hang();
    assert_eq!(codes(&effects), ["resume-timeout"]);
    assert!(effects.contains(&Effect::Shut { generation: 2 }));
    assert_eq!(bench.now.monotonic - began, 120_000);
    assert_eq!(asked(&bench.reconnect()), Some(2));
    assert_eq!(bench.input(yes(1)), [], "the old yes no longer counts");
}

#[test]
fn a_resume_deadline_that_was_slept_through_gets_a_little_longer() {
    let mut bench = Bench::asking_and(with_resume_deadline());
    let resume = sent(&bench.input(yes(1))).remove(0);
    bench.after(3_600_000);
    assert_eq!(bench.phase(), Phase::Resuming);
    bench.receive(resume_ack(&resume, ""));
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn a_drop_while_resuming_does_not_ask_again() {
    let mut bench = Bench::asking();
    bench.input(yes(1));
    bench.lose();
    let effects = bench.reconnect();
    assert_eq!(asked(&effects), None);
    assert_eq!(events(&effects), [EventType::ResumeSession]);
}

#[test]
fn two_connections_lost_while_resuming_are_what_one_yes_may_cost() {
    let mut bench = Bench::asking();
    bench.input(yes(1));
    bench.lose();
    assert_eq!(events(&bench.reconnect()), [EventType::ResumeSession]);
    bench.lose();
    let effects = bench.reconnect();
    assert_eq!(events(&effects), []);
    let offer = offer(&effects).unwrap();
    assert_eq!((offer.id, &*offer.suspected.images), (2, &[0][..]));
    assert_eq!(events(&bench.input(yes(2))), [EventType::ResumeSession], "once more");
    bench.lose();
    let effects = bench.reconnect();
    assert_eq!((events(&effects), asked(&effects)), (vec![], Some(3)));
}

#[test]
fn drops_before_resuming_do_not_count_against_the_yes() {
    let mut bench = Bench::asking();
    bench.lose();
    bench.input(yes(1));
    for _ in 0..20 {
        bench.open_socket();
        bench.lose();
    }
    assert_eq!(events(&bench.reconnect()), [EventType::ResumeSession]);
}

#[test]
fn an_unreadable_resume_ack_is_reported_and_nothing_is_taken_for_restored() {
    let mut bench = Bench::asking();
    let resume = sent(&bench.input(yes(1))).remove(0);
    let header = bare(EventType::ResumeSessionAck, resume.header().request_id).header();
    let effects = bench.receive(Frame::from_payload(header, &[0xFF, 0xFF]));
    assert_eq!(codes(&effects), ["unreadable-frame"]);
    assert_eq!(bench.phase(), Phase::Active);
    let report = effects.iter().find_map(|effect| match effect {
        Effect::Resumed(report) => Some(report),
        _ => None,
    });
    let report = report.unwrap();
    assert!(!report.restored.success && report.restored.images.is_empty());
    assert_eq!(bench.machine.tracker().workspace().offer_images().len(), 1, "it is still kept");
}

#[test]
fn a_lost_resume_ack_costs_one_more_connection_but_no_question() {
    let mut world = World::at_work(Options::default(), 6);
    world.backend.loses.push(EventType::ResumeSessionAck);
    world.cut();
    world.run_until(Phase::Resuming);
    world.run(1_000);
    assert_eq!(world.phase(), Phase::Resuming);
    world.cut();
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!((world.offers.len(), world.backend.resumes), (1, 2));
}

#[test]
fn the_answer_to_what_was_asked_before_the_drop_comes_after_the_resume() {
    let mut world = World::at_work(Options::default(), 7);
    world.backend.loses.push(EventType::OpenFileAck);
    world.viewer(60, crate::client::support::steps::Viewer::Open(2));
    world.run(50);
    world.cut();
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.backend_session().images.len(), 3);
    assert_eq!(world.workspace(), world.backend_session());
}
