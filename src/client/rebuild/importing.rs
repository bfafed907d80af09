//! Regions that a viewer is made to import: its request is kept from the backend, which
//! gets the regions themselves.

use crate::client::{Driver, Effect, Machine};
use crate::{
    protocol::{EventType, Frame, Header, handshake::Handshake, messages::RemoveRegion},
    rebuild::{Rebuild, imports_for_us, nothing_to_import},
};
use prost::Message;

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Whether a frame of the viewer's is the IMPORT_REGION that it was called for, which
    /// the backend must not see.
    pub(in crate::client) fn is_import_for_us(&mut self, frame: &Frame) -> bool {
        if !imports_for_us(frame) {
            return false;
        }
        let (rebuild, workspace) = self.rebuild_and_workspace();
        if rebuild.is_some_and(|rebuild| rebuild.import_asked(frame, workspace)) {
            self.go_on_importing();
        } else {
            self.effects.push_back(Effect::Feed(nothing_to_import(frame.header())));
        }
        true
    }

    /// Sends the regions that are due, and answers the viewer when there are none left.
    pub(super) fn go_on_importing(&mut self) {
        if !self.state.is_active() {
            return;
        }
        while let Some(rebuild) = self.rebuild_and_workspace().0 {
            let Some(set) = rebuild.region_to_send() else { break };
            let (request_id, _) = self.send_own(EventType::SetRegion, &set);
            if let Some(rebuild) = self.rebuild_and_workspace().0 {
                rebuild.region_sent(request_id);
            }
        }
        self.tell_progress();
        let (rebuild, _) = self.rebuild_and_workspace();
        if let Some(answer) = rebuild.and_then(Rebuild::import_answer) {
            self.effects.push_back(Effect::Feed(answer));
            self.give_time_to_rebuild();
        }
    }

    /// Whether the backend is to answer a SET_REGION of ours.
    pub(in crate::client) fn awaits_region(&self, header: Header) -> bool {
        header.event() == Some(EventType::SetRegionAck)
            && self.rebuild().is_some_and(|rebuild| rebuild.awaits_region(header.request_id))
    }

    pub(in crate::client) fn region_answered(&mut self, answer: &Frame) {
        let (rebuild, workspace) = self.rebuild_and_workspace();
        if let Some(rebuild) = rebuild {
            rebuild.region_answered(answer, workspace);
            self.go_on_importing();
        }
    }

    /// The regions that did not come back as they were leave the backend.
    pub(super) fn remove_regions(&mut self) {
        let (rebuild, workspace) = self.rebuild_and_workspace();
        let removed = rebuild.map(|rebuild| rebuild.take_removed(workspace)).unwrap_or_default();
        if !self.state.is_active() {
            // A resume does not bring them back.
            return;
        }
        for region_id in removed {
            self.send_own(EventType::RemoveRegion, &RemoveRegion { region_id }.encode_to_vec());
        }
    }
}
