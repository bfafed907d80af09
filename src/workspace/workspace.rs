//! The workspace of a session.

use litemap::LiteMap;
use prost::bytes::Bytes;

use super::{
    IdSet, RecordKey, RequirementKey, Restored, calculations::Calculation, changes::Changes,
    image::Image, region_names::RegionNames, regions::Regions, restored::failures, view::View,
};
use crate::protocol::messages::ResumeSessionAck;

/// What the backend must know again after a resume: images with their regions,
/// catalogs, and requirements.
///
/// * Read: [`is_empty`](Self::is_empty), `offer_*`,
///   [`cannot_restore`](Self::cannot_restore),
///   [`viewer_state`](Self::viewer_state),
///   [`take_changes`](Self::take_changes).
/// * Stated by the viewer: `open_*`, `close_*`, `set_*`, `remove_region`.
/// * Resuming: [`retain`](Self::retain), [`restored`](Self::restored),
///   [`clear`](Self::clear).
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    pub(super) images: LiteMap<i32, Image>,
    /// What made images that exist in the backend's memory only, each by a number of its own.
    pub(super) calculations: LiteMap<i32, Calculation>,
    pub(super) regions: Regions,
    /// Regions that the backend could not restore.
    pub(super) missing_regions: IdSet,
    /// Encoded `OpenCatalogFile`s.
    pub(super) catalogs: LiteMap<i32, Bytes>,
    /// Encoded requirement messages.
    pub(super) requirements: LiteMap<RequirementKey, Bytes>,
    /// Those of regions that are known.
    pub(super) region_names: RegionNames,
    pub(super) view: View,
    pub(super) changes: Changes,
}

impl Workspace {
    /// Whether there is nothing to restore. Generated images cannot be
    /// restored and do not count.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty() && self.catalogs.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.close_all_images();
        let catalogs: Vec<i32> = self.catalogs.keys().copied().collect();
        for id in catalogs {
            self.remove_catalog(id);
        }
        self.clear_view();
    }

    /// Keeps these images and catalogs, with their regions and requirements.
    /// `catalogs` = `None` keeps all catalogs. Returns whether anything left.
    pub fn retain(&mut self, images: &[i32], catalogs: Option<&[i32]>) -> bool {
        let before = self.images.len() + self.catalogs.len();
        let leaving: Vec<i32> =
            self.images.keys().copied().filter(|id| !images.contains(id)).collect();
        for id in leaving {
            self.close(id);
        }
        if let Some(kept) = catalogs {
            let leaving: Vec<i32> =
                self.catalogs.keys().copied().filter(|id| !kept.contains(id)).collect();
            for id in leaving {
                self.remove_catalog(id);
            }
        }
        self.images.len() + self.catalogs.len() < before
    }

    /// An image, if it is open.
    pub(crate) fn image(&self, id: i32) -> Option<&Image> {
        self.images.get(&id)
    }

    /// The images that the backend has, as far as it said.
    pub(super) fn live_images(&self) -> impl Iterator<Item = (i32, &Image)> {
        self.images.iter().filter(|(_, image)| image.live).map(|(&id, image)| (id, image))
    }

    pub(crate) fn knows_image(&self, id: i32) -> bool {
        self.images.contains_key(&id) || self.generated_image(id).is_some()
    }

    /// Takes the result of a RESUME_SESSION that carried this workspace. What
    /// failed is kept for the next one, generated images are gone.
    pub fn restored(&mut self, ack: &ResumeSessionAck) -> Restored {
        let (lost_images, lost_regions) = self.lose_generated();
        let (failed_images, mut failed_regions) = if ack.success {
            Default::default()
        } else {
            // A refusal in other words: nothing is known to be back.
            failures(&ack.message)
                .unwrap_or_else(|| (self.images.keys().copied().collect(), Vec::new()))
        };
        for (id, image) in &mut self.images {
            image.live = !failed_images.contains(id);
        }
        self.missing_regions.clear();
        for &id in &failed_regions {
            if self.regions.get(id).is_some() {
                self.missing_regions.insert(id, ());
            }
        }
        failed_regions.extend(lost_regions);
        Restored {
            success: ack.success,
            message: ack.message.clone(),
            images: self.live_images().map(|(id, _)| id).collect(),
            failed_images,
            lost_images,
            failed_regions,
            region_count: self.live_region_count(),
            changed_images: Vec::new(),
            catalogs: self.catalogs.keys().copied().collect(),
        }
    }

    /// Whether [`Self::take_changes`] would give any.
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The keys of what was added, changed or removed since the last call, for
    /// a store that writes changes only.
    pub fn take_changes(&mut self) -> Vec<RecordKey> {
        std::mem::take(&mut self.changes).keys()
    }

    /// Regions that the backend has, as far as it said.
    fn live_region_count(&self) -> usize {
        let all = self.regions.iter();
        all.filter(|region| self.has_live_region(region.id)).count()
    }

    /// Regions, of all images.
    pub(crate) fn regions_count(&self) -> usize {
        self.regions.len()
    }

    /// The image that a region was drawn on, `None` if the region is not known.
    pub(crate) fn owner(&self, region_id: i32) -> Option<i32> {
        self.regions.get(region_id).map(|region| region.owner)
    }

    pub(super) fn region_count(&self, owner: i32) -> u32 {
        let mut count = 0;
        for region in self.regions.iter() {
            count += u32::from(region.owner == owner);
        }
        count
    }
}
