//! Anything that a viewer may send, for random schedules.

use carta_resume::protocol::{
    EventType,
    messages::{
        AddRequiredTiles, CloseCatalogFile, CloseFile, ConcatStokesFiles, HistogramConfig,
        ImportRegion, OpenCatalogFile, Point, RegionInfo, RemoveRegion, SetContourParameters,
        SetCursor, SetHistogramRequirements, SetImageChannels, SetRegion, SetSpatialRequirements,
        SetStatsRequirements, SetVectorOverlayParameters, StokesFile,
        set_spatial_requirements::SpatialConfig, set_stats_requirements::StatsConfig,
    },
};
use proptest::{collection::vec, prelude::*, sample::select};
use prost::Message;

use super::{backend::MISSING, open_file, rectangle, set_region};

/// What happens next.
#[derive(Clone, Debug)]
pub enum Step {
    /// The viewer sends a message, encoded.
    Send(EventType, Vec<u8>),
    /// This many frames from the backend arrive.
    Deliver(usize),
    /// The connection drops, and the session is resumed on a new one.
    Drop,
}

pub fn send(event: EventType, message: &impl Message) -> Step {
    Step::Send(event, message.encode_to_vec())
}

fn any_region() -> impl Strategy<Value = RegionInfo> {
    (0..50_u8, prop::bool::weighted(0.8)).prop_map(|(x, valid)| {
        let info = rectangle(f32::from(x));
        if valid { info } else { RegionInfo { control_points: vec![], ..info } }
    })
}

fn any_tiles(file_id: i32) -> AddRequiredTiles {
    AddRequiredTiles { file_id, tiles: vec![0], ..Default::default() }
}

fn any_spatial(file_id: i32, region_id: i32, x: u8) -> SetSpatialRequirements {
    let config = SpatialConfig { coordinate: "x".into(), width: x.into(), ..Default::default() };
    let spatial_profiles = if x == 0 { vec![] } else { vec![config] };
    SetSpatialRequirements { file_id, region_id, spatial_profiles }
}

/// Only a few ids, so that messages concern the same things.
pub fn any_step() -> impl Strategy<Value = Step> {
    let file = || 0..3_i32;
    let region = || 1..6_i32;
    let small = || 0..4_u8;
    let name = || select(vec!["a", "b", MISSING]);
    prop_oneof![
        4 => (0..4_usize).prop_map(Step::Deliver),
        1 => Just(Step::Drop),
        3 => (file(), name()).prop_map(|(f, n)| send(EventType::OpenFile, &open_file(f, n))),
        1 => file().prop_map(|file_id| send(EventType::ConcatStokesFiles, &ConcatStokesFiles {
            stokes_files: vec![StokesFile::default(), StokesFile::default()],
            file_id,
            render_mode: 0,
        })),
        1 => (-1..3_i32).prop_map(|file_id| send(EventType::CloseFile, &CloseFile { file_id })),
        4 => (file(), -1..10_i32, select(vec![0, 1, 5, 13]), any::<bool>()).prop_map(
            |(file_id, channel, stokes, tiles)| send(EventType::SetImageChannels, &SetImageChannels {
                file_id,
                channel,
                stokes,
                required_tiles: tiles.then(|| any_tiles(file_id)),
                ..Default::default()
            })
        ),
        1 => file().prop_map(|file_id| send(EventType::AddRequiredTiles, &any_tiles(file_id))),
        2 => (file(), small(), any::<bool>()).prop_map(
            |(file_id, x, requires)| send(EventType::SetCursor, &SetCursor {
                file_id,
                point: Some(Point { x: x.into(), y: 1.0 }),
                spatial_requirements: requires.then(|| any_spatial(file_id, 0, x)),
            })
        ),
        4 => (file(), any_region())
            .prop_map(|(f, info)| send(EventType::SetRegion, &set_region(f, -1, info))),
        3 => (file(), region(), any_region())
            .prop_map(|(f, r, info)| send(EventType::SetRegion, &set_region(f, r, info))),
        2 => (file(), region(), any_region()).prop_map(|(f, r, info)| {
            let preview = SetRegion { preview_region: true, ..set_region(f, r, info) };
            send(EventType::SetRegion, &preview)
        }),
        3 => region().prop_map(|region_id| send(EventType::RemoveRegion, &RemoveRegion { region_id })),
        2 => (file(), vec(0..9_u8, 0..3)).prop_map(
            |(group_id, lines)| send(EventType::ImportRegion, &ImportRegion {
                group_id,
                contents: lines.iter().map(u8::to_string).collect(),
                ..Default::default()
            })
        ),
        1 => (0..3_u32, vec(any::<u8>(), 0..2)).prop_map(
            |(file_id, levels)| send(EventType::SetContourParameters, &SetContourParameters {
                file_id,
                levels: levels.into_iter().map(f64::from).collect(),
                ..Default::default()
            })
        ),
        1 => (0..3_u32, -1..2_i32, -1..2_i32).prop_map(
            |(file_id, stokes_intensity, stokes_angle)| {
                let set = SetVectorOverlayParameters {
                    file_id,
                    stokes_intensity,
                    stokes_angle,
                    ..Default::default()
                };
                send(EventType::SetVectorOverlayParameters, &set)
            }
        ),
        1 => (0..3_i32, name()).prop_map(
            |(file_id, name)| send(EventType::OpenCatalogFile, &OpenCatalogFile {
                file_id,
                name: name.into(),
                ..Default::default()
            })
        ),
        1 => (0..3_i32)
            .prop_map(|file_id| send(EventType::CloseCatalogFile, &CloseCatalogFile { file_id })),
        2 => (file(), -1..6_i32, small()).prop_map(
            |(f, r, x)| send(EventType::SetSpatialRequirements, &any_spatial(f, r, x))
        ),
        2 => (file(), -1..6_i32, any::<bool>()).prop_map(
            |(file_id, region_id, wanted)| send(EventType::SetStatsRequirements, &SetStatsRequirements {
                file_id,
                region_id,
                stats_configs: if wanted { vec![StatsConfig::default()] } else { vec![] },
            })
        ),
        1 => (file(), -2..6_i32, any::<bool>()).prop_map(
            |(file_id, region_id, wanted)| {
                let histograms = if wanted { vec![HistogramConfig::default()] } else { vec![] };
                let set = SetHistogramRequirements { file_id, region_id, histograms };
                send(EventType::SetHistogramRequirements, &set)
            }
        ),
    ]
}
