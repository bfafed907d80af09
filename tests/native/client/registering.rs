//! Registering: versions, refusals, and giving up.

use crate::client::support::{
    backend::Refuses,
    bench::{Bench, asked, codes, events, sent},
    driver::{Effect, Input},
    frames::{refusal, set_channel, welcome},
    network::Reach,
    world::World,
};
use carta_resume::{
    client::{Options, Phase},
    protocol::{
        EventType, Frame,
        messages::{RegisterViewer, SessionType},
    },
};

fn session_id(register: &Frame) -> u32 {
    register.decode::<RegisterViewer>().unwrap().session_id
}

#[test]
fn the_first_connection_asks_for_a_new_session_and_the_next_for_the_same() {
    let mut bench = Bench::new();
    assert_eq!(session_id(&bench.open_socket()), 0);
    bench.register(SessionType::New);
    bench.lose();
    assert_eq!(session_id(&bench.open_socket()), 7);
}

#[test]
fn a_stored_id_is_presented_and_the_backend_emptied_if_nothing_is_to_be_restored() {
    let mut bench = Bench::with(Options::default(), 42);
    let register = bench.open_socket();
    assert_eq!(session_id(&register), 42);
    let effects = bench.receive(welcome(&register, 42, SessionType::Resumed));
    assert_eq!(events(&effects), [EventType::CloseFile]);
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn the_version_that_the_backend_expects_is_used_on_the_same_socket_and_from_then_on() {
    let mut bench = Bench::new();
    let register = bench.open_socket();
    let message = "Invalid ICD version number. Expected 30, got 28";
    let effects = bench.receive(refusal(&register, message));
    let again = sent(&effects).remove(0);
    assert_eq!(again.event(), Some(EventType::RegisterViewer));
    assert_eq!(again.header().icd_version, 30);
    assert_ne!(again.header().request_id, register.header().request_id);
    assert_eq!(bench.generation(), 1);
    bench.register(SessionType::New);
    let frame = sent(&bench.send(set_channel(1, 0, 1))).remove(0);
    assert_eq!(frame.header().icd_version, 30, "the viewer's frames too");
    bench.lose();
    assert_eq!(bench.open_socket().header().icd_version, 30);
}

#[test]
fn the_late_answer_to_the_first_try_does_not_settle_the_second() {
    let mut bench = Bench::new();
    let register = bench.open_socket();
    let message = "Invalid ICD version number. Expected 30, got 28";
    bench.receive(refusal(&register, message));
    bench.only_delivers(refusal(&register, message));
    assert_eq!(bench.phase(), Phase::Registering);
}

#[test]
fn a_version_that_the_client_does_not_speak_fails_and_names_it() {
    let mut bench = Bench::new();
    let register = bench.open_socket();
    let message = "Invalid ICD version number. Expected 31, got 28";
    let effects = bench.receive(refusal(&register, message));
    assert_eq!(codes(&effects), ["unsupported-icd-version"]);
    assert_eq!(bench.phase(), Phase::Failed);
    let error = bench.machine.status().error.clone().unwrap();
    assert!(error.message.contains("31"), "{}", error.message);
}

#[test]
fn a_refused_stored_id_is_followed_by_a_new_session_and_the_offer() {
    let mut bench = Bench::with_image();
    bench.lose();
    let register = bench.open_socket();
    assert_eq!(session_id(&register), 7);
    let again = sent(&bench.receive(refusal(&register, "Not implemented"))).remove(0);
    assert_eq!(session_id(&again), 0);
    let effects = bench.receive(welcome(&again, 9, SessionType::New));
    assert!(effects.contains(&Effect::KeepSessionId(9)));
    assert!(asked(&effects).is_some());
}

#[test]
fn refused_again_it_fails_with_the_backends_words() {
    let mut bench = Bench::with(Options::default(), 42);
    let register = bench.open_socket();
    let again = sent(&bench.receive(refusal(&register, "First."))).remove(0);
    let effects = bench.receive(refusal(&again, "Only for members."));
    assert_eq!(codes(&effects), ["registration-refused"]);
    let generation = bench.generation();
    assert!(effects.contains(&Effect::Shut { generation }));
    let error = bench.machine.status().error.clone().unwrap();
    assert!(error.message.contains("Only for members."), "{}", error.message);
}

#[test]
fn a_backend_of_another_version_is_restored_to_after_a_restart() {
    let mut world = World::at_work(Options::default(), 1);
    let before = world.backend_session();
    world.restart_backend();
    world.backend.icd = 30;
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.backend_session(), before);
    let resume = world.frames_sent(EventType::ResumeSession);
    assert_eq!(resume[0].header().icd_version, 30);
}

#[test]
fn a_backend_that_knows_no_ids_gets_everything_back() {
    let mut world = World::at_work(Options::default(), 2);
    let before = world.backend_session();
    world.restart_backend();
    world.backend.refuses = Refuses::StoredIds;
    world.run(10_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.backend_session(), before);
}

#[test]
fn a_lost_register_ack_costs_one_more_connection() {
    let mut world = World::at_work(Options::default(), 3);
    world.backend.loses.push(EventType::RegisterViewerAck);
    world.cut();
    world.run(30_000);
    assert_eq!(world.phase(), Phase::Active);
    assert_eq!(world.frames_sent(EventType::RegisterViewer).len(), 3);
}

#[test]
fn a_refused_token_fails_after_a_bounded_number_of_tries_and_says_what_to_check() {
    let mut world = World::new(Options::default(), 4);
    world.network.reach = Reach::Refused;
    world.network.answers_http = true;
    world.input(Input::Connect);
    world.run(600_000);
    assert_eq!(world.phase(), Phase::Failed);
    let attempts = world.times(|effect| matches!(effect, Effect::Open { .. })).len();
    assert!((3..=12).contains(&attempts), "{attempts}");
    let error = world.machine.status().error.clone().unwrap();
    assert_eq!(error.code.name(), "connection-refused");
    assert!(error.message.contains("token"), "{}", error.message);

    // Once the token is right, one click suffices.
    world.network.reach = Reach::Open;
    world.input(Input::RetryNow);
    world.run(1_000);
    assert_eq!(world.phase(), Phase::Active);
}

#[test]
fn a_backend_that_is_away_is_waited_for() {
    let mut world = World::new(Options::default(), 5);
    world.network.reach = Reach::Refused;
    world.input(Input::Connect);
    world.run(3_600_000);
    assert_eq!(world.phase(), Phase::Waiting);
    world.network.reach = Reach::Open;
    world.run(6_000);
    assert_eq!(world.phase(), Phase::Active);
}

#[test]
fn one_answer_over_http_is_no_proof_of_a_refusal() {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    for _ in 0..7 {
        bench.lose();
        bench.input(Input::Probed { answered: true });
        bench.input(Input::RetryNow);
    }
    bench.input(Input::Probed { answered: false });
    bench.lose();
    bench.input(Input::Probed { answered: true });
    assert_eq!(bench.phase(), Phase::Waiting);
}

#[test]
fn a_probe_while_connected_means_nothing() {
    let mut bench = Bench::active();
    for _ in 0..20 {
        assert_eq!(bench.input(Input::Probed { answered: true }), []);
    }
    assert_eq!(bench.phase(), Phase::Active);
}

#[test]
fn the_retry_budget_is_kept() {
    let mut options = Options::default();
    options.backoff.max_attempts = Some(4);
    let mut world = World::new(options, 6);
    world.network.reach = Reach::Refused;
    world.input(Input::Connect);
    world.run(60_000);
    assert_eq!(world.phase(), Phase::Failed);
    assert_eq!(world.times(|effect| matches!(effect, Effect::Open { .. })).len(), 4);
    let error = world.machine.status().error.clone().unwrap();
    assert_eq!(error.code.name(), "retry-budget-spent");
    assert!(error.message.contains("4 attempts"), "{}", error.message);
}

#[test]
fn an_address_that_cannot_be_determined_is_reported_and_tried_again() {
    let mut bench = Bench::new();
    bench.input(Input::Connect);
    let cause = Some("503".to_owned());
    let message = "the token server is down".into();
    let effects = bench.input(Input::NoAddress { generation: 1, message, cause: cause.clone() });
    assert_eq!(codes(&effects), ["url-failed"]);
    let told = effects.iter().find_map(|effect| match effect {
        Effect::CallbackFailed { cause, .. } => Some(cause.clone()),
        _ => None,
    });
    assert_eq!(told, Some(cause));
    assert_eq!(bench.phase(), Phase::Waiting);
    let error = bench.machine.status().error.clone().unwrap();
    assert!(error.message.contains("the token server is down"));
}
