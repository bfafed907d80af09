//! A workspace and its records, and what can be seen of a workspace.

use std::collections::BTreeMap;

use carta_resume::{
    protocol::{
        EventType,
        messages::{
            ConcatStokesFiles, ConcatStokesFilesAck, FileInfo, FileInfoExtended, HistogramConfig,
            ImageBounds, IntBounds, OpenCatalogFile, OpenCatalogFileAck, OpenFile, OpenFileAck,
            Point, RegionInfo, RenderMode, SetContourParameters, SetCursor,
            SetHistogramRequirements, SetImageChannels, SetRegion, SetSpatialRequirements,
            SetSpectralRequirements, SetStatsRequirements, SetVectorOverlayParameters, StokesFile,
            set_spatial_requirements::SpatialConfig, set_spectral_requirements::SpectralConfig,
            set_stats_requirements::StatsConfig,
        },
    },
    tracking::Tracker,
    workspace::{Damaged, RecordKey, ViewerState, Workspace},
};
use prost::Message;

use super::{Session, frame, open_file, opened, rectangle, region_ack, set_region};

/// Records by name, as a store has them.
pub type Records = BTreeMap<String, Vec<u8>>;

/// The key of everything in a workspace.
pub fn keys(tracker: &Tracker) -> Vec<RecordKey> {
    let mut workspace = tracker.workspace().clone();
    workspace.take_changes();
    workspace.note_all();
    workspace.take_changes()
}

/// Everything that a store would have if everything had just been written.
pub fn records(tracker: &Tracker) -> Records {
    let record = |key: RecordKey| Some((key.name(), tracker.record(key)?));
    keys(tracker).into_iter().filter_map(record).collect()
}

pub fn load(records: &Records) -> Result<Workspace, Damaged> {
    let records: Vec<Vec<u8>> = records.values().cloned().collect();
    Workspace::from_records(&records)
}

/// A tracker that takes over the content of a store.
pub fn reloaded(records: &Records) -> Tracker {
    let mut tracker = Tracker::new(usize::MAX);
    *tracker.workspace_mut() = load(records).expect("sound records");
    tracker
}

/// Everything that leaves a workspace, for the viewer and for the backend.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub state: ViewerState,
    /// Payloads of RESUME_SESSION, without and with overlays.
    pub resume: [Vec<u8>; 2],
    pub after_resume: [Vec<(EventType, Vec<u8>)>; 2],
}

pub fn shown(tracker: &Tracker) -> Shown {
    Shown {
        state: tracker.workspace().viewer_state(),
        resume: [28, 30].map(|version| tracker.resume_payload(version)),
        after_resume: [28, 30].map(|version| tracker.clone().after_resume(version)),
    }
}

/// An answer with a file's name and size.
fn answer(file_id: i32, name: &str) -> OpenFileAck {
    OpenFileAck {
        success: true,
        file_id,
        file_info: Some(FileInfo { name: name.into(), size: 1 << 40, ..Default::default() }),
        file_info_extended: Some(FileInfoExtended {
            dimensions: 4,
            width: 64,
            height: 32,
            depth: 8,
            stokes: 4,
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub fn contours(file_id: u32, levels: &[f64]) -> SetContourParameters {
    SetContourParameters {
        file_id,
        reference_file_id: 1,
        image_bounds: Some(ImageBounds { x_min: 1, x_max: 60, y_min: -2, y_max: 30 }),
        levels: levels.to_vec(),
        smoothing_mode: 2,
        smoothing_factor: 4,
        decimation_factor: 4,
        compression_level: 8,
        contour_chunk_size: 100_000,
        channel_range: Some(IntBounds { min: 0, max: 7 }),
    }
}

pub fn overlay(file_id: u32) -> SetVectorOverlayParameters {
    SetVectorOverlayParameters {
        file_id,
        smoothing_factor: 4,
        fractional: true,
        threshold: f64::NAN,
        stokes_intensity: 0,
        stokes_angle: -1,
        ..Default::default()
    }
}

pub fn stats(file_id: i32, region_id: i32) -> SetStatsRequirements {
    let stats_configs = vec![StatsConfig { coordinate: "z".into(), stats_types: vec![1, 2] }];
    SetStatsRequirements { file_id, region_id, stats_configs }
}

/// A SET_REGION whose region has fields that this client does not know.
pub fn set_region_with_unknown_fields(file_id: i32, region_id: i32, x: f32) -> Vec<u8> {
    let unknown = [&[0xA2, 0x06, 3][..], b"new", &[0xA8, 0x06, 0x96, 0x01]].concat();
    let info = [rectangle(x).encode_to_vec(), unknown].concat();
    let set = SetRegion { file_id, region_id, ..Default::default() };
    let length = u8::try_from(info.len()).unwrap();
    [set.encode_to_vec(), vec![0x1A, length], info].concat()
}

/// A session with everything in it that can be stored.
pub fn rich() -> Session {
    let mut session = Session::keeping(1 << 20);
    open_everything(&mut session);
    adjust(&mut session);
    for (file_id, region_id, x) in [(0, 1, 1.0), (0, 2, -3.5), (1, 3, 7.25)] {
        session.draw(file_id, region_id, rectangle(x));
    }
    let id = session.send_raw(EventType::SetRegion, &set_region_with_unknown_fields(2, -1, 9.0));
    session.receive(EventType::SetRegionAck, id, &region_ack(70_000));
    let polygon = RegionInfo {
        region_type: 4,
        control_points: (0..20_u8).map(|at| Point { x: at.into(), y: 1e-30 }).collect(),
        rotation: -0.0,
    };
    session.draw(1, i32::MAX, polygon);
    for (file_id, name) in [(1, "stars.vot"), (2, "galaxies.fits")] {
        let open = OpenCatalogFile {
            directory: "catalogs".into(),
            name: name.into(),
            file_id,
            preview_data_size: 50,
        };
        let id = session.send(EventType::OpenCatalogFile, &open);
        let ack = OpenCatalogFileAck { success: true, file_id, ..Default::default() };
        session.receive(EventType::OpenCatalogFileAck, id, &ack);
    }
    require(&mut session);
    session
}

fn open_everything(session: &mut Session) {
    let cube = OpenFile {
        directory: "data/日本".into(),
        file: "cube.fits".into(),
        hdu: "3".into(),
        file_id: 0,
        render_mode: RenderMode::Contour.into(),
        support_aips_beam: true,
        ..Default::default()
    };
    let sum = OpenFile {
        directory: "data".into(),
        file: "\"a.fits\" + \"b.fits\"".into(),
        file_id: 1,
        lel_expr: true,
        ..Default::default()
    };
    for open in [cube, sum, open_file(3, "plain.fits")] {
        let id = session.send(EventType::OpenFile, &open);
        session.receive(EventType::OpenFileAck, id, &answer(open.file_id, &open.file));
    }
    let file = |name: &str, polarization_type| StokesFile {
        directory: "stokes".into(),
        file: name.into(),
        hdu: "0".into(),
        polarization_type,
    };
    let join = ConcatStokesFiles {
        stokes_files: vec![file("i.fits", 1), file("q.fits", 2)],
        file_id: 2,
        render_mode: 0,
    };
    let id = session.send(EventType::ConcatStokesFiles, &join);
    let ack = ConcatStokesFilesAck {
        success: true,
        open_file_ack: Some(answer(2, "iq_hypercube.fits")),
        ..Default::default()
    };
    session.receive(EventType::ConcatStokesFilesAck, id, &ack);
}

fn adjust(session: &mut Session) {
    for (file_id, channel, stokes) in [(0, 5, 2), (1, 7, 13)] {
        let set = SetImageChannels { file_id, channel, stokes, ..Default::default() };
        session.send(EventType::SetImageChannels, &set);
    }
    session.send(EventType::SetContourParameters, &contours(0, &[0.5, 1.5e-7]));
    session.send(EventType::SetContourParameters, &contours(1, &[2.0]));
    // Contours that are cleared are settings without levels.
    session.send(EventType::SetContourParameters, &contours(1, &[]));
    session.send(EventType::SetVectorOverlayParameters, &overlay(2));
    for (file_id, x) in [(0, 12.5), (2, 0.0)] {
        let point = Some(Point { x, y: 31.0 });
        session.send(EventType::SetCursor, &SetCursor { file_id, point, ..Default::default() });
    }
}

/// All four kinds: of a region, of the cursor, of the image, of the cube.
fn require(session: &mut Session) {
    let coordinate = || "z".to_owned();
    for (file_id, region_id) in [(0, 0), (1, 3)] {
        let config = SpatialConfig { coordinate: "x".into(), width: 3, ..Default::default() };
        let set = SetSpatialRequirements { file_id, region_id, spatial_profiles: vec![config] };
        session.send(EventType::SetSpatialRequirements, &set);
    }
    for (file_id, region_id) in [(0, 0), (0, 2)] {
        let config = SpectralConfig { coordinate: coordinate(), stats_types: vec![4] };
        let set = SetSpectralRequirements { file_id, region_id, spectral_profiles: vec![config] };
        session.send(EventType::SetSpectralRequirements, &set);
    }
    for (file_id, region_id) in [(0, -1), (2, 70_000)] {
        session.send(EventType::SetStatsRequirements, &stats(file_id, region_id));
    }
    let config = HistogramConfig { coordinate: coordinate(), channel: -2, ..Default::default() };
    let cube = SetHistogramRequirements { file_id: 0, region_id: -2, histograms: vec![config] };
    session.send(EventType::SetHistogramRequirements, &cube);
    // An empty list stops what the backend would otherwise make by itself.
    let none = SetHistogramRequirements { file_id: 1, region_id: -1, histograms: vec![] };
    session.send(EventType::SetHistogramRequirements, &none);
}

/// The payload of an answer to OPEN_FILE, as the backend sends it.
pub fn answer_bytes(file_id: i32, name: &str) -> Vec<u8> {
    frame(EventType::OpenFileAck, 0, &opened(file_id, name)).payload().to_vec()
}

/// A SET_REGION that is not answered yet; returns its request id.
pub fn move_region(session: &mut Session, file_id: i32, region_id: i32, x: f32) -> u32 {
    session.send(EventType::SetRegion, &set_region(file_id, region_id, rectangle(x)))
}
