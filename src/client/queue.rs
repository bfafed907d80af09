//! What the viewer sent while there was no connection to send it on.

use std::collections::VecDeque;

use crate::{
    protocol::{EventType, Frame, messages::views::SetCursor},
    tracking::Subject,
};

use super::options::QueueLimits;

/// A bounded first-in, first-out queue of frames.
#[derive(Debug)]
pub(super) struct Queue {
    /// Each with what later ones may have to wait for.
    frames: VecDeque<(Frame, Option<Subject>)>,
    bytes: usize,
    limits: QueueLimits,
}

impl Queue {
    pub(super) const fn new(limits: QueueLimits) -> Self {
        Self { frames: VecDeque::new(), bytes: 0, limits }
    }

    /// False, and the frame is not taken, if that would exceed a bound.
    pub(super) fn push(&mut self, frame: Frame, subject: Option<Subject>) -> bool {
        let bytes = self.bytes.saturating_add(frame.bytes().len());
        if self.frames.len() >= self.limits.max_frames || bytes > self.limits.max_bytes {
            return false;
        }
        self.bytes = bytes;
        self.frames.push_back((frame, subject));
        true
    }

    /// Removes a movement of the cursor that this frame makes needless: moving it for
    /// an hour must not take the place of what counts.
    pub(super) fn supersede(&mut self, frame: &Frame) {
        let Some(file_id) = moved_cursor(frame) else { return };
        let earlier = self.frames.iter().position(|(at, _)| moved_cursor(at) == Some(file_id));
        if let Some((earlier, _)) = earlier.and_then(|at| self.frames.remove(at)) {
            self.bytes -= earlier.bytes().len();
        }
    }

    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn pop(&mut self) -> Option<Frame> {
        let (frame, _) = self.frames.pop_front()?;
        self.bytes -= frame.bytes().len();
        Some(frame)
    }

    /// Removes the frames that match and gives them, in order.
    pub(super) fn remove(&mut self, matches: &dyn Fn(&Frame) -> bool) -> Vec<Frame> {
        let mut removed = Vec::new();
        self.frames.retain(|(frame, _)| {
            let leaves = matches(frame);
            if leaves {
                self.bytes -= frame.bytes().len();
                removed.push(frame.clone());
            }
            !leaves
        });
        removed
    }

    /// What later frames may have to wait for.
    pub(super) fn subjects(&self) -> impl Iterator<Item = Subject> {
        self.frames.iter().filter_map(|(_, subject)| *subject)
    }

    /// Removes one request.
    pub(super) fn remove_request(&mut self, event: EventType, request_id: u32) -> bool {
        let wanted =
            |frame: &Frame| frame.event() == Some(event) && frame.header().request_id == request_id;
        !self.remove(&wanted).is_empty()
    }
}

/// The image whose cursor a frame moves, and nothing else.
fn moved_cursor(frame: &Frame) -> Option<i32> {
    if frame.event() != Some(EventType::SetCursor) {
        return None;
    }
    let set: SetCursor = frame.decode().ok()?;
    set.spatial_requirements.is_none().then_some(set.file_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Header;

    #[test]
    fn a_cursor_takes_one_place_for_each_image() {
        let mut queue = Queue::new(QueueLimits { max_frames: 3, max_bytes: 1_000 });
        let cursor = |request_id, file_id, wants: bool| {
            let header = Header { event_type: 7, icd_version: 28, request_id };
            let spatial_requirements = wants.then(Default::default);
            Frame::encode(header, &SetCursor { file_id, point: None, spatial_requirements })
        };
        let mut push = |frame: Frame| {
            queue.supersede(&frame);
            queue.push(frame, None)
        };
        for request_id in 0..100 {
            assert!(push(cursor(request_id, request_id.cast_signed() % 2, false)));
        }
        assert!(push(cursor(100, 0, true)), "what it wants counts");
        assert!(!queue.push(frame(101, 0), None));
        let mut ids = Vec::new();
        while let Some(frame) = queue.pop() {
            ids.push(frame.header().request_id);
        }
        assert_eq!((ids, queue.bytes), (vec![98, 99, 100], 0));
    }

    fn frame(request_id: u32, payload: usize) -> Frame {
        let header = Header { event_type: 11, icd_version: 28, request_id };
        Frame::from_payload(header, &vec![0; payload])
    }

    #[test]
    fn both_bounds_hold_and_order_is_kept() {
        let mut queue = Queue::new(QueueLimits { max_frames: 2, max_bytes: 40 });
        assert!(queue.push(frame(1, 0), None));
        assert!(!queue.push(frame(2, 33), None), "41 bytes");
        assert!(queue.push(frame(3, 24), None), "40 bytes");
        assert!(!queue.push(frame(4, 0), None), "three frames");
        assert_eq!(queue.pop().map(|f| f.header().request_id), Some(1));
        assert!(queue.push(frame(5, 0), None));
        assert_eq!(queue.remove(&|frame| frame.header().request_id == 3).len(), 1);
        assert_eq!(queue.pop().map(|f| f.header().request_id), Some(5));
        assert_eq!((queue.frames.len(), queue.bytes), (0, 0));
    }
}
