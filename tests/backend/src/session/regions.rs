//! Regions. Their ids are shared by all images of the session.

use carta_resume::protocol::{EventType, messages as m};

use super::{Replies, Session, same, state::Region};

/// Asks for a new region.
const NEW_REGION: i32 = -1;

impl Session {
    pub(super) fn set_region(&mut self, request: m::SetRegion, id: u32, out: &mut Replies) {
        let file_id = request.file_id;
        let preview = request.preview_region;
        let info = request.region_info.unwrap_or_default();
        let mut ack = m::SetRegionAck { region_id: request.region_id, ..Default::default() };
        let mut changed = None;
        let mut set = None;
        if self.state.images.contains_key(&file_id) {
            match self.put_region(file_id, request.region_id, info) {
                Ok((region_id, is_changed)) => {
                    ack.success = true;
                    ack.region_id = region_id;
                    set = Some(region_id);
                    changed = is_changed.then_some(region_id);
                }
                Err(region_id) => {
                    ack.region_id = region_id;
                    ack.message =
                        format!("Region {region_id} parameters for file {file_id} failed");
                }
            }
        } else {
            ack.message = format!("Cannot set region, file id {file_id} not found");
        }
        if !preview {
            out.answer(EventType::SetRegionAck, id, &ack);
        }
        if let Some(region_id) = set {
            self.send_previews(file_id, region_id, preview, out);
        }
        if let Some(region_id) = changed {
            self.send_region_data(region_id, out);
        }
    }

    /// Makes or changes a region. Returns its id and whether anything changed, or the id that could
    /// not be made. A region that exists stays as it is if the new points are invalid, and that
    /// counts as success.
    pub(super) fn put_region(
        &mut self,
        file_id: i32,
        region_id: i32,
        info: m::RegionInfo,
    ) -> Result<(i32, bool), i32> {
        let region_id =
            if region_id == NEW_REGION { self.state.next_region_id() } else { region_id };
        let old = self.state.regions.get(&region_id);
        if !is_valid(&info) {
            return if old.is_some() { Ok((region_id, false)) } else { Err(region_id) };
        }
        let unchanged =
            old.is_some_and(|old| old.file_id == file_id && same(Some(&old.info), Some(&info)));
        self.state.regions.insert(region_id, Region { file_id, info });
        Ok((region_id, !unchanged))
    }

    pub(super) fn remove_region(&mut self, region_id: i32) {
        self.state.regions.remove(&region_id);
        self.state.retain_requirements(|(_, region)| region != region_id || region <= 0);
    }
}

/// Whether the points are finite and as many as the shape needs.
pub(super) fn is_valid(info: &m::RegionInfo) -> bool {
    use m::RegionType as T;
    let points = &info.control_points;
    let size = points.get(1);
    let positive = size.is_some_and(|size| size.x > 0.0 && size.y > 0.0);
    let finite = points.iter().all(|point| point.x.is_finite() && point.y.is_finite());
    let Ok(kind) = T::try_from(info.region_type) else { return false };
    finite
        && info.rotation.is_finite()
        && match kind {
            T::Point | T::Annpoint => points.len() == 1,
            T::Line | T::Annline | T::Annvector | T::Annruler => points.len() == 2,
            T::Polyline | T::Annpolyline | T::Polygon | T::Annpolygon => points.len() > 2,
            T::Rectangle | T::Annrectangle | T::Ellipse | T::Annellipse | T::Anncompass => {
                points.len() == 2 && positive
            }
            T::Anntext => {
                points.len() == 2 && size.is_some_and(|size| size.x >= 0.0 && size.y >= 0.0)
            }
            T::Annulus => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_checked_for_each_shape() {
        let valid = |kind: m::RegionType, points: &[(f32, f32)]| {
            let control_points = points.iter().map(|&(x, y)| m::Point { x, y }).collect();
            is_valid(&m::RegionInfo { region_type: kind.into(), control_points, rotation: 0.0 })
        };
        let two = [(1.0, 1.0), (2.0, 2.0)];
        assert!(valid(m::RegionType::Point, &two[..1]));
        assert!(!valid(m::RegionType::Point, &two));
        assert!(!valid(m::RegionType::Point, &[(f32::NAN, 1.0)]));
        assert!(valid(m::RegionType::Rectangle, &two));
        assert!(!valid(m::RegionType::Rectangle, &[(1.0, 1.0), (0.0, 2.0)]));
        assert!(!valid(m::RegionType::Annulus, &two));
        assert!(!valid(m::RegionType::Polygon, &two));
        assert!(valid(m::RegionType::Anntext, &[(1.0, 1.0), (0.0, 0.0)]));
        assert!(!is_valid(&m::RegionInfo { region_type: 99, ..Default::default() }));
    }
}
