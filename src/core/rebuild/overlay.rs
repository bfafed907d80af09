//! A vector overlay, as it was asked for.

use crate::protocol::wire::{
    Fields,
    Kind::{Fixed32, Fixed64, Varint},
};

/// The number of the enumeration `PolarizationType` for Stokes I, which a
/// threshold was on before it could be chosen.
const STOKES_I: i32 = 1;

/// `SetVectorOverlayParameters`, as far as the viewer does not fill it in from
/// the image.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Overlay {
    /// Pixels on a side that are averaged.
    pub(super) averaging: i32,
    pub(super) fractional: bool,
    pub(super) threshold: Option<f64>,
    pub(super) threshold_option: i32,
    pub(super) debiasing: bool,
    pub(super) q_error: f64,
    pub(super) u_error: f64,
    /// -1 = uniform, 0 = from this image, 1 = computed.
    pub(super) intensity: i32,
    pub(super) angle: i32,
}

impl Overlay {
    /// Reads a payload; `None` if it is none or not finite.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let schema = &[
            (4, Fixed32),
            (5, Varint),
            (6, Fixed64),
            (7, Varint),
            (8, Fixed64),
            (9, Fixed64),
            (10, Fixed32),
            (11, Fixed32),
            (14, Varint),
        ];
        let fields = Fields::read(payload, schema).ok()?;
        let double = |field| fields.f64s(field).last().copied().unwrap_or_default();
        let overlay = Self {
            averaging: fields.i32(4).max(1),
            fractional: fields.flag(5),
            threshold: Some(double(6)).filter(|threshold| threshold.is_finite()),
            threshold_option: match fields.i32(14) {
                0 => STOKES_I,
                option => option,
            },
            debiasing: fields.flag(7),
            q_error: double(8),
            u_error: double(9),
            intensity: fields.i32(10),
            angle: fields.i32(11),
        };
        (overlay.q_error.is_finite() && overlay.u_error.is_finite()).then_some(overlay)
    }
}
