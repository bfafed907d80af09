//! What is remembered of a session beyond what the backend must know, so that a
//! viewer can be rebuilt: the names of regions, and which image was in view.
//!
//! A viewer tells a region's name to nobody, except when regions are imported
//! or exported.

use std::collections::BTreeMap;

use crate::protocol::wire::{
    Fields,
    Kind::{Fixed32, Message, Text},
    Schema,
};

use super::{Workspace, regions::Regions, requirements::RequirementKind};

/// Longer names are not kept, in bytes.
const LONGEST_NAME: usize = 1000;

/// An entry of `map<sfixed32, RegionStyle>`.
const STYLE: &Schema = &[(1, Fixed32), (2, Message(&[(1, Text)]))];

/// Names by region id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(BTreeMap<i32, Box<str>>);

impl Names {
    fn get(&self, id: i32) -> &str {
        self.0.get(&id).map_or("", |name| name)
    }

    /// "" = it has none, or it is gone.
    pub(crate) fn set(&mut self, id: i32, name: &str) {
        if name.is_empty() {
            self.0.remove(&id);
        } else {
            self.0.insert(id, name.into());
        }
    }

    /// Forgets the names of regions that are gone.
    pub(crate) fn retain(&mut self, regions: &Regions) {
        self.0.retain(|&id, _| regions.get(id).is_some());
    }
}

impl Workspace {
    /// The name of a region, "" = it has none, or it is not known.
    pub fn region_name(&self, id: i32) -> &str {
        self.names.get(id)
    }

    /// Notes the name of a region; "" = it has none.
    pub fn name_region(&mut self, id: i32, name: &str) {
        if self.regions.get(id).is_some()
            && self.region_name(id) != name
            && name.len() <= LONGEST_NAME
        {
            self.names.set(id, name);
            self.note_region(id);
        }
    }

    /// Notes the names in an `ExportRegion` or an `ImportRegionAck`, which both
    /// have the styles of regions in field 4.
    pub(crate) fn name_regions(&mut self, payload: &[u8]) {
        let Ok(fields) = Fields::read(payload, &[(4, Message(STYLE))]) else { return };
        for style in fields.messages(4) {
            self.name_region(style.i32(1), style.message(2).text(1));
        }
    }

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

    /// The settings of an image's vector overlay, if one is drawn: an encoded
    /// `SetVectorOverlayParameters`.
    pub(crate) fn overlay(&self, file_id: i32) -> Option<&[u8]> {
        self.images.get(&file_id)?.overlay.as_deref()
    }
}
