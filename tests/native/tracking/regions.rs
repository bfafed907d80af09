//! What regions, cursors, contours, catalogs and requirements do to the
//! workspace.

use crate::tracking::support::{Session, rectangle, region_ack, set_region};
use carta_resume::protocol::{
    EventType,
    messages::{
        CloseCatalogFile, CloseFile, FileType, HistogramConfig, ImageBounds, ImportRegion,
        ImportRegionAck, OpenCatalogFile, OpenCatalogFileAck, Point, RegionInfo, RegionType,
        RemoveRegion, SetContourParameters, SetCursor, SetHistogramRequirements, SetRegion,
        SetRegionAck, SetSpatialRequirements, SetStatsRequirements, SetVectorOverlayParameters,
        set_spatial_requirements::SpatialConfig, set_stats_requirements::StatsConfig,
    },
};
use prost::Message;

fn contours(file_id: u32, levels: &[f64]) -> SetContourParameters {
    SetContourParameters { file_id, levels: levels.to_vec(), ..Default::default() }
}

fn overlay(file_id: u32, stokes: i32) -> SetVectorOverlayParameters {
    SetVectorOverlayParameters {
        file_id,
        stokes_intensity: stokes,
        stokes_angle: stokes,
        ..Default::default()
    }
}

fn stats(file_id: i32, region_id: i32) -> SetStatsRequirements {
    let stats_configs = vec![StatsConfig { coordinate: "z".into(), stats_types: vec![1, 2] }];
    SetStatsRequirements { file_id, region_id, stats_configs }
}

fn spatial(file_id: i32, region_id: i32) -> SetSpatialRequirements {
    let spatial_profiles = vec![SpatialConfig { coordinate: "x".into(), ..Default::default() }];
    SetSpatialRequirements { file_id, region_id, spatial_profiles }
}

fn cursor(file_id: i32, x: f32) -> SetCursor {
    SetCursor { file_id, point: Some(Point { x, y: 7.0 }), spatial_requirements: None }
}

fn catalog(file_id: i32, name: &str) -> OpenCatalogFile {
    OpenCatalogFile { name: name.into(), file_id, preview_data_size: 10, ..Default::default() }
}

fn preview(file_id: i32, region_id: i32, info: RegionInfo) -> SetRegion {
    SetRegion { preview_region: true, ..set_region(file_id, region_id, info) }
}

// SET_CURSOR

#[test]
fn only_the_cursor_of_image_0_is_resumed_as_region_0() {
    let mut session = Session::with_two_images();
    session.send(EventType::SetCursor, &cursor(0, 5.0));
    session.send(EventType::SetCursor, &cursor(1, 6.0));
    session.send(EventType::SetCursor, &cursor(1, 8.0));
    let images = session.resume().images;
    let expected = RegionInfo {
        region_type: RegionType::Point as i32,
        control_points: vec![Point { x: 5.0, y: 7.0 }],
        rotation: 0.0,
    };
    assert_eq!((images[0].regions.get(&0), images[1].regions.len()), (Some(&expected), 0));
    let after = session.tracker.after_resume(28);
    assert_eq!(after, [(EventType::SetCursor, cursor(1, 8.0).encode_to_vec())]);
}

#[test]
fn a_cursor_brings_its_requirement() {
    let mut session = Session::with_two_images();
    let set = SetCursor { spatial_requirements: Some(spatial(1, 0)), ..cursor(1, 5.0) };
    session.send(EventType::SetCursor, &set);
    let after = session.tracker.after_resume(28);
    assert_eq!(after[1], (EventType::SetSpatialRequirements, spatial(1, 0).encode_to_vec()));
}

#[test]
fn a_cursor_that_is_nowhere_is_not_kept() {
    let mut session = Session::with_two_images();
    for x in [f32::NAN, f32::INFINITY] {
        session.send(EventType::SetCursor, &cursor(0, x));
    }
    session.send(EventType::SetCursor, &cursor(9, 1.0));
    assert!(session.region_ids().is_empty());
}

#[test]
fn a_cursor_without_a_point_is_at_the_origin() {
    let mut session = Session::with_two_images();
    session.send(EventType::SetCursor, &SetCursor::default());
    let region = session.resume().images[0].regions[&0].clone();
    assert_eq!(region.control_points, [Point { x: 0.0, y: 0.0 }]);
}

// SET_REGION

#[test]
fn a_new_region_gets_the_id_of_its_ack() {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::SetRegion, &set_region(1, -1, rectangle(5.0)));
    assert!(session.region_ids().is_empty());
    session.receive(EventType::SetRegionAck, id, &region_ack(7));
    assert_eq!(session.resume().images[1].regions, [(7, rectangle(5.0))].into());
}

#[test]
fn a_region_is_resumed_byte_for_byte() {
    let mut session = Session::with_two_images();
    let info = [rectangle(5.0).encode_to_vec(), vec![0x78, 0x2A]].concat();
    let payload = [vec![0x15, 0xFF, 0xFF, 0xFF, 0xFF, 0x1A, 33], info.clone()].concat();
    assert_eq!(info.len(), 33);
    let id = session.send_raw(EventType::SetRegion, &payload);
    session.receive(EventType::SetRegionAck, id, &region_ack(1));
    let resume = session.tracker.resume_payload(28);
    assert!(resume.windows(33).any(|bytes| bytes == info));
}

#[test]
fn an_update_replaces_a_region_and_a_refused_one_does_not() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    let id = session.send(EventType::SetRegion, &set_region(0, 1, rectangle(2.0)));
    session.receive(EventType::SetRegionAck, id, &region_ack(1));
    assert_eq!(session.resume().images[0].regions[&1], rectangle(2.0));
    let id = session.send(EventType::SetRegion, &set_region(0, 1, rectangle(3.0)));
    let refused = SetRegionAck { success: false, message: "no".into(), region_id: 1 };
    session.receive(EventType::SetRegionAck, id, &refused);
    assert_eq!(session.resume().images[0].regions[&1], rectangle(2.0));
}

#[test]
fn invalid_points_do_not_replace_a_region_though_the_backend_says_success() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    let mut invalid = rectangle(2.0);
    invalid.control_points.pop();
    let id = session.send(EventType::SetRegion, &set_region(0, 1, invalid));
    session.receive(EventType::SetRegionAck, id, &region_ack(1));
    assert_eq!(session.resume().images[0].regions[&1], rectangle(1.0));
}

#[test]
fn an_unknown_id_makes_a_region_with_that_id() {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::SetRegion, &set_region(0, 77, rectangle(1.0)));
    session.receive(EventType::SetRegionAck, id, &region_ack(77));
    assert_eq!(session.region_ids(), [77]);
}

#[test]
fn temporary_and_special_ids_are_never_kept() {
    let mut session = Session::with_two_images();
    for (sent, acked) in [(-2, -2), (-100, -101), (-1000, -1000), (0, 0), (-1, 0), (-1, -5)] {
        let id = session.send(EventType::SetRegion, &set_region(0, sent, rectangle(1.0)));
        session.receive(EventType::SetRegionAck, id, &region_ack(acked));
    }
    assert!(session.region_ids().is_empty());
    assert!(session.unanswered().is_empty());
}

#[test]
fn a_preview_moves_a_known_region_at_once_and_makes_none() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    session.send(EventType::SetRegion, &preview(0, 1, rectangle(9.0)));
    session.send(EventType::SetRegion, &preview(0, 2, rectangle(9.0)));
    session.send(EventType::SetRegion, &preview(0, -1, rectangle(9.0)));
    session.send(EventType::SetRegion, &preview(0, 1, RegionInfo::default()));
    assert_eq!(session.resume().images[0].regions, [(1, rectangle(9.0))].into());
    assert!(session.unanswered().is_empty(), "a preview gets no ack");
}

#[test]
fn a_region_has_one_owner_the_image_it_was_set_on_last() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    let id = session.send(EventType::SetRegion, &set_region(1, 1, rectangle(2.0)));
    session.receive(EventType::SetRegionAck, id, &region_ack(1));
    let images = session.resume().images;
    assert_eq!((images[0].regions.len(), images[1].regions.len()), (0, 1));
}

#[test]
fn removing_a_region_takes_its_requirements() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    session.send(EventType::SetStatsRequirements, &stats(0, 1));
    session.send(EventType::SetStatsRequirements, &stats(1, 1));
    session.send(EventType::RemoveRegion, &RemoveRegion { region_id: 1 });
    assert!(session.region_ids().is_empty() && session.after_resume().is_empty());
}

// IMPORT_REGION

#[test]
fn imported_regions_belong_to_the_image_they_were_imported_for() {
    let mut session = Session::with_two_images();
    let request = ImportRegion {
        group_id: 1,
        r#type: FileType::Crtf as i32,
        file: "a.crtf".into(),
        ..Default::default()
    };
    let id = session.send(EventType::ImportRegion, &request);
    let regions =
        [(-3, rectangle(0.0)), (0, rectangle(0.0)), (4, rectangle(4.0)), (5, rectangle(5.0))];
    let ack = ImportRegionAck { success: true, regions: regions.into(), ..Default::default() };
    session.receive(EventType::ImportRegionAck, id, &ack);
    let expected = [(4, rectangle(4.0)), (5, rectangle(5.0))].into();
    assert_eq!(session.resume().images[1].regions, expected);
}

#[test]
fn a_failed_import_brings_nothing() {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::ImportRegion, &ImportRegion::default());
    let ack = ImportRegionAck {
        success: false,
        regions: [(1, rectangle(1.0))].into(),
        ..Default::default()
    };
    session.receive(EventType::ImportRegionAck, id, &ack);
    assert!(session.region_ids().is_empty());
}

// Contours and overlays

#[test]
fn contours_are_cleared_and_set_again_after_a_resume() {
    let mut session = Session::with_two_images();
    let bounds = ImageBounds { x_min: 0, x_max: 64, y_min: 0, y_max: 64 };
    let set = SetContourParameters { image_bounds: Some(bounds), ..contours(1, &[1.0, 2.0]) };
    session.send(EventType::SetContourParameters, &set);
    assert_eq!(session.resume().images[1].contour_settings, Some(set.clone()));
    let after = session.tracker.after_resume(28);
    let event = EventType::SetContourParameters;
    let clear = contours(1, &[]);
    assert_eq!(after, [(event, clear.encode_to_vec()), (event, set.encode_to_vec())]);
    assert!(session.tracker.workspace().offer_images()[1].has_contours);
}

#[test]
fn contours_without_levels_are_told_and_not_drawn() {
    let mut session = Session::with_two_images();
    session.send(EventType::SetContourParameters, &contours(0, &[1.0]));
    let off = SetContourParameters { smoothing_factor: 4, ..contours(0, &[]) };
    session.send(EventType::SetContourParameters, &off);
    assert_eq!(session.resume().images[0].contour_settings, Some(off));
    assert!(session.after_resume().is_empty());
    assert!(!session.tracker.workspace().offer_images()[0].has_contours);
}

#[test]
fn an_overlay_is_in_the_resume_of_icd_30_only() {
    let mut session = Session::with_two_images();
    session.send(EventType::SetVectorOverlayParameters, &overlay(0, 0));
    let event = EventType::SetVectorOverlayParameters;
    let set = (event, overlay(0, 0).encode_to_vec());
    let clear = (event, overlay(0, -1).encode_to_vec());
    assert_eq!(session.resume_at(28).images[0].vector_overlay_settings, None);
    assert_eq!(session.tracker.after_resume(28), std::slice::from_ref(&set));
    assert_eq!(session.resume_at(30).images[0].vector_overlay_settings, Some(overlay(0, 0)));
    assert_eq!(session.tracker.after_resume(30), [clear, set]);
}

#[test]
fn an_overlay_is_off_when_both_planes_are_negative() {
    let mut session = Session::with_two_images();
    session.send(EventType::SetVectorOverlayParameters, &overlay(0, 0));
    let half = SetVectorOverlayParameters { stokes_angle: -1, ..overlay(0, 0) };
    session.send(EventType::SetVectorOverlayParameters, &half);
    assert_eq!(session.after_resume().len(), 1);
    session.send(EventType::SetVectorOverlayParameters, &overlay(0, -1));
    assert!(session.after_resume().is_empty());
    assert_eq!(session.resume_at(30).images[0].vector_overlay_settings, None);
}

// Catalogs

#[test]
fn catalogs_are_resumed_as_they_were_opened() {
    let mut session = Session::default();
    for (name, success) in [("a.xml", true), ("b.xml", false), ("c.xml", true)] {
        let id = session.send(EventType::OpenCatalogFile, &catalog(1, name));
        let ack = OpenCatalogFileAck { success, file_id: 1, ..Default::default() };
        session.receive(EventType::OpenCatalogFileAck, id, &ack);
    }
    assert_eq!(session.resume().catalog_files, [catalog(1, "c.xml")], "the last that succeeded");
    assert_eq!(session.tracker.workspace().offer_catalogs()[0].name, "c.xml");
    session.send(EventType::CloseCatalogFile, &CloseCatalogFile { file_id: 1 });
    assert!(session.tracker.workspace().is_empty());
}

#[test]
fn an_image_and_a_catalog_may_have_the_same_id() {
    let mut session = Session::with_two_images();
    let id = session.send(EventType::OpenCatalogFile, &catalog(1, "a.xml"));
    let ack = OpenCatalogFileAck { success: true, file_id: 1, ..Default::default() };
    session.receive(EventType::OpenCatalogFileAck, id, &ack);
    session.send(EventType::CloseFile, &CloseFile { file_id: 1 });
    assert_eq!(session.resume().catalog_files.len(), 1);
}

// Requirements

#[test]
fn the_last_requirement_of_each_kind_file_and_region_is_sent_again_in_a_fixed_order() {
    let mut session = Session::with_two_images();
    session.draw(0, 1, rectangle(1.0));
    session.send(EventType::SetStatsRequirements, &stats(1, -1));
    session.send(EventType::SetStatsRequirements, &stats(0, 1));
    let last = SetStatsRequirements {
        stats_configs: vec![StatsConfig { coordinate: "Qz".into(), stats_types: vec![4] }],
        ..stats(0, 1)
    };
    session.send(EventType::SetStatsRequirements, &last);
    session.send(EventType::SetSpatialRequirements, &spatial(0, 0));
    let expected = [
        (EventType::SetSpatialRequirements, spatial(0, 0).encode_to_vec()),
        (EventType::SetStatsRequirements, last.encode_to_vec()),
        (EventType::SetStatsRequirements, stats(1, -1).encode_to_vec()),
    ];
    assert_eq!(session.tracker.after_resume(28), expected);
}

#[test]
fn an_empty_list_ends_a_requirement_but_the_images_histogram_must_be_stopped_again() {
    let mut session = Session::with_two_images();
    let histogram =
        |region_id, histograms| SetHistogramRequirements { file_id: 0, region_id, histograms };
    for region in [-1, -2] {
        let set = histogram(region, vec![HistogramConfig::default()]);
        session.send(EventType::SetHistogramRequirements, &set);
        session.send(EventType::SetHistogramRequirements, &histogram(region, vec![]));
    }
    session.send(EventType::SetStatsRequirements, &stats(0, -1));
    let ended = SetStatsRequirements { stats_configs: vec![], ..stats(0, -1) };
    session.send(EventType::SetStatsRequirements, &ended);
    let expected = [(EventType::SetHistogramRequirements, histogram(-1, vec![]).encode_to_vec())];
    assert_eq!(session.tracker.after_resume(28), expected);
}

#[test]
fn requirements_of_what_is_not_there_are_not_kept() {
    let mut session = Session::with_two_images();
    session.send(EventType::SetStatsRequirements, &stats(0, 1));
    session.send(EventType::SetStatsRequirements, &stats(9, -1));
    session.draw(0, 1, rectangle(1.0));
    assert!(session.after_resume().is_empty());
}
