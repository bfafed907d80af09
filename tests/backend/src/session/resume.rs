//! Rebuilding a session from the viewer's message.

use carta_resume::protocol::{EventType, messages as m};
use prost::Message;

use super::{Replies, Session};

/// The interface version that added vector overlays to the message; older backends skip the field.
const OVERLAYS_SINCE: u16 = 30;

impl Session {
    /// Replaces everything. Replies that have not been sent yet are discarded.
    pub(super) fn resume(&mut self, request: m::ResumeSession, id: u32, out: &mut Replies) {
        out.discard_pending = true;
        self.state.clear();
        let mut bad_files = Vec::new();
        let mut bad_regions = Vec::new();
        for image in request.images {
            let file_id = image.file_id;
            if self.reopen(&image, id, out) {
                bad_regions.extend(self.restore(image, out));
            } else {
                bad_files.push(file_id);
            }
        }
        for catalog in request.catalog_files {
            // A missing one is not reported.
            let _ = self.load_catalog(catalog);
        }
        let success = bad_files.is_empty() && bad_regions.is_empty();
        let message = if success {
            String::new()
        } else {
            let words = ["Problem loading files:".to_owned()]
                .into_iter()
                .chain(bad_files.iter().map(i32::to_string))
                .chain(["Problem loading regions:".to_owned()])
                .chain(bad_regions.iter().map(i32::to_string))
                .chain([String::new()]);
            words.collect::<Vec<_>>().join(" ")
        };
        out.answer(EventType::ResumeSessionAck, id, &m::ResumeSessionAck { success, message });
    }

    fn reopen(&mut self, image: &m::ImageProperties, id: u32, out: &mut Replies) -> bool {
        if image.stokes_files.len() > 1 {
            // Not silent: its ack carries the number of the resume request.
            let request = m::ConcatStokesFiles {
                stokes_files: image.stokes_files.clone(),
                file_id: image.file_id,
                render_mode: m::RenderMode::Raster.into(),
            };
            return self.concat_stokes(&request, id, out);
        }
        let request = m::OpenFile {
            directory: image.directory.clone(),
            file: image.file.clone(),
            hdu: image.hdu.clone(),
            file_id: image.file_id,
            render_mode: m::RenderMode::Raster.into(),
            lel_expr: image.lel_expr,
            support_aips_beam: image.support_aips_beam,
        };
        match self.open(&request) {
            Ok(_) => {
                self.send_default_histogram(request.file_id, out);
                true
            }
            Err(why) => {
                crate::log(&why);
                false
            }
        }
    }

    /// Channel, cursor, regions and overlays of an image. Returns the ids of the regions that could
    /// not be made.
    fn restore(&mut self, image: m::ImageProperties, out: &mut Replies) -> Vec<i32> {
        let file_id = image.file_id;
        let channels = m::SetImageChannels {
            file_id,
            channel: image.channel,
            stokes: image.stokes,
            ..Default::default()
        };
        self.set_image_channels(&channels, out);
        let mut bad = Vec::new();
        for (region_id, info) in image.regions {
            if region_id == 0 {
                self.restore_cursor(&info, out);
            } else if self.put_region(file_id, region_id, info).is_err() {
                bad.push(region_id);
            }
        }
        let icd = self.environment.faults.icd();
        if let Some(open) = self.state.images.get_mut(&file_id) {
            // Kept, but not drawn before the next change.
            open.contours = image.contour_settings.filter(|contours| !contours.levels.is_empty());
            open.overlay = image
                .vector_overlay_settings
                .filter(|overlay| icd >= OVERLAYS_SINCE && overlay.encoded_len() > 0)
                .filter(super::overlays::is_on);
        }
        bad
    }

    /// The cursor always moves in file 0, whichever image it is in.
    fn restore_cursor(&mut self, info: &m::RegionInfo, out: &mut Replies) {
        let Some(point) = info.control_points.first() else {
            crate::log("region 0 without a point in RESUME_SESSION: the real backend dies of it");
            std::process::exit(crate::SEGMENTATION_FAULT);
        };
        let cursor = m::SetCursor { point: Some(*point), ..Default::default() };
        self.set_cursor(cursor, out);
    }
}
