//! What the viewer wants to be told: profiles, statistics and histograms.

use prost::{Message, bytes::Bytes};

use super::Workspace;
use crate::protocol::{EventType, messages::views::SetRequirements};

/// Which of the four requirement messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequirementKind {
    /// Profiles along an axis of the image.
    Spatial,
    /// Histograms.
    Histogram,
    /// Statistics of a region.
    Stats,
    /// Profiles along the spectral axis.
    Spectral,
}

impl RequirementKind {
    /// The kind that an event type sets, `None` if it sets no requirement.
    pub const fn of(event: EventType) -> Option<Self> {
        Some(match event {
            EventType::SetSpatialRequirements => Self::Spatial,
            EventType::SetHistogramRequirements => Self::Histogram,
            EventType::SetStatsRequirements => Self::Stats,
            EventType::SetSpectralRequirements => Self::Spectral,
            _ => return None,
        })
    }

    /// The event type that sets it.
    pub const fn event(self) -> EventType {
        match self {
            Self::Spatial => EventType::SetSpatialRequirements,
            Self::Histogram => EventType::SetHistogramRequirements,
            Self::Stats => EventType::SetStatsRequirements,
            Self::Spectral => EventType::SetSpectralRequirements,
        }
    }
}

/// One list of requirements. A message replaces the whole list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequirementKey {
    /// Which list.
    pub kind: RequirementKind,
    /// The image's file id.
    pub file_id: i32,
    /// A region, 0 = the cursor, -1 = the image, -2 = the cube.
    pub region_id: i32,
}

/// A requirement message, read.
pub(crate) struct Requirement {
    pub(crate) key: RequirementKey,
    /// Whether the message ends the requirement instead of setting it.
    pub(super) ends: bool,
}

impl Requirement {
    const IMAGE: i32 = -1;
    const CUBE: i32 = -2;

    /// Reads a requirement message, `None` if it is not one or names a region
    /// that cannot be.
    pub(crate) fn read(kind: RequirementKind, payload: Bytes) -> Option<Self> {
        let view = SetRequirements::decode(payload).ok()?;
        if view.region_id < Self::CUBE {
            return None;
        }
        let key = RequirementKey { kind, file_id: view.file_id, region_id: view.region_id };
        // The backend makes the image's histogram by itself; an empty list
        // stops that, and must be said again.
        let stops_default = kind == RequirementKind::Histogram && view.region_id == Self::IMAGE;
        Some(Self { key, ends: view.configs.is_empty() && !stops_default })
    }
}

impl Workspace {
    /// The image that was in view, as far as it shows: a viewer wants profiles
    /// at the cursor, or through the region that is selected, of that one only.
    pub(crate) fn image_in_view(&self) -> Option<i32> {
        let wanted = |kind, region: Option<i32>| {
            let mut keys = self.requirements.keys();
            let found = keys.find(|key| {
                key.kind == kind && region.is_none_or(|region| key.region_id == region)
            });
            found.map(|key| key.file_id)
        };
        wanted(RequirementKind::Spatial, None)
            .or_else(|| wanted(RequirementKind::Spectral, Some(0)))
            .or_else(|| wanted(RequirementKind::Stats, Some(-1)))
    }
}
