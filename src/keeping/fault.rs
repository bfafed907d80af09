//! What can go wrong with the browser's storage, and how people are told.

use crate::client::{Code, Problem};

/// What the user reads after the sentence about the fault.
pub const GOES_ON_IN_MEMORY: &str = " You can keep working, but a reload may lose your work.";
pub(super) const BEGINS_ANEW: &str = " It was set aside, and a new session was started.";
pub(super) const TRIED_AGAIN: &str = " You can keep working; saving will be tried again.";

/// A class of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The browser has no IndexedDB, or this page may not use it.
    Missing,
    /// The database did not open in time.
    Blocked,
    /// The stored session was not found in time.
    Silent,
    /// Somebody has logged in, and it is not known who.
    UnknownUser,
    /// The database belongs to a newer version of this library.
    Newer,
    /// The origin's quota is used up.
    Full,
    /// What was stored is not there any more, or its connection was closed:
    /// everything has to be written again.
    Gone,
    /// Another tab goes on with this session: this one has a new key, and
    /// everything has to be written again.
    Taken,
    /// The database, or something in it, cannot be read.
    Unreadable,
    /// Anything else.
    Failed,
}

impl Fault {
    /// What happened and what to do, for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Missing => "This browser has no IndexedDB, or does not let this page use it.",
            Self::Blocked => {
                "The browser's storage cannot be opened. Another tab may be blocking it: close \
                 other tabs of this viewer."
            }
            Self::Silent => "The browser's storage does not respond.",
            Self::UnknownUser => {
                "It is not known who is logged in, so nothing is stored in this browser."
            }
            Self::Newer => {
                "A newer version of this viewer is open in another tab, or was used before. \
                 Reload this page to get it."
            }
            Self::Full => {
                "The browser's storage is full. Free some space, or delete old work from the \
                 archive."
            }
            Self::Gone => {
                "The stored work was removed, by you or by the browser. It is being stored \
                 again."
            }
            Self::Unreadable => "The work that is stored in this browser cannot be read.",
            Self::Taken | Self::Failed => "The browser's storage failed.",
        }
    }

    /// The problem that is reported, with what happens now.
    pub fn problem(self, and_now: &str) -> Problem {
        Problem::new(Code::StorageFailed, self.sentence().to_owned() + and_now)
    }

    /// What the `DOMException` of this name means, once the database is open.
    pub fn of_exception(name: &str) -> Self {
        match name {
            "QuotaExceededError" => Self::Full,
            "VersionError" => Self::Newer,
            // Of a connection that the browser has closed.
            "InvalidStateError" | "AbortError" => Self::Gone,
            // A store is not there; a file is damaged.
            "NotFoundError" | "UnknownError" | "NotReadableError" | "DataError" => Self::Unreadable,
            _ => Self::Failed,
        }
    }

    /// What it means when the database does not open.
    pub fn of_opening(name: &str) -> Self {
        match name {
            "SecurityError" | "InvalidStateError" | "NotSupportedError" => Self::Missing,
            "AbortError" => Self::Unreadable,
            _ => Self::of_exception(name),
        }
    }
}
