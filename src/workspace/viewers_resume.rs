//! A RESUME_SESSION of the viewer's own: one that connects again by itself says
//! in it what it has.

use crate::protocol::{
    messages::ResumeSessionAck,
    views::{OpenCatalogFile, ResumeSession, ResumedImage},
    wire::{Fields, Kind::Bytes},
};

use super::{Workspace, image::Image};

impl Workspace {
    /// The backend has carried out a RESUME_SESSION that was not made from this
    /// workspace, and answered it.
    pub(crate) fn replaced_by(&mut self, resume: ResumeSession, ack: &ResumeSessionAck) {
        // It says no names, and keeps the ids.
        let names = std::mem::take(&mut self.names);
        self.close_all_images();
        for image in resume.images() {
            if image.file_id() >= 0 {
                self.put_resumed(image);
            }
        }
        for open in resume.catalogs() {
            let open = open.as_bytes();
            if let Ok(catalog) = OpenCatalogFile::read(open) {
                self.put_catalog(catalog.file_id, open);
            }
        }
        self.names = names;
        self.names.retain(&self.regions);
        self.restored(ack);
    }

    fn put_resumed(&mut self, resumed: ResumedImage) {
        let id = resumed.file_id();
        let mut image = Image {
            directory: resumed.directory().to_owned(),
            file: resumed.file().to_owned(),
            hdu: resumed.hdu().to_owned(),
            lel_expr: resumed.lel_expr(),
            render_mode: resumed.render_mode(),
            support_aips_beam: resumed.support_aips_beam(),
            stokes_files: resumed.stokes_files().map(|file| file.as_bytes().into()).collect(),
            live: true,
            ..Image::default()
        };
        image.set_channel(resumed.channel(), resumed.stokes());
        if let Some(settings) = resumed.contours() {
            image.set_contours(settings);
        }
        // CARTA 6.0.0 says so that there is none.
        if let Some(settings) = resumed.overlay().filter(|settings| !settings.is_empty()) {
            image.set_overlay(settings);
        }
        self.put_image(id, image);
        for (region, info) in resumed.regions() {
            if region == 0 {
                self.put_cursor(id, info);
            } else {
                self.imported(id, region, info);
            }
        }
    }

    /// The cursor comes as a region with one point, or with none.
    fn put_cursor(&mut self, id: i32, info: &[u8]) {
        if let Some(at) = first_point(info) {
            self.edit_image(id, &mut |image| image.set_cursor(at));
        }
    }
}

/// The first of a `RegionInfo`'s control points, as it was sent.
fn first_point(info: &[u8]) -> Option<&[u8]> {
    let fields = Fields::read(info, &[(2, Bytes)]).ok()?;
    fields.messages(2).next().map(Fields::as_bytes)
}
