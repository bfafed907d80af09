//! What was observed on the socket in use.

use carta_resume::protocol::Header;

#[derive(Debug)]
pub struct Socket {
    pub generation: u32,
    pub opened: bool,
    pub register: Option<Header>,
    /// The last REGISTER_VIEWER was refused, so that another may follow.
    pub refused: bool,
    pub registered_at: Option<u64>,
    pub resume: Option<Header>,
    pub resumed: bool,
}

impl Socket {
    pub const fn new(generation: u32) -> Self {
        Self {
            generation,
            opened: false,
            register: None,
            refused: false,
            registered_at: None,
            resume: None,
            resumed: false,
        }
    }
}
