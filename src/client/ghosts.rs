//! Images that the backend had in its memory only, and that are gone with it. A viewer
//! that does not know this client would go on showing them, without pixels.

use super::{Driver, Machine};
use crate::{
    protocol::{EventType, Frame, handshake::Handshake},
    rebuild::close_image,
    tracking::Subject,
};

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Has a viewer that does not know this client close the images that are gone, which
    /// it would go on showing: no more data comes for them, and a new image may get the
    /// id of one.
    pub(super) fn close_ghosts(&mut self, images: &[i32]) {
        if self.is_drop_in() {
            for &id in images {
                self.feed_call(&close_image(id));
                self.own.ghosts.insert(id, ());
            }
        }
    }

    /// Whether the viewer says that it closes an image that the backend has lost, which it
    /// may say more than once. It must not hear that: a calculation that is made again may
    /// give its id to a new one.
    pub(super) fn closes_ghost(&mut self, frame: &Frame) -> bool {
        if self.own.ghosts.is_empty() {
            return false;
        }
        let Some(event) = frame.event() else { return false };
        // It opens or closes an image.
        let Some(Subject::Image(id)) = Subject::of(event, frame) else { return false };
        if !self.own.ghosts.contains_key(&id) {
            return false;
        }
        let is_ghost =
            event == EventType::CloseFile && !self.own.tracker.workspace().knows_image(id);
        if !is_ghost {
            self.own.ghosts.remove(&id);
        }
        is_ghost
    }
}
