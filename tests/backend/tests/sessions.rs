//! What a session does, beyond what was recorded.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_cmp,
    missing_docs
)]

mod support;

use std::collections::BTreeMap;

use carta_resume::protocol::{EventType, messages as m};
use m::RegionType as T;
use serde_json::json;
use support::{Backend, Viewer, image, region, set_region, within};

async fn put_region(viewer: &mut Viewer, request: m::SetRegion) -> m::SetRegionAck {
    viewer.request(EventType::SetRegion, &request).await
}

fn stats(file_id: i32, region_id: i32, kinds: &[m::StatsType]) -> m::SetStatsRequirements {
    m::SetStatsRequirements {
        file_id,
        region_id,
        stats_configs: vec![m::set_stats_requirements::StatsConfig {
            coordinate: "z".into(),
            stats_types: kinds.iter().map(|&kind| kind.into()).collect(),
        }],
    }
}

async fn resume(viewer: &mut Viewer, images: Vec<m::ImageProperties>) -> m::ResumeSessionAck {
    let request = m::ResumeSession { images, ..Default::default() };
    viewer.request(EventType::ResumeSession, &request).await
}

#[tokio::test]
async fn region_ids_are_one_more_than_the_largest() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    viewer.open("b.fits", 1).await;
    let point = region(T::Point, &[(1.0, 1.0)], 0.0);
    for (file_id, region_id, expected) in [(0, -1, 1), (1, -1, 2), (1, 77, 77), (0, -1, 78)] {
        let ack = put_region(&mut viewer, set_region(file_id, region_id, point.clone())).await;
        assert!(ack.success);
        assert_eq!(ack.region_id, expected);
    }
    // Senseless points leave a region as it is, and that is a success.
    let nowhere = region(T::Point, &[(f32::NAN, 1.0)], 0.0);
    assert!(put_region(&mut viewer, set_region(0, 1, nowhere.clone())).await.success);
    let ack = put_region(&mut viewer, set_region(0, 5, nowhere)).await;
    assert_eq!((ack.success, ack.region_id), (false, 5));
    assert_eq!(ack.message, "Region 5 parameters for file 0 failed");
    for region_id in [78, 77] {
        viewer.send(EventType::RemoveRegion, &m::RemoveRegion { region_id }).await;
    }
    assert_eq!(put_region(&mut viewer, set_region(0, -1, point)).await.region_id, 3);
    let sessions = backend.sessions().await;
    let ids: Vec<_> = sessions[0]["regions"].as_array().unwrap().iter().collect();
    assert_eq!(
        ids.iter().map(|it| it["regionId"].as_i64().unwrap()).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(ids[0]["controlPoints"], json!([[1.0, 1.0]]));
}

#[tokio::test]
async fn closing_one_image_keeps_the_regions() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    put_region(&mut viewer, set_region(0, -1, region(T::Point, &[(1.0, 1.0)], 0.0))).await;
    viewer.send(EventType::CloseFile, &m::CloseFile { file_id: 0 }).await;
    viewer.quiet().await;
    let session = &backend.sessions().await[0];
    assert_eq!(session["images"], json!([]));
    assert_eq!(session["regions"].as_array().unwrap().len(), 1);
    viewer.send(EventType::CloseFile, &m::CloseFile { file_id: -1 }).await;
    viewer.quiet().await;
    assert_eq!(backend.sessions().await[0]["regions"], json!([]));
}

#[tokio::test]
async fn moving_a_region_sends_its_data_again() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    let small = region(T::Rectangle, &[(30.0, 30.0), (10.0, 6.0)], 0.0);
    let large = region(T::Rectangle, &[(30.0, 30.0), (20.0, 6.0)], 0.0);
    put_region(&mut viewer, set_region(0, 1, small)).await;
    viewer.send(EventType::SetStatsRequirements, &stats(0, 1, &[m::StatsType::NumPixels])).await;
    let data: m::RegionStatsData = viewer.expect(EventType::RegionStatsData).await;
    assert_eq!(data.statistics[0].value, 77.0);
    put_region(&mut viewer, set_region(0, 1, large.clone())).await;
    let data: m::RegionStatsData = viewer.expect(EventType::RegionStatsData).await;
    assert_eq!(data.statistics[0].value, 147.0);
    // The same again changes nothing; an empty list ends it.
    put_region(&mut viewer, set_region(0, 1, large)).await;
    viewer.quiet().await;
    let none = m::SetStatsRequirements { file_id: 0, region_id: 1, stats_configs: vec![] };
    viewer.send(EventType::SetStatsRequirements, &none).await;
    put_region(&mut viewer, set_region(0, 1, region(T::Rectangle, &[(9.0, 9.0), (2.0, 2.0)], 0.0)))
        .await;
    viewer.quiet().await;
    assert_eq!(backend.sessions().await[0]["requirements"], json!([]));
}

#[tokio::test]
async fn unknown_images_and_regions_are_named() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    let kinds = [m::StatsType::Sum];
    for (request, tag, message) in [
        (stats(9, -1, &kinds), "stats", "File id 9 not found"),
        (stats(0, 4, &kinds), "stats", "Region 4 has not been set"),
    ] {
        viewer.send(EventType::SetStatsRequirements, &request).await;
        let error: m::ErrorData = viewer.expect(EventType::ErrorData).await;
        assert_eq!((error.tags, error.message.as_str()), (vec![tag.to_owned()], message));
    }
    put_region(&mut viewer, set_region(0, 4, region(T::Line, &[(1.0, 1.0), (5.0, 5.0)], 0.0)))
        .await;
    viewer.send(EventType::SetStatsRequirements, &stats(0, 4, &kinds)).await;
    let error: m::ErrorData = viewer.expect(EventType::ErrorData).await;
    assert_eq!(error.message, "Stats requirements not valid for region id 4");
}

#[tokio::test]
async fn a_resume_replaces_everything_but_catalogs() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.fits", "b.fits"] {
        std::fs::copy(format!("{}/{name}", support::FIXTURES), folder.path().join(name)).unwrap();
    }
    let table = "<VOTABLE><TABLEDATA><TR><TD>1</TD></TR></TABLEDATA></VOTABLE>";
    std::fs::write(folder.path().join("stars.xml"), table).unwrap();
    let backend = Backend::start_in(folder.path(), &[]).await;
    let (mut viewer, _) = backend.register(5).await;
    let catalog = m::OpenCatalogFile { name: "stars.xml".into(), file_id: 1, ..Default::default() };
    let ack: m::OpenCatalogFileAck = viewer.request(EventType::OpenCatalogFile, &catalog).await;
    assert!(ack.success);
    assert_eq!(ack.data_size, 1);
    let missing = m::OpenCatalogFile { name: "none.xml".into(), file_id: 2, ..Default::default() };
    let ack: m::OpenCatalogFileAck = viewer.request(EventType::OpenCatalogFile, &missing).await;
    assert_eq!((ack.success, ack.file_id), (false, 2));

    viewer.open("a.fits", 0).await;
    put_region(&mut viewer, set_region(0, 9, region(T::Point, &[(1.0, 1.0)], 0.0))).await;
    viewer.send(EventType::SetStatsRequirements, &stats(0, -1, &[m::StatsType::Sum])).await;
    let mut restored = image("b.fits", 4, 3);
    let rectangle = region(T::Rectangle, &[(30.5, 30.25), (10.0, 6.0)], 15.0);
    restored.regions = BTreeMap::from([(2, rectangle.clone()), (-1, rectangle)]);
    restored.contour_settings =
        Some(m::SetContourParameters { file_id: 4, levels: vec![1.0, 2.0], ..Default::default() });
    assert!(resume(&mut viewer, vec![restored]).await.success);
    viewer.quiet().await;
    let rectangle = |id: i32| {
        json!({
            "regionId": id,
            "fileId": 4,
            "regionType": 3,
            "controlPoints": [[30.5, 30.25], [10.0, 6.0]],
            "rotation": 15.0,
        })
    };
    let expected = json!({
        "sessionId": 5,
        "connected": true,
        "images": [{
            "fileId": 4,
            "directory": "",
            "file": "b.fits",
            "hdu": "0",
            "lelExpr": false,
            "channel": 3,
            "stokes": 0,
            "stokesFiles": [],
            "contours": {
                "fileId": 4,
                "referenceFileId": 0,
                "imageBounds": null,
                "levels": [1.0, 2.0],
                "smoothingMode": 0,
                "smoothingFactor": 0,
                "decimationFactor": 0,
                "compressionLevel": 0,
                "contourChunkSize": 0,
            },
            "vectorOverlay": null,
        }],
        // The new region got its number before region 2 was there.
        "regions": [rectangle(1), rectangle(2)],
        "cursors": [],
        "catalogs": [{ "fileId": 1, "directory": "", "name": "stars.xml" }],
        "requirements": [],
        "animation": null,
    });
    assert_eq!(backend.sessions().await[0], expected);
}

#[tokio::test]
async fn the_cursor_of_a_resume_is_always_that_of_file_0() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(5).await;
    let mut second = image("b.fits", 1, 0);
    second.regions.insert(0, region(T::Point, &[(3.0, 4.0)], 0.0));
    assert!(resume(&mut viewer, vec![image("a.fits", 0, 0), second.clone()]).await.success);
    let cursors = &backend.sessions().await[0]["cursors"];
    assert_eq!(*cursors, json!([{ "fileId": 0, "x": 3.0, "y": 4.0 }]));
    // Without file 0 it is an error that fails nothing.
    let request = m::ResumeSession { images: vec![second], ..Default::default() };
    viewer.send(EventType::ResumeSession, &request).await;
    let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
    let error: m::ErrorData = viewer.expect(EventType::ErrorData).await;
    assert_eq!((error.tags[0].as_str(), error.message.as_str()), ("cursor", "File id 0 not found"));
    let ack: m::ResumeSessionAck = viewer.expect(EventType::ResumeSessionAck).await;
    assert!(ack.success);
}

#[tokio::test]
async fn vector_overlays_come_back_only_since_version_30() {
    let overlay = m::SetVectorOverlayParameters {
        file_id: 0,
        threshold: f64::NAN,
        stokes_intensity: 1,
        ..Default::default()
    };
    for (icd, comes_back) in [(28, false), (30, true)] {
        let backend = Backend::start(&["--icd", &icd.to_string()]).await;
        let mut viewer = backend.connect().await;
        viewer.icd = icd;
        assert!(viewer.register(5).await.success);
        let mut restored = image("a.fits", 0, 0);
        restored.vector_overlay_settings = Some(overlay);
        assert!(resume(&mut viewer, vec![restored]).await.success);
        let session = &backend.sessions().await[0];
        assert_eq!(session["images"][0]["vectorOverlay"].is_object(), comes_back, "{icd}");
        // Sent again, it draws only if it changes something.
        viewer.send(EventType::SetVectorOverlayParameters, &overlay).await;
        if !comes_back {
            let data: m::VectorOverlayTileData =
                viewer.expect(EventType::VectorOverlayTileData).await;
            assert_eq!(data.progress, 1.0);
        }
        viewer.quiet().await;
    }
}

#[tokio::test]
async fn the_same_contours_again_draw_nothing() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    let mut contours = m::SetContourParameters {
        levels: vec![1.0, 4.0],
        smoothing_mode: m::SmoothingMode::BlockAverage.into(),
        smoothing_factor: 2,
        decimation_factor: 4,
        compression_level: 8,
        ..Default::default()
    };
    viewer.send(EventType::SetContourParameters, &contours).await;
    for level in [1.0, 4.0] {
        let data: m::ContourImageData = viewer.expect(EventType::ContourImageData).await;
        assert_eq!(data.contour_sets[0].level, level);
        assert!(data.contour_sets[0].uncompressed_coordinates_size > 0);
    }
    viewer.send(EventType::SetContourParameters, &contours).await;
    viewer.quiet().await;
    contours.levels.clear();
    viewer.send(EventType::SetContourParameters, &contours).await;
    viewer.quiet().await;
    assert_eq!(backend.sessions().await[0]["images"][0]["contours"], json!(null));
}

#[tokio::test]
async fn stokes_files_are_joined_and_their_ack_carries_the_number_of_the_resume() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(5).await;
    let part = |file: &str, kind: m::PolarizationType| m::StokesFile {
        file: file.into(),
        polarization_type: kind.into(),
        ..Default::default()
    };
    let stokes_files =
        vec![part("b.fits", m::PolarizationType::U), part("a.fits", m::PolarizationType::Q)];
    let request =
        m::ConcatStokesFiles { stokes_files: stokes_files.clone(), file_id: 3, render_mode: 0 };
    let ack: m::ConcatStokesFilesAck = viewer.request(EventType::ConcatStokesFiles, &request).await;
    let shape = ack.open_file_ack.unwrap().file_info_extended.unwrap();
    assert_eq!((shape.stokes, shape.stokes_vals), (2, vec!["Q".to_owned(), "U".to_owned()]));
    let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
    let before = backend.sessions().await;
    let mut restored = image("hypercube", 3, 0);
    restored.stokes_files = stokes_files;
    let request = m::ResumeSession { images: vec![restored.clone()], ..Default::default() };
    let id = viewer.send(EventType::ResumeSession, &request).await;
    let first = viewer.next().await;
    assert_eq!(first.event(), Some(EventType::ConcatStokesFilesAck));
    assert_eq!(first.header().request_id, id);
    let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
    let ack: m::ResumeSessionAck = viewer.expect(EventType::ResumeSessionAck).await;
    assert!(ack.success);
    assert_eq!(backend.sessions().await, before);
    // Linear polarization is computed from Q and U: pixel by pixel its root
    // mean square follows from theirs.
    let squares = async |viewer: &mut Viewer, stokes: i32| {
        let channels = m::SetImageChannels { file_id: 3, channel: 0, stokes, ..Default::default() };
        viewer.send(EventType::SetImageChannels, &channels).await;
        viewer.send(EventType::SetStatsRequirements, &stats(3, -1, &[m::StatsType::SumSq])).await;
        loop {
            let frame = viewer.next().await;
            if frame.event() == Some(EventType::RegionStatsData) {
                let data: m::RegionStatsData = frame.decode().unwrap();
                if data.stokes == stokes {
                    let none =
                        m::SetStatsRequirements { stats_configs: vec![], ..stats(3, -1, &[]) };
                    viewer.send(EventType::SetStatsRequirements, &none).await;
                    return data.statistics[0].value;
                }
            }
        }
    };
    let (q, u) = (squares(&mut viewer, 0).await, squares(&mut viewer, 1).await);
    let linear = squares(&mut viewer, m::PolarizationType::Plinear as i32).await;
    assert!((linear / (q + u) - 1.0).abs() < 1e-6, "{linear} {q} {u}");
    restored.stokes_files[0].file = "nosuch.fits".into();
    let ack = resume(&mut viewer, vec![restored]).await;
    assert_eq!(ack.message, "Problem loading files: 3 Problem loading regions: ");
}

#[tokio::test]
async fn an_animation_waits_for_the_viewer_and_moves_the_channel() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    viewer.open("b.fits", 1).await;
    let frame = |channel| Some(m::AnimationFrame { channel, stokes: 0 });
    let start = m::StartAnimation {
        file_id: 0,
        first_frame: frame(0),
        start_frame: frame(1),
        last_frame: frame(7),
        delta_frame: frame(1),
        frame_rate: 50,
        looping: true,
        required_tiles: Some(m::AddRequiredTiles { tiles: vec![0], ..Default::default() }),
        matched_frames: BTreeMap::from([(
            1,
            m::MatchedFrameList { frame_numbers: vec![7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0] },
        )]),
        ..Default::default()
    };
    let ack: m::StartAnimationAck = viewer.request(EventType::StartAnimation, &start).await;
    assert!(ack.success && ack.animation_id > 0);
    let mut channels = Vec::new();
    let next = async |viewer: &mut Viewer| loop {
        let frame = viewer.next().await;
        if frame.event() == Some(EventType::RasterTileSync) {
            let sync: m::RasterTileSync = frame.decode().unwrap();
            assert_eq!(sync.animation_id, ack.animation_id);
            if sync.end_sync {
                return sync.channel;
            }
        }
    };
    for _ in 0..5 {
        channels.push(next(&mut viewer).await);
    }
    assert_eq!(channels, [1, 2, 3, 4, 5]);
    // Five are on their way: it waits.
    viewer.quiet().await;
    let session = &backend.sessions().await[0];
    assert_eq!(session["animation"]["fileId"], 0);
    assert_eq!(
        (&session["images"][0]["channel"], &session["images"][1]["channel"]),
        (&json!(5), &json!(2))
    );
    for _ in 0..4 {
        let control = m::AnimationFlowControl {
            received_frame: frame(*channels.last().unwrap()),
            ..Default::default()
        };
        viewer.send(EventType::AnimationFlowControl, &control).await;
        channels.push(next(&mut viewer).await);
    }
    assert_eq!(channels[5..], [6, 7, 0, 1]);
    viewer.send(EventType::StopAnimation, &m::StopAnimation { file_id: 0, end_frame: None }).await;
    // What was on its way may still arrive.
    within(async { while !backend.sessions().await[0]["animation"].is_null() {} }).await;
    let wrong = m::StartAnimation { file_id: 9, ..Default::default() };
    let ack: m::StartAnimationAck = viewer.request(EventType::StartAnimation, &wrong).await;
    assert_eq!((ack.success, ack.message.as_str()), (false, "Incorrect file ID"));
}

#[tokio::test]
async fn regions_are_imported_and_exported_as_text() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    let request = m::ImportRegion {
        r#type: m::FileType::Ds9Reg.into(),
        contents: ["# Region file", "image", "circle(11,21,5)", "annulus(1,2,3,4)", "point(3,3)"]
            .map(str::to_owned)
            .to_vec(),
        ..Default::default()
    };
    let ack: m::ImportRegionAck = viewer.request(EventType::ImportRegion, &request).await;
    assert!(ack.success);
    assert_eq!(ack.message, "Import region: 1 regions could not be read.");
    let expected = BTreeMap::from([
        (1, region(T::Ellipse, &[(10.0, 20.0), (5.0, 5.0)], 0.0)),
        (2, region(T::Point, &[(2.0, 2.0)], 0.0)),
    ]);
    assert_eq!(ack.regions, expected);
    let empty: m::ImportRegionAck =
        viewer.request(EventType::ImportRegion, &m::ImportRegion::default()).await;
    assert!(!empty.success && empty.message.starts_with("Import region failed:"));
    let unknown = m::ImportRegion { group_id: 8, ..Default::default() };
    viewer.send(EventType::ImportRegion, &unknown).await;
    let error: m::ErrorData = viewer.expect(EventType::ErrorData).await;
    assert_eq!(error.tags, ["import"]);
    viewer.quiet().await;
}

/// MOMENT_REQUEST, as far as it is needed here.
#[derive(Clone, PartialEq, prost::Message)]
struct MomentRequest {
    #[prost(sfixed32, tag = "1")]
    file_id: i32,
    #[prost(int32, repeated, tag = "2")]
    moments: Vec<i32>,
}

#[tokio::test]
async fn moment_images_get_the_next_id_and_hold_the_sum() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 4).await;
    let sum = async |viewer: &mut Viewer, file_id: i32| {
        viewer
            .send(EventType::SetStatsRequirements, &stats(file_id, -1, &[m::StatsType::Sum]))
            .await;
        let data: m::RegionStatsData = viewer.expect(EventType::RegionStatsData).await;
        data.statistics[0].value
    };
    let request = MomentRequest { file_id: 4, moments: vec![1] };
    let response: m::MomentResponse = viewer.request(EventType::MomentRequest, &request).await;
    assert!(response.success);
    let ack = &response.open_file_acks[0];
    assert_eq!(ack.file_id, 5);
    assert_eq!(ack.file_info_extended.as_ref().unwrap().depth, 1);
    let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
    let integrated = sum(&mut viewer, 5).await;
    let mut total = sum(&mut viewer, 4).await;
    for channel in 1..8 {
        let channels = m::SetImageChannels { file_id: 4, channel, ..Default::default() };
        viewer.send(EventType::SetImageChannels, &channels).await;
        let _: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
        let data: m::RegionStatsData = viewer.expect(EventType::RegionStatsData).await;
        total += data.statistics[0].value;
    }
    assert!((integrated / total - 1.0).abs() < 1e-6, "{integrated} {total}");
    let flat = MomentRequest { file_id: 4, moments: vec![77] };
    let response: m::MomentResponse = viewer.request(EventType::MomentRequest, &flat).await;
    assert!(!response.success);
}

#[tokio::test]
async fn sessions_do_not_wait_for_each_other_and_share_nothing() {
    let backend = Backend::start(&[]).await;
    let (mut one, _) = backend.register(33).await;
    let (mut two, ack) = backend.register(33).await;
    assert_eq!(ack.session_type(), m::SessionType::Resumed);
    one.open("a.fits", 0).await;
    two.quiet().await;
    let mut counts: Vec<_> = backend
        .sessions()
        .await
        .iter()
        .map(|session| session["images"].as_array().unwrap().len())
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, [0, 1]);
}
