//! Tiles that have not arrived yet, and what is left when a connection ends.

use crate::tracking::support::{ICD, Session, failed, open_file, opened, rectangle, set_region};
use carta_resume::{
    protocol::{
        EventType, Frame, Header,
        messages::{
            AddRequiredTiles, CloseFile, IntBounds, MomentResponse, RasterTileSync, RemoveRegion,
            SetImageChannels, StartAnimation, StartAnimationAck, StopAnimation,
        },
    },
    tracking::{Lost, depends_on_session},
};

fn channels(file_id: i32, channel: i32) -> SetImageChannels {
    SetImageChannels { file_id, channel, ..Default::default() }
}

fn tiles(file_id: i32) -> AddRequiredTiles {
    AddRequiredTiles { file_id, tiles: vec![0], ..Default::default() }
}

fn channels_with_tiles(file_id: i32, channel: i32) -> SetImageChannels {
    SetImageChannels { required_tiles: Some(tiles(file_id)), ..channels(file_id, channel) }
}

fn end_of_tiles(file_id: i32, channel: i32) -> RasterTileSync {
    RasterTileSync { file_id, channel, end_sync: true, ..Default::default() }
}

fn header(event: EventType, request_id: u32) -> Header {
    Header { event_type: event.number(), icd_version: ICD, request_id }
}

// Tiles

#[test]
fn tiles_are_unanswered_until_their_sync_ends() {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::AddRequiredTiles, &tiles(0));
    assert_eq!(session.unanswered(), [(EventType::AddRequiredTiles, id)]);
    let begin = RasterTileSync { end_sync: false, ..end_of_tiles(0, 0) };
    assert!(session.receive(EventType::RasterTileSync, 0, &begin));
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(1, 0));
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 1));
    let animated = RasterTileSync { animation_id: 1, ..end_of_tiles(0, 0) };
    session.receive(EventType::RasterTileSync, 0, &animated);
    assert_eq!(session.unanswered().len(), 1, "another image, another channel, an animation");
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 0));
    assert!(session.unanswered().is_empty());
    assert!(!session.tracker.wants(header(EventType::RasterTileSync, 0)));
}

#[test]
fn each_end_of_tiles_answers_the_oldest_request() {
    let mut session = Session::with_two_images();
    let first = session.send(EventType::AddRequiredTiles, &tiles(0));
    let second = session.send(EventType::AddRequiredTiles, &tiles(0));
    assert!(first < second);
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 0));
    assert_eq!(session.unanswered(), [(EventType::AddRequiredTiles, second)]);
}

/// Tiles of some of the channels that are shown side by side, as CARTA 6.0.0 requests them: group
/// by group.
fn map(first: i32, last: i32, shown: [i32; 2]) -> SetImageChannels {
    SetImageChannels {
        channel_range: Some(IntBounds { min: first, max: last }),
        current_range: Some(IntBounds { min: shown[0], max: shown[1] }),
        channel_map_enabled: true,
        ..channels_with_tiles(0, 0)
    }
}

#[test]
fn a_map_of_channels_is_complete_channel_by_channel() {
    let mut session = Session::with_two_images();
    let first = session.send(EventType::SetImageChannels, &map(0, 2, [0, 5]));
    let second = session.send(EventType::SetImageChannels, &map(3, 5, [0, 5]));
    let ids =
        |session: &Session| session.unanswered().iter().map(|(_, id)| *id).collect::<Vec<_>>();
    assert_eq!(ids(&session), [first, second]);
    for channel in [3, 1, 4, 0] {
        session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, channel));
    }
    assert_eq!(ids(&session), [first, second]);
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 2));
    assert_eq!(ids(&session), [second]);
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 5));
    assert!(session.unanswered().is_empty());

    // What is no longer shown is not needed, nor what is requested again.
    session.send(EventType::SetImageChannels, &map(0, 2, [0, 5]));
    let shown = session.send(EventType::SetImageChannels, &map(3, 5, [0, 5]));
    session.send(EventType::SetImageChannels, &map(6, 7, [3, 7]));
    let again = session.send(EventType::SetImageChannels, &map(6, 7, [3, 7]));
    session.tracker.dropped();
    assert_eq!(ids(&session), [shown, again]);
}

#[test]
fn a_map_of_no_or_too_many_channels_is_no_map() {
    for (first, last) in [(5, 3), (i32::MIN, i32::MAX), (0, i32::MAX)] {
        let mut session = Session::with_two_images();
        session.send(EventType::SetImageChannels, &map(first, last, [0, 5]));
        session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 4));
        assert!(session.unanswered().is_empty(), "{first} to {last}");
    }
}

#[test]
fn tiles_that_were_asked_of_an_animation_go_when_it_stops() {
    let mut session = Session::with_two_images();
    let start = StartAnimation::default();
    let id = session.send(EventType::StartAnimation, &start);
    let ack = StartAnimationAck { success: true, animation_id: 1, ..Default::default() };
    session.receive(EventType::StartAnimationAck, id, &ack);
    session.send(EventType::AddRequiredTiles, &tiles(0));
    session.send(EventType::StopAnimation, &StopAnimation::default());
    session.send(EventType::SetImageChannels, &channels_with_tiles(0, 2));
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 2));
    assert!(session.unanswered().is_empty());
}

#[test]
fn what_is_calculated_from_something_else_is_not_asked_again() {
    let calculations = [EventType::MomentRequest, EventType::PvRequest, EventType::FittingRequest];
    let lost = |change: &dyn Fn(&mut Session)| {
        let mut session = Session::with_two_images();
        session.draw(0, 1, rectangle(3.0));
        for event in calculations {
            session.send_raw(event, &[]);
        }
        change(&mut session);
        let lost = session.tracker.dropped();
        let lost: Vec<_> = lost.not_repeated.iter().filter_map(Frame::event).collect();
        let again = session.unanswered().len();
        (lost, again)
    };
    assert_eq!(lost(&|_| {}), (vec![], 3));
    let changed = (calculations.to_vec(), 0);
    let other_channel = channels(0, 2);
    let to_other_channel = |it: &mut Session| {
        it.send(EventType::SetImageChannels, &other_channel);
    };
    assert_eq!(lost(&to_other_channel), changed);
    let without_region = |it: &mut Session| {
        it.send(EventType::RemoveRegion, &RemoveRegion { region_id: 1 });
    };
    assert_eq!(lost(&without_region), changed);
    assert_eq!(lost(&|it| it.draw(0, 2, rectangle(4.0))), (vec![], 3), "a new region");
    let moved = set_region(0, 1, rectangle(4.0));
    let with_moved_region = |it: &mut Session| {
        it.send(EventType::SetRegion, &moved);
    };
    assert_eq!(lost(&with_moved_region), (calculations.to_vec(), 1));
    // The answer to it still counts.
    let answered = |it: &mut Session| {
        let id = it.send_raw(EventType::MomentRequest, &[]);
        it.send(EventType::SetImageChannels, &other_channel);
        it.receive(EventType::MomentResponse, id, &MomentResponse::default());
    };
    assert_eq!(lost(&answered), changed);
}

#[test]
fn a_change_of_channel_supersedes_earlier_tiles_of_the_image() {
    let mut session = Session::with_two_images();
    session.send(EventType::AddRequiredTiles, &tiles(0));
    let other = session.send(EventType::AddRequiredTiles, &tiles(1));
    session.send(EventType::SetImageChannels, &channels_with_tiles(0, 2));
    let last = session.send(EventType::SetImageChannels, &channels_with_tiles(0, 3));
    assert_eq!(session.channel(0), Some((3, 0)), "applied though its tiles are not there");
    let open = [(EventType::AddRequiredTiles, other), (EventType::SetImageChannels, last)];
    assert_eq!(session.unanswered(), open);
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 2));
    assert_eq!(session.unanswered().len(), 2, "late tiles of the channel before");
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 3));
    assert_eq!(session.unanswered(), [(EventType::AddRequiredTiles, other)]);
}

#[test]
fn late_tiles_of_before_are_not_taken_for_those_asked_since() {
    let mut session = Session::with_two_images();
    session.send(EventType::AddRequiredTiles, &tiles(0));
    session.send(EventType::SetImageChannels, &channels_with_tiles(0, 2));
    // There and back, before anything has arrived.
    let last = session.send(EventType::SetImageChannels, &channels_with_tiles(0, 0));
    let open = [(EventType::SetImageChannels, last)];
    assert_eq!(session.unanswered(), open);
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 0));
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 2));
    assert_eq!(session.unanswered(), open);
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 0));
    assert!(session.unanswered().is_empty());
    assert!(!session.tracker.wants(header(EventType::RasterTileSync, 0)));
}

#[test]
fn tiles_of_before_do_not_come_on_the_next_connection() {
    let mut session = Session::with_two_images();
    session.send(EventType::AddRequiredTiles, &tiles(0));
    let last = session.send(EventType::SetImageChannels, &channels_with_tiles(0, 0));
    session.tracker.dropped();
    assert_eq!(session.unanswered(), [(EventType::SetImageChannels, last)]);
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 0));
    assert!(session.unanswered().is_empty());
}

#[test]
fn an_animation_has_the_tiles_asked_for_last() {
    let mut session = Session::with_two_images();
    let start = session.send(EventType::StartAnimation, &StartAnimation::default());
    let ack = StartAnimationAck { success: true, animation_id: 1, ..Default::default() };
    session.receive(EventType::StartAnimationAck, start, &ack);
    session.send(EventType::AddRequiredTiles, &tiles(0));
    let other = session.send(EventType::AddRequiredTiles, &tiles(1));
    let last = session.send(EventType::AddRequiredTiles, &tiles(0));
    let open = [(EventType::AddRequiredTiles, other), (EventType::AddRequiredTiles, last)];
    assert_eq!(session.unanswered(), open);
}

#[test]
fn tiles_are_not_waited_for_when_their_image_closes() {
    let mut session = Session::with_two_images();
    session.send(EventType::AddRequiredTiles, &tiles(0));
    session.send(EventType::AddRequiredTiles, &tiles(1));
    session.send(EventType::CloseFile, &CloseFile { file_id: 0 });
    assert_eq!(session.unanswered().len(), 1);
    session.send(EventType::CloseFile, &CloseFile { file_id: -1 });
    assert!(session.unanswered().is_empty());
}

#[test]
fn tiles_of_an_image_that_fails_to_open_are_not_waited_for() {
    let mut session = Session::default();
    let open = session.send(EventType::OpenFile, &open_file(0, "a.fits"));
    session.send(EventType::AddRequiredTiles, &tiles(0));
    session.send(EventType::SetImageChannels, &channels_with_tiles(0, 1));
    session.send(EventType::AddRequiredTiles, &tiles(0));
    assert_eq!(session.unanswered().len(), 3, "the first tiles are superseded");
    session.receive(EventType::OpenFileAck, open, &failed("no"));
    assert!(session.unanswered().is_empty(), "{:?}", session.unanswered());
}

#[test]
fn tiles_asked_for_while_an_image_is_opened_are_answered_after_it() {
    let mut session = Session::default();
    let open = session.send(EventType::OpenFile, &open_file(0, "a.fits"));
    let set = session.send(EventType::SetImageChannels, &channels_with_tiles(0, 1));
    session.receive(EventType::OpenFileAck, open, &opened(0, "a.fits"));
    assert_eq!(session.channel(0), Some((1, 0)));
    assert_eq!(session.unanswered(), [(EventType::SetImageChannels, set)]);
    session.receive(EventType::RasterTileSync, 0, &end_of_tiles(0, 1));
    assert!(session.unanswered().is_empty());
}

#[test]
fn open_tile_requests_of_an_image_are_bounded() {
    let mut session = Session::with_two_images();
    let ids: Vec<u32> =
        (0..100).map(|_| session.send(EventType::AddRequiredTiles, &tiles(0))).collect();
    let open: Vec<u32> = session.unanswered().into_iter().map(|(_, id)| id).collect();
    assert_eq!(open, ids[36..], "the oldest are given up");
}

// The end of a connection

#[test]
fn requests_with_effects_outside_the_session_are_not_sent_again() {
    let mut session = Session::with_two_images();
    let save = session.send(EventType::SaveFile, &());
    let list = session.send(EventType::FileListRequest, &());
    let export = session.send(EventType::ExportRegion, &());
    let given_up = session.tracker.dropped().not_repeated;
    let expected = [header(EventType::SaveFile, save), header(EventType::ExportRegion, export)];
    let given_up: Vec<_> = given_up.iter().map(Frame::header).collect();
    assert_eq!(given_up, expected);
    assert_eq!(session.unanswered(), [(EventType::FileListRequest, list)]);
    assert_eq!(session.tracker.dropped(), Lost::default());
}

#[test]
fn what_is_unanswered_is_answered_on_a_later_connection() {
    let mut session = Session::with_two_images();
    let open = session.send(EventType::OpenFile, &open_file(2, "c.fits"));
    session.send(EventType::SetImageChannels, &channels(2, 3));
    for _ in 0..3 {
        session.tracker.dropped();
        assert_eq!(session.unanswered().len(), 2);
    }
    session.receive(EventType::OpenFileAck, open, &opened(2, "c.fits"));
    assert_eq!(session.channel(2), Some((3, 0)));
    assert!(session.unanswered().is_empty());
}

#[test]
fn tiles_are_suspected_after_everything_that_is_answered() {
    let mut session = Session::with_two_images();
    for _ in 0..2 {
        session.tracker.sign_of_life();
    }
    session.send(EventType::AddRequiredTiles, &tiles(0));
    let list = session.send(EventType::FileListRequest, &());
    let lose = |session: &mut Session| {
        let twice = session.tracker.dropped().twice;
        session.tracker.send_again();
        twice.iter().map(|it| it.request.as_ref().unwrap().header()).collect::<Vec<_>>()
    };
    assert_eq!(lose(&mut session), []);
    assert_eq!(lose(&mut session), [header(EventType::FileListRequest, list)]);
    assert_eq!(session.unanswered().len(), 1, "the tiles");
    assert_eq!(lose(&mut session), []);
    assert_eq!(lose(&mut session).len(), 1);
    assert!(session.unanswered().is_empty());
}

#[test]
fn what_is_given_up_after_it_was_sent_again_still_has_its_effect() {
    let mut session = Session::default();
    let id = session.send(EventType::OpenFile, &open_file(0, "a.fits"));
    session.tracker.dropped();
    session.tracker.send_again();
    session.tracker.forget(EventType::OpenFile, id);
    session.receive(EventType::OpenFileAck, id, &opened(0, "a.fits"));
    assert_eq!(session.resume().images.len(), 1);
}

#[test]
fn no_empties_the_workspace_and_keeps_what_does_not_depend_on_it() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    session.send(EventType::AddRequiredTiles, &tiles(0));
    let list = session.send(EventType::FileListRequest, &());
    let open = session.send(EventType::OpenFile, &open_file(2, "c.fits"));
    session.send(EventType::SetImageChannels, &channels(2, 3));
    let set = session.send(EventType::SetRegion, &set_region(0, -1, rectangle(2.0)));
    session.tracker.dropped();
    let given_up = session.tracker.declined();
    let given_up: Vec<_> = given_up.iter().map(Frame::header).collect();
    assert_eq!(given_up, [header(EventType::OpenFile, open), header(EventType::SetRegion, set)]);
    assert!(session.tracker.workspace().is_empty());
    assert_eq!(session.unanswered(), [(EventType::FileListRequest, list)]);
    assert!(!session.receive(EventType::OpenFileAck, open, &opened(2, "c.fits")));
}

#[test]
fn looking_around_does_not_depend_on_the_session_and_everything_else_does() {
    let independent: Vec<&str> = EventType::ALL
        .iter()
        .filter(|&&event| event.answer().is_some() && !depends_on_session(event))
        .map(|event| event.name())
        .collect();
    let expected = [
        "REGISTER_VIEWER",
        "FILE_LIST_REQUEST",
        "FILE_INFO_REQUEST",
        "REGION_LIST_REQUEST",
        "REGION_FILE_INFO_REQUEST",
        "CATALOG_LIST_REQUEST",
        "CATALOG_FILE_INFO_REQUEST",
    ];
    assert_eq!(independent, expected);
}

#[test]
fn a_forgotten_request_is_not_sent_again_but_still_has_its_effect() {
    let mut session = Session::default();
    let id = session.send(EventType::OpenFile, &open_file(0, "a.fits"));
    session.tracker.forget(EventType::FileListRequest, id);
    assert_eq!(session.unanswered().len(), 1);
    session.tracker.forget(EventType::OpenFile, id);
    assert!(session.unanswered().is_empty());
    session.receive(EventType::OpenFileAck, id, &opened(0, "a.fits"));
    assert_eq!(session.resume().images.len(), 1);

    let id = session.send(EventType::SaveFile, &());
    session.tracker.forget(EventType::SaveFile, id);
    assert_eq!(session.tracker.dropped(), Lost::default());
}

#[test]
fn a_request_forgotten_after_a_drop_is_gone_and_nothing_waits_for_it() {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::OpenFile, &open_file(0, "c.fits"));
    session.send(EventType::SetImageChannels, &channels(0, 3));
    session.tracker.dropped();
    session.tracker.forget(EventType::OpenFile, id);
    assert!(session.unanswered().is_empty());
    assert_eq!(session.channel(0), Some((3, 0)));
}
