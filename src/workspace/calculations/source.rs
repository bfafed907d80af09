//! What a request is about: an image, a region, a preview.

use prost::{DecodeError, Message, bytes::Bytes};

use super::Origin;
use crate::protocol::messages::views::{PvRequest, RegionCalculation};

/// What a request is about, by its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_field_names)] // By its numbers.
pub(crate) struct Source {
    pub(crate) file_id: i32,
    /// Not above 0: no region that is drawn.
    pub(crate) region_id: i32,
    /// The number of the preview that it shows, in place of an image.
    pub(crate) preview_id: Option<i32>,
}

impl Source {
    pub(super) fn read(origin: Origin, payload: Bytes) -> Result<Self, DecodeError> {
        let (file_id, region_id, preview_settings) = if origin == Origin::PositionVelocity {
            let PvRequest { file_id, region_id, preview_settings } = PvRequest::decode(payload)?;
            (file_id, region_id, preview_settings)
        } else {
            let RegionCalculation { file_id, region_id } = RegionCalculation::decode(payload)?;
            (file_id, region_id, None)
        };
        Ok(Self {
            file_id: file_id.unwrap_or_default(),
            region_id: region_id.unwrap_or_default(),
            preview_id: preview_settings.map(|settings| settings.preview_id),
        })
    }

    /// A request that is made of this: of a field that is there twice, the last counts.
    pub(super) fn put_into(self, origin: Origin, payload: &[u8]) -> Bytes {
        let (file_id, region_id) = (Some(self.file_id), Some(self.region_id));
        let ids = if origin == Origin::PositionVelocity {
            PvRequest { file_id, region_id, preview_settings: None }.encode_to_vec()
        } else {
            RegionCalculation { file_id, region_id }.encode_to_vec()
        };
        [payload, &ids].concat().into()
    }
}
