//! What opening, closing and stepping through images does to the workspace.

use crate::tracking::support::{Session, failed, open_file, opened, rectangle};
use carta_resume::protocol::{
    EventType,
    messages::{
        AddRequiredTiles, CloseFile, ConcatStokesFiles, ConcatStokesFilesAck, MatchedFrameList,
        OpenCatalogFile, OpenCatalogFileAck, OpenFile, Point, RasterTileSync, SetContourParameters,
        SetCursor, SetImageChannels, SetStatsRequirements, StartAnimation, StartAnimationAck,
        StokesFile, StopAnimation, set_stats_requirements::StatsConfig,
    },
};
use prost::Message;

fn channels(file_id: i32, channel: i32, stokes: i32) -> SetImageChannels {
    SetImageChannels { file_id, channel, stokes, ..Default::default() }
}

fn contours(file_id: u32, levels: &[f64]) -> SetContourParameters {
    SetContourParameters { file_id, levels: levels.to_vec(), ..Default::default() }
}

fn stats(file_id: i32, region_id: i32) -> SetStatsRequirements {
    let stats_configs = vec![StatsConfig { coordinate: "z".into(), stats_types: vec![1, 2] }];
    SetStatsRequirements { file_id, region_id, stats_configs }
}

fn cursor(file_id: i32, x: f32) -> SetCursor {
    SetCursor { file_id, point: Some(Point { x, y: 7.0 }), spatial_requirements: None }
}

fn catalog(file_id: i32, name: &str) -> OpenCatalogFile {
    OpenCatalogFile { name: name.into(), file_id, preview_data_size: 10, ..Default::default() }
}

// OPEN_FILE

#[test]
fn an_image_is_there_once_its_opening_is_acknowledged() {
    let mut session = Session::default();
    let request = OpenFile {
        directory: "set".into(),
        file: "a.fits".into(),
        hdu: "1".into(),
        file_id: 3,
        render_mode: 1,
        support_aips_beam: true,
        lel_expr: false,
    };
    let id = session.send(EventType::OpenFile, &request);
    assert!(session.tracker.workspace().is_empty());
    assert!(session.receive(EventType::OpenFileAck, id, &opened(3, "a.fits")));
    let image = session.resume().images.remove(0);
    assert_eq!((&*image.directory, &*image.file, &*image.hdu), ("set", "a.fits", "1"));
    assert_eq!((image.file_id, image.render_mode, image.support_aips_beam), (3, 1, true));
    assert_eq!((image.channel, image.stokes, image.contour_settings), (0, 0, None));
}

#[test]
fn the_backends_name_of_a_file_is_kept_but_an_expression_as_it_was_sent() {
    let mut session = Session::default();
    let id = session.send(EventType::OpenFile, &open_file(0, "./a.fits"));
    session.receive(EventType::OpenFileAck, id, &opened(0, "a.fits"));
    let expression = OpenFile { lel_expr: true, ..open_file(1, "a.fits*2") };
    let id = session.send(EventType::OpenFile, &expression);
    session.receive(EventType::OpenFileAck, id, &opened(1, "a.fits*2 (virtual)"));
    let images = session.resume().images;
    assert_eq!(images[0].file, "a.fits");
    assert_eq!((&*images[1].file, images[1].lel_expr), ("a.fits*2", true));
}

#[test]
fn a_folder_in_the_name_stays_there() {
    let mut session = Session::default();
    let id = session.send(EventType::OpenFile, &open_file(0, "set/a.fits"));
    session.receive(EventType::OpenFileAck, id, &opened(0, "a.fits"));
    assert_eq!(session.resume().images[0].file, "set/a.fits");
}

#[test]
fn an_opening_that_fails_leaves_the_old_image() {
    let mut session = Session::with_two_images();
    session.send(EventType::SetImageChannels, &channels(0, 3, 0));
    let id = session.send(EventType::OpenFile, &open_file(0, "missing.fits"));
    session.receive(EventType::OpenFileAck, id, &failed("File missing.fits does not exist."));
    assert_eq!(session.resume().images[0].file, "a.fits");
    assert_eq!(session.channel(0), Some((3, 0)));
}

#[test]
fn an_opening_replaces_the_image_with_that_id_and_what_belonged_to_it() {
    let mut session = Session::with_two_images();
    session.send(EventType::SetImageChannels, &channels(0, 3, 1));
    session.send(EventType::SetContourParameters, &contours(0, &[1.0]));
    session.send(EventType::SetCursor, &cursor(0, 1.0));
    session.draw(0, 1, rectangle(1.0));
    session.draw(1, 2, rectangle(2.0));
    session.send(EventType::SetStatsRequirements, &stats(0, 1));
    session.send(EventType::SetStatsRequirements, &stats(1, 2));
    session.open(0, "c.fits");
    let images = session.resume().images;
    assert_eq!(images[0].file, "c.fits");
    assert_eq!((images[0].channel, images[0].stokes), (0, 0));
    assert_eq!((&images[0].contour_settings, images[0].regions.len()), (&None, 0));
    assert_eq!(images[1].regions.len(), 1);
    assert_eq!(session.after_resume(), [EventType::SetStatsRequirements]);
}

#[test]
fn images_are_resumed_in_ascending_id() {
    let mut session = Session::default();
    for id in [5, 0, 9, 2] {
        session.open(id, "a.fits");
    }
    assert_eq!(session.file_ids(), [0, 2, 5, 9]);
}

// CONCAT_STOKES_FILES

#[test]
fn a_joined_image_is_resumed_with_its_files_byte_for_byte() {
    let mut session = Session::default();
    let file = |name: &str, polarization_type| StokesFile {
        directory: "set".into(),
        file: name.into(),
        hdu: String::new(),
        polarization_type,
    };
    let mut request = ConcatStokesFiles {
        stokes_files: vec![file("i.fits", 1), file("q.fits", 2)],
        file_id: 4,
        render_mode: 0,
    }
    .encode_to_vec();
    // A field that this client does not know, inside the first file.
    let length = usize::from(request[1]);
    request.splice(2 + length..2 + length, [0x78, 0x2A]);
    request[1] += 2;
    let id = session.send_raw(EventType::ConcatStokesFiles, &request);
    let ack = ConcatStokesFilesAck {
        success: true,
        message: String::new(),
        open_file_ack: Some(opened(4, "i-q.fits")),
    };
    session.receive(EventType::ConcatStokesFilesAck, id, &ack);
    let image = session.resume().images.remove(0);
    assert_eq!((&*image.file, image.file_id), ("i-q.fits", 4));
    assert_eq!(image.stokes_files, [file("i.fits", 1), file("q.fits", 2)]);
    let payload = session.tracker.resume_payload(28);
    assert!(payload.windows(2).any(|bytes| bytes == [0x78, 0x2A]), "unknown field survives");
}

#[test]
fn a_joined_image_needs_both_successes() {
    for (outer, inner) in [(true, false), (false, true)] {
        let mut session = Session::default();
        let request = ConcatStokesFiles {
            stokes_files: vec![StokesFile::default()],
            file_id: 0,
            render_mode: 0,
        };
        let id = session.send(EventType::ConcatStokesFiles, &request);
        let mut nested = opened(0, "a.fits");
        nested.success = inner;
        let ack = ConcatStokesFilesAck {
            success: outer,
            message: String::new(),
            open_file_ack: Some(nested),
        };
        session.receive(EventType::ConcatStokesFilesAck, id, &ack);
        assert!(session.tracker.workspace().is_empty());
    }
}

// CLOSE_FILE

#[test]
fn closing_an_image_takes_its_regions_and_requirements_with_it() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    session.draw(1, 2, rectangle(2.0));
    session.send(EventType::SetStatsRequirements, &stats(0, -1));
    session.send(EventType::SetStatsRequirements, &stats(1, 1));
    session.send(EventType::SetStatsRequirements, &stats(1, 2));
    session.send(EventType::CloseFile, &CloseFile { file_id: 0 });
    assert_eq!((session.file_ids(), session.region_ids()), (vec![1], vec![2]));
    assert_eq!(session.after_resume().len(), 1);
    session.draw(1, 1, rectangle(3.0));
    assert_eq!(session.after_resume().len(), 1, "another region has the id now");
}

#[test]
fn closing_everything_keeps_the_catalogs() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    session.send(EventType::SetStatsRequirements, &stats(0, 1));
    let id = session.send(EventType::OpenCatalogFile, &catalog(1, "stars.xml"));
    let ack = OpenCatalogFileAck { success: true, file_id: 1, ..Default::default() };
    session.receive(EventType::OpenCatalogFileAck, id, &ack);
    session.send(EventType::CloseFile, &CloseFile { file_id: -1 });
    let resume = session.resume();
    assert_eq!((resume.images.len(), resume.catalog_files.len()), (0, 1));
    assert!(session.after_resume().is_empty() && !session.tracker.workspace().is_empty());
}

// SET_IMAGE_CHANNELS

#[test]
fn a_channel_that_the_image_lacks_is_not_taken_over() {
    let mut session = Session::with_two_images();
    session.send(EventType::SetImageChannels, &channels(0, 7, 3));
    for (channel, stokes) in [(8, 0), (-1, 0), (0, 4), (0, -1), (0, 12), (0, 18)] {
        session.send(EventType::SetImageChannels, &channels(0, channel, stokes));
        assert_eq!(session.channel(0), Some((7, 3)), "{channel} {stokes}");
    }
    for computed in 13..=17 {
        session.send(EventType::SetImageChannels, &channels(0, 1, computed));
        assert_eq!(session.channel(0), Some((1, computed)));
    }
}

#[test]
fn any_channel_is_taken_over_while_the_number_of_channels_is_unknown() {
    let mut session = Session::default();
    let id = session.send(EventType::OpenFile, &open_file(0, "a.fits"));
    let mut ack = opened(0, "a.fits");
    ack.file_info_extended = None;
    session.receive(EventType::OpenFileAck, id, &ack);
    session.send(EventType::SetImageChannels, &channels(0, 4711, 9));
    assert_eq!(session.channel(0), Some((4711, 9)));
}

// Animation

fn start_animation(session: &mut Session, success: bool) -> u32 {
    let request = StartAnimation {
        file_id: 0,
        matched_frames: [(1, MatchedFrameList::default())].into(),
        ..Default::default()
    };
    let id = session.send(EventType::StartAnimation, &request);
    if success {
        let ack = StartAnimationAck { success, animation_id: 1, ..Default::default() };
        session.receive(EventType::StartAnimationAck, id, &ack);
    }
    id
}

fn sync(session: &mut Session, file_id: i32, channel: i32, animation_id: i32) -> bool {
    let sync = RasterTileSync { file_id, channel, animation_id, ..Default::default() };
    session.receive(EventType::RasterTileSync, 0, &sync)
}

#[test]
fn an_animation_moves_the_channel_of_its_image_and_of_matched_ones() {
    let mut session = Session::with_two_images();
    assert!(!sync(&mut session, 0, 5, 1), "no animation runs");
    start_animation(&mut session, true);
    assert!(sync(&mut session, 0, 4, 1) && sync(&mut session, 1, 6, 1));
    assert_eq!((session.channel(0), session.channel(1)), (Some((4, 0)), Some((6, 0))));
    sync(&mut session, 0, 7, 0);
    assert_eq!(session.channel(0), Some((4, 0)), "not a frame of an animation");
}

#[test]
fn frames_before_the_animations_ack_count() {
    let mut session = Session::with_two_images();
    start_animation(&mut session, false);
    assert!(sync(&mut session, 0, 4, 1));
    assert_eq!(session.channel(0), Some((4, 0)));
}

#[test]
fn stopping_ends_the_animation_where_it_is() {
    let mut session = Session::with_two_images();
    start_animation(&mut session, true);
    sync(&mut session, 0, 4, 1);
    session.send(EventType::StopAnimation, &StopAnimation { file_id: 1, end_frame: None });
    assert!(sync(&mut session, 0, 5, 1), "a stop for another image does not count");
    let end_frame =
        Some(carta_resume::protocol::messages::AnimationFrame { channel: 7, stokes: 0 });
    session.send(EventType::StopAnimation, &StopAnimation { file_id: 0, end_frame });
    assert!(!sync(&mut session, 0, 6, 1));
    assert_eq!(session.channel(0), Some((5, 0)));
}

#[test]
fn an_animation_ends_with_the_connection() {
    let mut session = Session::with_two_images();
    start_animation(&mut session, true);
    sync(&mut session, 0, 4, 1);
    session.tracker.dropped();
    assert!(!sync(&mut session, 0, 6, 1));
    assert_eq!(session.channel(0), Some((4, 0)));
}

#[test]
fn an_animation_that_was_refused_moves_nothing() {
    let mut session = Session::with_two_images();
    let id = start_animation(&mut session, false);
    session.receive(EventType::StartAnimationAck, id, &StartAnimationAck::default());
    assert!(!sync(&mut session, 0, 4, 1));
    assert_eq!(session.channel(0), Some((0, 0)));
}

// What does not change the state

#[test]
fn messages_without_lasting_effect_leave_no_trace() {
    let mut session = Session::with_two_images();
    let before = session.resume();
    for event in [
        EventType::RegisterViewer,
        EventType::AnimationFlowControl,
        EventType::RemoveRequiredTiles,
        EventType::ScriptingResponse,
        EventType::StopMomentCalc,
        EventType::StopPvPreview,
        EventType::ChannelMapFlowControl,
    ] {
        session.send(event, &());
    }
    let tiles = AddRequiredTiles { file_id: 9, tiles: vec![0], ..Default::default() };
    session.send(EventType::AddRequiredTiles, &tiles);
    assert_eq!(session.resume(), before);
    assert!(session.unanswered().is_empty(), "{:?}", session.unanswered());
}
