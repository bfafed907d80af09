//! Regions.

use crate::protocol::wire::{
    Fields,
    Kind::{Bytes, Fixed32, Message, Text, Varint},
    Malformed, Schema, Value, next_field,
};

/// `RegionInfo`.
#[derive(Clone, Debug)]
pub struct RegionInfo {
    /// Number of the enumeration `RegionType`.
    pub region_type: i32,
    /// (x, y), image pixels.
    pub points: Vec<(f32, f32)>,
    /// Degrees.
    pub rotation: f32,
}

/// A `Point` or an `IntBounds`.
pub(super) const PAIR: &Schema = &[(1, Fixed32), (2, Fixed32)];

fn point_of(fields: Fields) -> (f32, f32) {
    (fields.f32(1), fields.f32(2))
}

/// The (x, y) of a `Point`.
pub fn point(payload: &[u8]) -> Result<(f32, f32), Malformed> {
    Ok(point_of(Fields::read(payload, PAIR)?))
}

impl RegionInfo {
    /// Reads a payload. In one pass: it is done sixty times a second while a region
    /// of a thousand points is dragged.
    #[allow(clippy::cast_possible_truncation)] // As the format wants it.
    pub fn read(payload: &[u8]) -> Result<Self, Malformed> {
        let mut info = Self { region_type: 0, points: Vec::new(), rotation: 0.0 };
        let mut rest = payload;
        while !rest.is_empty() {
            match next_field(&mut rest).ok_or(Malformed)? {
                (1, Value::Varint(number)) => info.region_type = number as i32,
                (2, Value::Bytes(pair)) => info.points.push(either_point(pair)?),
                (3, Value::Fixed32(bits)) => info.rotation = f32::from_bits(bits),
                (1..=3, _) => return Err(Malformed),
                _ => {}
            }
        }
        Ok(info)
    }
}

/// A point as every encoder writes it, or else.
fn either_point(pair: &[u8]) -> Result<(f32, f32), Malformed> {
    match *pair {
        [0x0D, x0, x1, x2, x3, 0x15, y0, y1, y2, y3] => {
            Ok((f32::from_le_bytes([x0, x1, x2, x3]), f32::from_le_bytes([y0, y1, y2, y3])))
        }
        _ => point(pair),
    }
}

/// `SetRegion`.
#[derive(Clone, Copy, Debug)]
pub struct SetRegion<'a> {
    /// The image that the points refer to.
    pub file_id: i32,
    /// The region, -1 = a new one.
    pub region_id: i32,
    /// A `RegionInfo`.
    pub region_info: &'a [u8],
    /// Whether the region is a preview's.
    pub preview: bool,
}

impl<'a> SetRegion<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let schema = &[(1, Fixed32), (2, Fixed32), (3, Bytes), (4, Varint)];
        let fields = Fields::read(payload, schema)?;
        Ok(Self {
            file_id: fields.i32(1),
            region_id: fields.i32(2),
            region_info: fields.bytes(3).unwrap_or_default(),
            preview: fields.flag(4),
        })
    }
}

/// The region id in a `SetRegionAck`, `None` if the region was refused.
pub fn region_that_was_set(payload: &[u8]) -> Result<Option<i32>, Malformed> {
    let fields = Fields::read(payload, &[(1, Varint), (2, Text), (3, Fixed32)])?;
    Ok(fields.flag(1).then(|| fields.i32(3)))
}

/// The regions in an `ImportRegionAck`, as id and `RegionInfo`; none if the
/// import failed.
pub fn imported_regions(payload: &[u8]) -> Result<impl Iterator<Item = (i32, &[u8])>, Malformed> {
    let entry: &Schema = &[(1, Fixed32), (2, Bytes)];
    let fields = Fields::read(payload, &[(1, Varint), (3, Message(entry))])?;
    let regions = if fields.flag(1) { fields } else { Fields::default() }.messages(3);
    Ok(regions.map(|entry| (entry.i32(1), entry.bytes(2).unwrap_or_default())))
}
