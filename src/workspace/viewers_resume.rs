//! A RESUME_SESSION of the viewer's own: one that connects again by itself says
//! in it what it has.

use prost::{Message, bytes::Bytes};

use super::{
    Workspace,
    acknowledged::readable_stokes_files,
    image::{Image, kept},
};
use crate::protocol::messages::{
    OpenCatalogFile, ResumeSessionAck,
    views::{ImageProperties, RegionInfo, ResumeSession},
};

impl Workspace {
    /// The backend has carried out a RESUME_SESSION that was not made from this
    /// workspace, and answered it.
    pub(crate) fn replaced_by(&mut self, resume: ResumeSession, ack: &ResumeSessionAck) {
        // It has no region names, and keeps the ids.
        let names = std::mem::take(&mut self.region_names);
        self.close_all_images();
        for image in resume.images {
            if image.file_id >= 0 && readable_stokes_files(&image.stokes_files).is_some() {
                self.put_resumed(image);
            }
        }
        for open in resume.catalog_files {
            if let Ok(catalog) = OpenCatalogFile::decode(open.clone()) {
                self.put_catalog(catalog.file_id, &open);
            }
        }
        self.region_names = names;
        self.region_names.retain(&self.regions);
        self.restored(ack);
    }

    fn put_resumed(&mut self, resumed: ImageProperties) {
        let id = resumed.file_id;
        let mut image = Image {
            directory: resumed.directory,
            file: resumed.file,
            hdu: resumed.hdu,
            lel_expr: resumed.lel_expr,
            render_mode: resumed.render_mode,
            support_aips_beam: resumed.support_aips_beam,
            stokes_files: resumed.stokes_files.iter().map(|file| kept(file)).collect(),
            live: true,
            ..Image::default()
        };
        image.set_channel(resumed.channel, resumed.stokes);
        if let Some(settings) = &resumed.contour_settings {
            image.set_contours(settings);
        }
        // CARTA 6.0.0 sends an empty one to say that there is no overlay.
        if let Some(settings) = &resumed.vector_overlay_settings
            && !settings.is_empty()
        {
            image.set_overlay(settings);
        }
        self.put_image(id, image);
        for region in resumed.regions {
            let info = region.info.unwrap_or_default();
            match region.region_id.unwrap_or_default() {
                0 => self.put_cursor(id, info),
                region_id => self.imported(id, region_id, &info),
            }
        }
    }

    /// The cursor comes as a region with one point, or with none.
    fn put_cursor(&mut self, id: i32, info: Bytes) {
        if let Ok(RegionInfo { control_points }) = RegionInfo::decode(info)
            && let Some(point) = control_points.first()
        {
            self.edit_image(id, &mut |image| image.set_cursor(point));
        }
    }
}
