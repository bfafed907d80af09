//! Messages of the viewer's that the backend carries out without an ack.

use prost::Message;

use crate::protocol::{
    EventType,
    messages::{SetContourParameters, SetVectorOverlayParameters, views},
};

use super::{regions::info_is_acceptable, requirements::RequirementKind, workspace::Workspace};

impl Workspace {
    /// Carries out a message as the backend does; messages that cannot be read
    /// and messages about what is not open change nothing. Returns whether the
    /// message was accepted.
    pub(super) fn apply(&mut self, event: EventType, payload: &[u8]) -> bool {
        match event {
            EventType::SetImageChannels => self.apply_channels(payload),
            EventType::SetCursor => self.apply_cursor(payload),
            EventType::SetSpatialRequirements
            | EventType::SetHistogramRequirements
            | EventType::SetStatsRequirements
            | EventType::SetSpectralRequirements => {
                if let Some(kind) = RequirementKind::of(event) {
                    self.put_requirement(kind, payload);
                }
                true
            }
            EventType::SetRegion => self.apply_preview(payload),
            EventType::SetContourParameters => self.apply_contours(payload),
            EventType::SetVectorOverlayParameters => self.apply_overlay(payload),
            EventType::CloseFile => first_id(payload).is_some_and(|id| {
                if id == ALL_FILES {
                    self.close_all_images();
                } else {
                    self.close(id);
                }
                true
            }),
            EventType::RemoveRegion => first_id(payload).is_some_and(|id| {
                self.drop_region(id);
                true
            }),
            EventType::CloseCatalogFile => first_id(payload).is_some_and(|id| {
                self.remove_catalog(id);
                true
            }),
            _ => false,
        }
    }

    fn apply_channels(&mut self, payload: &[u8]) -> bool {
        let Ok(set) = views::SetImageChannels::decode(payload) else { return false };
        self.edit_image(set.file_id, |image| image.set_channel(set.channel, set.stokes))
    }

    fn apply_cursor(&mut self, payload: &[u8]) -> bool {
        let Ok(set) = views::SetCursor::decode(payload) else { return false };
        if let Some(requirements) = &set.spatial_requirements {
            self.put_requirement(RequirementKind::Spatial, requirements);
        }
        // A message without a point is one at (0, 0).
        let point = set.point.unwrap_or_default();
        self.edit_image(set.file_id, |image| image.set_cursor(&point))
    }

    /// SET_REGION for the preview of a position-velocity image.
    fn apply_preview(&mut self, payload: &[u8]) -> bool {
        let Ok(set) = views::SetRegion::decode(payload) else { return false };
        let info = set.region_info.unwrap_or_default();
        let accepted = set.preview_region
            && self.regions.get(set.region_id).is_some()
            && info_is_acceptable(&info) == Some(true);
        if accepted {
            self.put_region(set.region_id, set.file_id, &info);
        }
        accepted
    }

    fn apply_contours(&mut self, payload: &[u8]) -> bool {
        let Ok(set) = SetContourParameters::decode(payload) else { return false };
        self.edit_image(set.file_id.cast_signed(), |image| image.set_contours(payload))
    }

    fn apply_overlay(&mut self, payload: &[u8]) -> bool {
        let Ok(set) = SetVectorOverlayParameters::decode(payload) else { return false };
        self.edit_image(set.file_id.cast_signed(), |image| image.set_overlay(payload))
    }
}

/// CLOSE_FILE with this id closes everything.
pub(super) const ALL_FILES: i32 = -1;

/// The id of a message that has it first.
pub(super) fn first_id(payload: &[u8]) -> Option<i32> {
    views::FirstId::decode(payload).ok().map(|message| message.id)
}
