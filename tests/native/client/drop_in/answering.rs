//! Requests from the viewer are answered, and what it does by itself is left to it.

use carta_resume::{
    client::{Answer, Options, Phase, problem::Code},
    protocol::{
        EventType, Frame, Header,
        messages::{
            AnimationFrame, ImageProperties, RasterTileSync, ResumeSession, SaveFile, SaveFileAck,
            StartAnimation, StartAnimationAck,
        },
    },
};

use super::{answered, with_image, world};
use crate::client::support::{
    driver::Input,
    frames::{FIRST_OWN_ID, VERSION, bare, frame, open_file, rectangle, set_region},
    network::{Message, Reach},
    world::{User, World},
};

#[test]
fn what_answers_a_script_does_not_wait_for_the_user() {
    let mut world = with_image();
    world.user = User::Absent;
    world.cut();
    world.run(5_000);
    assert_eq!(world.phase(), Phase::Confirming);
    world.send(open_file(3, 1, "b.fits"));
    world.send(bare(EventType::ScriptingResponse, 4));
    let sent = |event| world.frames_sent(event).len();
    assert_eq!((sent(EventType::ScriptingResponse), sent(EventType::OpenFile)), (1, 1));
}

#[test]
fn a_part_is_no_answer_for_a_viewer_that_has_it_all() {
    let mut world = with_image();
    world.user = User::Answers(100, Answer::Part { images: vec![], catalogs: None });
    world.cut();
    world.run(5_000);
    assert_eq!(world.phase(), Phase::Confirming);
    assert!(world.errors.iter().any(|problem| problem.code == Code::ConfirmFailed));
    world.user = User::Answers(100, Answer::Yes);
    world.input(Input::RetryNow);
    world.run(5_000);
    assert_eq!(world.phase(), Phase::Active);
}

#[test]
fn what_must_not_happen_twice_is_refused_in_its_own_terms() {
    let mut world = with_image();
    let header = Header { event_type: 65, icd_version: 28, request_id: 3 };
    world.backend.loses.push(EventType::SaveFileAck);
    world.send(Frame::encode(header, &SaveFile { file_id: 5 }));
    world.run(1);
    world.cut();
    world.run(5_000);
    assert_eq!(world.fed.len(), 1);
    assert_eq!(world.fed[0].event(), Some(EventType::SaveFileAck));
    assert_eq!(world.fed[0].header().request_id, 3);
    let ack: SaveFileAck = world.fed[0].decode().unwrap();
    assert_eq!(ack.file_id, 5);
    assert!(!ack.success && ack.message.contains("Check whether it finished"), "{}", ack.message);
    assert_eq!(world.frames_sent(EventType::SaveFile).len(), 1);
}

#[test]
fn a_queue_that_is_full_refuses_in_the_messages_own_terms() {
    let mut options = Options::default();
    options.queue.max_frames = 1;
    let mut world = World::drop_in(options, 1);
    world.network.reach = Reach::Silent;
    world.cut();
    world.run(1_000);
    world.send(bare(EventType::FileListRequest, 3));
    world.send(open_file(4, 7, "b.fits"));
    assert_eq!(world.fed.iter().map(|frame| frame.header().request_id).collect::<Vec<_>>(), [4]);
    assert_eq!(world.fed[0].event(), Some(EventType::OpenFileAck));
}

#[test]
fn ids_that_the_viewer_waits_for_are_not_taken() {
    let mut world = with_image();
    let next = FIRST_OWN_ID;
    world.backend.loses.push(EventType::FileListResponse);
    world.send(bare(EventType::FileListRequest, next));
    world.run(100);
    world.cut();
    world.run(5_000);
    let registers = world.frames_sent(EventType::RegisterViewer);
    assert_ne!(registers[1].header().request_id, next);
    assert_eq!(answered(&world), [1, 2, next]);
}

#[test]
fn a_viewer_that_resumes_by_itself_is_watched_and_not_disturbed() {
    let mut world = world();
    let image = ImageProperties {
        file: "a.fits".into(),
        channel: 3,
        regions: [(4, rectangle(7.0))].into(),
        ..ImageProperties::default()
    };
    let resume = ResumeSession { images: vec![image], ..ResumeSession::default() };
    world.send(frame(EventType::ResumeSession, 2, &resume));
    world.run(100);
    assert_eq!(answered(&world), [1, 2]);
    assert_eq!(world.workspace(), world.backend_session());
    assert_eq!(world.backend_session().images.len(), 1);
    assert!(world.offers.is_empty());

    world.cut();
    world.run(5_000);
    assert_eq!(world.workspace(), world.backend_session());
    assert_eq!(world.backend.resumes, 2);
}

#[test]
fn what_goes_out_before_it_is_looked_at_is_as_good_as_sent() {
    let mut world = with_image();
    assert_eq!(world.machine.direct_version(), Some(VERSION));
    // It gets lost with the connection.
    let now = world.clock.now();
    world.machine.sent_first(now, &set_region(3, 0, -1, 33.0));
    world.cut();
    world.run(50);
    assert_eq!(world.machine.direct_version(), None);
    world.run(5_000);
    assert_eq!(answered(&world), [1, 2, 3]);
    assert_eq!(world.backend_session().regions.len(), 1);
    assert_eq!(world.workspace(), world.backend_session());
}

#[test]
fn a_viewers_own_resume_that_is_not_answered_is_left_to_its_user() {
    let mut world = world();
    let image = ImageProperties { file: "a.fits".into(), ..ImageProperties::default() };
    let resume = ResumeSession { images: vec![image], ..ResumeSession::default() };
    world.send(frame(EventType::ResumeSession, 2, &resume));
    // It may be what crashed the backend.
    world.cut();
    world.run(60_000);
    assert_eq!(answered(&world), [1]);
    assert_eq!(world.backend.resumes, 0);
    assert_eq!(world.machine.status().phase, Phase::Closed);
}

#[test]
fn an_animation_goes_on_from_the_last_frame() {
    let mut world = with_image();
    let at = |channel| Some(AnimationFrame { channel, stokes: 0 });
    let start = StartAnimation {
        first_frame: at(0),
        start_frame: at(2),
        last_frame: at(9),
        frame_rate: 5,
        looping: true,
        ..StartAnimation::default()
    };
    world.send(frame(EventType::StartAnimation, 3, &start));
    let ack = StartAnimationAck { success: true, animation_id: 1, ..StartAnimationAck::default() };
    let generation = world.generation();
    let mut come = |frame| world.receive(generation, Message::Binary(frame));
    come(frame(EventType::StartAnimationAck, 3, &ack));
    for (channel, end_sync) in [(2, false), (2, true), (3, false), (3, true), (4, false)] {
        let sync =
            RasterTileSync { channel, animation_id: 1, end_sync, ..RasterTileSync::default() };
        come(frame(EventType::RasterTileSync, 0, &sync));
    }
    world.cut();
    world.run(5_000);
    let starts = world.frames_sent(EventType::StartAnimation);
    assert_eq!(starts.len(), 2);
    let again: StartAnimation = starts[1].decode().unwrap();
    assert_eq!(again, StartAnimation { start_frame: at(3), ..start });
    // The viewer heeds only frames with that number.
    let ack = StartAnimationAck { animation_id: 4, ..ack };
    let request_id = starts[1].header().request_id;
    world.delivered.clear();
    let generation = world.generation();
    world.receive(
        generation,
        Message::Binary(frame(EventType::StartAnimationAck, request_id, &ack)),
    );
    let delivered = world.delivered.iter().map(|header| header.event());
    assert_eq!(delivered.collect::<Vec<_>>(), [Some(EventType::StartAnimationAck)]);
}
