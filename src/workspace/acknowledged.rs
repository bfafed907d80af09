//! Answers of the backend's that change the workspace.

use crate::protocol::views::{
    ConcatStokesFiles, OpenFile, OpenFileAck, RegionInfo, SetRegion, StokesFile,
};

use super::{
    Workspace,
    image::{Generated, Image, Origin},
    regions::info_is_acceptable,
};

impl Workspace {
    /// OPEN_FILE was answered. A failure leaves an old image with that id.
    pub(crate) fn opened(&mut self, request: &OpenFile, ack: &OpenFileAck, max_answers: usize) {
        if !ack.success || request.file_id < 0 {
            return;
        }
        let resolved = ack.name.filter(|_| !request.lel_expr);
        let image = Image {
            directory: request.directory.to_owned(),
            file: name_of(request.file, resolved),
            hdu: request.hdu.to_owned(),
            lel_expr: request.lel_expr,
            render_mode: request.render_mode,
            support_aips_beam: request.support_aips_beam,
            depth: ack.depth,
            stokes_planes: ack.stokes,
            open_file_ack: self.within(max_answers, request.file_id, ack.bytes),
            live: true,
            ..Image::default()
        };
        self.put_image(request.file_id, image);
    }

    /// CONCAT_STOKES_FILES was answered with success.
    pub(crate) fn joined(
        &mut self,
        request: &ConcatStokesFiles,
        ack: &OpenFileAck,
        max_answers: usize,
    ) {
        if request.file_id < 0 {
            return;
        }
        let first = request.stokes_files.clone().next().unwrap_or_default();
        let Ok(first) = StokesFile::read(first.as_bytes()) else { return };
        let image = Image {
            directory: first.directory.to_owned(),
            file: name_of(first.file, ack.name),
            hdu: first.hdu.to_owned(),
            render_mode: request.render_mode,
            stokes_files: request.stokes_files.clone().map(|file| file.as_bytes().into()).collect(),
            depth: ack.depth,
            stokes_planes: ack.stokes,
            open_file_ack: self.within(max_answers, request.file_id, ack.bytes),
            live: true,
            ..Image::default()
        };
        self.put_image(request.file_id, image);
    }

    /// A copy of an answer to keep, if all of them stay within `max` bytes; the
    /// image takes the place of one with its id.
    fn within(&self, max: usize, file_id: i32, answer: &[u8]) -> Option<Box<[u8]>> {
        let mut bytes = answer.len();
        for (&id, image) in self.images.iter() {
            if id != file_id {
                bytes += image.open_file_ack.as_ref().map_or(0, |kept| kept.len());
            }
        }
        (bytes <= max).then(|| answer.into())
    }

    /// The backend made images and chose their ids.
    pub(crate) fn generated(&mut self, origin: Origin, acks: &[OpenFileAck]) {
        for ack in acks {
            if ack.success && ack.file_id >= 0 {
                let name = ack.name.unwrap_or_default().to_owned();
                self.put_generated(ack.file_id, Generated { name, origin });
            }
        }
    }

    /// SET_REGION was answered with success; `id` is the ack's.
    pub(crate) fn region_set(&mut self, request: &SetRegion, id: i32) {
        let id = match request.region_id {
            NEW_REGION => id,
            id => id,
        };
        let Some(acceptable) = info_is_acceptable(request.region_info) else { return };
        // The backend answers success to points that it does not take over.
        let ignored = !acceptable && self.regions.get(id).is_some();
        if !ignored {
            self.put_region(id, request.file_id, request.region_info);
        }
    }

    /// IMPORT_REGION was answered with a region.
    pub(crate) fn imported(&mut self, owner: i32, id: i32, info: &[u8]) {
        if RegionInfo::read(info).is_ok() {
            self.put_region(id, owner, info);
        }
    }
}

/// The backend tells a file's name without its folder, which may be part of the
/// name that was asked for.
fn name_of(asked: &str, resolved: Option<&str>) -> String {
    let path = asked.as_bytes();
    let path = path.strip_prefix(b"./").unwrap_or(path);
    resolved.filter(|_| !path.contains(&b'/')).unwrap_or(asked).to_owned()
}

/// SET_REGION with this id makes a region.
pub(crate) const NEW_REGION: i32 = -1;
