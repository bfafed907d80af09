//! The session id in `sessionStorage`, where a reload of the same tab finds it;
//! the workspace in memory.

use std::cell::RefCell;

use web_sys::{Storage, window};

use crate::core::{
    store::{MemoryStore, Store},
    tracking::{RecordKey, Workspace},
};

thread_local! {
    /// The sessions that clients of this page have now. Two clients for one
    /// backend share `sessionStorage` and must not share a session.
    static IN_USE: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// A tab's store. Where `sessionStorage` is missing or blocked, everything is
/// in memory.
#[derive(Default)]
pub(super) struct TabStore {
    memory: MemoryStore,
    session_id: u32,
}

impl TabStore {
    fn claim(&mut self, session_id: u32) {
        self.release();
        self.session_id = session_id;
        IN_USE.with_borrow_mut(|in_use| in_use.push(session_id));
    }
}

fn storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

fn key(address: &str) -> String {
    "carta-resume:session:".to_owned() + address
}

impl Store for TabStore {
    fn take_session_id(&mut self, address: &str) -> u32 {
        if self.session_id != 0 {
            return self.session_id;
        }
        let stored = storage().and_then(|storage| storage.get_item(&key(address)).ok()?);
        let kept = match stored.and_then(|text| text.parse().ok()) {
            Some(session_id) => session_id,
            None => self.memory.take_session_id(address),
        };
        if kept == 0 || IN_USE.with_borrow(|in_use| in_use.contains(&kept)) {
            return 0;
        }
        self.claim(kept);
        kept
    }

    fn keep_session_id(&mut self, address: &str, session_id: u32) {
        self.claim(session_id);
        self.memory.keep_session_id(address, session_id);
        if let Some(storage) = storage() {
            // A full storage loses a convenience, not work: the id is in memory.
            let _ = storage.set_item(&key(address), &session_id.to_string());
        }
    }

    fn release(&mut self) {
        let released = std::mem::take(&mut self.session_id);
        IN_USE.with_borrow_mut(|in_use| in_use.retain(|&session_id| session_id != released));
    }

    fn changed(&mut self, address: &str, records: &[RecordKey], workspace: &Workspace) {
        self.memory.changed(address, records, workspace);
    }
}
