//! Stepping through an image: channels, cursor, tiles, animation, requirements.

use crate::protocol::wire::{
    Fields,
    Kind::{Bytes, Fixed32, Fixed32s, Message, Varint},
    Malformed, Schema,
};

/// The success of a `StartAnimationAck` or an `OpenCatalogFileAck`.
pub fn is_success(payload: &[u8]) -> Result<bool, Malformed> {
    Ok(Fields::read(payload, &[(1, Varint)])?.flag(1))
}

/// The images in a `StartAnimation`: the animated one, then those matched to
/// it.
pub fn animated_images(payload: &[u8]) -> Result<Vec<i32>, Malformed> {
    let matched: &Schema = &[(1, Fixed32)];
    let fields = Fields::read(payload, &[(1, Fixed32), (10, Message(matched))])?;
    let mut images = vec![fields.i32(1)];
    images.extend(fields.messages(10).map(|entry| entry.i32(1)));
    Ok(images)
}

/// `RasterTileSync`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct RasterTileSync {
    pub file_id: i32,
    pub channel: i32,
    pub stokes: i32,
    /// 0 = not part of an animation.
    pub animation_id: i32,
    pub end_sync: bool,
}

impl RasterTileSync {
    /// Reads a payload.
    pub fn read(payload: &[u8]) -> Result<Self, Malformed> {
        let schema = &[
            (1, Fixed32),
            (2, Fixed32),
            (3, Fixed32),
            (4, Fixed32),
            (5, Fixed32),
            (6, Fixed32),
            (7, Varint),
        ];
        let fields = Fields::read(payload, schema)?;
        Ok(Self {
            file_id: fields.i32(1),
            channel: fields.i32(2),
            stokes: fields.i32(3),
            animation_id: fields.i32(5),
            end_sync: fields.flag(7),
        })
    }
}

/// The image of an `AddRequiredTiles`, `None` if no tile is asked for.
pub fn image_with_required_tiles(payload: &[u8]) -> Result<Option<i32>, Malformed> {
    let schema = &[(1, Fixed32), (2, Fixed32s), (3, Varint), (4, Fixed32), (5, Fixed32s)];
    let fields = Fields::read(payload, schema)?;
    Ok(fields.has_any(2).then(|| fields.i32(1)))
}

/// `SetImageChannels`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct SetImageChannels<'a> {
    pub file_id: i32,
    pub channel: i32,
    pub stokes: i32,
    /// An `AddRequiredTiles`.
    pub required_tiles: Option<&'a [u8]>,
}

impl<'a> SetImageChannels<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let schema = &[(1, Fixed32), (2, Fixed32), (3, Fixed32), (4, Bytes)];
        let fields = Fields::read(payload, schema)?;
        Ok(Self {
            file_id: fields.i32(1),
            channel: fields.i32(2),
            stokes: fields.i32(3),
            required_tiles: fields.bytes(4),
        })
    }
}

/// In a `SetImageChannels` for a map of channels, side by side: of which ones these
/// tiles are wanted, and which ones are shown at all; the first and the last.
pub fn channel_map(payload: &[u8]) -> Option<[(i32, i32); 2]> {
    let bounds = Message(&[(1, Fixed32), (2, Fixed32)]);
    let fields = Fields::read(payload, &[(5, bounds), (6, bounds), (7, Varint)]).ok()?;
    let range = |number| {
        let bounds = fields.message(number);
        (bounds.i32(1), bounds.i32(2))
    };
    (fields.flag(7) && fields.bytes(5).is_some()).then(|| [range(5), range(6)])
}

/// `SetCursor`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct SetCursor<'a> {
    pub file_id: i32,
    /// A `Point`; empty, which is (0, 0), if there is none.
    pub point: &'a [u8],
    /// A `SetSpatialRequirements`.
    pub spatial_requirements: Option<&'a [u8]>,
}

impl<'a> SetCursor<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let fields = Fields::read(payload, &[(1, Fixed32), (2, Bytes), (3, Bytes)])?;
        Ok(Self {
            file_id: fields.i32(1),
            point: fields.bytes(2).unwrap_or_default(),
            spatial_requirements: fields.bytes(3),
        })
    }
}

/// `Set…Requirements`, all four kinds.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct SetRequirements {
    pub file_id: i32,
    pub region_id: i32,
    /// Whether nothing is wanted.
    pub is_empty: bool,
}

impl SetRequirements {
    /// Reads a payload.
    pub fn read(payload: &[u8]) -> Result<Self, Malformed> {
        let fields = Fields::read(payload, &[(1, Fixed32), (2, Fixed32), (3, Bytes)])?;
        Ok(Self {
            file_id: fields.i32(1),
            region_id: fields.i32(2),
            is_empty: fields.bytes(3).is_none(),
        })
    }
}
