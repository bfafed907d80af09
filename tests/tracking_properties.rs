//! Whatever is sent, answered and lost: each request has its effect exactly once.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod tracking_support;

use std::collections::VecDeque;

use carta_resume::{
    core::tracking::Tracker,
    protocol::{
        EventType, Frame,
        messages::{
            AddRequiredTiles, CloseCatalogFile, CloseFile, ConcatStokesFiles, HistogramConfig,
            ImportRegion, OpenCatalogFile, Point, RegionInfo, RemoveRegion, ResumeSessionAck,
            SetContourParameters, SetCursor, SetHistogramRequirements, SetImageChannels, SetRegion,
            SetSpatialRequirements, SetStatsRequirements, SetVectorOverlayParameters, StokesFile,
            set_spatial_requirements::SpatialConfig, set_stats_requirements::StatsConfig,
        },
    },
};
use proptest::{collection::vec, prelude::*, sample::select};
use prost::Message;
use tracking_support::{
    ICD,
    backend::{Backend, MISSING},
    open_file, raw_frame, rectangle, set_region,
};

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// The viewer sends a message, encoded.
    Send(EventType, Vec<u8>),
    /// That many frames of the backend's arrive.
    Deliver(usize),
    /// The connection drops, and the session is resumed on a new one.
    Drop,
}

fn send(event: EventType, message: &impl Message) -> Step {
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

/// Few ids, so that messages meet.
fn any_step() -> impl Strategy<Value = Step> {
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

/// A viewer with a tracker, and two backends: one that it loses at every drop,
/// and one that never is lost.
#[derive(Default)]
struct World {
    tracker: Tracker,
    backend: Backend,
    /// Sent by `backend` and not arrived.
    on_the_way: VecDeque<Frame>,
    undisturbed: Backend,
    last_id: u32,
    resumes: usize,
}

impl World {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Send(event, payload) => {
                self.last_id += 1;
                let frame = raw_frame(*event, self.last_id, payload);
                self.tracker.sent(&frame);
                self.on_the_way.extend(self.backend.handle(&frame));
                self.undisturbed.handle(&frame);
            }
            Step::Deliver(count) => {
                for _ in 0..*count {
                    if let Some(frame) = self.on_the_way.pop_front() {
                        self.deliver(&frame);
                    }
                }
            }
            Step::Drop => self.drop_and_resume(),
        }
    }

    fn deliver(&mut self, frame: &Frame) {
        if self.tracker.wants(frame.header()) {
            self.tracker.received(frame).unwrap();
        } else {
            self.tracker.answered(frame.header());
        }
    }

    fn drop_and_resume(&mut self) {
        self.resumes += 1;
        self.on_the_way.clear();
        assert!(self.tracker.dropped().is_empty());
        self.backend = Backend::default();
        let resume = raw_frame(EventType::ResumeSession, 0, &self.tracker.resume_payload(ICD));
        let ack: ResumeSessionAck = self.backend.handle(&resume)[0].decode().unwrap();
        self.tracker.workspace_mut().restored(&ack);
        for (event, payload) in self.tracker.after_resume(ICD) {
            self.on_the_way.extend(self.backend.handle(&raw_frame(event, 0, &payload)));
        }
        for frame in self.tracker.unanswered() {
            self.on_the_way.extend(self.backend.handle(&frame));
        }
        assert_eq!(self.backend, self.undisturbed, "after resume {}", self.resumes);
    }

    /// Everything arrives. The answer to a last request shows that what is
    /// still unanswered, an import for an image that is not open, stays so.
    fn settle(&mut self) {
        let last = OpenCatalogFile { name: "last".into(), file_id: 9, ..Default::default() };
        self.step(&send(EventType::OpenCatalogFile, &last));
        self.step(&Step::Deliver(self.on_the_way.len()));
        assert_eq!(self.tracker.unanswered(), []);
    }
}

proptest! {
    /// Whatever was sent, answered and lost at each drop: afterwards the
    /// backend is as if no connection had ever dropped.
    #[test]
    fn every_request_has_its_effect_exactly_once(steps in vec(any_step(), 0..60)) {
        let mut world = World::default();
        for step in &steps {
            world.step(step);
        }
        world.drop_and_resume();
        world.settle();
        world.drop_and_resume();
    }

    /// Without drops the workspace alone rebuilds the backend once everything
    /// is answered.
    #[test]
    fn an_acknowledged_workspace_is_the_backends_state(steps in vec(any_step(), 0..60)) {
        let mut world = World::default();
        for step in steps.iter().filter(|step| !matches!(step, Step::Drop)) {
            world.step(step);
        }
        world.settle();
        let mut rebuilt = Backend::default();
        rebuilt.handle(&raw_frame(EventType::ResumeSession, 0, &world.tracker.resume_payload(ICD)));
        for (event, payload) in world.tracker.after_resume(ICD) {
            rebuilt.handle(&raw_frame(event, 0, &payload));
        }
        prop_assert_eq!(rebuilt, world.undisturbed);
    }
}
