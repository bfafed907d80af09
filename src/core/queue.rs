//! What the viewer sent while there was no connection to send it on.

use crate::prelude::*;

use alloc::collections::VecDeque;

use crate::protocol::{EventType, Frame, Header};

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
        let mut removed = Vec::new();
        // `VecDeque::retain` is a kilobyte.
        for frame in core::mem::take(&mut self.frames) {
            if matches(frame.header()) {
                self.bytes -= frame.bytes().len();
                removed.push(frame);
            } else {
                self.frames.push_back(frame);
            }
        }
        removed
    }

    /// Removes one request.
    pub(super) fn remove_request(&mut self, event: EventType, request_id: u32) -> bool {
        let wanted =
            |header: Header| header.event_type == event.number() && header.request_id == request_id;
        !self.remove(&wanted).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
