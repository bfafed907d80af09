//! Animation: while it runs, the backend moves the channel by itself.

use prost::Message;

use super::tracker::Tracker;
use crate::{
    protocol::{
        Frame,
        messages::{
            RasterTileSync,
            views::{AnimationFrame, StartAnimation, StartFrame},
        },
    },
    workspace::Workspace,
};

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

    /// A START_ANIMATION that goes on with the last frame. Which plane comes first
    /// is said by its place among the planes to show, if those are listed; a
    /// computed one has a number far above.
    fn continued(&self) -> Option<Frame> {
        let Some((channel, stokes)) = self.at else { return Some(self.start.clone()) };
        let start: StartAnimation = self.start.decode().ok()?;
        let place = start.stokes_indices.iter().position(|&plane| plane == stokes);
        let place = match place.and_then(|place| i32::try_from(place).ok()) {
            Some(place) => place,
            None if start.stokes_indices.is_empty() => stokes,
            None => start.start_frame.and_then(|frame| frame.stokes).unwrap_or_default(),
        };
        // Of a field that is there twice, the last counts.
        let frame = AnimationFrame { channel: Some(channel), stokes: Some(place) };
        let frame = StartFrame { start_frame: Some(frame) }.encode_to_vec();
        let payload = [self.start.payload(), &frame].concat();
        Some(Frame::from_payload(self.start.header(), &payload))
    }
}

impl Tracker {
    /// The START_ANIMATION by which an animation goes on that ran when the
    /// connection was lost; `None` if none did, or its image is gone. It counts as
    /// running again. It has the id of the viewer's, which is to see its answer:
    /// that says which number the animation has now.
    pub fn continued_animation(&mut self) -> Option<Frame> {
        let animation = self.interrupted.take()?;
        if !self.workspace.image(animation.file_id).is_some_and(|image| image.live) {
            return None;
        }
        let start = animation.continued()?;
        self.animation = Some(animation);
        Some(start)
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
