//! A stored session: what is decided by, without what an offer shows.

use super::lease::Lease;

/// What a session is to the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A tab works with it, or did and is gone.
    Live,
    /// In the archive; the user may bring it back.
    Archived,
    /// Its records could not be read: never offered again, deleted by age.
    Damaged,
    /// The row itself has the wrong shape.
    Unreadable,
}

impl State {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Archived => "archived",
            Self::Damaged | Self::Unreadable => "damaged",
        }
    }
}

/// One row of the store `sessions`. Times are epoch milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The session key; "" if the row's key is not a text.
    pub key: String,
    /// The backend's address, without query.
    pub address: String,
    /// The viewer's user, "" if it names none.
    pub user: String,
    /// What it is to the next page.
    pub state: State,
    /// When a change was last written.
    pub saved_at: f64,
    /// When it was archived or marked as damaged; 0 while it is live.
    pub archived_at: f64,
    /// Of all its records. Counted once it is archived.
    pub bytes: Option<f64>,
    /// Whose it is, where there are no Web Locks.
    pub lease: Option<Lease>,
    /// No images and no catalogs.
    pub empty: bool,
}

impl Row {
    /// A row of which nothing but the key makes sense.
    pub fn unreadable(key: String) -> Self {
        Self {
            key,
            address: String::new(),
            user: String::new(),
            state: State::Unreadable,
            saved_at: 0.0,
            archived_at: 0.0,
            bytes: None,
            lease: None,
            empty: true,
        }
    }

    /// Is it of this backend and user?
    pub fn is_of(&self, address: &str, user: &str) -> bool {
        self.address == address && self.is_of_user(user)
    }

    /// Is it this user's, of whatever backend?
    pub fn is_of_user(&self, user: &str) -> bool {
        self.state != State::Unreadable && self.user == user
    }
}

/// Is this a key that a store makes? What a page finds in its `sessionStorage`
/// may be anything, and a key is a part of its records' keys.
pub fn is_key(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
