//! One open image.

use prost::{Message, bytes::Bytes};

use crate::protocol::messages::{
    Point, PolarizationType, SetContourParameters, SetVectorOverlayParameters,
};

/// What RESUME_SESSION says about an image, its regions apart. Inner messages
/// are the bytes that were sent; all of them were read once, so that they
/// cannot spoil a RESUME_SESSION.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Image {
    pub(super) directory: String,
    /// Name, or an LEL expression.
    pub(super) file: String,
    pub(super) hdu: String,
    pub(super) lel_expr: bool,
    pub(super) render_mode: i32,
    pub(super) support_aips_beam: bool,
    pub(crate) channel: i32,
    pub(crate) stokes: i32,
    /// Number of channels, where the backend told it.
    pub(super) depth: Option<i32>,
    /// Number of Stokes planes, where the backend told it.
    pub(super) stokes_planes: Option<i32>,
    /// Encoded `StokesFile`s.
    pub(super) stokes_files: Vec<Bytes>,
    pub(super) contours: Option<Contours>,
    /// An encoded `SetVectorOverlayParameters` that shows an overlay.
    pub(super) overlay: Option<Bytes>,
    /// An encoded `Point`.
    pub(super) cursor: Option<Bytes>,
    /// The encoded `OpenFileAck`, as it was received, within the bound.
    pub(super) open_file_ack: Option<Bytes>,
    /// Whether the backend has it, as far as it said.
    pub(crate) live: bool,
}

/// An image's contours.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Contours {
    /// An encoded `SetContourParameters`.
    pub(super) settings: Bytes,
    /// Whether there are levels to draw.
    pub(super) shown: bool,
}

impl Image {
    /// Whether the backend would change to this channel and plane. It leaves
    /// the image as it is otherwise.
    pub(super) fn accepts(&self, channel: i32, stokes: i32) -> bool {
        let below = |value: i32, count: Option<i32>| count.is_none_or(|count| value < count);
        let computed = (PolarizationType::Ptotal as i32)..=(PolarizationType::Pangle as i32);
        channel >= 0
            && below(channel, self.depth)
            && stokes >= 0
            && (below(stokes, self.stokes_planes) || computed.contains(&stokes))
    }

    /// Moves to a channel and plane; false if the backend would not.
    pub(crate) fn set_channel(&mut self, channel: i32, stokes: i32) -> bool {
        let accepted = self.accepts(channel, stokes);
        if accepted {
            (self.channel, self.stokes) = (channel, stokes);
        }
        accepted
    }

    /// Takes an encoded `SetContourParameters`; false if it is not one.
    pub(super) fn set_contours(&mut self, settings: &Bytes) -> bool {
        let Ok(parameters) = SetContourParameters::decode(settings.clone()) else { return false };
        let shown = !parameters.levels.is_empty();
        self.contours = Some(Contours { settings: kept(settings), shown });
        true
    }

    /// Takes an encoded `SetVectorOverlayParameters`; false if it is not one.
    pub(super) fn set_overlay(&mut self, settings: &Bytes) -> bool {
        let Ok(overlay) = SetVectorOverlayParameters::decode(settings.clone()) else {
            return false;
        };
        let shown = overlay.stokes_intensity >= 0 || overlay.stokes_angle >= 0;
        self.overlay = shown.then(|| kept(settings));
        true
    }

    /// Takes an encoded `Point`; false if it is not one, or not finite.
    pub(super) fn set_cursor(&mut self, point: &Bytes) -> bool {
        let finite =
            Point::decode(point.clone()).is_ok_and(|Point { x, y }| x.is_finite() && y.is_finite());
        if finite {
            self.cursor = Some(kept(point));
        }
        finite
    }

    /// The contours' settings, if there are levels to draw.
    pub(super) fn shown_contours(&self) -> Option<&Bytes> {
        self.contours.as_ref().filter(|contours| contours.shown).map(|contours| &contours.settings)
    }
}

/// A copy of what is to be kept, which does not keep the whole frame that it came
/// in.
pub(super) fn kept(message: &[u8]) -> Bytes {
    Bytes::copy_from_slice(message)
}
