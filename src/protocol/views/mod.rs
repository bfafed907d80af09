//! What this client reads of the messages that it watches, in place.
//!
//! Inner messages that are sent again are left as the bytes that were sent,
//! fields unknown to this client included. Fields that this client has no use
//! for are left out: less to read, and less code to ship. Every field is
//! explained in `proto/`.
//!
//! Fields that are not listed may hold anything.

mod drawing;
mod image;
mod region;
mod session;
mod step;

use crate::protocol::wire::{Fields, Kind::Fixed32, Malformed};

pub use drawing::{ContourParameters, VectorOverlayParameters};
pub use image::{
    ConcatStokesFiles, OpenCatalogFile, OpenFile, OpenFileAck, StokesFile, generated_images,
    joined_image,
};
pub use region::{RegionInfo, SetRegion, imported_regions, point, region_that_was_set};
pub use session::{RegisterViewer, RegisterViewerAck, ResumeSession, ResumedImage, resume_outcome};
pub use step::{
    RasterTileSync, SetCursor, SetImageChannels, SetRequirements, animated_images, channel_map,
    image_with_required_tiles, is_success,
};

/// The id of a message that has it first, as `sfixed32` or `fixed32`.
pub fn first_id(payload: &[u8]) -> Result<i32, Malformed> {
    Ok(Fields::read(payload, &[(1, Fixed32)])?.i32(1))
}
