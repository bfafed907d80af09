//! The regions of a session: one number space, each region owned by an image.
//!
//! A viewer may have tens of thousands of them, so they are packed: a table of
//! 16 bytes a region, ordered by id, and one buffer with the `RegionInfo` bytes
//! as they were sent.

use prost::{Message, bytes::Bytes};

use crate::protocol::messages::{Point, RegionInfo, RegionType};

/// A region as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region<'a> {
    /// Its id, above 0.
    pub(super) id: i32,
    /// The file id of the image that it was drawn on.
    pub(super) owner: i32,
    /// An encoded `RegionInfo`.
    pub(super) info: &'a [u8],
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    id: i32,
    owner: i32,
    start: u32,
    length: u32,
}

/// All regions of a session.
#[derive(Clone, Debug, Default)]
pub(super) struct Regions {
    slots: Vec<Slot>,
    bytes: Vec<u8>,
    /// Bytes in `bytes` that no slot refers to any more.
    unused: usize,
}

impl Regions {
    pub(super) fn get(&self, id: i32) -> Option<Region<'_>> {
        let slot = self.slots.get(self.find(id).ok()?)?;
        Some(self.view(slot))
    }

    pub(super) const fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn last_id(&self) -> i32 {
        self.slots.last().map_or(0, |slot| slot.id)
    }

    /// In ascending id.
    pub(super) fn iter(&self) -> impl Iterator<Item = Region<'_>> {
        self.slots.iter().map(|slot| self.view(slot))
    }

    /// The owner, the id and the encoded `RegionInfo` of every region, in ascending
    /// id. They share one copy of the buffer.
    pub(super) fn shared(&self) -> impl Iterator<Item = (i32, i32, Bytes)> {
        let bytes = Bytes::copy_from_slice(&self.bytes);
        self.slots.iter().map(move |slot| {
            let start = (slot.start as usize).min(bytes.len());
            let end = (start + slot.length as usize).min(bytes.len());
            (slot.owner, slot.id, bytes.slice(start..end))
        })
    }

    /// Adds or replaces a region. False if there is no room for it.
    pub(super) fn set(&mut self, id: i32, owner: i32, info: &[u8]) -> bool {
        let Ok(length) = u32::try_from(info.len()) else { return false };
        match self.find(id) {
            Ok(at) => {
                let Some(start) = self.write(at, info) else { return false };
                if let Some(slot) = self.slots.get_mut(at) {
                    *slot = Slot { id, owner, start, length };
                }
            }
            Err(at) => {
                let Some(start) = self.append(info) else { return false };
                reserve_sparingly(&mut self.slots, 1);
                self.slots.insert(at, Slot { id, owner, start, length });
            }
        }
        true
    }

    /// Keeps the regions for which `keep(id, owner)` holds.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(i32, i32) -> bool) {
        let unused = &mut self.unused;
        self.slots.retain(|slot| {
            let kept = keep(slot.id, slot.owner);
            if !kept {
                *unused += slot.length as usize;
            }
            kept
        });
        self.compact();
    }

    /// Removes one region; false if there is none with that id.
    pub(super) fn remove(&mut self, id: i32) -> bool {
        let Ok(at) = self.find(id) else { return false };
        self.unused += self.slots.remove(at).length as usize;
        self.compact();
        true
    }

    fn find(&self, id: i32) -> Result<usize, usize> {
        // Most regions are added at the end.
        match self.slots.last() {
            Some(last) if last.id < id => Err(self.slots.len()),
            _ => self.slots.binary_search_by_key(&id, |slot| slot.id),
        }
    }

    fn view(&self, slot: &Slot) -> Region<'_> {
        let start = slot.start as usize;
        let info = self.bytes.get(start..start + slot.length as usize).unwrap_or_default();
        Region { id: slot.id, owner: slot.owner, info }
    }

    /// Writes the bytes of the region in slot `at`: in place if the length is
    /// the same, as it is while a region is moved.
    fn write(&mut self, at: usize, info: &[u8]) -> Option<u32> {
        let slot = *self.slots.get(at)?;
        let (start, length) = (slot.start as usize, slot.length as usize);
        if length == info.len() {
            self.bytes.get_mut(start..start + length)?.copy_from_slice(info);
            return Some(slot.start);
        }
        if let Some(slot) = self.slots.get_mut(at) {
            slot.length = 0;
        }
        self.unused += length;
        self.compact();
        self.append(info)
    }

    fn append(&mut self, info: &[u8]) -> Option<u32> {
        let start = u32::try_from(self.bytes.len()).ok()?;
        u32::try_from(self.bytes.len() + info.len()).ok()?;
        reserve_sparingly(&mut self.bytes, info.len());
        self.bytes.extend_from_slice(info);
        Some(start)
    }

    /// Closes the gaps once they are an eighth of the buffer.
    fn compact(&mut self) {
        if self.unused < 256 || self.unused < self.bytes.len() / 8 {
            return;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len().saturating_sub(self.unused));
        for slot in &mut self.slots {
            let start = slot.start as usize;
            let info = self.bytes.get(start..start + slot.length as usize).unwrap_or_default();
            // No longer than the old buffer, whose positions are u32.
            slot.start = u32::try_from(bytes.len()).unwrap_or_default();
            bytes.extend_from_slice(info);
        }
        self.bytes = bytes;
        self.slots.shrink_to(self.slots.len() + self.slots.len() / 8);
        self.unused = 0;
    }
}

/// Grows by an eighth instead of doubling.
fn reserve_sparingly<T>(vec: &mut Vec<T>, more: usize) {
    if vec.capacity() - vec.len() < more {
        vec.reserve_exact(more.max(vec.len() / 8).max(16));
    }
}

/// Whether the backend accepts these control points, `None` for a type that
/// this client does not know. The table stands at `RegionInfo` in `proto/`.
pub(super) fn points_are_valid(region_type: i32, points: &[Point]) -> Option<bool> {
    use RegionType as T;
    let region_type = RegionType::try_from(region_type).ok()?;
    let size_is = |fits: fn(f32) -> bool| match points {
        &[_, Point { x: width, y: height }] => fits(width) && fits(height),
        _ => false,
    };
    let shape = match region_type {
        T::Point | T::Annpoint => points.len() == 1,
        T::Line | T::Annline | T::Annvector | T::Annruler => points.len() == 2,
        T::Polyline | T::Polygon | T::Annpolyline | T::Annpolygon => points.len() > 2,
        T::Rectangle | T::Annrectangle | T::Ellipse | T::Annellipse | T::Anncompass => {
            size_is(|size| size > 0.0)
        }
        T::Anntext => size_is(|size| size >= 0.0),
        T::Annulus => false,
    };
    Some(shape && points.iter().all(|at| at.x.is_finite() && at.y.is_finite()))
}

/// Reads an encoded `RegionInfo` and says whether the backend accepts its
/// points. `None` if the bytes are no `RegionInfo`.
pub(crate) fn info_is_acceptable(info: &Bytes) -> Option<bool> {
    let info = RegionInfo::decode(info.clone()).ok()?;
    Some(points_are_valid(info.region_type, &info.control_points).unwrap_or(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(regions: &Regions) -> Vec<i32> {
        regions.iter().map(|region| region.id).collect()
    }

    #[test]
    fn regions_come_in_ascending_id_whatever_the_order_of_adding() {
        let mut regions = Regions::default();
        for id in [5, 1, 3, 2, 4] {
            assert!(regions.set(id, 0, &[u8::try_from(id).unwrap(); 3]));
        }
        assert_eq!(ids(&regions), [1, 2, 3, 4, 5]);
        assert_eq!(regions.get(3).unwrap().info, [3, 3, 3]);
    }

    #[test]
    fn replacing_by_a_longer_and_a_shorter_info_leaves_the_others_alone() {
        let mut regions = Regions::default();
        for id in 1..=100 {
            regions.set(id, 0, &[u8::try_from(id).unwrap(); 30]);
        }
        for id in 1..=50 {
            regions.set(id, 1, &[0xEE; 90]);
            regions.set(id, 1, &[0xDD; 7]);
        }
        for id in 1..=50 {
            assert_eq!(regions.get(id), Some(Region { id, owner: 1, info: &[0xDD; 7] }));
        }
        for id in 51..=100 {
            let info = [u8::try_from(id).unwrap(); 30];
            assert_eq!(regions.get(id), Some(Region { id, owner: 0, info: &info }));
        }
        assert!(regions.bytes.len() < 50 * 37 * 5 / 4, "gaps are closed");
    }

    #[test]
    fn removed_regions_give_their_bytes_back() {
        let mut regions = Regions::default();
        for id in 1..=1000 {
            regions.set(id, id % 2, &[1; 31]);
        }
        regions.retain(|_, owner| owner == 0);
        assert_eq!(regions.iter().count(), 500);
        assert!(!regions.remove(1) && regions.remove(2));
        assert!(regions.bytes.capacity() <= 500 * 31);
    }

    #[test]
    fn points_are_judged_as_the_backend_does() {
        let valid = |region_type: RegionType, points: &[(f32, f32)]| {
            let points: Vec<Point> = points.iter().map(|&(x, y)| Point { x, y }).collect();
            points_are_valid(region_type as i32, &points).unwrap()
        };
        let three = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)];
        assert!(valid(RegionType::Point, &three[..1]) && !valid(RegionType::Point, &three[..2]));
        assert!(valid(RegionType::Line, &three[..2]) && !valid(RegionType::Line, &three));
        assert!(valid(RegionType::Polygon, &three) && !valid(RegionType::Polygon, &three[..2]));
        assert!(!valid(RegionType::Rectangle, &three[..2]), "width and height above 0");
        assert!(valid(RegionType::Rectangle, &[(-5.0, 1e6), (1.0, 2.0)]));
        assert!(valid(RegionType::Anntext, &[(1.0, 1.0), (0.0, 0.0)]));
        assert!(!valid(RegionType::Annulus, &three[..2]));
        assert!(!valid(RegionType::Point, &[(f32::NAN, 0.0)]));
        assert_eq!(points_are_valid(99, &[]), None);
    }
}
