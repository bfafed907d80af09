//! The session id in `sessionStorage`, where a reload of the same tab finds it.

use std::cell::RefCell;

use web_sys::{Storage, window};

use crate::core::{
    store::{MemoryStore, Store, StoreFault},
    text::decimal,
};

thread_local! {
    /// The sessions that clients of this page have now. Two clients for one
    /// backend share `sessionStorage` and must not share a session.
    static IN_USE: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// A tab's store. Where `sessionStorage` is missing or blocked, everything is
/// in memory.
pub(super) struct TabStore {
    memory: MemoryStore,
    session_id: u32,
    /// What the names of this user's items end with.
    suffix: String,
}

impl TabStore {
    pub(super) fn new(user: &str) -> Self {
        let suffix = if user.is_empty() { String::new() } else { " ".to_owned() + user };
        Self { memory: MemoryStore::default(), session_id: 0, suffix }
    }

    fn key(&self, address: &str) -> String {
        "carta-resume:session:".to_owned() + address + &self.suffix
    }

    fn claim(&mut self, session_id: u32) {
        self.release();
        self.session_id = session_id;
        IN_USE.with_borrow_mut(|in_use| in_use.push(session_id));
    }
}

/// `None` in a worker, where there is none.
fn storage() -> Option<Result<Storage, StoreFault>> {
    let storage = window()?.session_storage().ok().flatten();
    Some(storage.ok_or(StoreFault::Unwritable))
}

impl Store for TabStore {
    fn take_session_id(&mut self, address: &str) -> Result<u32, StoreFault> {
        if self.session_id != 0 {
            return Ok(self.session_id);
        }
        // A blocked store is told when something is to be kept in it.
        let stored = storage()
            .and_then(Result::ok)
            .and_then(|storage| storage.get_item(&self.key(address)).ok().flatten());
        let kept = match stored {
            Some(text) => text.parse().map_err(|_| StoreFault::Damaged)?,
            None => self.memory.take_session_id(address)?,
        };
        if kept == 0 || IN_USE.with_borrow(|in_use| in_use.contains(&kept)) {
            return Ok(0);
        }
        self.claim(kept);
        Ok(kept)
    }

    fn keep_session_id(&mut self, address: &str, session_id: u32) -> Result<(), StoreFault> {
        self.claim(session_id);
        self.memory.keep_session_id(address, session_id)?;
        let Some(storage) = storage() else { return Ok(()) };
        let kept = storage?.set_item(&self.key(address), &decimal(session_id.into()));
        kept.map_err(|_| StoreFault::Unwritable)
    }

    fn disown(&mut self, address: &str) {
        self.memory.disown(address);
        if let Some(Ok(storage)) = storage() {
            // What cannot be removed could not be written either.
            let _ = storage.remove_item(&self.key(address));
        }
    }

    fn release(&mut self) {
        let released = std::mem::take(&mut self.session_id);
        IN_USE.with_borrow_mut(|in_use| in_use.retain(|&session_id| session_id != released));
    }
}
