//! Messages of the viewer's that the backend carries out without an ack.

use super::{
    Workspace,
    regions::info_is_acceptable,
    requirements::{Requirement, RequirementKind},
};
use crate::protocol::{
    EventType, Frame,
    messages::views::{FirstId, SetCursor, SetImageChannels, SetRegion},
};

impl Workspace {
    /// Carries out a message as the backend does; messages that cannot be read
    /// and messages about what is not open change nothing. Returns whether the
    /// message was accepted.
    pub(crate) fn apply(&mut self, event: EventType, frame: &Frame) -> bool {
        match event {
            EventType::SetImageChannels => self.apply_channels(frame),
            EventType::SetCursor => self.apply_cursor(frame),
            EventType::SetSpatialRequirements
            | EventType::SetHistogramRequirements
            | EventType::SetStatsRequirements
            | EventType::SetSpectralRequirements => {
                if let Some(kind) = RequirementKind::of(event) {
                    self.put_requirement(kind, &frame.shared_payload());
                }
                true
            }
            EventType::SetRegion => self.apply_preview(frame),
            EventType::SetContourParameters
            | EventType::SetVectorOverlayParameters
            | EventType::CloseFile
            | EventType::RemoveRegion
            | EventType::CloseCatalogFile
            | EventType::ClosePvPreview => {
                frame.decode().is_ok_and(|FirstId { id }| self.apply_to(id, event, frame))
            }
            _ => false,
        }
    }

    /// Carries out a message that says where a known region is or how an open image is
    /// shown, before the backend has it. Returns whether a resume brings it there.
    pub(crate) fn settle(&mut self, event: EventType, frame: &Frame) -> bool {
        if let Some(kind) = RequirementKind::of(event) {
            let read = Requirement::read(kind, frame.shared_payload());
            let known = read.is_some_and(|Requirement { key, .. }| {
                self.images.contains_key(&key.file_id)
                    && (key.region_id <= 0 || self.owner(key.region_id).is_some())
            });
            return known && self.apply(event, frame);
        }
        match event {
            EventType::SetRegion => match frame.decode::<SetRegion>() {
                Ok(set) if !set.preview_region => self.move_region(&set),
                _ => self.apply(event, frame),
            },
            EventType::SetImageChannels
            | EventType::SetCursor
            | EventType::SetContourParameters
            | EventType::SetVectorOverlayParameters => self.apply(event, frame),
            _ => false,
        }
    }

    /// Moves a region that is known.
    fn move_region(&mut self, set: &SetRegion) -> bool {
        let accepted = self.owner(set.region_id).is_some()
            && self.knows_image(set.file_id)
            && info_is_acceptable(&set.region_info) == Some(true);
        if accepted {
            self.put_region(set.region_id, set.file_id, &set.region_info);
        }
        accepted
    }

    /// Carries out a message that has the id of what it is about first.
    fn apply_to(&mut self, id: i32, event: EventType, frame: &Frame) -> bool {
        let payload = frame.shared_payload();
        match event {
            EventType::SetContourParameters => {
                return self.edit_image(id, &mut |image| image.set_contours(&payload));
            }
            EventType::SetVectorOverlayParameters => {
                return self.edit_image(id, &mut |image| image.set_overlay(&payload));
            }
            EventType::RemoveRegion => self.drop_region(id),
            EventType::CloseCatalogFile => self.remove_catalog(id),
            EventType::ClosePvPreview => return self.close_preview(id),
            _ if id == ALL_FILES => self.close_all_images(),
            _ => self.close(id),
        }
        true
    }

    fn apply_channels(&mut self, frame: &Frame) -> bool {
        let Ok(set) = frame.decode::<SetImageChannels>() else { return false };
        self.edit_image(set.file_id, &mut |image| image.set_channel(set.channel, set.stokes))
    }

    fn apply_cursor(&mut self, frame: &Frame) -> bool {
        let Ok(set) = frame.decode::<SetCursor>() else { return false };
        if let Some(requirements) = set.spatial_requirements {
            self.put_requirement(RequirementKind::Spatial, &requirements);
        }
        let point = set.point.unwrap_or_default();
        self.edit_image(set.file_id, &mut |image| image.set_cursor(&point))
    }

    /// SET_REGION for the preview of a position-velocity image.
    fn apply_preview(&mut self, frame: &Frame) -> bool {
        frame.decode::<SetRegion>().is_ok_and(|set| set.preview_region && self.move_region(&set))
    }
}

/// CLOSE_FILE with this id closes everything.
pub(crate) const ALL_FILES: i32 = -1;
