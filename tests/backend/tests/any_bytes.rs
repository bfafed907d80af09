//! No bytes make a session panic.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use backend::{
    faults::Faults,
    registry::Registry,
    root::Root,
    session::{Environment, Session},
};
use carta_resume::protocol::{EventType, Frame, Header, messages as m};
use proptest::prelude::*;
use prost::Message;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures");

fn session() -> Session {
    let environment = Environment {
        root: Root::new(Path::new(FIXTURES)).unwrap(),
        faults: Arc::new(Faults::new(28)),
        registry: Registry::new(Duration::ZERO),
    };
    Session::new(Arc::new(environment), 1)
}

fn frame(event: EventType, message: &impl prost::Message) -> Frame {
    let header = Header { event_type: event.number(), icd_version: 28, request_id: 1 };
    Frame::encode(header, message)
}

/// Messages that have an effect, to be damaged.
#[allow(clippy::too_many_lines)] // A list.
fn messages() -> Vec<Frame> {
    let points = vec![m::Point { x: 30.0, y: 20.0 }, m::Point { x: 5.0, y: 8.0 }];
    let info = |kind: m::RegionType| m::RegionInfo {
        region_type: kind.into(),
        control_points: points.clone(),
        rotation: 15.0,
    };
    let region =
        |kind| m::SetRegion { region_id: 1, region_info: Some(info(kind)), ..Default::default() };
    let stats = m::set_stats_requirements::StatsConfig {
        coordinate: "z".into(),
        stats_types: (0..19).collect(),
    };
    let spectral = m::set_spectral_requirements::SpectralConfig {
        coordinate: "z".into(),
        stats_types: vec![2, 4],
    };
    let spatial = m::set_spatial_requirements::SpatialConfig {
        coordinate: "x".into(),
        start: 3,
        end: 40,
        mip: 2,
        width: 1,
    };
    let histogram = m::HistogramConfig {
        fixed_num_bins: true,
        num_bins: 20,
        fixed_bounds: true,
        bounds: Some(m::DoubleBounds { min: -1.0, max: 5.0 }),
        channel: -1,
        ..Default::default()
    };
    let step = |channel| Some(m::AnimationFrame { channel, stokes: 0 });
    let contours = m::SetContourParameters {
        levels: vec![1.0, 4.0],
        smoothing_mode: 2,
        smoothing_factor: 4,
        decimation_factor: 4,
        compression_level: 8,
        ..Default::default()
    };
    let properties = m::ImageProperties {
        file: "b.fits".into(),
        file_id: 1,
        channel: 3,
        regions: BTreeMap::from([(4, info(m::RegionType::Ellipse))]),
        contour_settings: Some(contours.clone()),
        ..Default::default()
    };
    vec![
        frame(EventType::SetRegion, &region(m::RegionType::Rectangle)),
        frame(EventType::SetRegion, &region(m::RegionType::Ellipse)),
        frame(EventType::SetRegion, &region(m::RegionType::Polygon)),
        frame(
            EventType::SetStatsRequirements,
            &m::SetStatsRequirements { file_id: 0, region_id: 1, stats_configs: vec![stats] },
        ),
        frame(
            EventType::SetSpectralRequirements,
            &m::SetSpectralRequirements {
                file_id: 0,
                region_id: 1,
                spectral_profiles: vec![spectral],
            },
        ),
        frame(
            EventType::SetHistogramRequirements,
            &m::SetHistogramRequirements { file_id: 0, region_id: -1, histograms: vec![histogram] },
        ),
        frame(
            EventType::SetCursor,
            &m::SetCursor {
                point: Some(m::Point { x: 9.0, y: 9.0 }),
                spatial_requirements: Some(m::SetSpatialRequirements {
                    spatial_profiles: vec![spatial],
                    ..Default::default()
                }),
                ..Default::default()
            },
        ),
        frame(
            EventType::SetImageChannels,
            &m::SetImageChannels {
                channel: 5,
                required_tiles: Some(m::AddRequiredTiles {
                    tiles: vec![0, 1 << 24],
                    ..Default::default()
                }),
                ..Default::default()
            },
        ),
        frame(EventType::SetContourParameters, &contours),
        frame(
            EventType::StartAnimation,
            &m::StartAnimation {
                first_frame: step(0),
                start_frame: step(2),
                last_frame: step(7),
                delta_frame: step(1),
                frame_rate: 50,
                looping: true,
                reverse: true,
                required_tiles: Some(m::AddRequiredTiles { tiles: vec![0], ..Default::default() }),
                matched_frames: BTreeMap::from([(
                    0,
                    m::MatchedFrameList { frame_numbers: vec![1.0] },
                )]),
                ..Default::default()
            },
        ),
        frame(
            EventType::ResumeSession,
            &m::ResumeSession { images: vec![properties], ..Default::default() },
        ),
        frame(EventType::OpenFile, &m::OpenFile { file: "a.fits".into(), ..Default::default() }),
    ]
}

/// Whether it is a RESUME_SESSION that kills this backend, like the real one: with a region 0 that
/// has no point.
fn is_deadly(frame: &Frame) -> bool {
    let resume = m::ResumeSession::decode(frame.payload()).unwrap_or_default();
    let lacks_point = |image: &m::ImageProperties| {
        image.regions.get(&0).is_some_and(|region| region.control_points.is_empty())
    };
    frame.header().event_type == EventType::ResumeSession.number()
        && resume.images.iter().any(lacks_point)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn damaged_messages(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut session = session();
        let open = m::OpenFile { file: "a.fits".into(), ..Default::default() };
        prop_assert_eq!(session.handle(&frame(EventType::OpenFile, &open)).frames.len(), 2);
        let mut frames = messages();
        for (which, place, byte) in damage {
            let frame = &mut frames[which.index(12)];
            let mut payload = frame.payload().to_vec();
            let place = place.index(payload.len());
            payload[place] = byte;
            *frame = Frame::from_payload(frame.header(), &payload);
        }
        for frame in frames.iter().filter(|frame| !is_deadly(frame)) {
            let _ = session.handle(frame);
            let _ = session.tick();
            let _ = session.snapshot(true);
        }
    }

    #[test]
    fn any_bytes(event in 0_u16..100, payload in proptest::collection::vec(any::<u8>(), 0..60)) {
        let header = Header { event_type: event, icd_version: 28, request_id: 1 };
        let mut session = session();
        let open = m::OpenFile { file: "a.fits".into(), ..Default::default() };
        let _ = session.handle(&frame(EventType::OpenFile, &open));
        let any = Frame::from_payload(header, &payload);
        prop_assume!(!is_deadly(&any));
        let _ = session.handle(&any);
    }

    #[test]
    fn any_expression(file in r#"([-+*/()"' .e0-9é]|\PC|a\.fits){0,40}"#) {
        let mut session = session();
        let open = m::OpenFile { file, lel_expr: true, ..Default::default() };
        let _ = session.handle(&frame(EventType::OpenFile, &open));
    }
}
