//! Opening images and catalogs, and what the backend answers.

use crate::protocol::wire::{
    Fields,
    Kind::{Fixed32, Message, Text, Varint},
    Malformed, Messages, Schema,
};

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
    /// The message itself.
    pub bytes: &'a [u8],
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
            bytes: fields.as_bytes(),
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
