//! What the user is asked, and what came of it.

use serde::Serialize;

pub use crate::connection::SessionType;
use crate::rebuild::Ahead;
use crate::workspace::{
    CannotRestore, OfferCalculation, OfferCatalog, OfferImage, Part, Restored, ViewPart, Workspace,
};

/// Why there is something to restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The connection was gone and nobody asked for that.
    ConnectionLost,
    /// The page was reloaded, or its browser was restarted.
    PageReloaded,
    /// Another page of this backend is gone and left its work.
    TabClosed,
    /// The viewer asked for a workspace from the archive.
    Archive,
    /// Another tab has it. After a yes, that tab hands it over first.
    OtherTab,
}

impl Reason {
    /// It is not what this page had, and is asked about while at work.
    pub const fn is_from_elsewhere(self) -> bool {
        matches!(self, Self::Archive | Self::OtherTab)
    }
}

/// Why a workspace is in the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyArchived {
    /// The user did not want it back, or a part of it only.
    Declined,
    /// Another workspace took its place.
    Superseded,
    /// Nobody has come back to it.
    Expired,
    /// Its tab is closed, and the user found it in the archive.
    Closed,
    /// It came in a file.
    Imported,
    /// Another tab has taken it over.
    Moved,
}

impl WhyArchived {
    /// The name in the database and in JavaScript.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::Superseded => "superseded",
            Self::Expired => "expired",
            Self::Closed => "closed",
            Self::Imported => "imported",
            Self::Moved => "moved",
        }
    }
}

/// What came of restoring a workspace from the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreOutcome {
    /// The user said no.
    Declined,
    /// The user wanted a part of it.
    Part,
    /// All of it was asked for.
    Whole,
}

impl RestoreOutcome {
    /// The outcome as the JavaScript side of the package calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::Part => "part",
            Self::Whole => "whole",
        }
    }
}

/// A workspace that an earlier page kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Why it is there to be restored.
    pub reason: Reason,
    /// The session that it was in, 0 = none.
    pub session_id: u32,
    /// When it was written, in milliseconds since 1970.
    pub saved_at: u64,
    /// The workspace.
    pub workspace: Workspace,
}

/// How the previous page showed what a viewer was rebuilt from. Its parts name images,
/// regions and catalogs by the ids that those had there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptView {
    /// The parts, as they were stated.
    pub parts: Vec<ViewPart>,
    /// Ids of images there, and here.
    pub images: Vec<(i32, i32)>,
    /// Ids of regions there, and here.
    pub regions: Vec<(i32, i32)>,
    /// Ids of catalogs there, and here.
    pub catalogs: Vec<(i32, i32)>,
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
    /// How it was shown is known too.
    pub has_view: bool,
    /// What may be why the connection was lost before.
    pub suspected: Suspected,
    /// What was being restored when the connection was lost, and is not there yet: it goes on.
    pub still_restoring: Ahead,
    /// What was computed and can be made again, which takes time: what is ticked is.
    pub can_remake: Vec<OfferCalculation>,
    /// What was open and cannot come back, or is left out.
    pub cannot_restore: Vec<CannotRestore>,
}

/// What was being restored when two connections in a row were lost. All of it comes in
/// question: the backend does not say what it was doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Suspected {
    /// File ids of images.
    pub images: Vec<i32>,
    /// File ids of catalogs.
    pub catalogs: Vec<i32>,
}

impl Suspected {
    pub(super) fn of(parts: &[Part]) -> Self {
        let mut suspected = Self::default();
        for part in parts {
            match *part {
                Part::Image(id) => suspected.images.push(id),
                Part::Catalog(id) => suspected.catalogs.push(id),
                Part::Contours(_) | Part::Overlay(_) | Part::Cursor(_) | Part::Requirement(_) => {}
            }
        }
        suspected
    }
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
    /// Why there was something to restore.
    pub reason: Reason,
    /// What the backend said of it.
    pub restored: Restored,
    /// What is made again from now on.
    pub remaking: Vec<OfferCalculation>,
    /// From RESUME_SESSION to its ack.
    pub duration_ms: u64,
    /// Size of RESUME_SESSION.
    pub bytes_sent: usize,
}
