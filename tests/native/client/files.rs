//! Files that have changed while the backend did not have them open.

use crate::client::support::{
    bench::{Bench, file_questions, report},
    driver::Input,
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
    let restored = &world.reports[0].restored;
    let changed: Vec<(i32, &str)> =
        restored.changed_images.iter().map(|image| (image.file_id, &*image.file)).collect();
    assert_eq!((restored.success, changed), (true, vec![(1, "b.fits")]));
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
    assert_eq!(world.reports[1].restored.changed_images, [], "it is known by now");
}

#[test]
fn a_file_that_is_as_it_was_is_not_named() {
    let world = restarted(|_| ());
    assert_eq!(world.reports[0].restored.changed_images, []);
    assert_eq!(world.frames_sent(EventType::FileInfoRequest).len(), 2);
    let state = world.machine.tracker().workspace().viewer_state();
    assert_eq!(state.images[1].channel, 7);
}

/// A yes, and the backend has restored the image.
fn resumed(error: Option<ErrorData>) -> (Bench, Vec<crate::client::support::driver::Effect>) {
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
fn the_report_does_not_wait_for_ever() {
    let (mut bench, effects) = resumed(None);
    assert_eq!((report(&effects), file_questions(&effects).len()), (None, 1));
    let reported: Vec<_> = (0..12)
        .filter_map(|_| {
            bench.pass(1_000);
            report(&bench.input(Input::Timeout)).cloned()
        })
        .collect();
    assert_eq!(reported.len(), 1);
    assert!(reported[0].restored.success);
    let late = answer(&file_questions(&effects)[0], &FileInfoResponse::default());
    assert_eq!(report(&bench.receive(late)), None);
}

#[test]
fn a_drop_ends_the_waiting() {
    let (mut bench, _) = resumed(None);
    let generation = bench.machine.generation();
    assert!(report(&bench.input(Input::Lost { generation })).is_some());
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
        let (mut bench, effects) = resumed(Some(error));
        let question = file_questions(&effects).remove(0);
        let effects = bench.receive(answer(&question, &FileInfoResponse::default()));
        let restored = &report(&effects).unwrap().restored;
        let words = if told { "Channel 9 is invalid in image 0" } else { "" };
        assert_eq!((restored.success, &*restored.message), (!told, words));
    }
}
