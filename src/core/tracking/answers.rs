//! Answers of the backend's that change the workspace.

use prost::Message;

use crate::protocol::messages::{
    ImportRegion, OpenCatalogFile, OpenFile, RegionInfo, ResumeSessionAck, SetRegionAck,
    StokesFile, views,
};

use super::{
    images::{Generated, Image, Origin},
    regions::info_is_acceptable,
    workspace::Workspace,
};

impl Workspace {
    /// OPEN_FILE was answered. A failure leaves an old image with that id.
    pub(super) fn opened(&mut self, request: &OpenFile, ack: &views::OpenFileAck) {
        if !ack.success || request.file_id < 0 {
            return;
        }
        let resolved = file_name(ack).filter(|_| !request.lel_expr);
        let image = Image {
            directory: request.directory.clone(),
            file: resolved.unwrap_or(&request.file).to_owned(),
            hdu: request.hdu.clone(),
            lel_expr: request.lel_expr,
            render_mode: request.render_mode,
            support_aips_beam: request.support_aips_beam,
            live: true,
            ..sized_by(ack)
        };
        self.put_image(request.file_id, image);
    }

    /// CONCAT_STOKES_FILES was answered with success.
    pub(super) fn joined(&mut self, request: views::ConcatStokesFiles, ack: &views::OpenFileAck) {
        let files: Option<Vec<StokesFile>> =
            request.stokes_files.iter().map(|bytes| StokesFile::decode(&**bytes).ok()).collect();
        let Some(files) = files.filter(|_| request.file_id >= 0) else { return };
        let first = files.into_iter().next().unwrap_or_default();
        let image = Image {
            directory: first.directory,
            file: file_name(ack).unwrap_or(&first.file).to_owned(),
            hdu: first.hdu,
            render_mode: request.render_mode,
            stokes_files: request.stokes_files.into_iter().map(Into::into).collect(),
            live: true,
            ..sized_by(ack)
        };
        self.put_image(request.file_id, image);
    }

    /// The backend made an image and chose its id.
    pub(super) fn generated<'a>(
        &mut self,
        origin: Origin,
        acks: impl IntoIterator<Item = &'a views::OpenFileAck>,
    ) {
        for ack in acks {
            if ack.success && ack.file_id >= 0 {
                let name = file_name(ack).unwrap_or_default().to_owned();
                self.put_generated(ack.file_id, Generated { name, origin });
            }
        }
    }

    /// SET_REGION was answered.
    pub(super) fn region_set(&mut self, request: views::SetRegion, ack: &SetRegionAck) {
        let info = request.region_info.unwrap_or_default();
        let id = match request.region_id {
            NEW_REGION => ack.region_id,
            id => id,
        };
        let Some(acceptable) = info_is_acceptable(&info) else { return };
        // The backend answers success to points that it does not take over.
        let ignored = !acceptable && self.regions.get(id).is_some();
        if ack.success && !ignored {
            self.put_region(id, request.file_id, &info);
        }
    }

    /// IMPORT_REGION was answered.
    pub(super) fn imported(&mut self, request: &ImportRegion, ack: views::ImportRegionAck) {
        if !ack.success {
            return;
        }
        for views::RegionEntry { id, info } in ack.regions {
            if RegionInfo::decode(&*info).is_ok() {
                self.put_region(id, request.group_id, &info);
            }
        }
    }

    /// OPEN_CATALOG_FILE was answered with success.
    pub(super) fn catalog_opened(&mut self, request: &[u8]) {
        if let Ok(open) = OpenCatalogFile::decode(request) {
            self.put_catalog(open.file_id, request);
        }
    }

    /// A RESUME_SESSION of the viewer's own was answered: it replaces every
    /// image and adds catalogs.
    pub(super) fn resumed(&mut self, request: views::ResumeSession, ack: &ResumeSessionAck) {
        self.close_all_images();
        let mut cursor = None;
        for image in request.images {
            self.put_resumed_image(image, &mut cursor);
        }
        // Region 0 moves the cursor of file 0, whatever image it stands in.
        if let Some(point) = cursor {
            self.edit_image(0, |image| image.set_cursor(&point));
        }
        for open in request.catalog_files {
            self.catalog_opened(&open);
        }
        self.restored(ack);
    }

    fn put_resumed_image(&mut self, from: views::ImageProperties, cursor: &mut Option<Vec<u8>>) {
        if from.file_id < 0 {
            return;
        }
        let stokes_files = from.stokes_files.into_iter();
        let mut image = Image {
            directory: from.directory,
            file: from.file,
            hdu: from.hdu,
            lel_expr: from.lel_expr,
            render_mode: from.render_mode,
            support_aips_beam: from.support_aips_beam,
            stokes_files: stokes_files
                .filter(|bytes| StokesFile::decode(&**bytes).is_ok())
                .map(Into::into)
                .collect(),
            ..Image::default()
        };
        image.set_channel(from.channel, from.stokes);
        if let Some(settings) = from.contour_settings {
            image.set_contours(&settings);
        }
        if let Some(settings) = from.vector_overlay_settings {
            image.set_overlay(&settings);
        }
        self.put_image(from.file_id, image);
        for views::RegionEntry { id, info } in from.regions {
            let Ok(region) = RegionInfo::decode(&*info) else { continue };
            match (id, region.control_points.first()) {
                (0, Some(point)) => *cursor = Some(point.encode_to_vec()),
                _ => self.put_region(id, from.file_id, &info),
            }
        }
    }
}

/// SET_REGION with this id makes a region.
pub(super) const NEW_REGION: i32 = -1;

/// The name under which the backend knows the file, where it tells it.
fn file_name(ack: &views::OpenFileAck) -> Option<&str> {
    ack.file_info.as_ref().map(|info| info.name.as_str()).filter(|name| !name.is_empty())
}

/// A new image with the number of channels and planes that the ack tells.
fn sized_by(ack: &views::OpenFileAck) -> Image {
    let extended = ack.file_info_extended.as_ref();
    Image {
        depth: extended.map(|info| info.depth).filter(|&count| count > 0),
        stokes_planes: extended.map(|info| info.stokes).filter(|&count| count > 0),
        ..Image::default()
    }
}
