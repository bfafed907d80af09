//! What is written of a session, and what is read of it.

use crate::{
    client::offer::{Kept, Reason},
    workspace::{Damaged, Workspace},
};

pub use crate::protocol::messages::stored::Contents;

/// What one transaction writes: all of it or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Write {
    /// To be named when its outcome is known; 0 = of the previous page.
    pub number: u64,
    /// The backend's address, without query.
    pub address: String,
    /// The session id, 0 = none.
    pub session_id: u32,
    /// Epoch milliseconds.
    pub saved_at: u64,
    /// What an offer shows. `None`: the row stays as it is.
    pub contents: Option<Contents>,
    /// The name of each record, and the record; `None` = it is gone.
    pub records: Vec<(String, Option<Vec<u8>>)>,
}

impl Contents {
    /// Nothing is open, so there is nothing to store.
    pub const fn is_empty(&self) -> bool {
        self.images.is_empty() && self.catalogs.is_empty()
    }
}

/// What is stored of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The session id, 0 = none.
    pub session_id: u32,
    /// Epoch milliseconds.
    pub saved_at: u64,
    /// `None` if one of them is not even bytes.
    pub records: Option<Vec<Vec<u8>>>,
}

impl Stored {
    /// The workspace in it, to be offered for this reason.
    pub(super) fn read(self, reason: Reason) -> Result<Kept, Damaged> {
        let workspace = Workspace::from_records(&self.records.ok_or(Damaged)?)?;
        Ok(Kept { reason, session_id: self.session_id, saved_at: self.saved_at, workspace })
    }

    /// Whether all files and regions in it are in this other one too.
    pub(super) fn is_subset_of(&self, whole: &Self) -> bool {
        let read = |stored: &Self| Workspace::from_records(stored.records.as_deref()?).ok();
        read(self).zip(read(whole)).is_some_and(|(part, whole)| part.is_subset_of(&whole))
    }
}

/// Who has a session that was loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// It is in the archive.
    Nobody,
    /// Another tab works with it.
    OtherTab,
}

/// The session that a client goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its key.
    pub key: String,
    /// What an earlier page left in it.
    pub found: Option<Found>,
}

/// What an earlier page left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whose it was: this tab's, or one's that is closed.
    pub reason: Reason,
    /// What is stored.
    pub stored: Stored,
}
