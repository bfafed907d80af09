//! No input panics, and none spoils a RESUME_SESSION.

use crate::tracking::support::{ICD, frame, open_file, raw_frame};
use base64::{Engine, engine::general_purpose::STANDARD};
use carta_resume::{
    protocol::{
        EventType, Frame, Header,
        messages::{ResumeSession, ResumeSessionAck},
    },
    tracking::Tracker,
    workspace::{CatalogSpec, ContourSpec, ImageSpec, RegionSpec},
};
use proptest::{collection::vec, prelude::*, sample::select};
use prost::Message;

/// Frames of real viewers and of a real backend, headers included.
fn recorded_frames() -> Vec<Vec<u8>> {
    let mut records: Vec<serde_json::Value> = include_str!("../../fixtures/viewer-4.1.0.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let exchanges: serde_json::Value =
        serde_json::from_str(include_str!("../../fixtures/backend-exchanges.json")).unwrap();
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

/// Any bytes, under headers that are more often valid than not.
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
                // Requested or not.
                let _ = tracker.received(&frame);
            }
        }
        Hostile::Dropped => drop(tracker.dropped()),
        Hostile::Declined => drop(tracker.declined()),
        Hostile::Restored(success, message) => {
            tracker.workspace_mut().restored(&ResumeSessionAck { success, message });
        }
        Hostile::Retain(ids) => {
            tracker.workspace_mut().retain(&ids, Some(&ids));
        }
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
    /// No bytes cause a panic, and none spoil the RESUME_SESSION: it can be read, and region 0 has
    /// a point and is in image 0.
    #[test]
    fn no_input_panics_or_spoils_the_resume(inputs in vec(any_hostile(), 0..60)) {
        let mut tracker = Tracker::new(0);
        for input in inputs {
            carry_out(&mut tracker, input);
        }
        for icd_version in [28, 30] {
            let resume = ResumeSession::decode(&*tracker.resume_payload(icd_version)).unwrap();
            let mut last = -1;
            for image in resume.images {
                prop_assert!(image.file_id > last, "ascending, and none below 0");
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
        tracker.awaits_data();
    }
}

#[test]
fn the_recordings_hold_what_is_mutated() {
    let frames = recorded_frames();
    assert!(frames.len() > 150);
    let opened = frame(EventType::OpenFile, 2, &open_file(0, "a.fits"));
    assert!(frames.iter().any(|bytes| bytes == opened.bytes()));
}
