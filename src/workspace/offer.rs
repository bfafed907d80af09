//! What the user is told when asked whether to restore a workspace.

use prost::Message;

use serde::Serialize;

use super::{Workspace, calculations::Standing};
use crate::protocol::messages::OpenCatalogFile;

pub use crate::protocol::messages::stored::{OfferCatalog, OfferImage};

/// What was open and cannot come back.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CannotRestore {
    /// The image's file id.
    pub file_id: i32,
    /// The image's name.
    pub name: String,
    /// For people: the reason, and what is lost with it.
    pub why: String,
}

impl Workspace {
    /// The images that can be restored, in ascending file id.
    pub fn offer_images(&self) -> Vec<OfferImage> {
        let mut offer = Vec::with_capacity(self.images.len());
        for (&file_id, image) in &self.images {
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
            if let Ok(OpenCatalogFile { file_id, directory, name, .. }) =
                OpenCatalogFile::decode(open.clone())
            {
                offer.push(OfferCatalog { file_id, directory, name });
            }
        }
        offer
    }

    /// The generated images, in the order in which they were made, with what is lost with
    /// them.
    pub fn cannot_restore(&self) -> Vec<CannotRestore> {
        let mut lost = Vec::new();
        for calculation in self.calculations.values() {
            if calculation.standing != Standing::Asked {
                self.lost_with(calculation, &mut lost);
            }
        }
        lost
    }
}
