//! Files that have changed while the backend did not have them open.

use crate::client::support::{
    bench::{Bench, file_questions, report},
    driver::{Effect, Input},
    frames::{CHANGED_DEPTH, answer, resume_ack, set_channel},
    world::World,
};
use carta_resume::{
    client::{Answer, Options, Phase},
    protocol::{
        EventType, Frame, Header,
        messages::{ErrorData, ErrorSeverity, FileInfoResponse, OpenFileAck},
    },
};
use prost::Message;

/// Two images, the second at channel 7, and a backend that is restarted.
fn restarted(change: impl FnOnce(&mut World)) -> World {
    let mut world = World::at_work(Options::default(), 1);
    change(&mut world);
    world.restart_backend();
    world.run(10_000);
    assert_eq!((world.phase(), world.reports.len()), (Phase::Active, 1));
    world
}

#[test]
fn a_file_that_has_changed_is_named_and_its_answer_renewed() {
    let mut world = restarted(|world| {
        world.backend.disk.changed.insert("b.fits".into());
    });
    assert!(world.reports[0].restored.success);
    let told: Vec<&str> = world.errors.iter().map(|problem| &*problem.message).collect();
    assert_eq!(
        told,
        [
            "b.fits has changed since it was opened: what is shown may be of the earlier file. Close \
          it and open it again."
        ]
    );
    let state = world.machine.tracker().workspace().viewer_state();
    let ack = OpenFileAck::decode(&*state.images[1].open_file_ack.clone().unwrap()).unwrap();
    let size = ack.file_info.unwrap().size;
    let depth = ack.file_info_extended.unwrap().depth;
    assert_eq!((ack.success, ack.file_id, size, depth), (true, 1, 1, CHANGED_DEPTH));
    assert_eq!(state.images[1].channel, 0, "the backend does not have channel 7 any more");
    world.send(set_channel(20, 1, CHANGED_DEPTH));
    assert_eq!(world.machine.tracker().workspace().viewer_state().images[1].channel, 0);

    world.restart_backend();
    world.run(10_000);
    assert_eq!((world.reports.len(), world.errors.len()), (2, 1), "already reported");
}

#[test]
fn a_file_that_is_as_it_was_is_not_named() {
    let world = restarted(|_| ());
    assert_eq!(world.errors, []);
    assert_eq!(world.frames_sent(EventType::FileInfoRequest).len(), 2);
    let state = world.machine.tracker().workspace().viewer_state();
    assert_eq!(state.images[1].channel, 7);
}

/// The user says yes, and the backend has restored the image.
fn resumed(error: Option<ErrorData>) -> (Bench, Vec<Effect>) {
    let mut bench = Bench::asking();
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
    let resume = crate::client::support::bench::sent(&effects).remove(0);
    if let Some(error) = error {
        let header = Header { event_type: EventType::ErrorData.number(), ..resume.header() };
        bench.receive(Frame::encode(Header { request_id: 0, ..header }, &error));
    }
    let effects = bench.receive(resume_ack(&resume, ""));
    (bench, effects)
}

#[test]
fn an_answer_that_comes_after_a_drop_says_nothing() {
    let (mut bench, effects) = resumed(None);
    assert!(report(&effects).is_some(), "it does not wait for the file questions");
    let question = file_questions(&effects).remove(0);
    let generation = bench.machine.generation();
    bench.input(Input::Lost { generation });
    let late = bench.receive(answer(&question, &FileInfoResponse::default()));
    assert!(!late.iter().any(|effect| matches!(effect, Effect::Error(_))));
}

#[test]
fn a_channel_that_the_backend_refuses_is_told() {
    for (severity, told) in [(ErrorSeverity::Error, true), (ErrorSeverity::Debug, false)] {
        let error = ErrorData {
            severity: severity.into(),
            tags: vec!["channels".into()],
            message: "Channel 9 is invalid in image 0".into(),
            ..ErrorData::default()
        };
        let (_, effects) = resumed(Some(error));
        let restored = &report(&effects).unwrap().restored;
        let words = if told { "Channel 9 is invalid in image 0" } else { "" };
        assert_eq!((restored.success, &*restored.message), (!told, words));
    }
}
