//! Position-velocity images: a cube along a line, in memory only, as moments are.

use carta_resume::protocol::{EventType, messages as m};

use super::{Replies, Session, state::OpenImage};
use crate::{fits::FitsError, image::Image};

impl Session {
    /// One pixel wide, each pixel the nearest one.
    pub(super) fn make_pv(&mut self, request: &m::PvRequest, id: u32, out: &mut Replies) {
        let Some(open) = self.state.images.get(&request.file_id) else {
            out.no_file("PV", request.file_id);
            return;
        };
        let file_id = request.file_id;
        let progress = m::PvProgress { file_id, progress: 0.25, ..Default::default() };
        out.answer(EventType::PvProgress, id, &progress);
        let region = self.state.regions.get(&request.region_id);
        let line = region.map(|region| region.info.control_points.as_slice());
        let made = match line {
            Some(&[start, end]) => along(open, start, end, request.spectral_range)
                .map_err(|why| format!("The image {why}.")),
            Some(_) | None => Err(format!("Region {} is no line.", request.region_id)),
        };
        let mut response = m::PvResponse::default();
        match made {
            Err(message) => response.message = message,
            Ok(image) => {
                let name = format!("{}.pv", open.origin.file);
                response.success = true;
                response.open_file_ack = Some(self.add_computed(name, image));
            }
        }
        out.answer(EventType::PvResponse, id, &response);
        if let Some(ack) = response.open_file_ack {
            self.send_default_histogram(ack.file_id, out);
        }
    }
}

fn along(
    open: &OpenImage,
    start: m::Point,
    end: m::Point,
    range: Option<m::IntBounds>,
) -> Result<Image, FitsError> {
    let shape = open.image.shape();
    let last = shape.depth - 1;
    let (first, last) = match range {
        Some(range) if range.max >= range.min => {
            (range.min.clamp(0, last), range.max.clamp(0, last))
        }
        _ => (0, last),
    };
    let (dx, dy) = (end.x - start.x, end.y - start.y);
    let steps = dx.hypot(dy).round().max(1.0);
    let (mut pixels, mut width) = (Vec::new(), 0);
    for channel in first..=last {
        let plane = open.image.plane(channel, open.stokes)?;
        let before = pixels.len();
        let mut step = 0.0;
        while step <= steps {
            let at = |from: f32, by: f32| (from + by * step / steps).round();
            let (x, y) = (at(start.x, dx), at(start.y, dy));
            let inside = x >= 0.0 && y >= 0.0 && x < shape.width as f32 && y < shape.height as f32;
            let pixel = inside.then(|| plane.get(y as usize * shape.width + x as usize)).flatten();
            pixels.push(pixel.copied().unwrap_or(f32::NAN));
            step += 1.0;
        }
        width = pixels.len() - before;
    }
    let height = pixels.len().checked_div(width).unwrap_or_default();
    Ok(open.image.flat(width, height, pixels))
}
