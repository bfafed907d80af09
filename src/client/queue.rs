//! What the viewer sent while there was no connection to send it on.

use std::collections::VecDeque;

use crate::protocol::{EventType, Frame, Header, messages::views::SetCursor};

use super::options::QueueLimits;

/// A bounded first-in, first-out queue of frames.
#[derive(Debug)]
pub(super) struct Queue {
    frames: VecDeque<Frame>,
    bytes: usize,
    limits: QueueLimits,
}

impl Queue {
    pub(super) const fn new(limits: QueueLimits) -> Self {
        Self { frames: VecDeque::new(), bytes: 0, limits }
    }

    /// False, and the frame is not taken, if that would exceed a bound.
    pub(super) fn push(&mut self, frame: Frame) -> bool {
        let bytes = self.bytes.saturating_add(frame.bytes().len());
        if self.frames.len() >= self.limits.max_frames || bytes > self.limits.max_bytes {
            return false;
        }
        self.bytes = bytes;
        self.frames.push_back(frame);
        true
    }

    /// Removes a movement of the cursor that this frame makes needless: moving it for
    /// an hour must not take the place of what counts.
    pub(super) fn supersede(&mut self, frame: &Frame) {
        let Some(file_id) = moved_cursor(frame) else { return };
        let earlier = self.frames.iter().find(|earlier| moved_cursor(earlier) == Some(file_id));
        if let Some(header) = earlier.map(Frame::header) {
            self.remove_request(EventType::SetCursor, header.request_id);
        }
    }

    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn pop(&mut self) -> Option<Frame> {
        let frame = self.frames.pop_front()?;
        self.bytes -= frame.bytes().len();
        Some(frame)
    }

    /// Removes the frames that match and gives them, in order.
    pub(super) fn remove(&mut self, matches: &dyn Fn(Header) -> bool) -> Vec<Frame> {
        let (removed, kept): (VecDeque<Frame>, _) =
            std::mem::take(&mut self.frames).into_iter().partition(|frame| matches(frame.header()));
        self.frames = kept;
        self.bytes -= removed.iter().map(|frame| frame.bytes().len()).sum::<usize>();
        removed.into()
    }

    /// Removes one request.
    pub(super) fn remove_request(&mut self, event: EventType, request_id: u32) -> bool {
        let wanted =
            |header: Header| header.event_type == event.number() && header.request_id == request_id;
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
            queue.push(frame)
        };
        for request_id in 0..100 {
            assert!(push(cursor(request_id, request_id.cast_signed() % 2, false)));
        }
        assert!(push(cursor(100, 0, true)), "what it wants counts");
        assert!(!queue.push(frame(101, 0)));
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
        assert!(queue.push(frame(1, 0)));
        assert!(!queue.push(frame(2, 33)), "41 bytes");
        assert!(queue.push(frame(3, 24)), "40 bytes");
        assert!(!queue.push(frame(4, 0)), "three frames");
        assert_eq!(queue.pop().map(|f| f.header().request_id), Some(1));
        assert!(queue.push(frame(5, 0)));
        assert_eq!(queue.remove(&|header| header.request_id == 3).len(), 1);
        assert_eq!(queue.pop().map(|f| f.header().request_id), Some(5));
        assert_eq!((queue.frames.len(), queue.bytes), (0, 0));
    }
}
