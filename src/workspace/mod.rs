//! What the backend must know again after a resume: what it acknowledged, or got
//! without having to acknowledge it.
//!
//! [`Workspace`] makes RESUME_SESSION and what follows it, and tells what would
//! be restored. Sources: CARTA interface control document; the C++ backend
//! 5.0.0-dev and the viewers 4.1.0 and 6.0.0 as observed.

mod acknowledged;
mod changes;
mod description;
mod image;
mod names;
mod regions;
mod requirements;
mod restored;
mod resume;
mod stated;
mod stored;
mod unacknowledged;
mod viewers_resume;

use std::collections::{BTreeMap, BTreeSet};

use crate::protocol::{
    messages::ResumeSessionAck,
    views::{self, ContourParameters, OpenCatalogFile, RegionInfo, StokesFile},
};

use changes::Changes;
pub use description::{
    CannotRestore, CatalogState, ContourSpec, ImageBoundsState, ImageState, OfferCatalog,
    OfferImage, PointState, RegionState, StokesFileState, ViewerState,
};
use image::{Generated, Image};
use names::Names;
use regions::{Region, Regions};
pub use requirements::{RequirementKey, RequirementKind};
pub use restored::Restored;
use restored::failures;
pub use stated::{CatalogSpec, ImageSpec, Refused, RegionSpec};
pub use stored::Damaged;

pub(crate) use acknowledged::NEW_REGION;
pub(crate) use image::Origin;
pub(crate) use regions::info_is_acceptable;
pub(crate) use requirements::Requirement;
pub(crate) use unacknowledged::ALL_FILES;

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
    /// The answer to OPEN_FILE for an image, by its file id.
    Answer(i32),
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
    pub(crate) images: BTreeMap<i32, Image>,
    pub(crate) generated: BTreeMap<i32, Generated>,
    pub(crate) regions: Regions,
    /// Regions that the backend could not restore.
    pub(crate) missing_regions: BTreeSet<i32>,
    /// Encoded `OpenCatalogFile`s.
    pub(crate) catalogs: BTreeMap<i32, Box<[u8]>>,
    /// Encoded requirement messages.
    pub(crate) requirements: BTreeMap<RequirementKey, Box<[u8]>>,
    /// Those of regions that are known.
    pub(crate) names: Names,
    pub(crate) changes: Changes,
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

    /// The images that can be restored, in ascending file id.
    pub fn offer_images(&self) -> Vec<OfferImage> {
        let mut offer = Vec::with_capacity(self.images.len());
        for (&file_id, image) in self.images.iter() {
            offer.push(OfferImage {
                file_id,
                directory: image.directory.clone(),
                file: image.file.clone(),
                hdu: image.hdu.clone(),
                channel: image.channel,
                stokes: image.stokes,
                region_count: self.region_count(file_id),
                has_contours: image.shown_contours().is_some(),
            });
        }
        offer
    }

    /// The catalogs that can be restored, in ascending file id.
    pub fn offer_catalogs(&self) -> Vec<OfferCatalog> {
        let mut offer = Vec::with_capacity(self.catalogs.len());
        for open in self.catalogs.values() {
            if let Ok(catalog) = OpenCatalogFile::read(open) {
                offer.push(OfferCatalog {
                    file_id: catalog.file_id,
                    directory: catalog.directory.to_owned(),
                    name: catalog.name.to_owned(),
                });
            }
        }
        offer
    }

    /// The generated images, with what is lost with them.
    pub fn cannot_restore(&self) -> Vec<CannotRestore> {
        let mut lost = Vec::with_capacity(self.generated.len());
        for (&file_id, image) in self.generated.iter() {
            let why = image.origin.why();
            let why = match self.region_count(file_id) {
                0 => why.to_owned(),
                1 => format!("{why} The region drawn on it goes with it."),
                count => format!("{why} The {count} regions drawn on it go with it."),
            };
            lost.push(CannotRestore { file_id, name: image.name.clone(), why });
        }
        lost
    }

    /// Everything a viewer needs to rebuild its panels.
    pub fn viewer_state(&self) -> ViewerState {
        let mut state = ViewerState::default();
        for (&file_id, image) in self.images.iter() {
            let mut regions = Vec::new();
            for region in self.regions.iter() {
                if region.owner == file_id {
                    regions.extend(region_state(region));
                }
            }
            state.images.push(image_state(file_id, image, regions));
        }
        for open in self.catalogs.values() {
            if let Ok(catalog) = OpenCatalogFile::read(open) {
                state.catalogs.push(CatalogState {
                    file_id: catalog.file_id,
                    directory: catalog.directory.to_owned(),
                    name: catalog.name.to_owned(),
                    preview_data_size: catalog.preview_data_size,
                });
            }
        }
        state
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

    /// Whether [`Self::take_changes`] would give any.
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The keys of what was added, changed or removed since the last call, for
    /// a store that writes changes only.
    pub fn take_changes(&mut self) -> Vec<RecordKey> {
        std::mem::take(&mut self.changes).keys()
    }

    /// Regions, of all images.
    pub(crate) fn regions_count(&self) -> usize {
        self.regions.len()
    }

    fn region_count(&self, owner: i32) -> usize {
        self.regions.iter().filter(|region| region.owner == owner).count()
    }
}

fn region_state(region: Region<'_>) -> Option<RegionState> {
    let info = RegionInfo::read(region.info).ok()?;
    Some(RegionState {
        region_id: region.id,
        region_type: info.region_type,
        control_points: info.points.into_iter().map(point_state).collect(),
        rotation: info.rotation,
    })
}

fn point_state((x, y): (f32, f32)) -> PointState {
    PointState { x, y }
}

fn image_state(file_id: i32, image: &Image, regions: Vec<RegionState>) -> ImageState {
    let mut stokes_files = Vec::with_capacity(image.stokes_files.len());
    for file in &image.stokes_files {
        if let Ok(file) = StokesFile::read(file) {
            stokes_files.push(StokesFileState {
                directory: file.directory.to_owned(),
                file: file.file.to_owned(),
                hdu: file.hdu.to_owned(),
                polarization_type: file.polarization_type,
            });
        }
    }
    let cursor = image.cursor.as_deref().and_then(|bytes| views::point(bytes).ok());
    ImageState {
        file_id,
        directory: image.directory.clone(),
        file: image.file.clone(),
        hdu: image.hdu.clone(),
        lel_expr: image.lel_expr,
        support_aips_beam: image.support_aips_beam,
        channel: image.channel,
        stokes: image.stokes,
        stokes_files,
        regions,
        cursor: cursor.map(point_state),
        contours: image.shown_contours().and_then(contour_spec),
        has_vector_overlay: image.overlay.is_some(),
        live: image.live,
        open_file_ack: image.open_file_ack.as_deref().map(<[u8]>::to_vec),
    }
}

fn contour_spec(settings: &[u8]) -> Option<ContourSpec> {
    let contours = ContourParameters::read(settings).ok()?;
    Some(ContourSpec {
        levels: contours.levels(),
        reference_file_id: contours.reference_file_id(),
        image_bounds: contours
            .image_bounds()
            .map(|[x_min, x_max, y_min, y_max]| ImageBoundsState { x_min, x_max, y_min, y_max }),
        smoothing_mode: contours.smoothing_mode(),
        smoothing_factor: contours.smoothing_factor(),
        decimation_factor: contours.decimation_factor(),
        compression_level: contours.compression_level(),
        contour_chunk_size: contours.contour_chunk_size(),
    })
}
