//! The session id in `sessionStorage`, where a reload of the same tab finds it.

use std::cell::RefCell;

use crate::client::store::{MemoryStore, Store, StoreFault};

use super::TabStorage;

thread_local! {
    /// The sessions that clients of this page have now. Two clients for one
    /// backend share `sessionStorage` and must not share a session.
    static TAKEN: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// False if another client of this page has it.
fn take(session_id: u32) -> bool {
    TAKEN.with_borrow_mut(|taken| {
        let is_free = !taken.contains(&session_id);
        if is_free {
            taken.push(session_id);
        }
        is_free
    })
}

/// A client's session id. Where `sessionStorage` is missing or blocked, it is in
/// memory.
#[derive(Default)]
pub(in crate::browser) struct SessionIds {
    memory: MemoryStore,
    /// 0 = none.
    session_id: u32,
    tab: TabStorage,
}

impl SessionIds {
    pub(in crate::browser) fn be_of(&self, user: Option<&str>) {
        self.tab.be_of(user);
    }
}

impl Store for SessionIds {
    fn take_session_id(&mut self, address: &str) -> Result<u32, StoreFault> {
        if self.session_id != 0 {
            return Ok(self.session_id);
        }
        let kept = match self.tab.session_id(address) {
            Some(text) => text.parse().map_err(|_| StoreFault::Damaged)?,
            None => self.memory.take_session_id(address)?,
        };
        if kept == 0 || !take(kept) {
            return Ok(0);
        }
        self.session_id = kept;
        Ok(kept)
    }

    fn keep_session_id(&mut self, address: &str, session_id: u32) -> Result<(), StoreFault> {
        self.release();
        take(session_id);
        self.session_id = session_id;
        self.memory.keep_session_id(address, session_id)?;
        let kept = self.tab.remember_session_id(address, Some(session_id));
        if kept { Ok(()) } else { Err(StoreFault::Unwritable) }
    }

    fn disown(&mut self, address: &str) {
        self.memory.disown(address);
        // What cannot be removed could not be written either.
        self.tab.remember_session_id(address, None);
    }

    fn release(&mut self) {
        let session_id = std::mem::take(&mut self.session_id);
        TAKEN.with_borrow_mut(|taken| taken.retain(|taken| *taken != session_id));
    }
}
