//! An open image: a file, several files joined along the Stokes axis, an
//! expression, or a plane that was computed.

use std::{fmt, sync::Arc};

use carta_resume::protocol::messages as m;

use crate::{
    fits::{Described, FitsError, FitsImage},
    lel::Expression,
};

/// Where the pixels come from.
pub enum Source {
    /// A file.
    File(FitsImage),
    /// A file for each Stokes plane.
    Joined(Vec<FitsImage>),
    /// An expression and the files that it names, all of the same shape.
    Computed {
        /// The operations, carried out when the image is read.
        expression: Expression,
        /// A file for each name.
        files: Vec<FitsImage>,
    },
    /// Memory; one plane.
    Plane(Arc<Vec<f32>>),
}

/// An image whose pixels can be read.
pub struct Image {
    source: Source,
    /// Shape, header and beam.
    pub described: Described,
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image").field("shape", &self.shape()).finish_non_exhaustive()
    }
}

/// Pixels along each axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Pixels per row.
    pub width: usize,
    /// Rows per plane.
    pub height: usize,
    /// Channels.
    pub depth: i32,
    /// Stokes planes.
    pub stokes: i32,
}

impl Image {
    /// An image and its description.
    pub fn new(source: Source, described: Described) -> Self {
        Self { source, described }
    }

    /// One plane computed from this image, row by row, with its header.
    #[must_use]
    pub fn flat(&self, width: usize, height: usize, pixels: Vec<f32>) -> Self {
        let size = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let extended = m::FileInfoExtended {
            dimensions: 2,
            width: size(width),
            height: size(height),
            depth: 1,
            stokes: 1,
            stokes_vals: Vec::new(),
            axes_numbers: Some(m::AxesNumbers { spatial_x: 1, spatial_y: 2, ..Default::default() }),
            ..self.described.extended.clone()
        };
        let described = Described { extended, polarizations: Vec::new(), ..self.described.clone() };
        Self::new(Source::Plane(Arc::new(pixels)), described)
    }

    /// Pixels along each axis.
    pub fn shape(&self) -> Shape {
        let extended = &self.described.extended;
        Shape {
            width: usize::try_from(extended.width).unwrap_or(0),
            height: usize::try_from(extended.height).unwrap_or(0),
            depth: extended.depth,
            stokes: extended.stokes,
        }
    }

    /// Whether this plane exists or can be computed.
    pub fn has(&self, channel: i32, stokes: i32) -> bool {
        let shape = self.shape();
        (0..shape.depth).contains(&channel)
            && ((0..shape.stokes).contains(&stokes) || self.parts_of(stokes).is_some())
    }

    /// Index of a Stokes plane by its name, for example `Q` or `Ptotal`.
    pub fn stokes_index(&self, name: &str) -> Option<i32> {
        let kind = m::PolarizationType::from_str_name(name)? as i32;
        if kind >= m::PolarizationType::Ptotal as i32 {
            return self.parts_of(kind).map(|_| kind);
        }
        let index = self.described.polarizations.iter().position(|&other| other == kind)?;
        i32::try_from(index).ok()
    }

    /// Reads a whole plane.
    pub fn plane(&self, channel: i32, stokes: i32) -> Result<Vec<f32>, FitsError> {
        let shape = self.shape();
        self.read(channel, stokes, 0, shape.width * shape.height)
    }

    /// Reads `count` pixels of a plane from pixel `start` on, row by row.
    pub fn read(
        &self,
        channel: i32,
        stokes: i32,
        start: usize,
        count: usize,
    ) -> Result<Vec<f32>, FitsError> {
        let read = |stokes| self.read_plane(channel, stokes, start, count);
        if stokes < self.shape().stokes {
            return read(stokes);
        }
        let parts = self.parts_of(stokes).ok_or(FitsError::NoImage)?;
        let optional = |index: Option<i32>| index.map_or_else(|| Ok(vec![0.0; count]), read);
        let (q, u) = (read(parts.q)?, read(parts.u)?);
        let (i, v) = (optional(parts.i)?, optional(parts.v)?);
        let planes = i.into_iter().zip(q).zip(u).zip(v);
        Ok(planes.map(|(((i, q), u), v)| parts.kind.compute(i, q, u, v)).collect())
    }

    fn read_plane(
        &self,
        channel: i32,
        stokes: i32,
        start: usize,
        count: usize,
    ) -> Result<Vec<f32>, FitsError> {
        let unsigned = |number: i32| u64::try_from(number).map_err(|_| FitsError::NoImage);
        let (channel, stokes) = (unsigned(channel)?, unsigned(stokes)?);
        match &self.source {
            Source::File(file) => file.read(channel, stokes, start as u64, count),
            Source::Joined(files) => {
                let file = files.get(stokes as usize).ok_or(FitsError::NoImage)?;
                file.read(channel, 0, start as u64, count)
            }
            Source::Computed { expression, files } => {
                let read = |file: &FitsImage| file.read(channel, stokes, start as u64, count);
                let images: Result<Vec<_>, _> = files.iter().map(read).collect();
                Ok(expression.evaluate(&images?))
            }
            Source::Plane(plane) => {
                let pixels = plane.get(start..start + count).ok_or(FitsError::NoImage)?;
                Ok(pixels.to_vec())
            }
        }
    }

    /// How a computed polarization is made.
    fn parts_of(&self, stokes: i32) -> Option<Parts> {
        let index = |kind: m::PolarizationType| {
            let mut kinds = self.described.polarizations.iter();
            kinds.position(|&other| other == kind as i32).and_then(|i| i32::try_from(i).ok())
        };
        let (q, u) = (index(m::PolarizationType::Q)?, index(m::PolarizationType::U)?);
        let (i, v) = (index(m::PolarizationType::I), index(m::PolarizationType::V));
        let kind = match m::PolarizationType::try_from(stokes).ok()? {
            m::PolarizationType::Ptotal => Computed::Intensity,
            m::PolarizationType::Plinear => return Some(Parts::new(Computed::Intensity, q, u)),
            m::PolarizationType::PFtotal => Computed::Fraction,
            m::PolarizationType::PFlinear => {
                return Some(Parts { i: Some(i?), ..Parts::new(Computed::Fraction, q, u) });
            }
            m::PolarizationType::Pangle => return Some(Parts::new(Computed::Angle, q, u)),
            _ => return None,
        };
        if kind == Computed::Fraction && i.is_none() {
            return None;
        }
        Some(Parts { i, v, ..Parts::new(kind, q, u) })
    }
}

/// Indices of the planes that a computed polarization is made of.
struct Parts {
    kind: Computed,
    i: Option<i32>,
    q: i32,
    u: i32,
    v: Option<i32>,
}

impl Parts {
    fn new(kind: Computed, q: i32, u: i32) -> Self {
        Self { kind, i: None, q, u, v: None }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Computed {
    /// In the unit of the image.
    Intensity,
    /// Percent of the total.
    Fraction,
    /// Degrees.
    Angle,
}

impl Computed {
    fn compute(self, i: f32, q: f32, u: f32, v: f32) -> f32 {
        let intensity = (q * q + u * u + v * v).sqrt();
        match self {
            Self::Intensity => intensity,
            Self::Fraction => 100.0 * intensity / i,
            Self::Angle => 0.5 * u.atan2(q).to_degrees(),
        }
    }
}
