//! A viewer that knows nothing of the client: it registers once, and everything it
//! asks is answered once, in order, whatever happens to its connection.

use std::collections::BTreeSet;

use crate::client::support::{
    archiving::with_resume_deadline,
    backend::Refuses,
    driver::{Effect, Input, wanted},
    frames::{VERSION, bare, close_file, frame, open_file, rectangle, register, set_region},
    network::{Message, Reach},
    steps::{Fault, Step, Viewer, anything, drops, time, viewer},
    world::{User, World},
};
use carta_resume::{
    client::{Answer, Options, Phase, problem::Code},
    protocol::{
        EventType, Frame, Header,
        messages::{
            AnimationFrame, ImageProperties, MomentResponse, OpenFileAck, PvResponse,
            RasterTileSync, RegisterViewer, RegisterViewerAck, ResumeSession, SaveFile,
            SaveFileAck, ScriptingRequest, ScriptingResponse, SetRegionAck, StartAnimation,
            StartAnimationAck,
        },
    },
};
use proptest::{collection::vec, prelude::*};

const FIRST_OWN_ID: u32 = 0xF000_0001;

fn world() -> World {
    World::drop_in(Options::default(), 1)
}

fn with_image() -> World {
    let mut world = world();
    world.send(open_file(2, 0, "a.fits"));
    world.run(100);
    world
}

/// Request ids of what was answered, in the order in which the viewer saw it.
fn answered(world: &World) -> Vec<u32> {
    let answers = world.delivered.iter().filter(|header| header.request_id != 0);
    answers.map(|header| header.request_id).collect()
}

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
    assert_eq!(answered(&world), [1, 2], "what the client has asked is not shown");
    assert!(world.ended.is_empty());
}

/// With moments 1 and 2 of the image, which the backend forgets.
fn with_moments() -> World {
    let mut world = with_image();
    world.send(bare(EventType::MomentRequest, 3));
    let moment = |file_id| OpenFileAck { success: true, file_id, ..Default::default() };
    let open_file_acks = vec![moment(1), moment(2)];
    let response = MomentResponse { success: true, open_file_acks, ..Default::default() };
    let generation = world.generation();
    world.input(wanted(generation, frame(EventType::MomentResponse, 3, &response)));
    world
}

/// Calls that the viewer has got, by their numbers, with the images they are about.
fn closing_calls(world: &World) -> Vec<(i32, String)> {
    let requests = world.fed.iter().map(|frame| frame.decode::<ScriptingRequest>().unwrap());
    let closing = requests.filter(|call| call.action == "closeFile");
    closing.map(|call| (call.scripting_request_id, call.parameters)).collect()
}

#[test]
fn images_that_are_gone_are_closed_and_named() {
    let mut world = with_moments();
    world.cut();
    world.run(5_000);
    let calls = closing_calls(&world);
    let images: Vec<&str> = calls.iter().map(|(_, images)| images.as_str()).collect();
    let call = |id: i32| format!(r#"[{{"macroVariable":"frameMap[{id}]"}},false]"#);
    assert_eq!(images, [call(1), call(2)]);
    assert_eq!(world.reports[0].restored.lost_images, [1, 2]);

    // What it says of them, once or more, is not the backend's business, which may give
    // their ids to new images; then it is.
    for (id, (call, _)) in (1..).zip(&calls) {
        world.send(close_file(10, id));
        world.send(close_file(10, id));
        let scripting_request_id = *call;
        let done = ScriptingResponse { scripting_request_id, success: true, ..Default::default() };
        world.send(frame(EventType::ScriptingResponse, 11, &done));
    }
    assert_eq!(world.frames_sent(EventType::CloseFile).len(), 0);
    assert_eq!(world.frames_sent(EventType::ScriptingResponse).len(), 0);
    world.send(open_file(12, 1, "b.fits"));
    world.run(100);
    world.send(close_file(13, 1));
    assert_eq!(world.frames_sent(EventType::CloseFile).len(), 1);

    world.cut();
    world.run(5_000);
    assert_eq!(closing_calls(&world).len(), 2, "once");
    assert_eq!(world.reports[1].restored.lost_images, [0; 0]);
}

#[test]
fn regions_that_a_viewer_draws_on_a_gone_image_are_answered_here() {
    let mut world = with_moments();
    world.cut();
    world.run(5_000);
    let calls = closing_calls(&world);
    let answers = |world: &World| {
        let acks = world.fed.iter().filter(|frame| frame.event() == Some(EventType::SetRegionAck));
        acks.map(|ack| (ack.header().request_id, ack.decode::<SetRegionAck>().unwrap().success))
            .collect::<Vec<_>>()
    };
    // As it closes an image that was matched to another.
    world.send(set_region(10, 1, -1, 5.0));
    world.send(close_file(0, 1));
    world.send(set_region(11, 1, -1, 6.0));
    assert_eq!(answers(&world), [(10, true), (11, true)]);
    assert_eq!(world.frames_sent(EventType::SetRegion).len(), 0);
    assert_eq!(world.machine.tracker().workspace().viewer_state().images[0].regions, []);

    // Nothing goes out unseen until the viewer has done that.
    assert_eq!(world.machine.direct_version(), None);
    for (scripting_request_id, _) in calls {
        let done = ScriptingResponse { scripting_request_id, success: true, ..Default::default() };
        world.send(frame(EventType::ScriptingResponse, 20, &done));
    }
    assert!(world.machine.direct_version().is_some());

    // On any other, they are the backend's business.
    world.send(set_region(12, 0, -1, 5.0));
    world.send(open_file(13, 1, "b.fits"));
    world.send(set_region(14, 1, -1, 5.0));
    world.run(100);
    assert_eq!((answers(&world).len(), world.frames_sent(EventType::SetRegion).len()), (2, 2));
}

#[test]
fn a_new_image_with_the_id_of_a_gone_one_is_an_image() {
    let mut world = with_moments();
    world.cut();
    world.run(5_000);
    // Before the backend has opened it, too.
    world.send(open_file(10, 1, "b.fits"));
    world.send(close_file(11, 1));
    world.run(100);
    assert_eq!(world.frames_sent(EventType::CloseFile).len(), 1);
}

#[test]
fn a_viewer_that_knows_the_client_closes_them_itself() {
    let mut world = World::at_work(Options::default(), 1);
    let generation = world.generation();
    world.send(bare(EventType::PvRequest, 3));
    let made = OpenFileAck { success: true, file_id: 7, ..Default::default() };
    let response = PvResponse { success: true, open_file_ack: Some(made), ..Default::default() };
    world.input(wanted(generation, frame(EventType::PvResponse, 3, &response)));
    world.cut();
    world.run(5_000);
    assert_eq!(closing_calls(&world), []);
    assert_eq!(world.reports[0].restored.lost_images, [7]);
}

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
fn before_it_is_accepted_all_is_the_viewers_business() {
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
fn a_viewer_that_is_refused_hears_it_from_the_backend_and_its_developer_from_here() {
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
                Effect::Ended(_) => panic!("it is the viewer's business"),
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
fn a_version_that_is_not_spoken_here_is_left_alone() {
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
    assert!(!ack.success && ack.message.contains("Check whether it was done"), "{}", ack.message);
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
    // It may be what has felled the backend.
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
    // The viewer heeds the frames of that number only.
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

/// What a plain viewer can wish.
fn wish() -> impl Strategy<Value = Viewer> {
    let plain =
        |wish: &Viewer| !matches!(wish, Viewer::Request(_) | Viewer::Abort(_) | Viewer::State(_));
    viewer().prop_filter("a viewer that knows the client", plain)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => wish().prop_map(Step::Viewer),
        8 => time(),
        4 => drops().prop_map(Step::Fault),
    ]
}

/// The same, on connections that lose answers and go on.
fn lossy_step() -> impl Strategy<Value = Step> {
    let lost = prop_oneof![
        Just(EventType::OpenFileAck),
        Just(EventType::SetRegionAck),
        Just(EventType::FileListResponse),
        Just(EventType::OpenCatalogFileAck),
        Just(EventType::ResumeSessionAck),
        Just(EventType::RegisterViewerAck),
    ];
    prop_oneof![8 => step(), 1 => lost.prop_map(|event| Step::Fault(Fault::Lose(event)))]
}

const BACK_AT_WORK_MS: u64 = 300_000;

/// A viewer that has taken these steps and is at work again; what of it was
/// answered, in order.
fn played(seed: u64, steps: Vec<Step>) -> (World, Vec<u32>) {
    let mut world = World::drop_in(with_resume_deadline(), seed);
    let mut asked = BTreeSet::from([1]);
    for (number, step) in (2..).zip(steps) {
        if let Step::Viewer(_) = step {
            asked.insert(number);
        }
        world.step(number, step);
    }
    world.faults_end();
    world.run(BACK_AT_WORK_MS);
    assert_eq!(world.phase(), Phase::Active);
    // An answer that got lost on a connection that lives comes after a drop.
    world.cut();
    world.run(30_000);
    assert_eq!(world.phase(), Phase::Active);

    assert_eq!(world.workspace(), world.backend_session());
    world.check.traffic.assert_complete(world.generation());
    assert!(world.ended.is_empty());
    let answered = answered(&world);
    assert!(answered.iter().all(|id| asked.contains(id)), "{answered:?}");
    (world, answered)
}

/// A viewer that takes any steps hears once that its connection has ended, if it has.
pub fn play(seed: u64, steps: Vec<Step>) {
    let mut world = World::drop_in(Options::default(), seed);
    for (number, step) in (2..).zip(steps) {
        // Such a viewer is rebuilt from the archive, which is another story.
        if matches!(step, Step::Restore { .. } | Step::Adopt { .. }) {
            continue;
        }
        world.step(number, step);
        assert_eq!(world.ended.is_empty(), world.phase() != Phase::Closed);
    }
    assert!(world.ended.len() <= 1);
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn everything_is_done_and_answered_once_and_in_order(
        seed: u64, steps in vec(step(), 0..60)
    ) {
        let (_, answered) = played(seed, steps);
        prop_assert!(answered.is_sorted_by(|a, b| a < b), "{:?}", answered);
    }

    #[test]
    fn lost_answers_come_once(seed: u64, steps in vec(lossy_step(), 0..60)) {
        let (_, mut answered) = played(seed, steps);
        answered.sort_unstable();
        prop_assert!(answered.is_sorted_by(|a, b| a < b), "{:?}", answered);
    }

    #[test]
    fn whatever_comes_it_ends_in_order(seed: u64, steps in vec(anything(), 0..50)) {
        play(seed, steps);
    }
}
