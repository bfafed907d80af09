//! Animation: the backend steps through the channels by itself, as fast as the viewer confirms that
//! it has received them.

use std::time::Duration;

use carta_resume::protocol::{EventType, messages as m};
use tokio::time::Instant;

use super::{Replies, Session};

/// The most frames that may be under way.
const WINDOW: usize = 5;

/// The most frames per second.
const MAX_RATE: i32 = 60;

/// A running animation.
#[derive(Debug)]
pub struct Animation {
    id: i32,
    request: m::StartAnimation,
    /// The next frame: channel and Stokes plane.
    next: (i32, i32),
    forward: bool,
    /// Frames that were sent and that the viewer has not confirmed.
    unconfirmed: Vec<(i32, i32)>,
    due: Instant,
}

impl Animation {
    /// The image that is animated.
    pub fn file_id(&self) -> i32 {
        self.request.file_id
    }

    /// When the next frame is due; `None` while too many are under way.
    pub fn next_tick(&self) -> Option<Instant> {
        (self.unconfirmed.len() < WINDOW).then_some(self.due)
    }

    /// Number of this animation.
    pub fn id(&self) -> i32 {
        self.id
    }

    /// Takes other tiles of the animated image; those of other images are not sent while it runs.
    pub(super) fn require_tiles(&mut self, tiles: m::AddRequiredTiles) {
        if tiles.file_id == self.request.file_id {
            self.request.required_tiles = Some(tiles);
        }
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(1) / self.request.frame_rate.clamp(1, MAX_RATE).cast_unsigned()
    }

    /// The frame after this one; `None` when the animation ends.
    fn after(&mut self, (channel, stokes): (i32, i32)) -> Option<(i32, i32)> {
        let first = self.request.first_frame.unwrap_or_default();
        let last = self.request.last_frame.unwrap_or_default();
        let delta = self.request.delta_frame.unwrap_or_default();
        let sign = if self.forward { 1 } else { -1 };
        let step =
            |from: i32, delta: i32, sign: i32| from.saturating_add(delta.saturating_mul(sign));
        let next = (step(channel, delta.channel, sign), step(stokes, delta.stokes, sign));
        let within = |value: i32, a: i32, b: i32| (a.min(b)..=a.max(b)).contains(&value);
        if within(next.0, first.channel, last.channel) && within(next.1, first.stokes, last.stokes)
        {
            return Some(next);
        }
        if self.request.reverse && (self.request.looping || self.forward) {
            self.forward = !self.forward;
            let next = (step(channel, delta.channel, -sign), step(stokes, delta.stokes, -sign));
            return within(next.0, first.channel, last.channel).then_some(next);
        }
        let start = if self.forward { first } else { last };
        self.request.looping.then_some((start.channel, start.stokes))
    }

    /// The channels of images that move along.
    fn matched(&self, channel: i32) -> Vec<(i32, i32)> {
        let first = self.request.first_frame.unwrap_or_default();
        let index = channel.abs_diff(first.channel) as usize;
        let frames = self.request.matched_frames.iter();
        frames
            .filter_map(|(&file_id, list)| {
                let number = list.frame_numbers.get(index)?;
                number.is_finite().then_some((file_id, number.round() as i32))
            })
            .collect()
    }
}

impl Session {
    pub(super) fn start_animation(
        &mut self,
        request: m::StartAnimation,
        id: u32,
        out: &mut Replies,
    ) {
        let mut ack = m::StartAnimationAck::default();
        if self.state.images.contains_key(&request.file_id) {
            self.state.animation_id += 1;
            let start = request.start_frame.unwrap_or_default();
            ack.success = true;
            "Starting animation".clone_into(&mut ack.message);
            ack.animation_id = self.state.animation_id;
            self.state.animation = Some(Animation {
                id: self.state.animation_id,
                request,
                next: (start.channel, start.stokes),
                forward: true,
                unconfirmed: Vec::new(),
                due: Instant::now(),
            });
        } else {
            "Incorrect file ID".clone_into(&mut ack.message);
        }
        out.answer(EventType::StartAnimationAck, id, &ack);
    }

    /// Stops; the end frame in the message is ignored.
    pub(super) fn stop_animation(&mut self, request: &m::StopAnimation) {
        let running = self.state.animation.as_ref();
        if running.is_some_and(|animation| animation.file_id() == request.file_id) {
            self.state.animation = None;
        }
    }

    pub(super) fn animation_received(&mut self, request: &m::AnimationFlowControl) {
        let Some(animation) = &mut self.state.animation else { return };
        let frame = request.received_frame.unwrap_or_default();
        let mut sent = animation.unconfirmed.iter();
        if animation.request.file_id == request.file_id
            && let Some(index) = sent.position(|&sent| sent == (frame.channel, frame.stokes))
        {
            animation.unconfirmed.drain(..=index);
        }
    }

    /// Sends the next frame, if it is due.
    pub(super) fn animate(&mut self, out: &mut Replies) {
        let now = Instant::now();
        let Some(mut animation) = self.state.animation.take() else { return };
        if animation.next_tick().is_none_or(|due| due > now) {
            self.state.animation = Some(animation);
            return;
        }
        let frame = animation.next;
        animation.unconfirmed.push(frame);
        animation.due = now + animation.interval();
        let file_id = animation.file_id();
        let valid =
            self.state.images.get(&file_id).is_some_and(|open| open.image.has(frame.0, frame.1));
        if valid {
            self.move_to(file_id, frame.0, frame.1, out);
        }
        for (matched, channel) in animation.matched(frame.0) {
            let open = self.state.images.get(&matched);
            if let Some(stokes) = open.filter(|open| open.image.has(channel, open.stokes)) {
                let stokes = stokes.stokes;
                self.move_to(matched, channel, stokes, out);
            }
        }
        if let Some(tiles) = animation.request.required_tiles.clone() {
            self.send_tiles(&tiles, animation.id(), out);
        }
        if let Some(next) = animation.after(frame).filter(|_| valid) {
            animation.next = next;
            self.state.animation = Some(animation);
        }
    }
}
