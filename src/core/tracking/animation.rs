//! Animation: while it runs, the backend moves the channel by itself.

use crate::protocol::views::RasterTileSync;

use super::workspace::Workspace;

/// The animation that the backend runs; a session has one at most.
#[derive(Clone, Debug)]
pub(super) struct Animation {
    /// The animated image.
    pub(super) file_id: i32,
}

impl Workspace {
    /// A frame of an animation is there: its image has moved. Matched images
    /// have frames of their own.
    pub(super) fn animated(&mut self, sync: &RasterTileSync) {
        self.edit_image(sync.file_id, &mut |image| {
            let moves = (image.channel, image.stokes) != (sync.channel, sync.stokes);
            moves && image.set_channel(sync.channel, sync.stokes)
        });
    }
}
