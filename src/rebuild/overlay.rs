//! A vector overlay, as it was asked for.

use prost::{Message, bytes::Bytes};

use crate::protocol::messages::{PolarizationType, SetVectorOverlayParameters};

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
    pub(super) fn read(payload: &Bytes) -> Option<Self> {
        let asked = SetVectorOverlayParameters::decode(payload.clone()).ok()?;
        let overlay = Self {
            averaging: asked.smoothing_factor.cast_signed().max(1),
            fractional: asked.fractional,
            threshold: Some(asked.threshold).filter(|threshold| threshold.is_finite()),
            threshold_option: match asked.threshold_option {
                // A threshold was on Stokes I before that could be chosen.
                0 => PolarizationType::I.into(),
                option => option,
            },
            debiasing: asked.debiasing,
            q_error: asked.q_error,
            u_error: asked.u_error,
            intensity: asked.stokes_intensity,
            angle: asked.stokes_angle,
        };
        (overlay.q_error.is_finite() && overlay.u_error.is_finite()).then_some(overlay)
    }
}
