//! Frames of real viewers and of a real backend, and their tracking.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use carta_resume::{
    protocol::{EventType, Frame, Header, messages::ResumeSession},
    tracking::Tracker,
    workspace::{CatalogSpec, ContourSpec, ImageSpec, RegionSpec, Workspace},
};
use serde_json::Value;

/// One recorded binary frame.
pub struct Recorded {
    pub by_viewer: bool,
    pub frame: Frame,
}

impl Recorded {
    /// `None` for text frames.
    fn read(record: &Value, sender: &str) -> Option<Self> {
        let number = |name: &str| record[name].as_u64().unwrap();
        let payload = STANDARD.decode(record["payload"].as_str()?).unwrap();
        let header = Header {
            event_type: u16::try_from(number("type")).unwrap(),
            icd_version: u16::try_from(number("icd")).unwrap(),
            request_id: u32::try_from(number("id")).unwrap(),
        };
        let by_viewer = record[sender] == "viewer";
        Some(Self { by_viewer, frame: Frame::from_payload(header, &payload) })
    }
}

/// One connection of the recorded viewer.
pub fn viewer_connection(connection: u64) -> Vec<Recorded> {
    include_str!("../../../fixtures/viewer-4.1.0.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|record| record["conn"] == connection && record.get("dir").is_some())
        .filter_map(|record| Recorded::read(&record, "dir"))
        .collect()
}

pub fn exchanges() -> BTreeMap<String, Vec<Recorded>> {
    let file: Value =
        serde_json::from_str(include_str!("../../../fixtures/backend-exchanges.json")).unwrap();
    let exchanges = file["exchanges"].as_array().unwrap().iter().map(|exchange| {
        let frames = exchange["frames"].as_array().unwrap();
        let frames = frames.iter().filter_map(|record| Recorded::read(record, "from")).collect();
        (exchange["name"].as_str().unwrap().to_owned(), frames)
    });
    exchanges.collect()
}

/// A RESUME_SESSION is the client's own, so the content of a recorded one is stated by calls.
fn state(workspace: &mut Workspace, resume: &ResumeSession) {
    workspace.close_image(-1).unwrap();
    for image in &resume.images {
        let spec = ImageSpec {
            file_id: image.file_id,
            directory: image.directory.clone(),
            file: image.file.clone(),
            hdu: image.hdu.clone(),
            channel: image.channel,
            stokes: image.stokes,
            ..Default::default()
        };
        workspace.open_image(spec).unwrap();
        for (&id, info) in &image.regions {
            let region = RegionSpec {
                region_type: info.region_type,
                points: info.control_points.iter().map(|point| (point.x, point.y)).collect(),
                rotation: info.rotation,
            };
            // Some are invalid on purpose.
            let _ = workspace.set_region(image.file_id, id, &region);
        }
        if let Some(contours) = &image.contour_settings {
            let spec = ContourSpec { levels: contours.levels.clone(), ..Default::default() };
            workspace.set_contours(image.file_id, Some(spec)).unwrap();
        }
    }
    for open in &resume.catalog_files {
        let spec = CatalogSpec {
            file_id: open.file_id,
            directory: open.directory.clone(),
            name: open.name.clone(),
            preview_data_size: open.preview_data_size,
        };
        workspace.open_catalog(spec).unwrap();
    }
}

pub fn pass(tracker: &mut Tracker, recorded: &Recorded) {
    let frame = &recorded.frame;
    if recorded.by_viewer && frame.event() == Some(EventType::ResumeSession) {
        state(tracker.workspace_mut(), &frame.decode().unwrap());
    } else if recorded.by_viewer {
        tracker.sent(frame);
    } else if tracker.wants(frame.header()) {
        assert_eq!(tracker.received(frame), Ok(()));
    } else {
        tracker.answered(frame.header());
    }
}

pub fn track(frames: &[Recorded]) -> Tracker {
    let mut tracker = Tracker::new(0);
    for frame in frames {
        pass(&mut tracker, frame);
    }
    tracker
}
