//! What an earlier page kept, or what the archive has.

use carta_resume::{
    client::offer::{Kept, Reason},
    tracking::Tracker,
    workspace::{CatalogSpec, ImageSpec, RegionSpec, Workspace},
};

pub const SAVED_AT: u64 = 1_600_000_000_000;

/// Images with these file ids, each with a channel and a region of its own.
pub fn kept(reason: Reason, session_id: u32, file_ids: &[i32]) -> Kept {
    Kept { reason, session_id, saved_at: SAVED_AT, workspace: workspace(file_ids, &[]) }
}

pub fn archived(file_ids: &[i32]) -> Kept {
    kept(Reason::Archive, 0, file_ids)
}

/// As it comes from a store.
pub fn workspace(file_ids: &[i32], catalogs: &[i32]) -> Workspace {
    let mut tracker = Tracker::default();
    let workspace = tracker.workspace_mut();
    for &file_id in file_ids {
        let file = format!("kept {file_id}.fits");
        let channel = file_id + 10;
        workspace.open_image(ImageSpec { file_id, file, channel, ..ImageSpec::default() }).unwrap();
        let region = RegionSpec {
            region_type: 3,
            points: vec![(f32::from(i16::try_from(file_id).unwrap()), 5.0), (10.0, 20.0)],
            rotation: 0.0,
        };
        workspace.set_region(file_id, file_id + 20, &region).unwrap();
    }
    for &file_id in catalogs {
        let catalog = CatalogSpec { file_id, name: "kept.vot".into(), ..CatalogSpec::default() };
        workspace.open_catalog(catalog).unwrap();
    }
    let keys = workspace.take_changes();
    let records: Vec<Vec<u8>> = keys.iter().filter_map(|&key| tracker.record(key)).collect();
    Workspace::from_records(&records).unwrap()
}

/// What a RESUME_SESSION for this says.
pub fn resume_payload(workspace: &Workspace) -> Vec<u8> {
    let mut tracker = Tracker::default();
    *tracker.workspace_mut() = workspace.clone();
    tracker.resume_payload(28)
}
