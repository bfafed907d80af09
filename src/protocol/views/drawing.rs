//! Contours and vector overlays.

use crate::protocol::wire::{
    Fields,
    Kind::{Fixed32, Fixed64, Fixed64s, Message, Varint},
    Malformed, Schema,
};

use super::region::PAIR;

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

/// `SetVectorOverlayParameters`, as far as it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct VectorOverlayParameters<'a>(Fields<'a>);

#[allow(missing_docs)] // The fields are documented in `proto/overlay.proto`.
impl<'a> VectorOverlayParameters<'a> {
    /// Reads a payload.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
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
        Fields::read(payload, schema).map(Self)
    }

    /// Whether an overlay is shown.
    pub fn is_shown(self) -> bool {
        self.stokes_intensity() >= 0 || self.stokes_angle() >= 0
    }

    pub fn smoothing_factor(self) -> i32 {
        self.0.i32(4)
    }

    pub fn fractional(self) -> bool {
        self.0.flag(5)
    }

    pub fn threshold(self) -> f64 {
        self.f64(6)
    }

    pub fn debiasing(self) -> bool {
        self.0.flag(7)
    }

    pub fn q_error(self) -> f64 {
        self.f64(8)
    }

    pub fn u_error(self) -> f64 {
        self.f64(9)
    }

    pub fn stokes_intensity(self) -> i32 {
        self.0.i32(10)
    }

    pub fn stokes_angle(self) -> i32 {
        self.0.i32(11)
    }

    pub fn threshold_option(self) -> i32 {
        self.0.i32(14)
    }

    fn f64(self, number: u32) -> f64 {
        self.0.f64s(number).last().copied().unwrap_or_default()
    }
}
