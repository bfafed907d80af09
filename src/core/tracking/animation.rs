//! Animation: while it runs, the backend moves the channel by itself.

use crate::prelude::*;

use crate::protocol::{
    Frame,
    views::RasterTileSync,
    wire::{Fields, Kind::Bytes},
    writer::Writer,
};

use super::{tracker::Tracker, workspace::Workspace};

/// The animation that the backend runs; a session has one at most.
#[derive(Clone, Debug)]
pub(super) struct Animation {
    /// The animated image.
    pub(super) file_id: i32,
    /// The START_ANIMATION.
    pub(super) start: Frame,
    /// Channel and plane of the last frame that arrived whole.
    pub(super) at: Option<(i32, i32)>,
}

impl Animation {
    pub(super) fn new(file_id: i32, start: &Frame) -> Self {
        Self { file_id, start: start.clone(), at: None }
    }

    /// A START_ANIMATION that goes on with the last frame.
    fn continued(&self) -> Option<Vec<u8>> {
        let start = self.start.payload();
        let Some((channel, stokes)) = self.at else { return Some(start.to_vec()) };
        let mut frame = Writer::new();
        frame.sfixed32(1, channel).sfixed32(2, stokes);
        let rest = Fields::read(start, &[(START_FRAME.into(), Bytes)]).ok()?;
        let mut start = Writer::from(rest.without(START_FRAME.into()));
        start.message(START_FRAME, &frame.into_bytes());
        Some(start.into_bytes())
    }
}

/// `StartAnimation.start_frame`.
const START_FRAME: u8 = 3;

impl Tracker {
    /// The payload of the START_ANIMATION by which an animation goes on that ran
    /// when the connection was lost; `None` if none did, or its image is gone.
    /// It counts as running again.
    pub fn continued_animation(&mut self) -> Option<Vec<u8>> {
        let animation = self.interrupted.take()?;
        if !self.workspace.images.get(&animation.file_id).is_some_and(|image| image.live) {
            return None;
        }
        let payload = animation.continued()?;
        self.animation = Some(animation);
        Some(payload)
    }
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
