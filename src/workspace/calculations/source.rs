//! What a request is about: an image, a region, a preview.

use prost::{DecodeError, Message, bytes::Bytes};

use super::Origin;
use crate::protocol::messages::views::{FittingRequest, PvRequest, RegionCalculation};

/// What a request is about, by its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_field_names)] // By its numbers.
pub(crate) struct Source {
    pub(crate) file_id: i32,
    /// Not above 0: no region that is drawn.
    pub(crate) region_id: i32,
    /// First and last channel of moments.
    pub(crate) channels: Option<(i32, i32)>,
    /// The number of the preview that it shows, in place of an image.
    pub(crate) preview_id: Option<i32>,
}

impl Source {
    pub(super) fn read(origin: Origin, payload: Bytes) -> Result<Self, DecodeError> {
        if origin == Origin::Fit {
            let FittingRequest { file_id, region_id, .. } = FittingRequest::decode(payload)?;
            return Ok(Self { file_id, region_id, ..Self::default() });
        }
        let mut source = Self::default();
        let (file_id, region_id) = if origin == Origin::PositionVelocity {
            let PvRequest { file_id, region_id, preview_settings } = PvRequest::decode(payload)?;
            source.preview_id = preview_settings.map(|settings| settings.preview_id);
            (file_id, region_id)
        } else {
            let moments = RegionCalculation::decode(payload)?;
            source.channels = moments.spectral_range.map(|range| (range.min, range.max));
            (moments.file_id, moments.region_id)
        };
        source.file_id = file_id.unwrap_or_default();
        source.region_id = region_id.unwrap_or_default();
        Ok(source)
    }

    /// A request that is made of this: of a field that is there twice, the last counts.
    pub(super) fn put_into(self, origin: Origin, payload: &[u8]) -> Bytes {
        let (file_id, region_id) = (Some(self.file_id), Some(self.region_id));
        let ids = if origin == Origin::PositionVelocity {
            PvRequest { file_id, region_id, preview_settings: None }.encode_to_vec()
        } else {
            RegionCalculation { file_id, region_id, spectral_range: None }.encode_to_vec()
        };
        [payload, &ids].concat().into()
    }
}
