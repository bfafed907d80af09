//! Whether an image's file has changed since it was opened.

use prost::Message;

use super::Workspace;
use crate::protocol::messages::views::FileAsOpened;

impl Workspace {
    /// Whether the file of an open image is another one than that of an encoded
    /// `OpenFileAck` of before, by its size, date, shape or header. False where there is
    /// nothing to compare.
    pub(crate) fn has_changed(&self, id: i32, before: &[u8]) -> bool {
        let now = self.image(id).and_then(|image| image.open_file_ack.clone());
        let Some(Ok(now)) = now.map(FileAsOpened::decode) else { return false };
        FileAsOpened::decode(before).is_ok_and(|before| before != now)
    }
}
