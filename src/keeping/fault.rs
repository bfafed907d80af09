//! What can go wrong with the browser's storage.

/// A class of trouble, which JavaScript sees by its [`name`](Fault::name).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The browser has no IndexedDB, or this page may not use it.
    Missing,
    /// The database did not open in time.
    Blocked,
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
    /// The name that JavaScript sees.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Blocked => "blocked",
            Self::Newer => "newer",
            Self::Full => "full",
            Self::Gone => "gone",
            Self::Taken => "taken",
            Self::Unreadable => "unreadable",
            Self::Failed => "failed",
        }
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
