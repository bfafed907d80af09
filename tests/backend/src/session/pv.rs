//! Position-velocity images: a cube along a line, in memory only, as moments are.

use std::sync::Arc;

use carta_resume::protocol::{EventType, messages as m};

use super::{
    Replies, Session,
    images::file_info_fallback,
    state::{OpenImage, Origin},
};
use crate::{
    fits::{Described, FitsError},
    image::{Image, Source},
};

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
                let file_id = self.state.last_opened.saturating_add(1);
                let info = m::FileInfo { name: name.clone(), ..file_info_fallback(String::new()) };
                let origin = Origin { file: name, ..Origin::default() };
                response.success = true;
                response.open_file_ack = Some(self.insert(file_id, image, origin, info));
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
    let size = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let described = &open.image.described;
    let extended = m::FileInfoExtended {
        dimensions: 2,
        width: size(width),
        height: last - first + 1,
        depth: 1,
        stokes: 1,
        stokes_vals: Vec::new(),
        axes_numbers: Some(m::AxesNumbers { spatial_x: 1, spatial_y: 2, ..Default::default() }),
        ..described.extended.clone()
    };
    let described = Described { extended, polarizations: Vec::new(), ..described.clone() };
    Ok(Image::new(Source::Plane(Arc::new(pixels)), described))
}
