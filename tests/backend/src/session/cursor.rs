//! The cursor, which is region 0 of each image.

use carta_resume::protocol::messages as m;

use super::{Replies, Session, requirements::CURSOR};

impl Session {
    pub(super) fn set_cursor(&mut self, request: m::SetCursor, out: &mut Replies) {
        let file_id = request.file_id;
        let Some(open) = self.state.images.get_mut(&file_id) else {
            out.no_file("cursor", file_id);
            return;
        };
        let point = request.point.unwrap_or_default();
        let moved = open.cursor != Some(point);
        open.cursor = Some(point);
        if let Some(spatial) = request.spatial_requirements {
            let key = (file_id, CURSOR);
            super::state::require(&mut self.state.spatial, key, spatial.spatial_profiles);
        }
        if moved {
            self.send_spatial((file_id, CURSOR), out);
            self.send_spectral((file_id, CURSOR), out);
        }
    }

    /// The pixel of the cursor or of a point region; `None` if it is not set or not in the image.
    pub(super) fn pixel(&self, (file_id, region_id): (i32, i32)) -> Option<(usize, usize)> {
        let open = self.state.images.get(&file_id)?;
        let point = if region_id == CURSOR {
            open.cursor?
        } else {
            let region = self.state.regions.get(&region_id)?;
            match region.info.region_type() {
                m::RegionType::Point => *region.info.control_points.first()?,
                _ => return None,
            }
        };
        let shape = open.image.shape();
        let inside = |value: f32, length: usize| {
            let rounded = value.round();
            (rounded >= 0.0 && rounded < length as f32).then_some(rounded as usize)
        };
        Some((inside(point.x, shape.width)?, inside(point.y, shape.height)?))
    }
}
