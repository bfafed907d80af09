//! Images that the backend had in its memory only, and that are gone with it. A viewer
//! that does not know this client would show them on, without pixels.

use super::{Driver, Machine};
use crate::{
    protocol::{EventType, Frame, handshake::Handshake, messages::views::FirstId},
    rebuild::close_image,
};

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Has a viewer that does not know this client close the images that are gone, which
    /// it would show on: nothing comes for them any more, and a new image may get the
    /// id of one.
    pub(super) fn close_ghosts(&mut self, images: &[i32]) {
        if self.is_drop_in() {
            for &id in images {
                self.feed_call(&close_image(id));
                self.own.ghosts.insert(id, ());
            }
        }
    }

    /// Whether the viewer says that it closes an image that the backend has lost. It must
    /// not hear that: a calculation that is made again may give its id to a new one.
    pub(super) fn closes_ghost(&mut self, frame: &Frame) -> bool {
        if frame.event() != Some(EventType::CloseFile) {
            return false;
        }
        let Ok(FirstId { id }) = frame.decode() else { return false };
        self.own.ghosts.remove(&id).is_some() && !self.own.tracker.workspace().knows_image(id)
    }
}
