//! What the backend acknowledged, or got without having to acknowledge it.

use litemap::LiteMap;
use prost::Message;

use crate::protocol::messages::{
    OpenCatalogFile, RegionInfo, ResumeSessionAck, SetContourParameters, StokesFile,
};

use crate::core::set::Set;

use super::{
    images::{Generated, Image},
    records::Changes,
    regions::{Region, Regions},
    requirements::RequirementKey,
    restored::{Restored, failures},
    state::{
        CannotRestore, CatalogState, ContourSpec, ImageState, OfferCatalog, OfferImage, PointState,
        RegionState, StokesFileState, ViewerState,
    },
};

/// A part of the workspace that can change by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKey {
    /// An image by its file id: everything but its regions and requirements.
    Image(i32),
    /// A region by its id.
    Region(i32),
    /// A catalog by its file id.
    Catalog(i32),
    /// A requirement.
    Requirement(RequirementKey),
}

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
    pub(super) generated: LiteMap<i32, Generated>,
    pub(super) regions: Regions,
    /// Regions that the backend could not restore.
    pub(super) missing_regions: Set<i32>,
    /// Encoded `OpenCatalogFile`s.
    pub(super) catalogs: LiteMap<i32, Box<[u8]>>,
    /// Encoded requirement messages.
    pub(super) requirements: LiteMap<RequirementKey, Box<[u8]>>,
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
    }

    /// Keeps these images and catalogs, with their regions and requirements.
    /// `catalogs` = `None` keeps all catalogs.
    pub fn retain(&mut self, images: &[i32], catalogs: Option<&[i32]>) {
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
    }

    /// The images that can be restored, in ascending file id.
    pub fn offer_images(&self) -> Vec<OfferImage> {
        let mut counts = self.region_counts();
        self.images
            .iter()
            .map(|(&file_id, image)| OfferImage {
                file_id,
                directory: image.directory.clone(),
                file: image.file.clone(),
                hdu: image.hdu.clone(),
                channel: image.channel,
                stokes: image.stokes,
                region_count: counts.remove(&file_id).unwrap_or_default(),
                has_contours: image.shown_contours().is_some(),
            })
            .collect()
    }

    /// The catalogs that can be restored, in ascending file id.
    pub fn offer_catalogs(&self) -> Vec<OfferCatalog> {
        self.open_catalogs()
            .map(|(file_id, catalog)| OfferCatalog {
                file_id,
                directory: catalog.directory,
                name: catalog.name,
            })
            .collect()
    }

    /// The generated images, with what is lost with them.
    pub fn cannot_restore(&self) -> Vec<CannotRestore> {
        let counts = self.region_counts();
        self.generated
            .iter()
            .map(|(&file_id, image)| {
                let why = image.origin.why();
                let why = match counts.get(&file_id) {
                    None => why.to_owned(),
                    Some(1) => format!("{why} The region drawn on it goes with it."),
                    Some(count) => format!("{why} The {count} regions drawn on it go with it."),
                };
                CannotRestore { file_id, name: image.name.clone(), why }
            })
            .collect()
    }

    /// Everything a viewer needs to rebuild its panels.
    pub fn viewer_state(&self) -> ViewerState {
        let mut regions: LiteMap<i32, Vec<RegionState>> = LiteMap::new();
        for region in self.regions.iter().filter(|region| self.images.contains_key(&region.owner)) {
            regions.entry(region.owner).or_default().extend(region_state(region));
        }
        let images = self
            .images
            .iter()
            .map(|(&file_id, image)| {
                image_state(file_id, image, regions.remove(&file_id).unwrap_or_default())
            })
            .collect();
        let catalogs = self
            .open_catalogs()
            .map(|(file_id, catalog)| CatalogState {
                file_id,
                directory: catalog.directory,
                name: catalog.name,
                preview_data_size: catalog.preview_data_size,
            })
            .collect();
        ViewerState { images, catalogs }
    }

    /// Takes the result of a RESUME_SESSION that carried this workspace. What
    /// failed is kept for the next one, generated images are gone.
    pub fn restored(&mut self, ack: &ResumeSessionAck) -> Restored {
        let generated: Vec<i32> = self.generated.keys().copied().collect();
        for id in generated {
            self.close(id);
        }
        let (failed_images, failed_regions) = if ack.success {
            Default::default()
        } else {
            // A refusal in other words: nothing is known to be back.
            failures(&ack.message)
                .unwrap_or_else(|| (self.images.keys().copied().collect(), Vec::new()))
        };
        for (id, image) in self.images.iter_mut() {
            image.live = !failed_images.contains(id);
        }
        self.missing_regions =
            failed_regions.iter().copied().filter(|&id| self.regions.get(id).is_some()).collect();
        Restored {
            success: ack.success,
            message: ack.message.clone(),
            images: self.live_images().map(|(id, _)| id).collect(),
            failed_images,
            failed_regions,
            catalogs: self.catalogs.keys().copied().collect(),
        }
    }

    /// The keys of what was added, changed or removed since the last call, for
    /// a store that writes changes only.
    pub fn take_changes(&mut self) -> Vec<RecordKey> {
        std::mem::take(&mut self.changes).into_keys()
    }

    fn region_counts(&self) -> LiteMap<i32, usize> {
        let mut counts = LiteMap::new();
        for region in self.regions.iter() {
            *counts.entry(region.owner).or_insert(0) += 1;
        }
        counts
    }

    fn open_catalogs(&self) -> impl Iterator<Item = (i32, OpenCatalogFile)> {
        self.catalogs
            .iter()
            .map(|(&id, bytes)| (id, OpenCatalogFile::decode(&**bytes).unwrap_or_default()))
    }
}

fn region_state(region: Region<'_>) -> Option<RegionState> {
    let info = RegionInfo::decode(region.info).ok()?;
    let point = |point: &crate::protocol::messages::Point| PointState { x: point.x, y: point.y };
    Some(RegionState {
        region_id: region.id,
        region_type: info.region_type,
        control_points: info.control_points.iter().map(point).collect(),
        rotation: info.rotation,
    })
}

fn image_state(file_id: i32, image: &Image, regions: Vec<RegionState>) -> ImageState {
    use crate::protocol::messages::Point;

    let stokes_files = image.stokes_files.iter().filter_map(|bytes| {
        let StokesFile { directory, file, hdu, polarization_type } =
            StokesFile::decode(&**bytes).ok()?;
        Some(StokesFileState { directory, file, hdu, polarization_type })
    });
    let cursor = image.cursor.as_deref().and_then(|bytes| Point::decode(bytes).ok());
    let contours = image.shown_contours();
    ImageState {
        file_id,
        directory: image.directory.clone(),
        file: image.file.clone(),
        hdu: image.hdu.clone(),
        lel_expr: image.lel_expr,
        support_aips_beam: image.support_aips_beam,
        channel: image.channel,
        stokes: image.stokes,
        stokes_files: stokes_files.collect(),
        regions,
        cursor: cursor.map(|point| PointState { x: point.x, y: point.y }),
        contours: contours
            .and_then(|bytes| SetContourParameters::decode(bytes).ok())
            .map(ContourSpec::from),
        has_vector_overlay: image.overlay.is_some(),
        live: image.live,
    }
}
