//! The names of regions, for a viewer that has to be rebuilt; the backend need not
//! know them.
//!
//! A viewer tells a region's name to nobody, except when regions are imported
//! or exported.

use litemap::LiteMap;

use super::{Workspace, regions::Regions};
use crate::protocol::messages::views::RegionStyleEntry;

/// Longer names are not kept, in bytes.
const LONGEST_NAME: usize = 1000;

/// Names by region id.
#[derive(Clone, Debug, Default)]
pub(super) struct RegionNames(LiteMap<i32, Box<str>>);

impl RegionNames {
    fn get(&self, id: i32) -> &str {
        self.0.get(&id).map_or("", |name| name)
    }

    /// "" = it has none, or it is gone.
    pub(super) fn set(&mut self, id: i32, name: &str) {
        if name.is_empty() {
            self.0.remove(&id);
        } else {
            self.0.insert(id, name.into());
        }
    }

    /// Forgets the names of regions that are gone.
    pub(super) fn retain(&mut self, regions: &Regions) {
        self.0.retain(|&id, _| regions.get(id).is_some());
    }
}

impl Workspace {
    /// The name of a region, "" = it has none, or it is not known.
    pub fn region_name(&self, id: i32) -> &str {
        self.region_names.get(id)
    }

    /// Notes the name of a region; "" = it has none.
    pub fn name_region(&mut self, id: i32, name: &str) {
        if self.regions.get(id).is_some()
            && self.region_name(id) != name
            && name.len() <= LONGEST_NAME
        {
            self.region_names.set(id, name);
            self.note_region(id);
        }
    }

    /// Notes the names in the styles of regions that are imported or exported.
    pub(crate) fn name_regions(&mut self, styles: Vec<RegionStyleEntry>) {
        for RegionStyleEntry { region_id, style } in styles {
            if let Ok(name) = str::from_utf8(&style.unwrap_or_default().name) {
                self.name_region(region_id, name);
            }
        }
    }
}
