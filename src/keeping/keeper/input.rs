//! What happens to the keeper.

use crate::{
    client::{
        Answer, Problem,
        offer::{RestoreOutcome, WhyArchived},
    },
    keeping::{
        fault::Fault,
        session::{Claim, Holder, Stored},
        takeover::Word,
        user::User,
    },
};

use super::{LoadTo, Purpose};

/// What a tab remembers in `sessionStorage`, as it is found there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TabMemory {
    /// The key of its stored session.
    pub key: Option<String>,
    /// The workspace of the archive from which its viewer was being rebuilt.
    pub rebuilding: Option<String>,
    /// The last write of the previous page; see
    /// [`last_write`](crate::keeping::last_write).
    pub last_write: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// The backend's address, without query, is known: before each attempt.
    AddressKnown {
        /// The address.
        address: String,
    },
    /// It is known who works with the viewer: before each attempt.
    UserKnown(User),
    /// The database is open, or not.
    Opened(Result<TabMemory, Fault>),
    /// The page had another second since the opening began. One in which it was
    /// too busy to hear of anything does not count.
    SecondPassed,
    /// A session was found.
    Claimed(Result<Claim, Fault>),
    /// The outcome of [`WriteAgain`](super::Effect::WriteAgain).
    WrittenAgain(Result<(), Fault>),
    /// The outcome of [`LoadUnfinished`](super::Effect::LoadUnfinished); `None`
    /// = the archive has none of this id.
    UnfinishedLoaded(Result<Option<Stored>, Fault>),
    /// Whether the client has taken what was found. It does not if the viewer
    /// has a workspace of its own.
    Adopted(bool),
    /// The workspace has changed.
    Changed,
    /// The session id has changed, which is written with the workspace.
    SessionIdChanged,
    /// The outcome of a write.
    Written {
        /// Which one.
        number: u64,
        /// Whether it is on the disk.
        outcome: Result<(), Fault>,
    },
    /// The client goes on with a session of this key.
    KeyChanged(String),
    /// Something happened to the session or to the database that no write has
    /// told. [`Taken`](Fault::Taken): another tab has the session, and there is
    /// a new key.
    Lost(Fault),
    /// What the client had is archived; another workspace takes its place.
    Archive(WhyArchived),
    /// The same, but the archive has all of it already.
    Discard,
    /// The user has decided about [`OfferForRebuilding`](super::Effect::OfferForRebuilding):
    /// [`Superseded`](WhyArchived::Superseded) = the viewer is being rebuilt.
    RebuildDecided(WhyArchived),
    /// The viewer has been rebuilt, as far as possible.
    Rebuilt {
        /// All of it was wanted, and is there.
        whole: bool,
    },
    /// The page is left. [`flush`](super::Keeper::flush) comes before.
    PageLeft {
        /// It goes into the back/forward cache.
        may_come_back: bool,
    },
    /// The page has come back from there.
    PageCameBack,
    /// The outcome of [`Wake`](super::Effect::Wake).
    Woken(Result<(), Fault>),
    /// The viewer wants something of the archive.
    Command {
        /// A number that is not in use.
        request: u32,
        /// What it wants.
        command: Command,
    },
    /// The outcome of [`Load`](super::Effect::Load); `None` = the archive has none
    /// of this id.
    Loaded {
        /// For this request.
        request: u32,
        /// Its id in the archive.
        id: String,
        /// Why it was loaded.
        to: LoadTo,
        /// What is stored.
        outcome: Result<Option<(Holder, Stored)>, Fault>,
    },
    /// The user is being asked about it.
    Restoring {
        /// For this request.
        request: u32,
        /// Its id in the archive.
        id: String,
    },
    /// The user cannot be asked about it now.
    RestoreRefused {
        /// For this request.
        request: u32,
        /// Why.
        problem: Problem,
    },
    /// What the user was asked about has ended.
    RestoreEnded(Result<RestoreOutcome, Problem>),
    /// The client works.
    Working,
    /// The outcome of [`FindOthers`](super::Effect::FindOthers): their keys, best first.
    OthersFound(Result<Vec<String>, Fault>),
    /// The outcome of [`AskTab`](super::Effect::AskTab); `None` = nothing in time.
    TabSaid {
        /// The session's key.
        key: String,
        /// What it has said.
        word: Option<Word>,
    },
    /// The user wants what another tab has.
    TakeOverAgreed(Answer),
    /// The outcome of [`TakeOver`](super::Effect::TakeOver), or there was none in time.
    HandedOver,
    /// Another tab is to have this one's session. [`flush`](super::Keeper::flush) comes
    /// before.
    HandOver {
        /// The session's key, as the other tab knows it.
        key: String,
    },
    /// The outcome of [`Remove`](super::Effect::Remove): whether there was something.
    Removed {
        /// Why it was removed.
        purpose: Purpose,
        /// Whether there was something to remove.
        outcome: Result<bool, Fault>,
    },
    /// The client is closed. [`flush`](super::Keeper::flush) comes before.
    Close {
        /// Remove all that is stored under this address, too.
        forget: Option<String>,
    },
    /// The session is free and the database is closed.
    Released,
    /// Everything is removed, or cannot be.
    Forgotten,
}

/// What a viewer wants of its archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// What is there.
    List,
    /// Ask the user whether to restore this one.
    Restore {
        /// Its id.
        id: String,
    },
    /// Give it as a file.
    Export {
        /// Its id.
        id: String,
    },
    /// Add what is in a file.
    Import {
        /// The file.
        file: Vec<u8>,
    },
    /// Delete one.
    Delete {
        /// Its id.
        id: String,
    },
    /// Delete all of this backend and user.
    DeleteAll {
        /// There is a working connection.
        is_active: bool,
    },
}
