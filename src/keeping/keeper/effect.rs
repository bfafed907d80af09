//! What the keeper wants done.

use std::rc::Rc;

use crate::{
    client::{
        Answer, Problem,
        offer::{Kept, WhyArchived},
    },
    keeping::session::Write,
};

/// Something to do, in order. What has an outcome says by which
/// [`Input`](super::Input) it is told.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Open the database: [`Opened`](super::Input::Opened). Until the client
    /// [is ready](super::Keeper::is_ready), tell each
    /// [`SecondPassed`](super::Input::SecondPassed).
    Open,
    /// Find the session to go on with: the one under this key, or one that a
    /// closed tab left, or a new one: [`Claimed`](super::Input::Claimed).
    Claim {
        /// The backend's address, without query.
        address: String,
        /// What the tab remembers.
        key: Option<String>,
    },
    /// Write what the previous page may have lost:
    /// [`WrittenAgain`](super::Input::WrittenAgain).
    WriteAgain(Rc<Write>),
    /// Load from the archive what the previous page was being rebuilt from:
    /// [`UnfinishedLoaded`](super::Input::UnfinishedLoaded).
    LoadUnfinished {
        /// Its id in the archive.
        id: String,
    },
    /// Give this to the client, which asks its user on the next connection:
    /// [`Adopted`](super::Input::Adopted).
    Adopt(Kept),
    /// Give this to the client, which asks its user whether to rebuild the
    /// viewer from it: [`Adopted`](super::Input::Adopted).
    OfferForRebuilding(Kept),
    /// What waited for the storage goes on.
    Ready,
    /// Write a change, at once: [`Written`](super::Input::Written).
    Write(Rc<Write>),
    /// Archive the session and begin a new one:
    /// [`KeyChanged`](super::Input::KeyChanged).
    Archive(WhyArchived),
    /// Mark the session as damaged, and begin a new one:
    /// [`KeyChanged`](super::Input::KeyChanged).
    MarkDamaged,
    /// The tab remembers the key of its session.
    RememberKey(String),
    /// The tab remembers what its viewer is being rebuilt from; `None` = it is
    /// done.
    RememberRebuilding(Option<String>),
    /// The tab remembers the last write, which may be lost with the page.
    NoteLastWrite(String),
    /// The same for what a page had before it got a session, unless the tab remembers a
    /// last write already.
    NoteUnclaimed(String),
    /// It is not needed any more.
    ForgetLastWrite,
    /// The session id is another tab's.
    DisownSessionId,
    /// Give the session up for as long as the page is suspended.
    Suspend,
    /// Take it again: [`Woken`](super::Input::Woken).
    Wake,
    /// Answer a request with the list of what is archived.
    List {
        /// Which one.
        request: u32,
        /// There is nothing to look into.
        is_empty: bool,
    },
    /// Load a workspace from the archive: [`Loaded`](super::Input::Loaded).
    Load {
        /// For this request.
        request: u32,
        /// Its id in the archive.
        id: String,
        /// Why.
        to: LoadTo,
    },
    /// Ask the user whether to restore it:
    /// [`Restoring`](super::Input::Restoring) or
    /// [`RestoreRefused`](super::Input::RestoreRefused).
    Restore {
        /// For this request.
        request: u32,
        /// Its id in the archive.
        id: String,
        /// The workspace.
        kept: Kept,
    },
    /// Restore what another tab has handed over, to which the user has said yes:
    /// [`Restoring`](super::Input::Restoring) or
    /// [`RestoreRefused`](super::Input::RestoreRefused).
    RestoreAgreed {
        /// For this request.
        request: u32,
        /// Its id in the archive.
        id: String,
        /// The workspace.
        kept: Kept,
        /// What the user has said.
        answer: Answer,
    },
    /// Look which sessions other tabs have:
    /// [`OthersFound`](super::Input::OthersFound).
    FindOthers {
        /// The backend's address, without query.
        address: String,
    },
    /// Ask the tab that has a session whether it is connected, after this many
    /// milliseconds: [`TabSaid`](super::Input::TabSaid).
    AskTab {
        /// The session's key.
        key: String,
        /// Milliseconds.
        after: u32,
    },
    /// Ask the tab that has a session to hand it over:
    /// [`HandedOver`](super::Input::HandedOver).
    TakeOver {
        /// The session's key.
        key: String,
    },
    /// This tab has handed its session over: the client is closed.
    Moved,
    /// Remove from the archive: [`Removed`](super::Input::Removed).
    Remove {
        /// Why.
        purpose: Purpose,
        /// Which.
        what: Removal,
    },
    /// Add a workspace to the archive, and answer a request with its id.
    Import {
        /// Which one.
        request: u32,
        /// What to write.
        write: Rc<Write>,
    },
    /// Answer a request with a file.
    Export {
        /// Which one.
        request: u32,
        /// The file.
        file: Vec<u8>,
    },
    /// Answer a request: whether something was restored or removed.
    Settle {
        /// Which one.
        request: u32,
        /// The answer.
        outcome: Result<bool, Problem>,
    },
    /// Report a problem.
    Report(Problem),
    /// Give the session up and close the database, whether it is open or
    /// opening: [`Released`](super::Input::Released).
    Close,
    /// Remove all that is stored of this user at this address, and what the tab
    /// remembers: [`Forgotten`](super::Input::Forgotten).
    Forget {
        /// The backend's address, without query.
        address: String,
    },
    /// Tell those who wait for the end of the client.
    Ended,
}

/// Why something is loaded from the archive for a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadTo {
    /// To be restored. If a closed tab has left it, it goes to the archive first.
    Restore,
    /// To be exported. It stays as it is.
    Export,
}

/// What is removed from the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The workspace of this id.
    One(String),
    /// All of this user's at this address.
    AllOf(String),
}

/// Why something is removed from the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// This request wants it.
    Delete {
        /// Which one.
        request: u32,
    },
    /// This request has restored all of it.
    Restored {
        /// Which one.
        request: u32,
    },
    /// The viewer was rebuilt from it.
    Rebuilt,
}
