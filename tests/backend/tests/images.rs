//! What is drawn and computed from images, beyond what was recorded:
//! overlays, joined Stokes planes, animations, moments.

#![allow(clippy::float_cmp)]

use std::collections::BTreeMap;

use carta_resume::protocol::{EventType, messages as m};
use serde_json::json;

use crate::support::{Backend, Viewer, image, resume, stats, within};

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
        // When sent again, it draws only if it changes something.
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
    // Linear polarization is computed from Q and U: pixel by pixel, its root mean square follows
    // from theirs.
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
async fn a_channel_map_is_sent_channel_by_channel() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 0).await;
    let map = |min, max| m::SetImageChannels {
        required_tiles: Some(m::AddRequiredTiles { tiles: vec![0], ..Default::default() }),
        channel_range: Some(m::IntBounds { min, max }),
        current_range: Some(m::IntBounds { min: 0, max: 3 }),
        channel_map_enabled: true,
        ..Default::default()
    };
    for (wanted, channels) in [(map(1, 3), 1..=3), (map(-9, 1), 0..=1), (map(7, i32::MAX), 7..=7)] {
        viewer.send(EventType::SetImageChannels, &wanted).await;
        for channel in channels {
            let data: m::RegionHistogramData = viewer.expect(EventType::RegionHistogramData).await;
            assert_eq!(data.channel, channel);
            let begin: m::RasterTileSync = viewer.expect(EventType::RasterTileSync).await;
            let tile: m::RasterTileData = viewer.expect(EventType::RasterTileData).await;
            let end: m::RasterTileSync = viewer.expect(EventType::RasterTileSync).await;
            assert_eq!((begin.channel, tile.channel, end.channel), (channel, channel, channel));
            assert!(!begin.end_sync && end.end_sync);
        }
        viewer.quiet().await;
    }
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
    // Five are under way: it waits, and sends no other tiles meanwhile.
    for file_id in [0, 1] {
        let tiles = m::AddRequiredTiles { file_id, tiles: vec![0], ..Default::default() };
        viewer.send(EventType::AddRequiredTiles, &tiles).await;
    }
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
    // What was under way may still arrive.
    within(async { while !backend.sessions().await[0]["animation"].is_null() {} }).await;
    let wrong = m::StartAnimation { file_id: 9, ..Default::default() };
    let ack: m::StartAnimationAck = viewer.request(EventType::StartAnimation, &wrong).await;
    assert_eq!((ack.success, ack.message.as_str()), (false, "Incorrect file ID"));
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

/// A line of an image.
fn line(region_id: i32, y: f32, preview_region: bool) -> m::SetRegion {
    let control_points = vec![m::Point { x: 10.0, y: 10.0 }, m::Point { x: 40.0, y }];
    let region_type = m::RegionType::Line.into();
    let region_info = Some(m::RegionInfo { region_type, control_points, rotation: 0.0 });
    m::SetRegion { file_id: 4, region_id, region_info, preview_region }
}

#[tokio::test]
async fn a_preview_follows_its_line_until_it_is_closed() {
    let backend = Backend::start(&[]).await;
    let (mut viewer, _) = backend.register(0).await;
    viewer.open("a.fits", 4).await;
    let _: m::SetRegionAck = viewer.request(EventType::SetRegion, &line(-1, 40.0, false)).await;
    let settings = m::PvPreviewSettings {
        preview_id: 2,
        region_id: -1,
        rebin_xy: 2,
        rebin_z: 4,
        ..Default::default()
    };
    let mut request = m::PvRequest {
        file_id: 4,
        region_id: 1,
        width: 3,
        preview_settings: Some(settings),
        ..Default::default()
    };
    let id = viewer.send(EventType::PvRequest, &request).await;
    let progress: m::PvProgress = viewer.expect(EventType::PvProgress).await;
    assert_eq!((progress.file_id, progress.preview_id), (4, 2));
    let answer = viewer.next().await;
    assert_eq!(answer.header().request_id, id);
    let response: m::PvResponse = answer.decode().unwrap();
    assert!(response.success && response.open_file_ack.is_none());
    let first = response.preview_data.unwrap();
    // Made from eight channels of 64 by 64 pixels, along 42 of them.
    assert_eq!((first.preview_id, first.width, first.height), (2, 22, 2));
    assert_eq!(first.image_data.len(), 22 * 2 * 4);
    assert!(first.histogram.is_some());

    viewer.send(EventType::SetRegion, &line(1, 20.0, true)).await;
    let moving: m::PvPreviewData = viewer.expect(EventType::PvPreviewData).await;
    assert_ne!(moving.image_data, first.image_data);
    assert!(moving.histogram.is_none());
    let _: m::SetRegionAck = viewer.request(EventType::SetRegion, &line(1, 40.0, false)).await;
    let back: m::PvPreviewData = viewer.expect(EventType::PvPreviewData).await;
    assert_eq!(back, first);

    // A part of the image, and a column for each channel.
    let part = m::SetRegion {
        region_info: Some(m::RegionInfo {
            region_type: m::RegionType::Rectangle.into(),
            control_points: vec![m::Point { x: 20.0, y: 20.0 }, m::Point { x: 25.0, y: 25.0 }],
            rotation: 0.0,
        }),
        ..line(-1, 0.0, false)
    };
    let _: m::SetRegionAck = viewer.request(EventType::SetRegion, &part).await;
    request.preview_settings = Some(m::PvPreviewSettings { region_id: 2, ..settings });
    request.reverse = true;
    viewer.send(EventType::PvRequest, &request).await;
    let _: m::PvProgress = viewer.expect(EventType::PvProgress).await;
    let response: m::PvResponse = viewer.expect(EventType::PvResponse).await;
    let turned = response.preview_data.unwrap();
    assert_eq!((turned.width, turned.height), (2, 22));

    viewer.send(EventType::ClosePvPreview, &m::ClosePvPreview { preview_id: 2 }).await;
    let _: m::SetRegionAck = viewer.request(EventType::SetRegion, &line(1, 30.0, false)).await;
    viewer.quiet().await;
    assert_eq!(backend.sessions().await[0]["previews"], json!([]));
}
