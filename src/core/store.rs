//! The seam to what outlives a connection: where the session id and the
//! workspace are kept.

use litemap::LiteMap;

use super::tracking::{RecordKey, Workspace};

/// Keeps the session id of each backend, and what changes in the workspace.
/// `address` is the backend's origin and path, never its query, which may hold
/// a token.
pub trait Store {
    /// The session id that was kept for a backend, 0 = none.
    fn session_id(&self, address: &str) -> u32;

    /// Keeps the session id of a backend.
    fn keep_session_id(&mut self, address: &str, session_id: u32);

    /// These records of the workspace are new, changed or gone. They are read
    /// from `workspace` now or never.
    fn changed(&mut self, address: &str, records: &[RecordKey], workspace: &Workspace);
}

/// Keeps everything for as long as the page lives. The workspace is in the
/// tracker already.
#[derive(Debug, Default)]
pub struct MemoryStore {
    session_ids: LiteMap<String, u32>,
}

impl Store for MemoryStore {
    fn session_id(&self, address: &str) -> u32 {
        self.session_ids.get(address).copied().unwrap_or(0)
    }

    fn keep_session_id(&mut self, address: &str, session_id: u32) {
        self.session_ids.insert(address.to_owned(), session_id);
    }

    fn changed(&mut self, _: &str, _: &[RecordKey], _: &Workspace) {}
}
