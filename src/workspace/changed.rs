//! Whether an image's file has changed since it was opened.

use prost::{Message, bytes::Bytes};

use super::{ChangedImage, Workspace, image::Image};
use crate::protocol::messages::{
    FileInfoRequest,
    views::{
        FileAsOpened, FileInfoEntry, FileInfoResponse, StoredOpenFileAck,
        file_as_opened::{FileInfo, FileInfoExtended},
    },
};

impl Workspace {
    /// Whether the file of an open image is another one than that of an encoded
    /// `OpenFileAck` from before, by its size, date, shape or header. False where there
    /// is nothing to compare.
    pub(crate) fn has_changed(&self, id: i32, before: &[u8]) -> bool {
        let now = self.image(id).and_then(|image| image.open_file_ack.clone());
        let Some(Ok(now)) = now.map(FileAsOpened::decode) else { return false };
        // Prost is compiled once more for each type that it reads from: 6 kB.
        let before = FileAsOpened::decode(Bytes::copy_from_slice(before));
        before.is_ok_and(|before| before != now)
    }

    /// What to ask of the files of the images that are back. An expression and an image
    /// that is joined are no file.
    pub(crate) fn file_questions(&self) -> Vec<(i32, FileInfoRequest)> {
        let mut questions = Vec::new();
        for (id, image) in self.live_images() {
            let is_file = !image.lel_expr && image.stokes_files.is_empty();
            if is_file && image.open_file_ack.is_some() {
                let Image { directory, file, hdu, support_aips_beam, .. } = image;
                let question = FileInfoRequest {
                    directory: directory.clone(),
                    file: file.clone(),
                    hdu: hdu.clone(),
                    support_aips_beam: *support_aips_beam,
                };
                questions.push((id, question));
            }
        }
        questions
    }

    /// Takes what the backend says of an image's file. If it is another one than before,
    /// the stored answer is renewed, and a channel that it does not have is not the
    /// image's: the backend shows the first.
    pub(crate) fn told_of_file(&mut self, id: i32, told: FileInfoResponse) -> Option<ChangedImage> {
        let image = self.images.get_mut(&id)?;
        let before = image.open_file_ack.clone()?;
        let (extended, shape) = told.unit(&image.hdu)?;
        let info = FileInfo::decode(told.file_info.clone()).ok()?;
        let known = FileAsOpened::decode(before.clone()).ok()?;
        let known_shape = known.file_info_extended.unwrap_or_default();
        if known.file_info.unwrap_or_default() == info && known_shape.has_shape_of(&shape) {
            return None;
        }
        let mut ack = StoredOpenFileAck::decode(before).ok()?;
        (ack.file_info, ack.file_info_extended) = (told.file_info, extended);
        image.open_file_ack = Some(ack.encode_to_vec().into());
        image.depth = Some(shape.depth).filter(|&depth| depth > 0);
        image.stokes_planes = Some(shape.stokes).filter(|&planes| planes > 0);
        if !image.accepts(image.channel, image.stokes) {
            (image.channel, image.stokes) = (0, 0);
        }
        let file = image.file.clone();
        self.note_image(id);
        Some(ChangedImage { file_id: id, file })
    }
}

impl FileInfoResponse {
    /// What it says of a header-data unit; "" = the first.
    fn unit(&self, hdu: &str) -> Option<(Bytes, FileInfoExtended)> {
        let mut units = self.file_info_extended.iter();
        let named = units.find(|unit| unit.hdu == hdu);
        let FileInfoEntry { extended, .. } = named.or(self.file_info_extended.first())?;
        let shape = FileInfoExtended::decode(extended.clone()).ok()?;
        self.success.then(|| (extended.clone(), shape))
    }
}

impl FileInfoExtended {
    fn has_shape_of(&self, other: &Self) -> bool {
        let shape = |of: &Self| (of.width, of.height, of.depth, of.stokes);
        shape(self) == shape(other)
    }
}
