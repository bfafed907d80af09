//! Answers of the backend's that change the workspace.

use prost::{Message, bytes::Bytes};

use super::{
    Workspace,
    image::{Image, kept},
};
use crate::protocol::messages::{
    OpenFile, RegionInfo, StokesFile,
    views::{ConcatStokesFiles, OpenFileAck, SetRegion},
};

impl Workspace {
    /// OPEN_FILE was answered with success; `answer` is the encoded ack, of which
    /// up to `max_answers` bytes are kept for all images together.
    pub(crate) fn opened(
        &mut self,
        request: OpenFile,
        ack: OpenFileAck,
        answer: &[u8],
        max_answers: usize,
    ) {
        let file_id = request.file_id;
        if file_id < 0 {
            return;
        }
        let told = Told::by(ack);
        let image = Image {
            directory: request.directory,
            file: if request.lel_expr { request.file } else { told.name_of(request.file) },
            hdu: request.hdu,
            lel_expr: request.lel_expr,
            render_mode: request.render_mode,
            support_aips_beam: request.support_aips_beam,
            depth: told.depth,
            stokes_planes: told.stokes_planes,
            open_file_ack: self.within(max_answers, file_id, answer),
            live: true,
            ..Image::default()
        };
        self.put_image(file_id, image);
    }

    /// CONCAT_STOKES_FILES was answered with success.
    pub(crate) fn joined(
        &mut self,
        request: &ConcatStokesFiles,
        ack: OpenFileAck,
        answer: &[u8],
        max_answers: usize,
    ) {
        if request.file_id < 0 {
            return;
        }
        let Some(files) = readable_stokes_files(&request.stokes_files) else { return };
        let first = files.into_iter().next().unwrap_or_default();
        let told = Told::by(ack);
        let image = Image {
            directory: first.directory,
            file: told.name_of(first.file),
            hdu: first.hdu,
            render_mode: request.render_mode,
            stokes_files: request.stokes_files.iter().map(|file| kept(file)).collect(),
            depth: told.depth,
            stokes_planes: told.stokes_planes,
            open_file_ack: self.within(max_answers, request.file_id, answer),
            live: true,
            ..Image::default()
        };
        self.put_image(request.file_id, image);
    }

    /// A copy of an answer to keep, if all of them stay within `max` bytes; the
    /// image takes the place of one with its id.
    fn within(&self, max: usize, file_id: i32, answer: &[u8]) -> Option<Bytes> {
        let mut bytes = answer.len();
        for (&id, image) in &self.images {
            if id != file_id {
                bytes += image.open_file_ack.as_ref().map_or(0, Bytes::len);
            }
        }
        (bytes <= max).then(|| kept(answer))
    }

    /// SET_REGION was answered with success; `id` is the ack's. `acceptable`: its points
    /// are what the region's type needs.
    pub(crate) fn region_set(&mut self, request: &SetRegion, acceptable: bool, id: i32) {
        let is_new = request.region_id == NEW_REGION;
        let id = if is_new { id } else { request.region_id };
        // The backend answers success to points that it does not take over, if it has the
        // region already; it may be one that is not known here.
        if acceptable || is_new {
            self.put_region(id, request.file_id, &request.region_info);
        }
    }

    /// IMPORT_REGION was answered with a region.
    pub(crate) fn imported(&mut self, owner: i32, id: i32, info: &Bytes) {
        if RegionInfo::decode(info.clone()).is_ok() {
            self.put_region(id, owner, info);
        }
    }
}

/// What an answer tells about an image that was opened, where it tells it.
struct Told {
    name: Option<String>,
    depth: Option<i32>,
    stokes_planes: Option<i32>,
}

impl Told {
    fn by(ack: OpenFileAck) -> Self {
        let size = ack.file_info_extended.unwrap_or_default();
        let above_0 = |count: i32| (count > 0).then_some(count);
        Self {
            name: ack.file_info.map(|info| info.name).filter(|name| !name.is_empty()),
            depth: above_0(size.depth),
            stokes_planes: above_0(size.stokes),
        }
    }

    /// The backend tells a file's name without its folder, which may be part of
    /// the name that was asked for.
    fn name_of(&self, asked: String) -> String {
        let has_folder = asked.strip_prefix("./").unwrap_or(&asked).contains('/');
        self.name.clone().filter(|_| !has_folder).unwrap_or(asked)
    }
}

/// Encoded `StokesFile`s, read; `None` if any is none.
pub(super) fn readable_stokes_files(files: &[Bytes]) -> Option<Vec<StokesFile>> {
    files.iter().map(|file| StokesFile::decode(file.clone()).ok()).collect()
}

/// SET_REGION with this id makes a region.
pub(crate) const NEW_REGION: i32 = -1;
