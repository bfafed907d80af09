//! The session id in `sessionStorage`, where a reload of the same tab finds it.

use wasm_bindgen::prelude::*;

use crate::client::store::{MemoryStore, Store, StoreFault};

#[wasm_bindgen(module = "/src/npm/tab.js")]
extern "C" {
    /// What this tab remembers, if anything.
    fn remembered(name: &str) -> Option<String>;

    /// `None` = to be forgotten. False if it cannot be remembered.
    fn remember(name: &str, value: Option<String>) -> bool;

    /// Takes a session for a client of this page; false if another one has it.
    fn claim(session_id: u32) -> bool;

    fn release(session_id: u32);
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
}

impl Store for TabStore {
    fn take_session_id(&mut self, address: &str) -> Result<u32, StoreFault> {
        if self.session_id != 0 {
            return Ok(self.session_id);
        }
        let kept = match remembered(&self.key(address)) {
            Some(text) => text.parse().map_err(|_| StoreFault::Damaged)?,
            None => self.memory.take_session_id(address)?,
        };
        if kept == 0 || !claim(kept) {
            return Ok(0);
        }
        self.session_id = kept;
        Ok(kept)
    }

    fn keep_session_id(&mut self, address: &str, session_id: u32) -> Result<(), StoreFault> {
        self.release();
        claim(session_id);
        self.session_id = session_id;
        self.memory.keep_session_id(address, session_id)?;
        let kept = remember(&self.key(address), Some(session_id.to_string()));
        if kept { Ok(()) } else { Err(StoreFault::Unwritable) }
    }

    fn disown(&mut self, address: &str) {
        self.memory.disown(address);
        // What cannot be removed could not be written either.
        remember(&self.key(address), None);
    }

    fn release(&mut self) {
        release(std::mem::take(&mut self.session_id));
    }
}
