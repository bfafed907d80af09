//! RESUME_SESSION, joined from the bytes that were kept, and what follows it.

use crate::protocol::{EventType, writer::Writer};

use super::{Workspace, image::Image};

/// The first interface version whose RESUME_SESSION carries vector overlays.
const OVERLAY_IN_RESUME: u16 = 30;

impl Workspace {
    /// The payload of a RESUME_SESSION for this workspace, images in ascending
    /// file id: the backend numbers generated images from the last.
    pub(crate) fn resume_payload(&self, icd_version: u16) -> Vec<u8> {
        let mut resume = Writer::new();
        for (&id, image) in self.images.iter() {
            let mut properties = head(id, image, icd_version);
            if id == 0
                && let Some(point) = &image.cursor
            {
                put_region(&mut properties, 0, &cursor_info(point));
            }
            for region in self.regions.iter() {
                if region.owner == id {
                    put_region(&mut properties, region.id, region.info);
                }
            }
            resume.message(1, &properties.into_bytes());
        }
        for open in self.catalogs.values() {
            resume.message(2, open);
        }
        resume.into_bytes()
    }

    /// The messages that follow a successful RESUME_SESSION, in order.
    pub(crate) fn after_resume(&self, icd_version: u16) -> Vec<(EventType, Vec<u8>)> {
        let mut messages = Vec::new();
        for (id, image) in self.live_images() {
            draw_again(id, image, icd_version, &mut messages);
        }
        for (id, image) in self.live_images().filter(|&(id, _)| id != 0) {
            if let Some(point) = &image.cursor {
                let mut set = Writer::new();
                set.sfixed32(1, id).message(2, point);
                messages.push((EventType::SetCursor, set.into_bytes()));
            }
        }
        for (key, payload) in self.requirements.iter() {
            let live = self.images.get(&key.file_id).is_some_and(|image| image.live)
                && (key.region_id <= 0 || self.has_live_region(key.region_id));
            if live {
                messages.push((key.kind.event(), payload.to_vec()));
            }
        }
        messages
    }

    fn has_live_region(&self, id: i32) -> bool {
        self.regions.get(id).is_some_and(|region| {
            self.images.get(&region.owner).is_some_and(|image| image.live)
                && !self.missing_regions.contains(&id)
        })
    }
}

/// Contours and overlay. The backend draws nothing for a message that changes
/// nothing, so what RESUME_SESSION told it already is cleared before.
fn draw_again(id: i32, image: &Image, icd_version: u16, messages: &mut Vec<(EventType, Vec<u8>)>) {
    if let Some(settings) = image.shown_contours() {
        let mut no_levels = Writer::new();
        no_levels.sfixed32(1, id);
        messages.push((EventType::SetContourParameters, no_levels.into_bytes()));
        messages.push((EventType::SetContourParameters, settings.to_vec()));
    }
    if let Some(settings) = &image.overlay {
        if icd_version >= OVERLAY_IN_RESUME {
            let mut nothing_shown = Writer::new();
            nothing_shown.sfixed32(1, id).sfixed32(10, -1).sfixed32(11, -1);
            messages.push((EventType::SetVectorOverlayParameters, nothing_shown.into_bytes()));
        }
        messages.push((EventType::SetVectorOverlayParameters, settings.to_vec()));
    }
}

/// An `ImageProperties` without its regions.
fn head(file_id: i32, image: &Image, icd_version: u16) -> Writer {
    let mut head = Writer::new();
    head.text(1, &image.directory)
        .text(2, &image.file)
        .varint(3, image.lel_expr.into())
        .text(4, &image.hdu)
        .sfixed32(5, file_id)
        .varint(6, image.render_mode)
        .sfixed32(7, image.channel)
        .sfixed32(8, image.stokes);
    if let Some(contours) = &image.contours {
        head.message(10, &contours.settings);
    }
    for file in &image.stokes_files {
        head.message(11, file);
    }
    head.varint(12, image.support_aips_beam.into());
    if let Some(overlay) = &image.overlay
        && icd_version >= OVERLAY_IN_RESUME
    {
        head.message(13, overlay);
    }
    head
}

/// The cursor as a `RegionInfo`: of type POINT, which is 0, with one control
/// point.
fn cursor_info(point: &[u8]) -> Vec<u8> {
    let mut info = Writer::new();
    info.message(2, point);
    info.into_bytes()
}

/// Adds a region to an `ImageProperties`.
fn put_region(properties: &mut Writer, id: i32, info: &[u8]) {
    let mut entry = Writer::new();
    entry.key(id).message(2, info);
    properties.message(9, &entry.into_bytes());
}
