//! Which answer belongs to which request, and in which order requests take effect.

use crate::tracking::support::{
    ICD, Session, failed, frame, open_file, opened, raw_frame, rectangle, region_ack, set_region,
};
use carta_resume::protocol::{
    EventType, Header,
    messages::{
        AddRequiredTiles, CloseFile, ImportRegion, RemoveRegion, SetImageChannels,
        SetStatsRequirements, StartAnimation, StartAnimationAck, StopAnimation,
        set_stats_requirements::StatsConfig,
    },
};

fn channels(file_id: i32, channel: i32) -> SetImageChannels {
    SetImageChannels { file_id, channel, ..Default::default() }
}

fn tiles(file_id: i32) -> AddRequiredTiles {
    AddRequiredTiles { file_id, tiles: vec![0], ..Default::default() }
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
    assert!(session.tracker.awaits_data());
    assert!(session.tracker.answered(header(EventType::ImportRegionAck, id)));
    assert!(!session.tracker.awaits_data());
}

#[test]
fn data_are_awaited_until_they_are_there() {
    for event in [EventType::OpenFile, EventType::SaveFile, EventType::FileInfoRequest] {
        let mut session = Session::with_two_images();
        let id = session.send(event, &());
        assert!(session.tracker.awaits_data(), "{}", event.name());
        session.tracker.answered(header(event.answer().unwrap(), id));
        assert!(!session.tracker.awaits_data(), "{}", event.name());
    }
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
    assert!(session.unanswered().is_empty() && !session.tracker.awaits_data());
    let answer = header(EventType::ImportRegionAck, id);
    assert!(session.tracker.wants(answer), "a backend may still answer");
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
