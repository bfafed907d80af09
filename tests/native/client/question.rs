//! The question is asked once per drop, may be answered at any time, and its answer is never
//! assumed.

use crate::client::support::{
    bench::{Bench, asked, codes, events, sent},
    driver::{Effect, Input, cannot_ask},
    frames::{close_file, open_catalog, open_catalog_ack, resume_ack, set_channel, set_region},
    world::{User, World},
};
use carta_resume::{
    client::{Answer, Options, Phase},
    protocol::{EventType, messages::SessionType},
    workspace::ImageSpec,
};

fn yes(offer: u32) -> Input {
    Input::Answered { offer, answer: Answer::Yes }
}

fn no(offer: u32) -> Input {
    Input::Answered { offer, answer: Answer::No }
}

#[test]
fn asked_once_over_five_drops() {
    let mut world = World::at_work(Options::default(), 1);
    let before = world.backend_session();
    world.user = User::Absent;
    for _ in 0..5 {
        world.cut();
        world.run(20);
        assert_eq!(world.phase(), Phase::Waiting);
        world.run_until(Phase::Confirming);
    }
    assert_eq!(world.offers.len(), 1);
    assert_eq!(world.frames_sent(EventType::ResumeSession).len(), 0);
    world.input(yes(1));
    world.run(1_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.backend_session(), before);
}

#[test]
fn every_drop_that_was_answered_is_followed_by_a_question_of_its_own() {
    let mut world = World::at_work(Options::default(), 2);
    for drops in 1..=3 {
        world.cut();
        world.run(20_000);
        assert_eq!(world.phase(), Phase::Active);
        assert_eq!(world.offers.len(), drops);
        assert_eq!(world.backend.resumes, drops);
    }
}

#[test]
fn nothing_hurries_the_answer() {
    let mut world = World::at_work(Options::default(), 3);
    world.user = User::Absent;
    world.cut();
    world.run_until(Phase::Confirming);
    let generation = world.generation();
    world.run(24 * 3_600_000);
    assert_eq!(world.phase(), Phase::Confirming);
    assert_eq!(world.generation(), generation, "the connection is kept alive");
}

#[test]
fn a_yes_while_disconnected_counts() {
    let mut bench = Bench::asking();
    bench.lose();
    assert_eq!(bench.input(yes(1)), []);
    assert_eq!(bench.phase(), Phase::Waiting);
    let effects = bench.reconnect();
    assert_eq!(asked(&effects), None);
    assert_eq!(events(&effects), [EventType::ResumeSession]);
}

#[test]
fn a_no_while_disconnected_counts() {
    let mut bench = Bench::asking();
    bench.lose();
    bench.input(no(1));
    bench.open_socket();
    let effects = bench.register(SessionType::Resumed);
    assert_eq!(asked(&effects), None);
    assert_eq!(events(&effects), [EventType::CloseFile], "the backend may have kept it");
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn an_answer_after_giving_up_counts_once_there_is_a_connection() {
    let mut options = Options::default();
    options.backoff.max_attempts = Some(1);
    let mut world = World::at_work(options, 4);
    world.user = User::Absent;
    world.cut();
    world.run_until(Phase::Confirming);
    world.cut();
    world.run(100);
    assert_eq!(world.phase(), Phase::Failed);
    let offer = world.offers[0].id;
    world.input(yes(offer));
    world.input(Input::RetryNow);
    world.run(1_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!((world.offers.len(), world.backend.resumes), (1, 1));
}

#[test]
fn an_answer_to_another_offer_does_not_count() {
    let mut bench = Bench::asking();
    for offer in [0, 2, u32::MAX] {
        assert_eq!(bench.input(yes(offer)), []);
        assert_eq!(bench.input(no(offer)), []);
    }
    assert_eq!(bench.phase(), Phase::Confirming);
}

#[test]
fn the_first_answer_counts() {
    let mut bench = Bench::asking();
    let resume = sent(&bench.input(yes(1))).remove(0);
    assert_eq!(bench.input(yes(1)), []);
    assert_eq!(bench.input(no(1)), []);
    bench.receive(resume_ack(&resume, ""));
    assert_eq!(bench.input(no(1)), []);
    assert_eq!(bench.input(yes(1)), []);
    assert_eq!(bench.phase(), Phase::Active);
    assert!(!bench.machine.tracker().workspace().is_empty());
}

#[test]
fn the_answer_to_one_drop_does_not_decide_the_next() {
    let mut bench = Bench::asking();
    let resume = sent(&bench.input(yes(1))).remove(0);
    bench.receive(resume_ack(&resume, ""));
    bench.lose();
    let effects = bench.reconnect();
    assert_eq!(asked(&effects), Some(2));
    assert_eq!(events(&effects), []);
    assert_eq!(bench.input(yes(1)), [], "that was the last question");
}

#[test]
fn a_workspace_that_is_changed_by_calls_updates_the_offer() {
    let mut bench = Bench::asking();
    let spec = ImageSpec { file_id: 4, file: "d.fits".into(), ..ImageSpec::default() };
    bench.machine.tracker_mut().workspace_mut().open_image(spec).unwrap();
    bench.machine.touched();
    let effects = bench.effects(None);
    let [Effect::UpdateOffer(offer)] = &*effects else { panic!("{effects:?}") };
    assert_eq!(offer.id, 1);
    let ids: Vec<i32> = offer.images.iter().map(|image| image.file_id).collect();
    assert_eq!(ids, [0, 4]);
}

#[test]
fn a_workspace_changed_while_disconnected_updates_the_offer_at_once() {
    let mut bench = Bench::asking();
    bench.lose();
    bench.machine.tracker_mut().workspace_mut().set_channel(0, 9, 0).unwrap();
    bench.machine.touched();
    let effects = bench.effects(None);
    let [Effect::UpdateOffer(offer)] = &*effects else { panic!("{effects:?}") };
    assert_eq!(offer.images[0].channel, 9);
    assert_eq!(asked(&bench.reconnect()), None);
}

#[test]
fn a_workspace_that_becomes_empty_ends_the_question() {
    let mut bench = Bench::asking();
    bench.machine.tracker_mut().workspace_mut().close_image(0).unwrap();
    bench.machine.touched();
    let effects = bench.effects(None);
    assert!(effects.contains(&Effect::WithdrawOffer));
    assert_eq!(events(&effects), [EventType::CloseFile]);
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn a_workspace_that_becomes_empty_while_disconnected_ends_the_question() {
    let mut bench = Bench::asking();
    bench.lose();
    bench.machine.tracker_mut().workspace_mut().close_image(0).unwrap();
    bench.machine.touched();
    assert!(bench.effects(None).contains(&Effect::WithdrawOffer));
    assert_eq!(asked(&bench.reconnect()), None);
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn a_call_while_at_work_asks_nothing() {
    let mut bench = Bench::with_image();
    bench.machine.tracker_mut().workspace_mut().set_channel(0, 3, 0).unwrap();
    bench.machine.touched();
    assert_eq!(bench.effects(None), []);
}

#[test]
fn the_offer_says_what_the_backend_calls_the_session_and_means_nothing_by_it() {
    for session_type in [SessionType::New, SessionType::Resumed] {
        let mut bench = Bench::with_image();
        bench.lose();
        bench.open_socket();
        let effects = bench.register(session_type);
        let offer = effects.iter().find_map(|effect| match effect {
            Effect::Ask(offer) => Some(offer),
            _ => None,
        });
        let offer = offer.expect("a new and a resumed session are both asked about");
        let word = serde_name(offer.session_type);
        assert_eq!(word, if session_type == SessionType::New { "New" } else { "Resumed" });
        assert_eq!(offer.session_id, 7);
        assert_eq!(offer.backend_message, "session 7");
    }
}

fn serde_name(value: impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

#[test]
fn the_offer_tells_when_the_workspace_was_last_the_backends_state() {
    let mut bench = Bench::with_image();
    bench.pass(60_000);
    let dropped_at = bench.now.wall;
    bench.lose();
    bench.pass(5_000);
    let effects = bench.reconnect();
    let Some(Effect::Ask(offer)) = effects.iter().find(|e| matches!(e, Effect::Ask(_))) else {
        panic!("{effects:?}")
    };
    assert_eq!(offer.saved_at.to_string(), dropped_at.to_string());
}

#[test]
fn a_failed_question_is_reported_and_asked_again_on_retry_now() {
    let mut bench = Bench::asking();
    let failed = cannot_ask(1, "no window");
    assert_eq!(codes(&bench.input(failed.clone())), ["confirm-failed"]);
    assert_eq!(bench.phase(), Phase::Confirming);
    assert_eq!(bench.input(failed), [], "reported once");
    assert_eq!(asked(&bench.input(Input::RetryNow)), Some(2));
    assert_eq!(asked(&bench.input(Input::RetryNow)), None, "it is open again");
}

#[test]
fn a_failed_question_is_asked_again_on_the_next_drop() {
    let mut bench = Bench::asking();
    bench.input(cannot_ask(1, "no window"));
    bench.lose();
    assert_eq!(asked(&bench.reconnect()), Some(2));
}

#[test]
fn a_question_that_fails_for_ever_resumes_nothing_and_loses_nothing() {
    let mut world = World::at_work(Options::default(), 5);
    world.user = User::Fails;
    world.cut();
    world.run(600_000);
    assert_eq!(world.phase(), Phase::Confirming);
    assert_eq!(world.offers.len(), 1);
    assert_eq!(world.backend.resumes, 0);
    assert_eq!(world.machine.tracker().workspace().offer_images().len(), 2);
}

#[test]
fn a_part_brings_back_that_part() {
    let mut world = World::at_work(Options::default(), 6);
    let answer = Answer::Part { images: vec![1], catalogs: Some(vec![]) };
    world.user = User::Answers(100, answer);
    world.cut();
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    let session = world.backend_session();
    assert_eq!(session.images.keys().collect::<Vec<_>>(), [&1]);
    assert_eq!(session.regions.keys().collect::<Vec<_>>(), [&2]);
    assert!(session.catalogs.is_empty());
    assert_eq!(world.workspace(), session);
}

#[test]
fn a_part_with_no_word_on_catalogs_keeps_them() {
    let mut world = World::at_work(Options::default(), 7);
    world.user = User::Answers(100, Answer::Part { images: vec![], catalogs: None });
    world.cut();
    world.run(10_000);
    let session = world.backend_session();
    assert!(session.images.is_empty());
    assert_eq!(session.catalogs.len(), 1);
}

#[test]
fn a_backend_that_kept_the_session_loses_the_catalogs_that_are_not_wanted() {
    for answer in [Answer::No, Answer::Part { images: vec![0], catalogs: Some(vec![]) }] {
        let mut world = World::at_work(Options::default(), 8);
        world.backend.grace_ms = Some(60_000);
        world.user = User::Answers(100, answer);
        world.cut();
        world.run(10_000);
        assert_eq!(world.phase(), Phase::Active);
        assert!(world.backend_session().catalogs.is_empty());
        assert_eq!(world.workspace(), world.backend_session());
    }
}

#[test]
fn a_catalog_whose_closing_got_lost_does_not_come_back() {
    let mut bench = Bench::with_image();
    let open = open_catalog(2, 5, "stars.vot");
    bench.send(open.clone());
    bench.receive(open_catalog_ack(&open, 5, true));
    bench.send(crate::client::support::frames::close_catalog(3, 5));
    bench.lose();
    bench.reconnect();
    let resume = sent(&bench.input(yes(1))).remove(0);
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(events(&effects), [EventType::CloseCatalogFile]);
}

#[test]
fn what_is_said_while_asked_waits_and_is_done_after_the_answer() {
    let mut bench = Bench::asking();
    assert!(matches!(*bench.send(set_channel(10, 0, 5)), [Effect::UpdateOffer(_)]));
    assert_eq!(bench.send(set_region(11, 0, -1, 1.0)), []);
    let resume = sent(&bench.input(yes(1))).remove(0);
    assert_eq!(bench.send(close_file(12, 0)), []);
    let effects = bench.receive(resume_ack(&resume, ""));
    let expected = [EventType::SetImageChannels, EventType::SetRegion, EventType::CloseFile];
    assert_eq!(events(&effects), expected);
}

#[test]
fn a_catalog_is_closed_again_if_the_connection_drops_before_that_is_known_to_arrive() {
    let mut bench = Bench::with_image();
    let open = open_catalog(2, 5, "stars.vot");
    bench.send(open.clone());
    bench.receive(open_catalog_ack(&open, 5, true));
    bench.lose();
    bench.reconnect();
    let answer = Answer::Part { images: vec![0], catalogs: Some(vec![]) };
    let resume = sent(&bench.input(Input::Answered { offer: 1, answer })).remove(0);
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(events(&effects), [EventType::CloseCatalogFile]);
    bench.lose();
    bench.reconnect();
    let resume = sent(&bench.input(yes(2))).remove(0);
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(events(&effects), [EventType::CloseCatalogFile]);

    let open = open_catalog(3, 5, "stars.vot");
    bench.send(open.clone());
    bench.receive(open_catalog_ack(&open, 5, true));
    bench.lose();
    bench.reconnect();
    let resume = sent(&bench.input(yes(3))).remove(0);
    let effects = bench.receive(resume_ack(&resume, ""));
    assert_eq!(events(&effects), [], "it is wanted again");
}
