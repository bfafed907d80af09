//! What the viewer sends goes out in order and once, or is reported.

use crate::client::support::{
    bench::{Bench, codes, events, fulfilled, sent},
    driver::{Effect, Input},
    frames::{
        bare, frame, open_file, open_file_ack, resume_ack, set_channel, set_contours, set_region,
        want_stats,
    },
    world::World,
};
use carta_resume::{
    client::{Answer, Options},
    protocol::{
        EventType, Frame,
        messages::{Point, ResumeSession, SessionType, SetCursor},
    },
};

fn ids(effects: &[Effect]) -> Vec<u32> {
    sent(effects).iter().map(|frame| frame.header().request_id).collect()
}

fn rejections(effects: &[Effect]) -> Vec<(u32, &'static str)> {
    let rejected = effects.iter().filter_map(|effect| match effect {
        Effect::Rejected { request_id, problem } => Some((*request_id, problem.code.name())),
        _ => None,
    });
    rejected.collect()
}

/// Dropped and connected again; `yes`, and the answer to the resume.
fn resumed(bench: &mut Bench) -> Vec<Effect> {
    bench.lose();
    bench.reconnect();
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
    bench.receive(resume_ack(&sent(&effects)[0], ""))
}

#[test]
fn what_is_sent_before_the_connection_goes_out_in_order_once_there_is_one() {
    let mut bench = Bench::new();
    for id in 1..=20 {
        assert_eq!(bench.send(bare(EventType::FileListRequest, id)), []);
    }
    assert_eq!(bench.open_socket().event(), Some(EventType::RegisterViewer));
    let effects = bench.register(SessionType::New);
    assert_eq!(ids(&effects), (1..=20).collect::<Vec<_>>());
}

#[test]
fn a_full_queue_names_what_was_refused_and_keeps_the_rest() {
    let mut options = Options::default();
    options.queue.max_frames = 2;
    let mut bench = Bench::with(options, 0);
    bench.send(bare(EventType::FileListRequest, 1));
    bench.send(bare(EventType::FileListRequest, 2));
    let effects = bench.send(set_region(3, 0, -1, 1.0));
    let [Effect::Error(problem)] = &*effects else { panic!("{effects:?}") };
    assert_eq!(problem.code.name(), "queue-full");
    assert_eq!(problem.frames[0].event(), Some(EventType::SetRegion));
    assert_eq!(problem.frames[0].request_id, 3);
    let refused = bench.machine.request(bench.now, EventType::SaveFile.number(), &[]);
    assert_eq!(refused.unwrap_err().code.name(), "queue-full");
    assert_eq!(bench.effects(None), []);
    bench.open_socket();
    assert_eq!(ids(&bench.register(SessionType::New)), [1, 2]);
}

#[test]
fn contours_then_requirements_then_unanswered_requests_then_the_queue() {
    let mut bench = Bench::with_image();
    bench.send(want_stats(2, 0, -1, true));
    bench.send(set_contours(3, 0, &[1.0, 2.0]));
    bench.send(bare(EventType::FileListRequest, 4));
    bench.send(set_region(5, 0, -1, 1.0));
    bench.lose();
    bench.send(bare(EventType::FileInfoRequest, 6));
    bench.reconnect();
    bench.send(set_channel(7, 0, 3));
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
    let effects = bench.receive(resume_ack(&sent(&effects)[0], ""));
    assert_eq!(
        events(&effects),
        [
            EventType::SetContourParameters,
            EventType::SetContourParameters,
            EventType::SetStatsRequirements,
            EventType::FileListRequest,
            EventType::SetRegion,
            EventType::FileInfoRequest,
            EventType::SetImageChannels,
        ]
    );
    let kept = &ids(&effects)[3..];
    assert_eq!(kept, [4, 5, 6, 7], "the viewer's own ids");
}

#[test]
fn what_was_answered_is_not_sent_again() {
    let mut bench = Bench::with_image();
    bench.send(bare(EventType::FileListRequest, 2));
    bench.receive(bare(EventType::FileListResponse, 2));
    assert_eq!(ids(&resumed(&mut bench)), [0_u32; 0]);
}

#[test]
fn a_no_reports_what_was_meant_for_the_session_and_sends_the_rest() {
    let mut bench = Bench::with_image();
    bench.send(set_region(2, 0, -1, 1.0));
    bench.lose();
    bench.send(set_channel(3, 0, 3));
    bench.send(bare(EventType::FileListRequest, 4));
    bench.reconnect();
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::No });
    let declined = effects.iter().find_map(|effect| match effect {
        Effect::Error(problem) => Some(problem),
        _ => None,
    });
    let declined = declined.unwrap();
    assert_eq!(declined.code.name(), "declined");
    let named: Vec<u32> = declined.frames.iter().map(|header| header.request_id).collect();
    assert_eq!(named, [2, 3]);
    assert_eq!(events(&effects), [EventType::CloseFile, EventType::FileListRequest]);
    let close: carta_resume::protocol::messages::CloseFile = sent(&effects)[0].decode().unwrap();
    assert_eq!(close.file_id, -1);
}

#[test]
fn a_request_is_answered_by_type_and_id() {
    let mut bench = Bench::active();
    let (request_id, effects) = bench.request(EventType::FileListRequest);
    assert!(request_id >= 0xF000_0001, "no viewer counts that far");
    assert_eq!(ids(&effects), [request_id]);
    let others = [
        bare(EventType::FileInfoResponse, request_id),
        bare(EventType::FileListResponse, request_id + 1),
        bare(EventType::FileListResponse, 1),
    ];
    for other in others {
        bench.only_delivers(other);
    }
    let answer = bare(EventType::FileListResponse, request_id);
    let message = answer.clone();
    let expected = [Effect::Deliver(answer.clone()), Effect::Fulfilled { request_id, message }];
    assert_eq!(bench.receive(answer.clone()), expected);
    bench.only_delivers(answer); // a duplicate.
}

#[test]
fn a_request_survives_a_drop() {
    let mut bench = Bench::with_image();
    let (request_id, _) = bench.request(EventType::FileListRequest);
    assert_eq!(ids(&resumed(&mut bench)), [request_id]);
    let effects = bench.receive(bare(EventType::FileListResponse, request_id));
    assert_eq!(fulfilled(&effects), [request_id]);
}

#[test]
fn an_answer_from_before_the_question_is_settled_answers_nothing() {
    let mut bench = Bench::with_image();
    let (request_id, _) = bench.request(EventType::FileListRequest);
    bench.lose();
    bench.reconnect();
    let early = bare(EventType::FileListResponse, request_id);
    bench.only_delivers(early);
}

#[test]
fn a_request_with_an_unreadable_answer_is_answered_all_the_same() {
    let mut bench = Bench::active();
    let (request_id, _) = bench.request(EventType::OpenFile);
    let header = bare(EventType::OpenFileAck, request_id).header();
    let effects = bench.receive(Frame::from_payload(header, &[0xFF]));
    assert_eq!(codes(&effects), ["unreadable-frame"]);
    assert_eq!(fulfilled(&effects), [request_id]);
}

#[test]
fn requests_are_rejected_on_close() {
    let mut bench = Bench::active();
    let (asked, _) = bench.request(EventType::FileListRequest);
    bench.lose();
    let (queued, _) = bench.request(EventType::FileInfoRequest);
    bench.send(bare(EventType::CatalogListRequest, 9));
    let effects = bench.input(Input::Close);
    let mut rejected = rejections(&effects);
    rejected.sort_unstable();
    assert_eq!(rejected, [(asked, "closed"), (queued, "closed")]);
    let Some(Effect::Error(unsent)) = effects.iter().find(|e| matches!(e, Effect::Error(_))) else {
        panic!("{effects:?}")
    };
    assert_eq!(unsent.frames, [bare(EventType::CatalogListRequest, 9).header()]);
}

#[test]
fn saving_a_file_is_not_done_twice() {
    let mut bench = Bench::with_image();
    let (request_id, _) = bench.request(EventType::SaveFile);
    bench.send(bare(EventType::ExportRegion, 8));
    let effects = bench.lose();
    assert_eq!(rejections(&effects), [(request_id, "not-replayed")]);
    assert_eq!(codes(&effects), ["not-replayed"]);
    bench.reconnect();
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
    assert_eq!(ids(&bench.receive(resume_ack(&sent(&effects)[0], ""))), [0_u32; 0]);
}

#[test]
fn a_save_that_has_not_left_yet_is_done() {
    let mut world = World::at_work(Options::default(), 1);
    world.cut();
    world.run(15);
    world.request(EventType::SaveFile, &[]).unwrap();
    world.run(10_000);
    assert_eq!(world.backend.saves, 1);
    assert!(world.errors.is_empty(), "{:?}", world.errors);
}

#[test]
fn a_declined_request_is_rejected() {
    let mut bench = Bench::with_image();
    let (request_id, _) = bench.request(EventType::OpenFile);
    bench.lose();
    bench.reconnect();
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::No });
    assert_eq!(rejections(&effects), [(request_id, "declined")]);
}

#[test]
fn an_aborted_request_is_not_sent_and_not_answered() {
    let mut bench = Bench::with_image();
    let (asked, _) = bench.request(EventType::FileListRequest);
    assert_eq!(bench.input(Input::Abort { request_id: asked }), []);
    bench.only_delivers(bare(EventType::FileListResponse, asked));
    let (asked, _) = bench.request(EventType::FileListRequest);
    bench.input(Input::Abort { request_id: asked });
    bench.lose();
    let (queued, _) = bench.request(EventType::FileListRequest);
    assert_eq!(bench.input(Input::Abort { request_id: queued }), []);
    assert_eq!(bench.input(Input::Abort { request_id: 12 }), []);
    bench.reconnect();
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
    assert_eq!(ids(&bench.receive(resume_ack(&sent(&effects)[0], ""))), [0_u32; 0]);
}

#[test]
fn registering_and_resuming_are_left_to_the_client() {
    for mut bench in [Bench::new(), Bench::active()] {
        for event in [EventType::RegisterViewer, EventType::ResumeSession] {
            let refused = bench.machine.send(bench.now, bare(event, 1)).unwrap_err();
            assert_eq!(refused.code.name(), "invalid-frame");
            assert_eq!(refused.frames[0].event(), Some(event));
            let refused = bench.machine.request(bench.now, event.number(), &[]).unwrap_err();
            assert_eq!(refused.code.name(), "invalid-frame");
        }
        assert_eq!(bench.effects(None), []);
    }
}

#[test]
fn a_request_that_nothing_answers_is_refused() {
    let mut bench = Bench::active();
    for event in [EventType::CloseFile.number(), EventType::SetImageChannels.number(), 5, 999] {
        let refused = bench.machine.request(bench.now, event, &[]).unwrap_err();
        assert_eq!(refused.code.name(), "invalid-frame");
    }
    assert_eq!(bench.effects(None), []);
}

#[test]
fn unknown_events_pass_in_both_directions() {
    let mut bench = Bench::active();
    let header =
        carta_resume::protocol::Header { event_type: 999, ..bare(EventType::OpenFile, 3).header() };
    let unknown = Frame::from_payload(header, b"later version");
    assert_eq!(sent(&bench.send(unknown.clone())), std::slice::from_ref(&unknown));
    bench.only_delivers(unknown);
}

#[test]
fn image_data_are_never_wanted() {
    let mut bench = Bench::with_image();
    for event in
        [EventType::RasterTileData, EventType::ContourImageData, EventType::RegionHistogramData]
    {
        assert!(!bench.machine.wants(1, bare(event, 0).header()));
    }
    bench.send(open_file(9, 3, "c.fits"));
    let ack = open_file_ack(&open_file(9, 3, "c.fits"), 3, true);
    assert!(bench.machine.wants(1, ack.header()));
    assert!(!bench.machine.wants(2, ack.header()));
}

#[test]
fn the_viewers_frames_reach_the_backend_unchanged() {
    let mut bench = Bench::active();
    let message = carta_resume::protocol::messages::OpenFile {
        directory: "x".repeat(300),
        ..Default::default()
    };
    let frame = frame(EventType::OpenFile, 77, &message);
    assert_eq!(sent(&bench.send(frame.clone())), [frame]);
}

#[test]
fn a_cursor_that_is_moved_without_a_connection_is_resumed_where_it_is() {
    let cursor = |request_id: u16| {
        let point = Some(Point { x: request_id.into(), y: 1.0 });
        let set = SetCursor { file_id: 0, point, spatial_requirements: None };
        frame(EventType::SetCursor, request_id.into(), &set)
    };
    let mut bench = Bench::with_image();
    bench.lose();
    for request_id in 10..13 {
        bench.send(cursor(request_id));
    }
    bench.reconnect();
    let effects = bench.input(Input::Answered { offer: 1, answer: Answer::Yes });
    let resume: ResumeSession = sent(&effects)[0].decode().unwrap();
    assert_eq!(resume.images[0].regions[&0].control_points, [Point { x: 12.0, y: 1.0 }]);
    let effects = bench.receive(resume_ack(&sent(&effects)[0], ""));
    assert_eq!(ids(&effects), [0_u32; 0]);
}
