//! Contours and vector overlays. A message that changes nothing draws nothing.

use carta_resume::protocol::{EventType, messages as m};

use super::{Replies, Session, same};
use crate::analysis::{
    contours::{encode, trace},
    smooth::smooth,
};

impl Session {
    pub(super) fn set_contours(&mut self, request: m::SetContourParameters, out: &mut Replies) {
        let file_id = request.file_id.cast_signed();
        let Some(open) = self.state.images.get_mut(&file_id) else {
            out.no_file("contours", file_id);
            return;
        };
        let wanted = Some(request).filter(|request| !request.levels.is_empty());
        if !same(open.contours.as_ref(), wanted.as_ref()) {
            open.contours = wanted;
            self.send_contours(file_id, out);
        }
    }

    /// Draws each level of the current plane. Bounds in the settings are ignored: the whole image
    /// is drawn.
    pub(super) fn send_contours(&mut self, file_id: i32, out: &mut Replies) {
        let Some(open) = self.state.images.get_mut(&file_id) else { return };
        let Some(settings) = open.contours.clone() else { return };
        let plane = match open.current_plane() {
            Ok(plane) => plane,
            Err(why) => {
                crate::log(&format!("image {file_id} {why}"));
                return;
            }
        };
        let width = open.image.shape().width;
        let smoothed = smooth(&plane, width, settings.smoothing_mode(), settings.smoothing_factor);
        for &level in &settings.levels {
            let data = m::ContourImageData {
                file_id,
                reference_file_id: settings.reference_file_id,
                image_bounds: None,
                channel: open.channel,
                stokes: open.stokes,
                contour_sets: vec![encode(level, &trace(&smoothed, level), &settings)],
                progress: 1.0,
            };
            out.stream(EventType::ContourImageData, &data);
        }
    }

    pub(super) fn set_overlay(
        &mut self,
        request: m::SetVectorOverlayParameters,
        out: &mut Replies,
    ) {
        let file_id = request.file_id.cast_signed();
        let Some(open) = self.state.images.get_mut(&file_id) else {
            out.no_file("vector overlay", file_id);
            return;
        };
        let wanted = Some(request).filter(is_on);
        if !same(open.overlay.as_ref(), wanted.as_ref()) {
            open.overlay = wanted;
            self.send_overlay(file_id, out);
        }
    }

    /// Says that the overlay is done, without any vectors: the messages have no tiles here.
    pub(super) fn send_overlay(&mut self, file_id: i32, out: &mut Replies) {
        let Some(open) = self.state.images.get(&file_id) else { return };
        let Some(settings) = &open.overlay else { return };
        let data = m::VectorOverlayTileData {
            file_id,
            channel: open.channel,
            stokes_intensity: settings.stokes_intensity,
            stokes_angle: settings.stokes_angle,
            progress: 1.0,
        };
        out.stream(EventType::VectorOverlayTileData, &data);
    }
}

/// Both negative means that there is no overlay.
pub(super) fn is_on(overlay: &m::SetVectorOverlayParameters) -> bool {
    overlay.stokes_intensity >= 0 || overlay.stokes_angle >= 0
}
