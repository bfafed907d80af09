//! One open image.

use crate::protocol::{
    EventType,
    messages::PolarizationType,
    views::{self, ContourParameters},
};

/// What RESUME_SESSION says about an image, its regions apart. Inner messages
/// are the bytes that were sent; all of them were read once, so that they
/// cannot spoil a RESUME_SESSION.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Image {
    pub(crate) directory: String,
    /// Name, or an LEL expression.
    pub(crate) file: String,
    pub(crate) hdu: String,
    pub(crate) lel_expr: bool,
    pub(crate) render_mode: i32,
    pub(crate) support_aips_beam: bool,
    pub(crate) channel: i32,
    pub(crate) stokes: i32,
    /// Number of channels, where the backend told it.
    pub(crate) depth: Option<i32>,
    /// Number of Stokes planes, where the backend told it.
    pub(crate) stokes_planes: Option<i32>,
    /// Encoded `StokesFile`s.
    pub(crate) stokes_files: Vec<Box<[u8]>>,
    pub(crate) contours: Option<Contours>,
    /// An encoded `SetVectorOverlayParameters` that shows an overlay.
    pub(crate) overlay: Option<Box<[u8]>>,
    /// An encoded `Point`.
    pub(crate) cursor: Option<Box<[u8]>>,
    /// The encoded `OpenFileAck`, as it was received, within the bound.
    pub(crate) open_file_ack: Option<Box<[u8]>>,
    /// Whether the backend has it, as far as it said.
    pub(crate) live: bool,
}

/// An image's contours.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contours {
    /// An encoded `SetContourParameters`.
    pub(crate) settings: Box<[u8]>,
    /// Whether there are levels to draw.
    pub(crate) shown: bool,
}

impl Image {
    /// Whether the backend would change to this channel and plane. It leaves
    /// the image as it is otherwise.
    pub(crate) fn accepts(&self, channel: i32, stokes: i32) -> bool {
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

    /// Takes an encoded `SetContourParameters`; false if it is none.
    pub(crate) fn set_contours(&mut self, settings: &[u8]) -> bool {
        let Ok(parameters) = ContourParameters::read(settings) else { return false };
        let shown = parameters.has_levels();
        self.contours = Some(Contours { settings: settings.into(), shown });
        true
    }

    /// Takes an encoded `SetVectorOverlayParameters`; false if it is none.
    pub(crate) fn set_overlay(&mut self, settings: &[u8]) -> bool {
        let Ok(overlay) = views::VectorOverlayParameters::read(settings) else { return false };
        let shown = overlay.is_shown();
        self.overlay = shown.then(|| settings.into());
        true
    }

    /// Takes an encoded `Point`; false if it is none or not finite.
    pub(crate) fn set_cursor(&mut self, point: &[u8]) -> bool {
        let finite = views::point(point).is_ok_and(|(x, y)| x.is_finite() && y.is_finite());
        if finite {
            self.cursor = Some(point.into());
        }
        finite
    }

    /// The contours' settings, if there are levels to draw.
    pub(crate) fn shown_contours(&self) -> Option<&[u8]> {
        self.contours.as_ref().filter(|contours| contours.shown).map(|contours| &*contours.settings)
    }
}

/// An image that exists in the backend's memory only.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Generated {
    pub(crate) name: String,
    pub(crate) origin: Origin,
}

/// What made a generated image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Moment,
    PositionVelocity,
    Fit,
    Remote,
}

impl Origin {
    /// What this request makes images by, `None` if it makes none.
    pub(crate) const fn of(request: EventType) -> Option<Self> {
        Some(match request {
            EventType::MomentRequest => Self::Moment,
            EventType::PvRequest => Self::PositionVelocity,
            EventType::FittingRequest => Self::Fit,
            EventType::RemoteFileRequest => Self::Remote,
            _ => return None,
        })
    }

    /// For people: why the image cannot come back.
    pub(crate) const fn why(self) -> &'static str {
        match self {
            Self::Moment => "A moment image exists in the backend's memory only.",
            Self::PositionVelocity => {
                "A position-velocity image exists in the backend's memory only."
            }
            Self::Fit => "An image made by fitting exists in the backend's memory only.",
            Self::Remote => "An image fetched from a service exists in the backend's memory only.",
        }
    }
}
