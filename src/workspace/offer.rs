//! What the user is told who is asked whether to restore a workspace.

use prost::Message;
use serde::{Deserialize, Serialize};

use super::Workspace;
use crate::protocol::messages::OpenCatalogFile;

/// An image that can be restored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OfferImage {
    /// The viewer's number for the image.
    pub file_id: i32,
    /// Folder at the backend.
    pub directory: String,
    /// File name, or an LEL expression.
    pub file: String,
    /// Header-data unit, "" = the first.
    pub hdu: String,
    /// Channel, 0-based.
    pub channel: i32,
    /// Index of the Stokes plane, 13 to 17 = computed.
    pub stokes: i32,
    /// Number of regions drawn on it.
    pub region_count: usize,
    /// Whether contours are drawn.
    pub has_contours: bool,
}

/// A catalog that can be restored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OfferCatalog {
    /// The viewer's number for the catalog; not an image's.
    pub file_id: i32,
    /// Folder at the backend.
    pub directory: String,
    /// File name.
    pub name: String,
}

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

    /// The generated images, with what is lost with them.
    pub fn cannot_restore(&self) -> Vec<CannotRestore> {
        let mut lost = Vec::with_capacity(self.generated.len());
        for (&file_id, image) in &self.generated {
            let why = image.origin.why();
            let why = match self.region_count(file_id) {
                0 => why.to_owned(),
                1 => format!("{why} The region drawn on it is lost too."),
                count => format!("{why} The {count} regions drawn on it are lost too."),
            };
            lost.push(CannotRestore { file_id, name: image.name.clone(), why });
        }
        lost
    }
}
