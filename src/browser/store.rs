//! The session id in `sessionStorage`, where a reload of the same tab finds it;
//! the workspace in memory.

use web_sys::{Storage, window};

use crate::core::{
    store::{MemoryStore, Store},
    tracking::{RecordKey, Workspace},
};

/// A tab's store. Where `sessionStorage` is missing or blocked, everything is
/// in memory.
#[derive(Default)]
pub(super) struct TabStore {
    memory: MemoryStore,
}

fn storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

fn key(address: &str) -> String {
    format!("carta-resume:session:{address}")
}

impl Store for TabStore {
    fn session_id(&self, address: &str) -> u32 {
        let stored = storage().and_then(|storage| storage.get_item(&key(address)).ok()?);
        stored.and_then(|text| text.parse().ok()).unwrap_or_else(|| self.memory.session_id(address))
    }

    fn keep_session_id(&mut self, address: &str, session_id: u32) {
        self.memory.keep_session_id(address, session_id);
        if let Some(storage) = storage() {
            // A full storage loses a convenience, not work: the id is in memory.
            let _ = storage.set_item(&key(address), &session_id.to_string());
        }
    }

    fn changed(&mut self, address: &str, records: &[RecordKey], workspace: &Workspace) {
        self.memory.changed(address, records, workspace);
    }
}
