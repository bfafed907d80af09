//! Animation: while it runs, the backend moves the channel by itself.

use crate::protocol::{
    Frame,
    views::RasterTileSync,
    wire::{
        Fields,
        Kind::{Fixed32, Fixed32s, Message},
        Schema,
    },
    writer::Writer,
};

use super::tracker::Tracker;
use crate::workspace::Workspace;

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
        let start = self.start.payload();
        let Some((channel, stokes)) = self.at else { return Some(self.start.clone()) };
        let schema = &[(START_FRAME.into(), Message(FRAME)), (STOKES_INDICES, Fixed32s)];
        let fields = Fields::read(start, schema).ok()?;
        let planes = fields.i32s(STOKES_INDICES);
        let place = planes.iter().position(|&plane| plane == stokes);
        let place = match place.and_then(|place| i32::try_from(place).ok()) {
            Some(place) => place,
            None if planes.is_empty() => stokes,
            None => fields.message(START_FRAME.into()).i32(2),
        };
        let mut frame = Writer::new();
        frame.sfixed32(1, channel).sfixed32(2, place);
        let mut start = Writer::from(fields.without(START_FRAME.into()));
        start.message(START_FRAME, &frame.into_bytes());
        Some(Frame::from_payload(self.start.header(), &start.into_bytes()))
    }
}

/// `StartAnimation.start_frame`.
const START_FRAME: u8 = 3;
/// `StartAnimation.stokes_indices`.
const STOKES_INDICES: u32 = 11;
/// An `AnimationFrame`.
const FRAME: &Schema = &[(1, Fixed32), (2, Fixed32)];

impl Tracker {
    /// The START_ANIMATION by which an animation goes on that ran when the
    /// connection was lost; `None` if none did, or its image is gone. It counts as
    /// running again. It has the id of the viewer's, which is to see its answer:
    /// that says which number the animation has now.
    pub fn continued_animation(&mut self) -> Option<Frame> {
        let animation = self.interrupted.take()?;
        if !self.workspace.images.get(&animation.file_id).is_some_and(|image| image.live) {
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
