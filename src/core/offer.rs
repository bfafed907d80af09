//! What the user is asked, and what came of it.

use serde::Serialize;

use super::tracking::{CannotRestore, OfferCatalog, OfferImage, Restored};

/// Why there is something to restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The connection was gone and nobody asked for that.
    ConnectionLost,
}

/// What the backend called the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionType {
    /// A session that did not exist before.
    New,
    /// The session that was asked for.
    Resumed,
}

/// The question: restore this workspace?
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// Which question this is; an answer to an older one is not heard.
    #[serde(skip)]
    pub id: u32,
    /// Why it is asked.
    pub reason: Reason,
    /// The session as registered now.
    pub session_id: u32,
    /// What the backend called it. It says nothing about what the backend has.
    pub session_type: SessionType,
    /// The backend's words on registering.
    pub backend_message: String,
    /// When the workspace was last known to be the backend's state, in
    /// milliseconds since 1970.
    pub saved_at: u64,
    /// Images, in ascending file id.
    pub images: Vec<OfferImage>,
    /// Catalogs, in ascending file id.
    pub catalogs: Vec<OfferCatalog>,
    /// What was open and cannot come back.
    pub cannot_restore: Vec<CannotRestore>,
}

/// The user's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Restore everything.
    Yes,
    /// Restore these only.
    Part {
        /// File ids of images.
        images: Vec<i32>,
        /// File ids of catalogs; `None` = all.
        catalogs: Option<Vec<i32>>,
    },
    /// Start empty.
    No,
}

/// What a resume brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What the backend said of it.
    pub restored: Restored,
    /// From RESUME_SESSION to its ack.
    pub duration_ms: u64,
    /// Size of RESUME_SESSION.
    pub bytes_sent: usize,
}
