//! Registering and resuming.

use crate::protocol::wire::{
    Fields,
    Kind::{Bytes, Fixed32, Message, Text, Varint},
    Malformed, Messages, Schema,
};

/// `RegisterViewer`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct RegisterViewer<'a> {
    pub session_id: u32,
    pub api_key: &'a str,
    pub client_feature_flags: u32,
}

impl<'a> RegisterViewer<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let fields = Fields::read(payload, &[(1, Fixed32), (2, Text), (3, Fixed32)])?;
        Ok(Self {
            session_id: fields.i32(1).cast_unsigned(),
            api_key: fields.text(2),
            client_feature_flags: fields.i32(3).cast_unsigned(),
        })
    }
}

/// `RegisterViewerAck`, without what the backend tells of itself.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct RegisterViewerAck<'a> {
    pub session_id: u32,
    pub success: bool,
    pub message: &'a str,
    /// Number of the enumeration `SessionType`.
    pub session_type: i32,
}

impl<'a> RegisterViewerAck<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        let fields = Fields::read(payload, &[(1, Fixed32), (2, Varint), (3, Text), (4, Varint)])?;
        Ok(Self {
            session_id: fields.i32(1).cast_unsigned(),
            success: fields.flag(2),
            message: fields.text(3),
            session_type: fields.i32(4),
        })
    }
}

/// Success and message of a `ResumeSessionAck`.
pub fn resume_outcome(payload: &[u8]) -> Result<(bool, &str), Malformed> {
    let fields = Fields::read(payload, &[(1, Varint), (2, Text)])?;
    Ok((fields.flag(1), fields.text(2)))
}

/// A `ResumeSession`, as a viewer makes it.
#[derive(Clone, Copy, Debug)]
pub struct ResumeSession<'a>(Fields<'a>);

impl<'a> ResumeSession<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        Fields::read(payload, &[(1, Message(IMAGE)), (2, Message(CATALOG))]).map(Self)
    }

    /// The images, in the order in which they are opened.
    pub fn images(self) -> impl Iterator<Item = ResumedImage<'a>> {
        self.0.messages(1).map(ResumedImage)
    }

    /// `OpenCatalogFile`s.
    pub fn catalogs(self) -> Messages<'a> {
        self.0.messages(2)
    }
}

const CATALOG: &Schema = &[(1, Text), (2, Text), (3, Fixed32), (4, Fixed32)];
const STOKES_FILE: &Schema = &[(1, Text), (2, Text), (3, Text), (4, Varint)];
const REGION: &Schema = &[(1, Fixed32), (2, Bytes)];
const IMAGE: &Schema = &[
    (1, Text),
    (2, Text),
    (3, Varint),
    (4, Text),
    (5, Fixed32),
    (6, Varint),
    (7, Fixed32),
    (8, Fixed32),
    (9, Message(REGION)),
    (10, Bytes),
    (11, Message(STOKES_FILE)),
    (12, Varint),
    (13, Bytes),
];

/// An `ImageProperties`.
#[derive(Clone, Copy, Debug)]
pub struct ResumedImage<'a>(Fields<'a>);

#[allow(missing_docs)]
impl<'a> ResumedImage<'a> {
    pub fn directory(self) -> &'a str {
        self.0.text(1)
    }

    pub fn file(self) -> &'a str {
        self.0.text(2)
    }

    pub fn lel_expr(self) -> bool {
        self.0.flag(3)
    }

    pub fn hdu(self) -> &'a str {
        self.0.text(4)
    }

    pub fn file_id(self) -> i32 {
        self.0.i32(5)
    }

    pub fn render_mode(self) -> i32 {
        self.0.i32(6)
    }

    pub fn channel(self) -> i32 {
        self.0.i32(7)
    }

    pub fn stokes(self) -> i32 {
        self.0.i32(8)
    }

    /// Ids and `RegionInfo`s; id 0 is the cursor.
    pub fn regions(self) -> impl Iterator<Item = (i32, &'a [u8])> {
        self.0.messages(9).map(|entry| (entry.i32(1), entry.bytes(2).unwrap_or_default()))
    }

    /// A `SetContourParameters`.
    pub fn contours(self) -> Option<&'a [u8]> {
        self.0.bytes(10)
    }

    /// `StokesFile`s.
    pub fn stokes_files(self) -> Messages<'a> {
        self.0.messages(11)
    }

    pub fn support_aips_beam(self) -> bool {
        self.0.flag(12)
    }

    /// A `SetVectorOverlayParameters`.
    pub fn overlay(self) -> Option<&'a [u8]> {
        self.0.bytes(13)
    }
}
