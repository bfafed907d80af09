//! Images that the backend had in its memory only, and that are gone with it. A viewer
//! that does not know this client would go on showing them, without pixels.

use super::{Driver, Effect, Machine};
use crate::{
    protocol::{
        EventType, Frame, Header,
        handshake::Handshake,
        messages::{SetRegionAck, views::FirstId},
    },
    rebuild::close_image,
    tracking::Subject,
    workspace::IdSet,
};

/// Images that the viewer shows and nobody has.
#[derive(Debug, Default)]
pub(super) struct Ghosts {
    /// Their file ids.
    images: IdSet,
    /// The last call that closes one, until the viewer has answered it.
    closing: Option<u32>,
}

impl Ghosts {
    /// The viewer is closing some: what it sends must be looked at before it goes out.
    pub(super) const fn are_closing(&self) -> bool {
        self.closing.is_some()
    }

    pub(super) fn answered(&mut self, call: u32) {
        self.closing.take_if(|closing| *closing == call);
    }
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Has a viewer that does not know this client close the images that are gone, which
    /// it would go on showing: no more data comes for them, and a new image may get the
    /// id of one.
    pub(super) fn close_ghosts(&mut self, images: &[i32]) {
        if self.is_drop_in() {
            for &id in images {
                self.own.ghosts.closing = Some(self.feed_call(&close_image(id)));
                self.own.ghosts.images.insert(id, ());
            }
        }
    }

    /// Whether this is about an image that the backend has lost, and must not reach it. A
    /// viewer may say more than once that it closes it, and a calculation that is made again
    /// may give its id to a new one.
    pub(super) fn is_about_ghost(&mut self, frame: &Frame) -> bool {
        if self.own.ghosts.images.is_empty() {
            return false;
        }
        let Some(event) = frame.event() else { return false };
        if event == EventType::SetRegion {
            return self.draws_on_ghost(frame);
        }
        // It opens or closes an image.
        let Some(Subject::Image(id)) = Subject::of(event, frame) else { return false };
        if !self.own.ghosts.images.contains_key(&id) {
            return false;
        }
        let is_ghost = event == EventType::CloseFile && self.is_ghost(id);
        if !is_ghost {
            self.own.ghosts.images.remove(&id);
        }
        is_ghost
    }

    fn is_ghost(&self, id: i32) -> bool {
        self.own.ghosts.images.contains_key(&id) && !self.own.tracker.workspace().knows_image(id)
    }

    /// A viewer that closes an image takes it out of the match, and has it keep copies of
    /// the regions that it shared. A refusal would leave an error in the viewer's console.
    fn draws_on_ghost(&mut self, frame: &Frame) -> bool {
        let FirstId { id } = frame.decode().unwrap_or_default();
        let is_ghost = self.is_ghost(id);
        if is_ghost {
            let event_type = EventType::SetRegionAck.number();
            let ack = SetRegionAck { success: true, region_id: -1, ..SetRegionAck::default() };
            let answer = Frame::encode(Header { event_type, ..frame.header() }, &ack);
            self.effects.push_back(Effect::Feed(answer));
        }
        is_ghost
    }
}
