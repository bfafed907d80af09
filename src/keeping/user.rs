//! Whose work it is.

/// The person who works with the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum User {
    /// By this name; "" where nobody logs in.
    Named(String),
    /// Somebody who has logged in, and whose name cannot be found out. What such a
    /// person does is stored nowhere, because it could be offered to somebody else.
    Unknown,
}

impl User {
    /// The name under which is stored, if anything is.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Unknown => None,
        }
    }
}
