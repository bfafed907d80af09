//! What is unanswered, in which order effects happen, and what is told about a
//! workspace.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod tracking_support;

use carta_resume::{
    core::tracking::{
        CatalogSpec, ContourSpec, ImageSpec, RecordKey, RegionSpec, depends_on_session,
    },
    protocol::{
        EventType, Header,
        messages::{
            AddRequiredTiles, CloseFile, ImportRegion, OpenFileAck, RasterTileSync, RegionType,
            RemoveRegion, ResumeSessionAck, SetImageChannels, SetRegionAck, SetStatsRequirements,
            StartAnimation, StartAnimationAck, StopAnimation, set_stats_requirements::StatsConfig,
        },
    },
};
use tracking_support::{
    ICD, Session, failed, frame, open_file, opened, raw_frame, rectangle, region_ack, set_region,
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

fn stats(file_id: i32, region_id: i32) -> SetStatsRequirements {
    let stats_configs = vec![StatsConfig { coordinate: "z".into(), stats_types: vec![1] }];
    SetStatsRequirements { file_id, region_id, stats_configs }
}

fn header(event: EventType, request_id: u32) -> Header {
    Header { event_type: event.number(), icd_version: ICD, request_id }
}

// Matching answers

#[test]
fn an_answer_is_matched_by_type_and_id() {
    let mut session = Session::default();
    let id = session.send(EventType::OpenFile, &open_file(0, "a.fits"));
    assert!(!session.receive(EventType::SetRegionAck, id, &region_ack(1)));
    assert!(!session.receive(EventType::OpenFileAck, id + 1, &opened(0, "a.fits")));
    assert_eq!(session.unanswered(), [(EventType::OpenFile, id)]);
    assert!(session.receive(EventType::OpenFileAck, id, &opened(0, "a.fits")));
    assert!(session.unanswered().is_empty());
}

#[test]
fn an_ack_nobody_asked_for_and_a_duplicate_change_nothing() {
    let mut session = Session::default();
    assert!(!session.receive(EventType::OpenFileAck, 5, &opened(5, "x.fits")));
    let stray = frame(EventType::OpenFileAck, 6, &opened(6, "y.fits"));
    assert_eq!(session.tracker.received(&stray), Ok(()));
    session.open(0, "a.fits");
    session.send(EventType::SetImageChannels, &channels(0, 3));
    assert!(!session.receive(EventType::OpenFileAck, 1, &opened(0, "a.fits")));
    assert_eq!(session.channel(0), Some((3, 0)));
    assert_eq!(session.resume().images.len(), 1);
}

#[test]
fn requests_that_share_an_id_are_answered_oldest_first() {
    let mut session = Session::default();
    session.tracker.sent(&frame(EventType::OpenFile, 1, &open_file(0, "a.fits")));
    session.tracker.sent(&frame(EventType::OpenFile, 1, &open_file(1, "b.fits")));
    session.receive(EventType::OpenFileAck, 1, &opened(0, "a.fits"));
    assert_eq!(session.resume().images[0].file, "a.fits");
    assert_eq!(session.unanswered().len(), 1);
    session.receive(EventType::OpenFileAck, 1, &opened(1, "b.fits"));
    assert_eq!(session.resume().images[1].file, "b.fits");
}

#[test]
fn an_answer_whose_payload_is_not_needed_settles_its_request() {
    let mut session = Session::default();
    let id = session.send(EventType::FileListRequest, &());
    let answer = header(EventType::FileListResponse, id);
    assert!(!session.tracker.wants(answer));
    assert!(session.tracker.answered(answer) && !session.tracker.answered(answer));
    assert!(session.unanswered().is_empty());
}

#[test]
fn an_answer_that_cannot_be_read_settles_its_request_and_changes_nothing() {
    let mut session = Session::with_two_images();
    let before = session.resume();
    let id = session.send(EventType::OpenFile, &open_file(0, "c.fits"));
    let broken = raw_frame(EventType::OpenFileAck, id, &[0xFF, 0xFF]);
    let unreadable = session.tracker.received(&broken).unwrap_err();
    assert_eq!((unreadable.header, unreadable.length), (broken.header(), 2));
    assert_eq!(session.resume(), before);
    assert!(session.unanswered().is_empty());
}

#[test]
fn streamed_data_is_never_wanted() {
    let mut session = Session::with_two_images();
    session.send(EventType::AddRequiredTiles, &tiles(0));
    for event in [
        EventType::RasterTileData,
        EventType::RegionHistogramData,
        EventType::RegionStatsData,
        EventType::SpatialProfileData,
        EventType::SpectralProfileData,
        EventType::ContourImageData,
        EventType::VectorOverlayTileData,
        EventType::ErrorData,
    ] {
        assert!(!session.tracker.wants(header(event, 0)), "{}", event.name());
    }
}

#[test]
fn a_request_that_cannot_be_read_is_still_answered() {
    let mut session = Session::default();
    let id = session.send_raw(EventType::ImportRegion, &[0xFF]);
    assert_eq!(session.unanswered(), [(EventType::ImportRegion, id)]);
    assert!(session.tracker.is_busy());
    assert!(session.tracker.answered(header(EventType::ImportRegionAck, id)));
    assert!(!session.tracker.is_busy());
}

#[test]
fn the_backend_is_busy_while_it_opens_and_imports() {
    for event in [
        EventType::OpenFile,
        EventType::ConcatStokesFiles,
        EventType::ImportRegion,
        EventType::OpenCatalogFile,
    ] {
        let mut session = Session::with_two_images();
        let id = session.send(event, &());
        assert!(session.tracker.is_busy(), "{}", event.name());
        session.tracker.answered(header(event.answer().unwrap(), id));
        assert!(!session.tracker.is_busy(), "{}", event.name());
    }
    let mut session = Session::default();
    session.send(EventType::FileListRequest, &());
    assert!(!session.tracker.is_busy());
}

// Order of effects

#[test]
fn a_channel_set_while_its_image_is_being_opened_waits_for_the_ack() {
    let mut session = Session::default();
    let open = session.send(EventType::OpenFile, &open_file(0, "a.fits"));
    let set = session.send(EventType::SetImageChannels, &channels(0, 3));
    let replay = [(EventType::OpenFile, open), (EventType::SetImageChannels, set)];
    assert_eq!(session.unanswered(), replay, "both are sent again if the connection drops now");
    session.receive(EventType::OpenFileAck, open, &opened(0, "a.fits"));
    assert_eq!(session.channel(0), Some((3, 0)));
    assert!(session.unanswered().is_empty());
}

#[test]
fn what_waits_for_an_opening_that_fails_applies_to_the_old_image() {
    let mut session = Session::with_two_images();
    let open = session.send(EventType::OpenFile, &open_file(0, "c.fits"));
    session.send(EventType::SetImageChannels, &channels(0, 3));
    session.receive(EventType::OpenFileAck, open, &failed("no"));
    assert_eq!(session.channel(0), Some((3, 0)));
}

#[test]
fn another_image_does_not_wait() {
    let mut session = Session::with_two_images();
    let open = session.send(EventType::OpenFile, &open_file(0, "c.fits"));
    session.send(EventType::SetImageChannels, &channels(1, 3));
    assert_eq!(session.channel(1), Some((3, 0)));
    assert_eq!(session.unanswered(), [(EventType::OpenFile, open)]);
}

#[test]
fn a_region_removed_before_its_ack_is_gone_after_it() {
    let mut session = Session::with_two_images();
    session.draw(0, 5, rectangle(1.0));
    let set = session.send(EventType::SetRegion, &set_region(0, 5, rectangle(2.0)));
    let remove = session.send(EventType::RemoveRegion, &RemoveRegion { region_id: 5 });
    assert_eq!(session.region_ids(), [5]);
    let replay = [(EventType::SetRegion, set), (EventType::RemoveRegion, remove)];
    assert_eq!(session.unanswered(), replay);
    session.receive(EventType::SetRegionAck, set, &region_ack(5));
    assert!(session.region_ids().is_empty() && session.unanswered().is_empty());
}

#[test]
fn a_requirement_waits_for_its_region() {
    let mut session = Session::with_two_images();
    let set = session.send(EventType::SetRegion, &set_region(0, -1, rectangle(2.0)));
    session.send(EventType::SetStatsRequirements, &stats(0, 1));
    assert!(session.after_resume().is_empty());
    session.receive(EventType::SetRegionAck, set, &region_ack(1));
    assert_eq!(session.after_resume(), [EventType::SetStatsRequirements]);
}

#[test]
fn closing_everything_waits_for_everything_before_it() {
    let mut session = Session::with_two_images();
    let set = session.send(EventType::SetRegion, &set_region(0, -1, rectangle(2.0)));
    let open = session.send(EventType::OpenFile, &open_file(2, "c.fits"));
    session.send(EventType::CloseFile, &CloseFile { file_id: -1 });
    session.receive(EventType::SetRegionAck, set, &region_ack(1));
    assert_eq!(session.resume().images.len(), 2);
    session.receive(EventType::OpenFileAck, open, &opened(2, "c.fits"));
    assert!(session.tracker.workspace().is_empty() && session.unanswered().is_empty());
}

#[test]
fn waiting_messages_take_effect_in_the_order_sent() {
    let mut session = Session::default();
    let open = session.send(EventType::OpenFile, &open_file(0, "a.fits"));
    for channel in [3, 7, 99, 5] {
        session.send(EventType::SetImageChannels, &channels(0, channel));
    }
    session.send(EventType::CloseFile, &CloseFile { file_id: 1 });
    session.receive(EventType::OpenFileAck, open, &opened(0, "a.fits"));
    assert_eq!(session.channel(0), Some((5, 0)));
    assert!(session.unanswered().is_empty());
}

#[test]
fn an_answer_shows_that_earlier_messages_about_the_same_were_carried_out() {
    let mut session = Session::with_two_images();
    // The import is never answered, and the close waits for it.
    session.send(EventType::ImportRegion, &ImportRegion::default());
    session.send(EventType::CloseFile, &CloseFile { file_id: 0 });
    let open = session.send(EventType::OpenFile, &open_file(0, "c.fits"));
    session.receive(EventType::OpenFileAck, open, &opened(0, "c.fits"));
    assert_eq!(session.resume().images[0].file, "c.fits");
    assert!(session.unanswered().is_empty(), "a close sent again would close c.fits");
}

#[test]
fn what_waits_for_a_late_answer_does_not_reach_an_image_opened_since() {
    let mut session = Session::with_two_images();
    let start = session.send(EventType::StartAnimation, &StartAnimation::default());
    session.send(EventType::SetImageChannels, &channels(0, 3));
    let open = session.send(EventType::OpenFile, &open_file(0, "c.fits"));
    session.receive(EventType::OpenFileAck, open, &opened(0, "c.fits"));
    session.receive(EventType::StartAnimationAck, start, &StartAnimationAck::default());
    assert_eq!(session.channel(0), Some((0, 0)));
    assert!(session.unanswered().is_empty());
}

#[test]
fn an_import_for_an_image_that_is_not_open_is_neither_waited_for_nor_sent_again() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    let import = ImportRegion { group_id: 9, ..Default::default() };
    let id = session.send(EventType::ImportRegion, &import);
    session.send(EventType::RemoveRegion, &RemoveRegion { region_id: 1 });
    assert!(session.region_ids().is_empty());
    assert!(session.unanswered().is_empty() && !session.tracker.is_busy());
    let answer = header(EventType::ImportRegionAck, id);
    assert!(session.tracker.wants(answer), "a backend may answer all the same");
    session.tracker.dropped();
    assert!(!session.tracker.wants(answer));
}

#[test]
fn an_import_whose_image_failed_to_open_is_not_sent_again() {
    let mut session = Session::default();
    let open = session.send(EventType::OpenFile, &open_file(0, "a.fits"));
    session.send(EventType::ImportRegion, &ImportRegion::default());
    session.receive(EventType::OpenFileAck, open, &failed("no"));
    assert_eq!(session.unanswered().len(), 1, "it may still be answered");
    session.open(0, "b.fits");
    assert!(session.unanswered().is_empty(), "the answer to a later request came first");
}

#[test]
fn stopping_an_animation_that_has_not_begun_is_sent_again_with_it() {
    let mut session = Session::with_two_images();
    let start = session.send(EventType::StartAnimation, &StartAnimation::default());
    let stop = session.send(EventType::StopAnimation, &StopAnimation::default());
    let set = session.send(EventType::SetImageChannels, &channels(0, 2));
    let replay = [
        (EventType::StartAnimation, start),
        (EventType::StopAnimation, stop),
        (EventType::SetImageChannels, set),
    ];
    assert_eq!(session.unanswered(), replay);
    let ack = StartAnimationAck { success: true, ..Default::default() };
    session.receive(EventType::StartAnimationAck, start, &ack);
    assert!(!session.tracker.wants(header(EventType::RasterTileSync, 0)), "stopped");
    assert_eq!(session.channel(0), Some((2, 0)));
}

#[test]
fn stopping_a_calculation_is_sent_again_with_it_and_forgotten_without() {
    let mut session = Session::with_two_images();
    let request = session.send(EventType::MomentRequest, &());
    let stop = session.send(EventType::StopMomentCalc, &());
    let replay = [(EventType::MomentRequest, request), (EventType::StopMomentCalc, stop)];
    assert_eq!(session.unanswered(), replay);
    session.receive(EventType::MomentResponse, request, &());
    assert!(session.unanswered().is_empty());
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
    let given_up = session.tracker.dropped();
    let expected = [header(EventType::SaveFile, save), header(EventType::ExportRegion, export)];
    assert_eq!(given_up, expected);
    assert_eq!(session.unanswered(), [(EventType::FileListRequest, list)]);
    assert!(session.tracker.dropped().is_empty());
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
    assert!(session.tracker.dropped().is_empty());
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

// Restoring

fn resume_ack(success: bool, message: &str) -> ResumeSessionAck {
    ResumeSessionAck { success, message: message.into() }
}

#[test]
fn what_failed_is_kept_for_the_next_resume_and_gets_no_requirements() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    session.draw(0, 2, rectangle(2.0));
    session.draw(1, 3, rectangle(3.0));
    for (file, region) in [(0, -1), (0, 1), (0, 2), (0, 3), (1, 1)] {
        session.send(EventType::SetStatsRequirements, &stats(file, region));
    }
    let before = session.resume();
    let ack = resume_ack(false, "Problem loading files: 1 Problem loading regions: 2 ");
    let restored = session.tracker.workspace_mut().restored(&ack);
    assert_eq!((restored.success, restored.images), (false, vec![0]));
    assert_eq!((restored.failed_images, restored.failed_regions), (vec![1], vec![2]));
    assert_eq!(session.resume(), before);
    assert_eq!(session.after_resume().len(), 2, "of image 0 itself and of region 1");
    let state = session.tracker.workspace().viewer_state();
    assert_eq!((state.images[0].live, state.images[1].live), (true, false));

    session.tracker.workspace_mut().restored(&resume_ack(true, ""));
    assert_eq!(session.after_resume().len(), 5);
}

#[test]
fn a_refusal_in_other_words_restores_nothing() {
    let mut session = Session::with_two_images();
    let ack = resume_ack(false, "Not implemented");
    let restored = session.tracker.workspace_mut().restored(&ack);
    assert_eq!((restored.images, restored.failed_images), (vec![], vec![0, 1]));
    assert_eq!(&*restored.message, "Not implemented");
}

#[test]
fn yes_to_a_part_keeps_that_part() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    session.draw(1, 2, rectangle(2.0));
    session.send(EventType::SetStatsRequirements, &stats(0, 1));
    let workspace = session.tracker.workspace_mut();
    let catalog = CatalogSpec { file_id: 1, name: "a.xml".into(), ..Default::default() };
    workspace.open_catalog(catalog).unwrap();
    workspace.retain(&[1], None);
    assert_eq!((workspace.offer_images().len(), workspace.offer_catalogs().len()), (1, 1));
    workspace.retain(&[1, 7], Some(&[]));
    assert!(workspace.offer_catalogs().is_empty());
    assert_eq!(session.region_ids(), [2]);
    assert!(session.after_resume().is_empty());
}

// Calls

#[test]
fn a_workspace_stated_by_calls_is_resumed_like_a_watched_one() {
    let mut watched = Session::with_two_images();
    watched.draw(1, 4, rectangle(1.0));
    watched.send(EventType::SetImageChannels, &channels(1, 3));

    let mut stated = Session::default();
    let workspace = stated.tracker.workspace_mut();
    for (file_id, file) in [(0, "a.fits"), (1, "b.fits")] {
        let image = ImageSpec { file_id, file: file.into(), ..Default::default() };
        workspace.open_image(image).unwrap();
    }
    let region = RegionSpec {
        region_type: RegionType::Rectangle as i32,
        points: vec![(1.0, 2.0), (3.0, 4.0)],
        rotation: 15.0,
    };
    workspace.set_region(1, 4, &region).unwrap();
    workspace.set_channel(1, 3, 0).unwrap();
    assert_eq!(stated.resume(), watched.resume());

    let workspace = stated.tracker.workspace_mut();
    let contours = ContourSpec { levels: vec![1.0], ..Default::default() };
    workspace.set_contours(0, Some(contours.clone())).unwrap();
    assert_eq!(workspace.viewer_state().images[0].contours, Some(contours));
    workspace.set_contours(0, None).unwrap();
    workspace.remove_region(4).unwrap();
    workspace.close_image(0).unwrap();
    assert_eq!(stated.resume().images.len(), 1);
    stated.tracker.workspace_mut().close_image(-1).unwrap();
    assert!(stated.tracker.workspace().is_empty());
}

#[test]
fn calls_with_wrong_arguments_are_refused_and_change_nothing() {
    let mut session = Session::with_two_images();
    let before = session.resume();
    let workspace = session.tracker.workspace_mut();
    let rectangle = |points: &[(f32, f32)]| RegionSpec {
        region_type: RegionType::Rectangle as i32,
        points: points.to_vec(),
        rotation: 0.0,
    };
    let valid = rectangle(&[(1.0, 1.0), (2.0, 2.0)]);
    let image = |file_id| ImageSpec { file_id, file: "x.fits".into(), ..Default::default() };
    let refused = [
        workspace.open_image(image(-1)),
        workspace.open_image(ImageSpec { file: String::new(), ..image(3) }),
        workspace.open_image(ImageSpec { channel: -1, ..image(3) }),
        workspace.close_image(-2),
        workspace.set_channel(9, 0, 0),
        workspace.set_channel(0, 8, 0),
        workspace.set_channel(0, 0, 5),
        workspace.set_region(9, 1, &valid),
        workspace.set_region(0, -1, &valid),
        workspace.set_region(0, 0, &valid),
        workspace.set_region(0, 1, &rectangle(&[(1.0, 1.0)])),
        workspace.set_region(0, 1, &rectangle(&[(1.0, f32::NAN), (2.0, 2.0)])),
        workspace.set_region(0, 1, &rectangle(&[(1.0, 1.0), (0.0, 2.0)])),
        workspace.set_region(0, 1, &RegionSpec { rotation: f32::NAN, ..valid.clone() }),
        workspace.set_region(0, 1, &RegionSpec { region_type: 99, ..valid.clone() }),
        workspace.set_region(0, 0, &RegionSpec { points: vec![], ..RegionSpec::default() }),
        workspace.remove_region(0),
        workspace.set_contours(9, None),
        workspace
            .set_contours(0, Some(ContourSpec { levels: vec![f64::NAN], ..Default::default() })),
        workspace.open_catalog(CatalogSpec::default()),
        workspace.close_catalog(-1),
    ];
    for (at, result) in refused.iter().enumerate() {
        assert!(result.is_err(), "call {at}");
    }
    assert_eq!(session.resume(), before);
}

#[test]
fn region_0_by_call_is_the_cursor() {
    let mut session = Session::with_two_images();
    let point = RegionSpec { points: vec![(1.0, 2.0)], ..Default::default() };
    session.tracker.workspace_mut().set_region(0, 0, &point).unwrap();
    assert_eq!(session.resume().images[0].regions[&0].control_points.len(), 1);
}

// What a store writes

#[test]
fn only_what_changed_is_written() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    let changes = session.tracker.workspace_mut().take_changes();
    let expected = [RecordKey::Image(0), RecordKey::Image(1), RecordKey::Region(1)];
    assert_eq!(changes, expected.into());
    session.send(EventType::AddRequiredTiles, &tiles(0));
    assert!(session.tracker.workspace_mut().take_changes().is_empty());
    for x in 0..100_u8 {
        let set = session.send(EventType::SetRegion, &set_region(0, 1, rectangle(f32::from(x))));
        session.receive(EventType::SetRegionAck, set, &region_ack(1));
    }
    assert_eq!(session.tracker.workspace_mut().take_changes(), [RecordKey::Region(1)].into());
    session.send(EventType::CloseFile, &CloseFile { file_id: 0 });
    let expected = [RecordKey::Image(0), RecordKey::Region(1)];
    assert_eq!(session.tracker.workspace_mut().take_changes(), expected.into());
}

#[test]
fn what_is_refused_or_already_so_is_no_change() {
    let mut session = Session::with_two_images();
    session.tracker.workspace_mut().take_changes();
    let set = session.send(EventType::SetRegion, &set_region(0, 1, rectangle(1.0)));
    session.receive(EventType::SetRegionAck, set, &SetRegionAck::default());
    let open = session.send(EventType::OpenFile, &open_file(0, "c.fits"));
    session.receive(EventType::OpenFileAck, open, &OpenFileAck::default());
    session.send(EventType::SetImageChannels, &channels(0, 99));
    let start = session.send(EventType::StartAnimation, &StartAnimation::default());
    let ack = StartAnimationAck { success: true, ..Default::default() };
    session.receive(EventType::StartAnimationAck, start, &ack);
    let sync = RasterTileSync { animation_id: 1, ..Default::default() };
    session.receive(EventType::RasterTileSync, 0, &sync);
    assert!(session.tracker.workspace_mut().set_channel(0, 99, 0).is_err());
    assert!(session.tracker.workspace_mut().take_changes().is_empty());
}

// Shapes that leave for JavaScript

#[test]
fn states_leave_with_camel_case_names() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    let workspace = session.tracker.workspace();
    let offer = serde_json::to_value(workspace.offer_images()).unwrap();
    let expected = serde_json::json!({
        "fileId": 0, "directory": "", "file": "a.fits", "hdu": "", "channel": 0, "stokes": 0,
        "regionCount": 1, "hasContours": false,
    });
    assert_eq!(offer[0], expected);
    let state = serde_json::to_value(workspace.viewer_state()).unwrap();
    let expected = serde_json::json!({
        "regionId": 1, "regionType": 3, "rotation": 15.0,
        "controlPoints": [{ "x": 1.0, "y": 2.0 }, { "x": 3.0, "y": 4.0 }],
    });
    assert_eq!(state["images"][0]["regions"][0], expected);
}
