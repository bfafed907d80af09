//! Whose work it is.

/// The person who works with the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum User {
    /// By this name; "" where nobody logs in.
    Named(String),
    /// Somebody who has logged in, and whose name is unknown. Their work is not stored,
    /// because it could be offered to somebody else.
    Unknown,
}

impl User {
    /// The name under which work is stored, if it is stored.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Unknown => None,
        }
    }
}
