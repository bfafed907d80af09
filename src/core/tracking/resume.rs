//! RESUME_SESSION, joined from the bytes that were kept, and what follows it.

use litemap::LiteMap;
use prost::Message;

use crate::protocol::{
    EventType,
    messages::{SetContourParameters, SetVectorOverlayParameters, views},
};

use super::{images::Image, regions::Region, workspace::Workspace};

/// The first interface version whose RESUME_SESSION carries vector overlays.
const OVERLAY_IN_RESUME: u16 = 30;

/// Field numbers of the messages that are joined here.
mod field {
    pub(super) const RESUME_IMAGES: u8 = 1;
    pub(super) const RESUME_CATALOGS: u8 = 2;
    pub(super) const IMAGE_REGIONS: u8 = 9;
    pub(super) const ENTRY_KEY: u8 = 1;
    pub(super) const ENTRY_VALUE: u8 = 2;
    pub(super) const REGION_POINTS: u8 = 2;
}

impl Workspace {
    /// The payload of a RESUME_SESSION for this workspace, images in ascending
    /// file id: the backend numbers generated images from the last.
    pub(super) fn resume_payload(&self, icd_version: u16) -> Vec<u8> {
        let mut regions: LiteMap<i32, Vec<Region<'_>>> = LiteMap::new();
        for region in self.regions.iter() {
            regions.entry(region.owner).or_default().push(region);
        }
        let mut payload = Vec::new();
        for (&id, image) in self.images.iter() {
            let head = head(id, image, icd_version).encode_to_vec();
            let cursor = (id == 0).then(|| image.cursor.as_deref().map(cursor_info)).flatten();
            let regions = regions.remove(&id).unwrap_or_default();
            let entries = || {
                let cursor = cursor.iter().map(|info| (0, &**info));
                cursor.chain(regions.iter().map(|region| (region.id, region.info)))
            };
            let length = head.len()
                + entries().map(|(_, info)| bytes_length(entry_length(info))).sum::<usize>();
            payload.reserve(bytes_length(length));
            put_length(&mut payload, field::RESUME_IMAGES, length);
            payload.extend_from_slice(&head);
            for (id, info) in entries() {
                put_length(&mut payload, field::IMAGE_REGIONS, entry_length(info));
                put_sfixed32(&mut payload, field::ENTRY_KEY, id);
                put_bytes(&mut payload, field::ENTRY_VALUE, info);
            }
        }
        for open in self.catalogs.values() {
            put_bytes(&mut payload, field::RESUME_CATALOGS, open);
        }
        payload
    }

    /// The messages that follow a successful RESUME_SESSION, in order.
    pub(super) fn after_resume(&self, icd_version: u16) -> Vec<(EventType, Vec<u8>)> {
        let mut messages = Vec::new();
        for (id, image) in self.live_images() {
            draw_again(id, image, icd_version, &mut messages);
        }
        for (id, image) in self.live_images().filter(|&(id, _)| id != 0) {
            if let Some(point) = &image.cursor {
                let set = views::SetCursor {
                    file_id: id,
                    point: Some(point.to_vec()),
                    spatial_requirements: None,
                };
                messages.push((EventType::SetCursor, set.encode_to_vec()));
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
                && !self.missing_regions.contains(id)
        })
    }
}

/// Contours and overlay. The backend draws nothing for a message that changes
/// nothing, so what RESUME_SESSION told it already is cleared before.
fn draw_again(id: i32, image: &Image, icd_version: u16, messages: &mut Vec<(EventType, Vec<u8>)>) {
    let file_id = id.cast_unsigned();
    if let Some(settings) = image.shown_contours() {
        let clear = SetContourParameters { file_id, ..Default::default() };
        messages.push((EventType::SetContourParameters, clear.encode_to_vec()));
        messages.push((EventType::SetContourParameters, settings.to_vec()));
    }
    if let Some(settings) = &image.overlay {
        if icd_version >= OVERLAY_IN_RESUME {
            let clear = SetVectorOverlayParameters {
                file_id,
                stokes_intensity: -1,
                stokes_angle: -1,
                ..Default::default()
            };
            messages.push((EventType::SetVectorOverlayParameters, clear.encode_to_vec()));
        }
        messages.push((EventType::SetVectorOverlayParameters, settings.to_vec()));
    }
}

/// An image without its regions.
fn head(file_id: i32, image: &Image, icd_version: u16) -> views::ImageProperties {
    let overlay = image.overlay.as_deref().filter(|_| icd_version >= OVERLAY_IN_RESUME);
    views::ImageProperties {
        directory: image.directory.clone(),
        file: image.file.clone(),
        lel_expr: image.lel_expr,
        hdu: image.hdu.clone(),
        file_id,
        render_mode: image.render_mode,
        channel: image.channel,
        stokes: image.stokes,
        regions: Vec::new(),
        contour_settings: image.contours.as_ref().map(|contours| contours.settings.to_vec()),
        stokes_files: image.stokes_files.iter().map(|bytes| bytes.to_vec()).collect(),
        support_aips_beam: image.support_aips_beam,
        vector_overlay_settings: overlay.map(Into::into),
    }
}

/// The cursor as a `RegionInfo`: of type POINT, which is 0, with one control
/// point.
fn cursor_info(point: &[u8]) -> Vec<u8> {
    let mut info = Vec::with_capacity(bytes_length(point.len()));
    put_bytes(&mut info, field::REGION_POINTS, point);
    info
}

const LENGTH_DELIMITED: u8 = 2;
const FIXED_32: u8 = 5;
const TAG_LENGTH: usize = 1;

/// Length of an entry of `map<sfixed32, RegionInfo>`.
fn entry_length(info: &[u8]) -> usize {
    TAG_LENGTH + size_of::<i32>() + bytes_length(info.len())
}

/// Length of a field of `length` bytes, tag included.
fn bytes_length(length: usize) -> usize {
    TAG_LENGTH + prost::length_delimiter_len(length) + length
}

/// Field numbers here are below 16, so that a tag is one byte.
fn put_length(buffer: &mut Vec<u8>, field: u8, length: usize) {
    buffer.push(field << 3 | LENGTH_DELIMITED);
    prost::encoding::encode_varint(length as u64, buffer);
}

fn put_bytes(buffer: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    put_length(buffer, field, bytes.len());
    buffer.extend_from_slice(bytes);
}

fn put_sfixed32(buffer: &mut Vec<u8>, field: u8, value: i32) {
    buffer.push(field << 3 | FIXED_32);
    buffer.extend_from_slice(&value.to_le_bytes());
}
