//! What is told about a workspace, what is restored of it, and what is stated by calls.

use crate::tracking::support::{Session, open_file, rectangle, region_ack, set_region};
use carta_resume::{
    protocol::{
        EventType,
        messages::{
            AddRequiredTiles, CloseFile, OpenFileAck, RasterTileSync, RegionType, ResumeSessionAck,
            SetImageChannels, SetRegionAck, SetStatsRequirements, StartAnimation,
            StartAnimationAck, set_stats_requirements::StatsConfig,
        },
    },
    workspace::{CatalogSpec, ContourSpec, ImageSpec, RecordKey, RegionSpec},
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
    let images = [RecordKey::Image(0), RecordKey::Image(1)];
    let answers = [RecordKey::Answer(0), RecordKey::Answer(1)];
    let expected = [&images[..], &answers, &[RecordKey::Region(1)]].concat();
    assert_eq!(changes, expected);
    session.send(EventType::AddRequiredTiles, &tiles(0));
    assert!(session.tracker.workspace_mut().take_changes().is_empty());
    for x in 0..100_u8 {
        let set = session.send(EventType::SetRegion, &set_region(0, 1, rectangle(f32::from(x))));
        session.receive(EventType::SetRegionAck, set, &region_ack(1));
    }
    assert_eq!(session.tracker.workspace_mut().take_changes(), [RecordKey::Region(1)]);
    session.send(EventType::CloseFile, &CloseFile { file_id: 0 });
    let expected = [RecordKey::Image(0), RecordKey::Answer(0), RecordKey::Region(1)];
    assert_eq!(session.tracker.workspace_mut().take_changes(), expected);
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
