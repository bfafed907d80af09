//! The seam to what drives the machine.

use std::fmt::Debug;

/// What carries the effects out. Its own values pass through the machine, which
/// does not look at them, and come back in the effect that they belong to.
pub trait Driver: Clone + Debug + PartialEq {
    /// A message of the backend's as it came in, to be given to the viewer.
    type Message: Clone + Debug + PartialEq;
    /// What a function of the viewer's threw.
    type Cause: Clone + Debug + PartialEq;

    /// Bytes in a message.
    fn size(message: &Self::Message) -> usize;
}
