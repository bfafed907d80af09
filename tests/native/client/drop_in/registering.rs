//! The viewer registers once, and after that the client does; how the connection ends for the
//! viewer.

use carta_resume::{
    client::{Answer, Options, Phase, problem::Code},
    protocol::{
        EventType, Frame,
        messages::{RegisterViewer, RegisterViewerAck},
    },
};

use super::{answered, with_image, world};
use crate::client::support::{
    backend::Refuses,
    driver::{Effect, Input, wanted},
    frames::{FIRST_OWN_ID, bare, frame, open_file, register},
    network::Reach,
    world::{User, World},
};

#[test]
fn the_viewer_registers_once_and_the_client_for_it_since() {
    let mut world = with_image();
    let id = world.machine.session_id();
    world.cut();
    world.run(5_000);
    assert_eq!(world.phase(), Phase::Active);
    let registers = world.frames_sent(EventType::RegisterViewer);
    let ids: Vec<u32> = registers.iter().map(|frame| frame.header().request_id).collect();
    assert!(ids[0] == 1 && ids[1] >= FIRST_OWN_ID, "{ids:?}");
    let second: RegisterViewer = registers[1].decode().unwrap();
    assert_eq!((second.session_id, second.client_feature_flags), (id, 5));
    assert_eq!(registers[1].header().icd_version, 28);
    assert_eq!(answered(&world), [1, 2], "answers to the client's own requests are not passed on");
    assert!(world.ended.is_empty());
}

#[test]
fn before_it_is_accepted_everything_is_left_to_the_viewer() {
    let mut world = world();
    let mut other = World::new(Options::default(), 1);
    assert_eq!(world.backend.connections.len(), 1);
    world.cut();
    world.run(5_000);
    assert!(world.ended.is_empty(), "it was accepted");

    other.backend.refuses = Refuses::Everybody;
    let taken = other.machine.take_over(other.clock.now(), register(1, 0));
    assert!(taken.is_ok());
    let generation = other.machine.generation();
    other.machine.handle(other.clock.now(), Input::Lost { generation });
    let mut ended = None;
    while let Some(effect) = other.machine.poll_effect() {
        if let Effect::Ended(problem) = effect {
            ended = Some(problem.code);
        }
    }
    assert_eq!(ended, Some(Code::ConnectionLost));
    assert_eq!(other.phase(), Phase::Closed);
}

#[test]
fn a_viewer_that_is_refused_is_told_by_the_backend_and_its_developer_by_the_client() {
    for (message, told) in [
        (
            "Invalid ICD version number. Expected 28, got 30",
            "viewer: Invalid ICD version number. Expected 28",
        ),
        (
            "Invalid ICD version number. Expected 30, got 28",
            "viewer: Invalid ICD version number. Expected 30",
        ),
        ("The server is full", "viewer: The server is full"),
    ] {
        let mut world = World::new(Options::default(), 1);
        world.machine.take_over(world.clock.now(), register(1, 0)).unwrap();
        let ack = RegisterViewerAck { message: message.into(), ..Default::default() };
        let frame = frame(EventType::RegisterViewerAck, 1, &ack);
        let generation = world.machine.generation();
        world.machine.handle(world.clock.now(), wanted(generation, frame));
        let mut errors = Vec::new();
        let mut delivered = false;
        while let Some(effect) = world.machine.poll_effect() {
            match effect {
                Effect::Error(problem) => errors.push(problem),
                Effect::Deliver(_) => delivered = true,
                Effect::Ended(_) => panic!("that is left to the viewer"),
                _ => {}
            }
        }
        assert!(delivered);
        let [problem] = errors.as_slice() else { panic!("{errors:?}") };
        assert_eq!(problem.code, Code::RegistrationRefused);
        assert!(problem.message.contains(told), "{}", problem.message);
    }
}

#[test]
fn what_a_viewer_does_before_it_is_accepted_counts() {
    let other_version = register(1, 0).with_icd_version(30);
    let mut world = World::taken_over(Options::default(), 1, other_version);
    assert_eq!(world.phase(), Phase::Registering);
    world.send(bare(EventType::FileListRequest, 2));
    world.send(open_file(3, 0, "a.fits"));
    world.run(100);
    world.send(register(4, 0));
    world.run(100);
    assert_eq!(world.phase(), Phase::Active);
    world.cut();
    world.run(5_000);
    assert_eq!(answered(&world), [1, 2, 3, 4]);
    assert_eq!(world.workspace(), world.backend_session());
    assert_eq!(world.backend_session().images.len(), 1);
}

#[test]
fn a_version_that_the_client_does_not_speak_is_left_alone() {
    let mut world = World::new(Options::default(), 1);
    let unknown = register(1, 0).with_icd_version(31);
    let refused = world.machine.take_over(world.clock.now(), unknown).unwrap_err();
    assert_eq!(refused.code, Code::UnsupportedIcdVersion);
    let empty = bare(EventType::RegisterViewer, 1).bytes().to_vec();
    let garbled = Frame::from_bytes([empty, vec![0xFF]].concat()).unwrap();
    assert!(world.machine.take_over(world.clock.now(), garbled).is_err());
    assert_eq!(world.machine.poll_effect(), None);
}

#[test]
fn a_no_and_a_failure_end_it() {
    let mut world = with_image();
    world.user = User::Answers(100, Answer::No);
    world.cut();
    world.run(5_000);
    assert_eq!(
        world.ended.iter().map(|problem| problem.code).collect::<Vec<_>>(),
        [Code::Declined]
    );
    assert_eq!(world.phase(), Phase::Closed);
    let archived = |effect: &Effect| matches!(effect, Effect::Archive(_));
    assert_eq!(world.times(archived).len(), 1, "nothing is lost");

    let mut options = Options::default();
    options.backoff.max_attempts = Some(3);
    let mut world = World::drop_in(options, 1);
    world.network.reach = Reach::Refused;
    world.cut();
    world.run(60_000);
    let codes: Vec<Code> = world.ended.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::RetryBudgetSpent]);
}
