//! RESUME_SESSION, joined from the bytes that were kept, and what follows it.

use litemap::LiteMap;
use prost::{Message, bytes::Bytes};

use super::{Part, Workspace, image::Image};
use crate::protocol::{
    EventType,
    messages::{
        SetContourParameters,
        views::{ImageProperties, RegionEntry, RegionInfo, ResumeSession, SetCursor, ShownOverlay},
    },
};

/// The first interface version whose RESUME_SESSION carries vector overlays.
const OVERLAY_IN_RESUME: u16 = 30;

impl Workspace {
    /// The RESUME_SESSION for this workspace, images in ascending file id: the
    /// backend numbers generated images from the last.
    pub(crate) fn resume_message(&self, icd_version: u16) -> ResumeSession {
        let mut regions: LiteMap<i32, Vec<RegionEntry>> = LiteMap::new();
        for (owner, id, info) in self.regions.shared() {
            let entry = RegionEntry { region_id: Some(id), info: Some(info) };
            regions.entry(owner).or_default().push(entry);
        }
        let image = |(&id, image): (&i32, &Image)| {
            let cursor = image.cursor.as_ref().filter(|_| id == 0).map(cursor_entry);
            let regions = cursor.into_iter().chain(regions.remove(&id).unwrap_or_default());
            properties(id, image, regions.collect(), icd_version)
        };
        ResumeSession {
            images: self.images.iter().map(image).collect(),
            catalog_files: self.catalogs.values().cloned().collect(),
        }
    }

    /// The messages that follow a successful RESUME_SESSION, in order.
    pub(crate) fn after_resume(&self, icd_version: u16) -> Vec<(Part, EventType, Vec<u8>)> {
        let mut messages = Vec::new();
        for (id, image) in self.live_images() {
            draw_again(id, image, icd_version, &mut messages);
        }
        for (id, image) in self.live_images().filter(|&(id, _)| id != 0) {
            if let Some(point) = &image.cursor {
                let point = Some(point.clone());
                let set = SetCursor { file_id: id, point, ..SetCursor::default() };
                messages.push((Part::Cursor(id), EventType::SetCursor, set.encode_to_vec()));
            }
        }
        for (key, payload) in &self.requirements {
            let live = self.images.get(&key.file_id).is_some_and(|image| image.live)
                && (key.region_id <= 0 || self.has_live_region(key.region_id));
            if live {
                messages.push((Part::Requirement(*key), key.kind.event(), payload.to_vec()));
            }
        }
        messages
    }

    pub(super) fn has_live_region(&self, id: i32) -> bool {
        self.regions.get(id).is_some_and(|region| {
            self.images.get(&region.owner).is_some_and(|image| image.live)
                && !self.missing_regions.contains_key(&id)
        })
    }
}

/// Contours and overlay. The backend draws nothing for a message that changes
/// nothing, so what RESUME_SESSION told it already is cleared before.
fn draw_again(
    id: i32,
    image: &Image,
    icd_version: u16,
    messages: &mut Vec<(Part, EventType, Vec<u8>)>,
) {
    let file_id = id.cast_unsigned();
    let mut contours =
        |payload| messages.push((Part::Contours(id), EventType::SetContourParameters, payload));
    if let Some(settings) = image.shown_contours() {
        let no_levels = SetContourParameters { file_id, ..SetContourParameters::default() };
        contours(no_levels.encode_to_vec());
        contours(settings.to_vec());
    }
    let mut overlay = |payload| {
        messages.push((Part::Overlay(id), EventType::SetVectorOverlayParameters, payload));
    };
    if let Some(settings) = &image.overlay {
        if icd_version >= OVERLAY_IN_RESUME {
            let nothing_shown = ShownOverlay { file_id, stokes_intensity: -1, stokes_angle: -1 };
            overlay(nothing_shown.encode_to_vec());
        }
        overlay(settings.to_vec());
    }
}

fn properties(
    file_id: i32,
    image: &Image,
    regions: Vec<RegionEntry>,
    icd_version: u16,
) -> ImageProperties {
    ImageProperties {
        directory: image.directory.clone(),
        file: image.file.clone(),
        lel_expr: image.lel_expr,
        hdu: image.hdu.clone(),
        file_id,
        render_mode: image.render_mode,
        channel: image.channel,
        stokes: image.stokes,
        regions,
        contour_settings: image.contours.as_ref().map(|contours| contours.settings.clone()),
        stokes_files: image.stokes_files.clone(),
        support_aips_beam: image.support_aips_beam,
        vector_overlay_settings: image.overlay.clone().filter(|_| icd_version >= OVERLAY_IN_RESUME),
    }
}

/// The cursor is region 0: of type POINT, which is the default, with one control
/// point.
fn cursor_entry(point: &Bytes) -> RegionEntry {
    let info = RegionInfo { control_points: vec![point.clone()] };
    RegionEntry { region_id: Some(0), info: Some(info.encode_to_vec().into()) }
}
