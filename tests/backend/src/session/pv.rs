//! Position-velocity images: a cube along a line, in memory only, like moments.

use carta_resume::protocol::{EventType, messages as m};

use super::{Replies, Session, state::OpenImage};
use crate::{analysis::mask::Mask, fits::FitsError};

impl Session {
    /// One pixel wide, each pixel the nearest one.
    pub(super) fn make_pv(&mut self, request: &m::PvRequest, id: u32, out: &mut Replies) {
        let file_id = request.file_id;
        let Some(open) = self.state.images.get(&file_id) else {
            out.no_file("PV", file_id);
            return;
        };
        if request.preview_settings.is_some() {
            return self.make_preview(request, id, out);
        }
        let progress = m::PvProgress { file_id, progress: 0.25, ..Default::default() };
        out.answer(EventType::PvProgress, id, &progress);
        let cut = self.line(request).and_then(|[start, end]| {
            let cube = Cube::read(open, request.spectral_range, None, 1, 1);
            let cut = cube.map_err(|why| format!("The image {why}."))?.along(start, end);
            Ok(if request.reverse { cut.turned() } else { cut })
        });
        let mut response = m::PvResponse::default();
        match cut {
            Err(message) => response.message = message,
            Ok(Cut { width, height, pixels }) => {
                let name = format!("{}.pv", open.origin.file);
                let image = open.image.flat(width, height, pixels);
                response.success = true;
                response.open_file_ack = Some(self.add_computed(name, image));
            }
        }
        out.answer(EventType::PvResponse, id, &response);
        if let Some(ack) = response.open_file_ack {
            self.send_default_histogram(ack.file_id, out);
        }
    }

    /// The ends of the line along which the cube is cut.
    pub(super) fn line(&self, request: &m::PvRequest) -> Result<[m::Point; 2], String> {
        let region = self.state.regions.get(&request.region_id);
        match region.map(|region| region.info.control_points.as_slice()) {
            Some(&[start, end]) => Ok([start, end]),
            Some(_) | None => Err(format!("Region {} is no line.", request.region_id)),
        }
    }
}

/// A part of an image, coarser if requested.
#[derive(Debug)]
pub(super) struct Cube {
    /// Its first pixel in the image.
    origin: (usize, usize),
    /// Image pixels along the side of one of these.
    rebin: usize,
    width: usize,
    height: usize,
    planes: Vec<Vec<f32>>,
}

/// A cube along a line: a row for each channel.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<f32>,
}

impl Cube {
    /// Reads the channels of a range, for everything that a part covers; `None` = the whole image.
    pub(super) fn read(
        open: &OpenImage,
        range: Option<m::IntBounds>,
        part: Option<&Mask>,
        rebin: usize,
        rebin_channels: usize,
    ) -> Result<Self, FitsError> {
        let shape = open.image.shape();
        let (first, last) = open.channels(range);
        let (origin, size) = match part {
            Some(part) => ((part.x, part.y), (part.width, part.height())),
            None => ((0, 0), (shape.width, shape.height)),
        };
        let (width, height) = (size.0.div_ceil(rebin), size.1.div_ceil(rebin));
        let mut planes = Vec::new();
        for channels in (first..=last).collect::<Vec<_>>().chunks(rebin_channels) {
            let mut sums = vec![(0.0_f64, 0_u32); width * height];
            for &channel in channels {
                let plane = open.image.plane(channel, open.stokes)?;
                let rows = plane.chunks(shape.width.max(1)).skip(origin.1).take(size.1);
                for (y, row) in rows.enumerate() {
                    for (x, value) in row.iter().skip(origin.0).take(size.0).enumerate() {
                        let sum = sums.get_mut(y / rebin * width + x / rebin);
                        if let Some((sum, count)) = sum.filter(|_| value.is_finite()) {
                            *sum += f64::from(*value);
                            *count += 1;
                        }
                    }
                }
            }
            // The mean of no pixels is NaN.
            planes.push(sums.iter().map(|(sum, count)| (sum / f64::from(*count)) as f32).collect());
        }
        Ok(Self { origin, rebin, width, height, planes })
    }

    /// The values along a line between two points of the image.
    pub(super) fn along(&self, start: m::Point, end: m::Point) -> Cut {
        let place = |of: f32, origin: usize| (of - origin as f32) / self.rebin as f32;
        let (x, y) = (place(start.x, self.origin.0), place(start.y, self.origin.1));
        let (dx, dy) = (place(end.x, self.origin.0) - x, place(end.y, self.origin.1) - y);
        let steps = dx.hypot(dy).round().clamp(1.0, 10_000.0);
        let mut pixels = Vec::new();
        for plane in &self.planes {
            let mut step = 0.0;
            while step <= steps {
                let at = |from: f32, by: f32| (from + by * step / steps).round();
                let (x, y) = (at(x, dx), at(y, dy));
                let is_in = x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32;
                let pixel = is_in.then(|| plane.get(y as usize * self.width + x as usize));
                pixels.push(pixel.flatten().copied().unwrap_or(f32::NAN));
                step += 1.0;
            }
        }
        let height = self.planes.len();
        Cut { width: pixels.len().checked_div(height).unwrap_or_default(), height, pixels }
    }
}

impl Cut {
    /// The same with a column for each channel.
    pub(super) fn turned(self) -> Self {
        let Self { width, height, pixels } = self;
        let column = |x: usize| pixels.iter().skip(x).step_by(width.max(1)).copied();
        let turned = (0..width).flat_map(column).collect();
        Self { width: height, height: width, pixels: turned }
    }
}
