//! A workspace as a file, to be carried to another browser, machine or person.

use prost::{Message, bytes::Bytes};

use crate::{
    client::{Code, Problem, offer::Reason},
    protocol::messages::stored::ExportedWorkspace,
    tracking::Tracker,
    workspace::Workspace,
};

use super::session::{Contents, Stored, Write};

const KIND: &str = "carta-resume workspace";
const FORMAT: u32 = 1;

/// The file of a stored workspace; `None` if it is damaged.
pub fn of_stored(stored: Stored) -> Option<Vec<u8>> {
    Workspace::from_records(stored.records.as_deref()?).ok()?;
    Some(file(stored.saved_at, stored.records?))
}

/// The file of the workspace that is open; `None` if nothing is. `saved_at`: when
/// it was last known to be the backend's state; epoch milliseconds.
pub fn of_open(tracker: &Tracker, saved_at: u64) -> Option<Vec<u8>> {
    let workspace = tracker.workspace();
    if workspace.is_empty() {
        return None;
    }
    let records = workspace.record_keys().into_iter().filter_map(|key| tracker.record(key));
    Some(file(saved_at, records.collect()))
}

/// Why there is no file of what is open.
pub fn nothing() -> Problem {
    let message = "There is nothing to export: no image and no catalog is open.";
    Problem::new(Code::UnknownWorkspace, message)
}

fn file(saved_at: u64, records: Vec<Vec<u8>>) -> Vec<u8> {
    let records = records.into_iter().map(Into::into).collect();
    ExportedWorkspace { kind: KIND.to_owned(), format: FORMAT, saved_at, records }.encode_to_vec()
}

/// What is written to the archive of the backend at this address for a file,
/// whose every byte is hostile. `now`: epoch milliseconds.
pub fn import(file: &[u8], address: &str, now: u64) -> Result<Write, Problem> {
    let exported =
        ExportedWorkspace::decode(Bytes::copy_from_slice(file)).map_err(|_| no_workspace())?;
    if exported.kind != KIND {
        return Err(no_workspace());
    }
    if exported.format != FORMAT {
        return Err(refused(
            "This file was exported by a newer version of this viewer. Open it there, or update \
             this viewer.",
        ));
    }
    let saved_at = exported.saved_at.min(now);
    let records = exported.records.into_iter().map(Into::into).collect();
    let stored = Stored { session_id: 0, saved_at, records: Some(records) };
    let kept = stored.read(Reason::Archive);
    let workspace = kept.ok().map(|kept| kept.workspace).filter(|workspace| !workspace.is_empty());
    let Some(workspace) = workspace else {
        return Err(refused("This file is damaged. Export the work again and import that file."));
    };
    let records = workspace
        .record_keys()
        .into_iter()
        .filter_map(|key| Some((key.name(), Some(workspace.record(key, None)?))));
    Ok(Write {
        number: 0,
        address: address.to_owned(),
        session_id: 0,
        saved_at,
        contents: Some(Contents {
            images: workspace.offer_images(),
            catalogs: workspace.offer_catalogs(),
        }),
        records: records.collect(),
    })
}

fn no_workspace() -> Problem {
    refused(
        "This file is not an exported workspace. Choose a file that was exported here or in \
             another browser.",
    )
}

fn refused(message: &str) -> Problem {
    Problem::new(Code::InvalidFile, message)
}
