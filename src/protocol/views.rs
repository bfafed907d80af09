//! What this client reads of the messages that it watches, in place.
//!
//! Inner messages that are sent again are left as the bytes that were sent,
//! fields unknown to this client included. Fields that this client has no use
//! for are left out: less to read, and less code to ship. Every field is
//! explained in `proto/`.
//!
//! Fields that are not listed may hold anything.

use super::wire::{
    Fields,
    Kind::{Bytes, Fixed32, Fixed32s, Fixed64, Fixed64s, Message, Text, Varint},
    Malformed, Messages, Schema,
};

/// The id of a message that has it first, as `sfixed32` or `fixed32`.
pub fn first_id(payload: &[u8]) -> Result<i32, Malformed> {
    Ok(Fields::read(payload, &[(1, Fixed32)])?.i32(1))
}

/// `OpenFile`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct OpenFile<'a> {
    pub directory: &'a str,
    pub file: &'a str,
    pub hdu: &'a str,
    pub file_id: i32,
    pub render_mode: i32,
    pub lel_expr: bool,
    pub support_aips_beam: bool,
}

impl<'a> OpenFile<'a> {
    const SCHEMA: &'static Schema =
        &[(1, Text), (2, Text), (3, Text), (4, Fixed32), (5, Varint), (6, Varint), (7, Varint)];

    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let fields = Fields::read(payload, Self::SCHEMA)?;
        Ok(Self {
            directory: fields.text(1),
            file: fields.text(2),
            hdu: fields.text(3),
            file_id: fields.i32(4),
            render_mode: fields.i32(5),
            lel_expr: fields.flag(6),
            support_aips_beam: fields.flag(7),
        })
    }
}

/// `OpenFileAck`: whether, which, and how large.
#[derive(Clone, Copy, Debug)]
pub struct OpenFileAck<'a> {
    /// Whether the image is open.
    pub success: bool,
    /// The image's file id.
    pub file_id: i32,
    /// The name under which the backend knows the file, where it tells it.
    pub name: Option<&'a str>,
    /// Number of channels, where the backend tells it.
    pub depth: Option<i32>,
    /// Number of Stokes planes, where the backend tells it.
    pub stokes: Option<i32>,
}

impl<'a> OpenFileAck<'a> {
    const SCHEMA: &'static Schema = &[
        (1, Varint),
        (2, Fixed32),
        (4, Message(&[(1, Text)])),
        (5, Message(&[(4, Fixed32), (5, Fixed32)])),
    ];

    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        Ok(Self::of(Fields::read(payload, Self::SCHEMA)?))
    }

    fn of(fields: Fields<'a>) -> Self {
        let name = fields.message(4).text(1);
        let extended = fields.message(5);
        let count = |field| Some(extended.i32(field)).filter(|&count| count > 0);
        Self {
            success: fields.flag(1),
            file_id: fields.i32(2),
            name: (!name.is_empty()).then_some(name),
            depth: count(4),
            stokes: count(5),
        }
    }
}

/// The new images in a `MomentResponse`, `PvResponse` or `RemoteFileResponse`,
/// which all have them in field 3, or in a `FittingResponse`, which has them in
/// fields 6 and 7.
pub fn generated_images(payload: &[u8], fitted: bool) -> Result<Vec<OpenFileAck<'_>>, Malformed> {
    let numbers: &[u32] = if fitted { &[6, 7] } else { &[3] };
    let mut images = Vec::new();
    for &number in numbers {
        let fields = Fields::read(payload, &[(number, Message(OpenFileAck::SCHEMA))])?;
        images.extend(fields.messages(number).map(OpenFileAck::of));
    }
    Ok(images)
}

/// `StokesFile`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct StokesFile<'a> {
    pub directory: &'a str,
    pub file: &'a str,
    pub hdu: &'a str,
    pub polarization_type: i32,
}

impl<'a> StokesFile<'a> {
    const SCHEMA: &'static Schema = &[(1, Text), (2, Text), (3, Text), (4, Varint)];

    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let fields = Fields::read(payload, Self::SCHEMA)?;
        Ok(Self {
            directory: fields.text(1),
            file: fields.text(2),
            hdu: fields.text(3),
            polarization_type: fields.i32(4),
        })
    }
}

/// `ConcatStokesFiles`.
#[derive(Clone, Debug)]
pub struct ConcatStokesFiles<'a> {
    /// `StokesFile`s.
    pub stokes_files: Messages<'a>,
    /// The image's file id.
    pub file_id: i32,
    /// Number of the enumeration `RenderMode`.
    pub render_mode: i32,
}

impl<'a> ConcatStokesFiles<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let schema = [(1, Message(StokesFile::SCHEMA)), (2, Fixed32), (3, Varint)];
        let fields = Fields::read(payload, &schema)?;
        Ok(Self {
            stokes_files: fields.messages(1),
            file_id: fields.i32(2),
            render_mode: fields.i32(3),
        })
    }
}

/// The opened image of a `ConcatStokesFilesAck`, `None` if there is none.
pub fn joined_image(payload: &[u8]) -> Result<Option<OpenFileAck<'_>>, Malformed> {
    let fields = Fields::read(payload, &[(1, Varint), (3, Message(OpenFileAck::SCHEMA))])?;
    let opened = OpenFileAck::of(fields.message(3));
    Ok((fields.flag(1) && opened.success).then_some(opened))
}

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
const PAIR: &Schema = &[(1, Fixed32), (2, Fixed32)];

fn point_of(fields: Fields) -> (f32, f32) {
    (fields.f32(1), fields.f32(2))
}

/// The (x, y) of a `Point`.
pub fn point(payload: &[u8]) -> Result<(f32, f32), Malformed> {
    Ok(point_of(Fields::read(payload, PAIR)?))
}

impl RegionInfo {
    /// Reads a payload.
    pub fn read(payload: &[u8]) -> Result<Self, Malformed> {
        let fields = Fields::read(payload, &[(1, Varint), (2, Message(PAIR)), (3, Fixed32)])?;
        Ok(Self {
            region_type: fields.i32(1),
            points: fields.messages(2).map(point_of).collect(),
            rotation: fields.f32(3),
        })
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

/// An `ImageBounds`.
const BOUNDS: &Schema = &[(1, Fixed32), (2, Fixed32), (3, Fixed32), (4, Fixed32)];

/// `SetContourParameters`.
#[derive(Clone, Copy, Debug)]
pub struct ContourParameters<'a>(Fields<'a>);

#[allow(missing_docs)]
impl<'a> ContourParameters<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let schema = &[
            (1, Fixed32),
            (2, Fixed32),
            (3, Message(BOUNDS)),
            (4, Fixed64s),
            (5, Varint),
            (6, Varint),
            (7, Varint),
            (8, Varint),
            (9, Varint),
            (10, Message(PAIR)),
        ];
        Fields::read(payload, schema).map(Self)
    }

    pub fn reference_file_id(self) -> u32 {
        self.0.i32(2).cast_unsigned()
    }

    /// The smallest and largest x, then y.
    pub fn image_bounds(self) -> Option<[i32; 4]> {
        self.0.bytes(3)?;
        let bounds = self.0.message(3);
        Some([bounds.i32(1), bounds.i32(2), bounds.i32(3), bounds.i32(4)])
    }

    pub fn has_levels(self) -> bool {
        self.0.has_any(4)
    }

    pub fn levels(self) -> Vec<f64> {
        self.0.f64s(4)
    }

    pub fn smoothing_mode(self) -> i32 {
        self.0.i32(5)
    }

    pub fn smoothing_factor(self) -> i32 {
        self.0.i32(6)
    }

    pub fn decimation_factor(self) -> i32 {
        self.0.i32(7)
    }

    pub fn compression_level(self) -> i32 {
        self.0.i32(8)
    }

    pub fn contour_chunk_size(self) -> i32 {
        self.0.i32(9)
    }
}

/// Whether a `SetVectorOverlayParameters` shows an overlay.
pub fn shows_overlay(payload: &[u8]) -> Result<bool, Malformed> {
    let schema = &[
        (1, Fixed32),
        (3, Message(BOUNDS)),
        (4, Fixed32),
        (5, Varint),
        (6, Fixed64),
        (7, Varint),
        (8, Fixed64),
        (9, Fixed64),
        (10, Fixed32),
        (11, Fixed32),
        (12, Varint),
        (13, Fixed32),
        (14, Varint),
    ];
    let fields = Fields::read(payload, schema)?;
    Ok(fields.i32(10) >= 0 || fields.i32(11) >= 0)
}

/// `OpenCatalogFile`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct OpenCatalogFile<'a> {
    pub directory: &'a str,
    pub name: &'a str,
    pub file_id: i32,
    pub preview_data_size: i32,
}

impl<'a> OpenCatalogFile<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let fields = Fields::read(payload, &[(1, Text), (2, Text), (3, Fixed32), (4, Fixed32)])?;
        Ok(Self {
            directory: fields.text(1),
            name: fields.text(2),
            file_id: fields.i32(3),
            preview_data_size: fields.i32(4),
        })
    }
}
