//! The seam to where the session id is kept: where it can be read at once. The
//! workspace, which is large, is written by a [`Keeper`](super::keeper::Keeper).

/// Keeps the session id of each backend. `address` is the backend's origin and
/// path, never its query, which may hold a token.
pub trait Store {
    /// Takes up the session id that was kept for a backend, 0 = none. Two
    /// clients that live at the same time never take up the same one.
    fn take_session_id(&mut self, address: &str) -> Result<u32, StoreFault>;

    /// Keeps the session id of a backend. After a fault it is kept in memory.
    fn keep_session_id(&mut self, address: &str, session_id: u32) -> Result<(), StoreFault>;

    /// What is kept for a backend is another client's.
    fn disown(&mut self, address: &str);

    /// The session is not needed any more; another client may take it up.
    fn release(&mut self);
}

/// What is wrong with a store. Work goes on in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFault {
    /// What was kept cannot be read; it is marked as damaged.
    Damaged,
    /// Nothing can be kept: the store is full or blocked.
    Unwritable,
}

/// Keeps everything for as long as the page lives.
#[derive(Debug, Default)]
pub struct MemoryStore {
    /// By address; there are few.
    session_ids: Vec<(String, u32)>,
}

impl Store for MemoryStore {
    fn take_session_id(&mut self, address: &str) -> Result<u32, StoreFault> {
        let kept = self.session_ids.iter().find(|(of, _)| of == address);
        Ok(kept.map_or(0, |(_, session_id)| *session_id))
    }

    fn keep_session_id(&mut self, address: &str, session_id: u32) -> Result<(), StoreFault> {
        self.session_ids.retain(|(of, _)| of != address);
        self.session_ids.push((address.to_owned(), session_id));
        Ok(())
    }

    fn disown(&mut self, address: &str) {
        self.session_ids.retain(|(of, _)| of != address);
    }

    fn release(&mut self) {}
}
