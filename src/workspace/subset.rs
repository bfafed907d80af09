//! Whether a workspace has anything that another has not.

use std::collections::HashSet;

use prost::Message;

use super::Workspace;
use crate::protocol::messages::{OpenCatalogFile, RegionInfo};

impl Workspace {
    /// Whether all files and regions of this one are in another too, under whatever ids.
    /// How they are shown is not compared.
    pub(crate) fn is_subset_of(&self, whole: &Self) -> bool {
        self.calculations.is_empty()
            && self.named_images().is_subset(&whole.named_images())
            && self.drawn_regions().is_subset(&whole.drawn_regions())
            && self.named_catalogs().is_subset(&whole.named_catalogs())
    }

    fn named_images(&self) -> HashSet<[&str; 3]> {
        self.images.values().map(|it| [&*it.directory, &*it.file, &*it.hdu]).collect()
    }

    /// Each with the file that it was drawn on.
    fn drawn_regions(&self) -> HashSet<([&str; 3], Vec<u8>)> {
        let drawn = self.regions.iter().filter_map(|region| {
            let image = self.images.get(&region.owner)?;
            // In one form: what is left at its default may be written or not.
            let info = RegionInfo::decode(region.info).ok()?.encode_to_vec();
            Some(([&*image.directory, &*image.file, &*image.hdu], info))
        });
        drawn.collect()
    }

    fn named_catalogs(&self) -> HashSet<(String, String)> {
        let named = self.catalogs.values().filter_map(|open| {
            let open = OpenCatalogFile::decode(open.clone()).ok()?;
            Some((open.directory, open.name))
        });
        named.collect()
    }
}
