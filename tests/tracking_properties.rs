//! What holds for every history, and for every input.
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

use base64::{Engine, engine::general_purpose::STANDARD};
use carta_resume::{
    core::tracking::{CatalogSpec, ContourSpec, ImageSpec, RegionSpec, Tracker},
    protocol::{
        EventType, Frame, Header,
        messages::{
            AddRequiredTiles, CloseCatalogFile, CloseFile, ConcatStokesFiles, HistogramConfig,
            ImportRegion, OpenCatalogFile, Point, RegionInfo, RemoveRegion, ResumeSession,
            ResumeSessionAck, SetContourParameters, SetCursor, SetHistogramRequirements,
            SetImageChannels, SetRegion, SetSpatialRequirements, SetStatsRequirements,
            SetVectorOverlayParameters, StokesFile, set_spatial_requirements::SpatialConfig,
            set_stats_requirements::StatsConfig,
        },
    },
};
use proptest::{collection::vec, prelude::*, sample::select};
use prost::Message;
use tracking_support::{
    ICD,
    backend::{Backend, MISSING},
    frame, open_file, raw_frame, rectangle, set_region,
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

/// Frames of real viewers and of a real backend, headers included.
fn recorded_frames() -> Vec<Vec<u8>> {
    let mut records: Vec<serde_json::Value> = include_str!("fixtures/viewer-4.1.0.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let exchanges: serde_json::Value =
        serde_json::from_str(include_str!("fixtures/backend-exchanges.json")).unwrap();
    for exchange in exchanges["exchanges"].as_array().unwrap() {
        records.extend(exchange["frames"].as_array().unwrap().iter().cloned());
    }
    let frames = records.iter().filter_map(|record| {
        let payload = STANDARD.decode(record["payload"].as_str()?).unwrap();
        let header = Header {
            event_type: u16::try_from(record["type"].as_u64()?).unwrap(),
            icd_version: ICD,
            request_id: u32::try_from(record["id"].as_u64()?).unwrap(),
        };
        Some(Frame::from_payload(header, &payload).bytes().to_vec())
    });
    frames.collect()
}

#[derive(Clone, Debug)]
enum Hostile {
    Sent(Vec<u8>),
    Received(Vec<u8>),
    Dropped,
    Declined,
    Restored(bool, String),
    Retain(Vec<i32>),
    Forget(EventType, u32),
    Calls(i32, i32, Vec<(f32, f32)>),
}

fn any_event() -> impl Strategy<Value = EventType> {
    select(EventType::ALL.to_vec())
}

/// Any bytes, under headers that mean something more often than not.
fn any_frame() -> impl Strategy<Value = Vec<u8>> {
    let mutated =
        (select(recorded_frames()), vec((any::<prop::sample::Index>(), any::<u8>()), 0..4))
            .prop_map(|(mut bytes, changes)| {
                for (at, byte) in changes {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
                bytes
            });
    let under_header = (any_event(), 0..4_u32, vec(any::<u8>(), 0..40))
        .prop_map(|(event, id, payload)| raw_frame(event, id, &payload).bytes().to_vec());
    prop_oneof![4 => mutated, 2 => under_header, 1 => vec(any::<u8>(), 0..40)]
}

fn any_hostile() -> impl Strategy<Value = Hostile> {
    let problem = (vec(-2..4_i64, 0..3), vec(any::<i64>(), 0..2)).prop_map(|(files, regions)| {
        let list =
            |ids: Vec<i64>| ids.iter().fold(String::new(), |list, id| list + &format!("{id} "));
        let (files, regions) = (list(files), list(regions));
        format!("Problem loading files: {files}Problem loading regions: {regions}")
    });
    prop_oneof![
        10 => any_frame().prop_map(Hostile::Sent),
        10 => any_frame().prop_map(Hostile::Received),
        1 => Just(Hostile::Dropped),
        1 => Just(Hostile::Declined),
        1 => (any::<bool>(), prop_oneof![problem, any::<String>()])
            .prop_map(|(success, message)| Hostile::Restored(success, message)),
        1 => vec(-2..4_i32, 0..3).prop_map(Hostile::Retain),
        1 => (any_event(), 0..6_u32).prop_map(|(event, id)| Hostile::Forget(event, id)),
        2 => (-2..4_i32, -2..20_i32, vec((any::<f32>(), any::<f32>()), 0..4))
            .prop_map(|(file, other, points)| Hostile::Calls(file, other, points)),
    ]
}

fn carry_out(tracker: &mut Tracker, input: Hostile) {
    match input {
        Hostile::Sent(bytes) => {
            if let Some(frame) = Frame::from_bytes(bytes) {
                tracker.sent(&frame);
            }
        }
        Hostile::Received(bytes) => {
            if let Some(frame) = Frame::from_bytes(bytes) {
                if !tracker.wants(frame.header()) {
                    tracker.answered(frame.header());
                }
                // Asked for or not.
                let _ = tracker.received(&frame);
            }
        }
        Hostile::Dropped => drop(tracker.dropped()),
        Hostile::Declined => drop(tracker.declined()),
        Hostile::Restored(success, message) => {
            tracker.workspace_mut().restored(&ResumeSessionAck { success, message });
        }
        Hostile::Retain(ids) => tracker.workspace_mut().retain(&ids, Some(&ids)),
        Hostile::Forget(event, id) => tracker.forget(event, id),
        Hostile::Calls(file_id, other, points) => {
            let workspace = tracker.workspace_mut();
            let region = RegionSpec { region_type: other, points, rotation: 0.0 };
            let image =
                ImageSpec { file_id, file: "a".into(), channel: other, ..Default::default() };
            let catalog = CatalogSpec { file_id, name: "c".into(), ..Default::default() };
            let _ = workspace.open_image(image);
            let _ = workspace.set_channel(file_id, other, 0);
            let _ = workspace.set_region(file_id, other, &region);
            let _ = workspace.set_region(file_id, 0, &region);
            let _ = workspace.set_contours(file_id, Some(ContourSpec::default()));
            let _ = workspace.open_catalog(catalog);
            let _ = workspace.close_image(other);
            let _ = workspace.remove_region(other);
            let _ = workspace.close_catalog(other);
        }
    }
}

proptest! {
    /// No bytes panic, and none spoil the RESUME_SESSION: it can be read, and
    /// region 0 has a point and stands in image 0.
    #[test]
    fn no_input_panics_or_spoils_the_resume(inputs in vec(any_hostile(), 0..60)) {
        let mut tracker = Tracker::new();
        for input in inputs {
            carry_out(&mut tracker, input);
        }
        for icd_version in [28, 30] {
            let resume = ResumeSession::decode(&*tracker.resume_payload(icd_version)).unwrap();
            let mut last = -1;
            for image in resume.images {
                prop_assert!(image.file_id > last, "ascending, none below 0");
                last = image.file_id;
                for (id, info) in image.regions {
                    prop_assert!(id >= 0);
                    let is_cursor = id == 0 && image.file_id == 0 && info.control_points.len() == 1;
                    prop_assert!(id > 0 || is_cursor);
                }
            }
            tracker.after_resume(icd_version);
        }
        let workspace = tracker.workspace_mut();
        workspace.viewer_state();
        workspace.offer_images();
        workspace.offer_catalogs();
        workspace.cannot_restore();
        workspace.take_changes();
        tracker.unanswered();
        tracker.is_busy();
    }
}

#[test]
fn the_recordings_hold_what_is_mutated() {
    let frames = recorded_frames();
    assert!(frames.len() > 150);
    let opened = frame(EventType::OpenFile, 2, &open_file(0, "a.fits"));
    assert!(frames.iter().any(|bytes| bytes == opened.bytes()));
}
