//! Whatever is sent, answered and lost: each request takes effect exactly once.

use std::collections::VecDeque;

use crate::tracking::support::{
    ICD,
    backend::Backend,
    open_file, raw_frame, rectangle, set_region,
    steps::{Step, any_step, send},
};
use carta_resume::{
    protocol::{
        EventType, Frame,
        messages::{CloseFile, ImportRegion, OpenCatalogFile, ResumeSessionAck, SetRegion},
    },
    tracking::{Lost, Tracker},
};
use proptest::{collection::vec, prelude::*};

/// A viewer with a tracker, and two backends: one that it loses at every drop, and one that it
/// never loses.
#[derive(Default)]
struct World {
    tracker: Tracker,
    backend: Backend,
    /// Sent by `backend` and not yet arrived.
    on_the_way: VecDeque<Frame>,
    undisturbed: Backend,
    last_id: u32,
    resumes: usize,
}

impl World {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Send(event, payload) => {
                self.last_id += 1;
                let frame = raw_frame(*event, self.last_id, payload);
                self.tracker.sent(&frame);
                self.on_the_way.extend(self.backend.handle(&frame));
                self.undisturbed.handle(&frame);
            }
            Step::Deliver(count) => {
                for _ in 0..*count {
                    if let Some(frame) = self.on_the_way.pop_front() {
                        self.deliver(&frame);
                    }
                }
            }
            Step::Drop => self.drop_and_resume(),
        }
    }

    fn deliver(&mut self, frame: &Frame) {
        if self.tracker.wants(frame.header()) {
            self.tracker.received(frame).unwrap();
        } else {
            self.tracker.answered(frame.header());
        }
    }

    fn drop_and_resume(&mut self) {
        self.resumes += 1;
        self.on_the_way.clear();
        // No message is taken for the cause of a crash.
        for _ in 0..2 {
            self.tracker.sign_of_life();
        }
        let lost = self.tracker.dropped();
        assert_eq!(Lost { abandoned: Vec::new(), ..lost }, Lost::default());
        self.backend = Backend::default();
        let resume = raw_frame(EventType::ResumeSession, 0, &self.tracker.resume_payload(ICD));
        let ack: ResumeSessionAck = self.backend.handle(&resume)[0].decode().unwrap();
        self.tracker.workspace_mut().restored(&ack);
        for (event, payload) in self.tracker.after_resume(ICD) {
            self.on_the_way.extend(self.backend.handle(&raw_frame(event, 0, &payload)));
        }
        for frame in self.tracker.unanswered() {
            self.on_the_way.extend(self.backend.handle(&frame));
        }
        assert_eq!(self.backend, self.undisturbed, "after resume {}", self.resumes);
    }

    /// Everything arrives. Then the answer to one last request shows that what is still unanswered,
    /// an import for an image that is not open, stays unanswered.
    fn settle(&mut self) {
        let last = OpenCatalogFile { name: "last".into(), file_id: 9, ..Default::default() };
        self.step(&send(EventType::OpenCatalogFile, &last));
        self.step(&Step::Deliver(self.on_the_way.len()));
        assert_eq!(self.tracker.unanswered(), []);
    }
}

proptest! {
    /// Whatever was sent, answered and lost at each drop: in the end the backend is as if no
    /// connection had ever dropped.
    #[test]
    fn every_request_has_its_effect_exactly_once(steps in vec(any_step(), 0..60)) {
        let mut world = World::default();
        for step in &steps {
            world.step(step);
        }
        world.drop_and_resume();
        world.settle();
        world.drop_and_resume();
    }

    /// Without drops, the workspace alone is enough to restore the backend's state once everything
    /// is answered.
    #[test]
    fn an_acknowledged_workspace_is_the_backends_state(steps in vec(any_step(), 0..60)) {
        let mut world = World::default();
        for step in steps.iter().filter(|step| !matches!(step, Step::Drop)) {
            world.step(step);
        }
        world.settle();
        let mut rebuilt = Backend::default();
        rebuilt.handle(&raw_frame(EventType::ResumeSession, 0, &world.tracker.resume_payload(ICD)));
        for (event, payload) in world.tracker.after_resume(ICD) {
            rebuilt.handle(&raw_frame(event, 0, &payload));
        }
        prop_assert_eq!(rebuilt, world.undisturbed);
    }
}

/// An image is closed while a region of another image is being moved to it.
#[test]
fn a_region_that_was_moved_to_a_closed_image_is_gone() {
    let rect = rectangle(2.0);
    for preview_region in [false, true] {
        let mut world = World::default();
        let lines = vec!["0".into(), "0".into()];
        let import = ImportRegion { group_id: 2, contents: lines, ..Default::default() };
        let moved = SetRegion { preview_region, ..set_region(0, 1, rect.clone()) };
        for step in [
            send(EventType::OpenFile, &open_file(2, "a")),
            send(EventType::OpenFile, &open_file(0, "a")),
            send(EventType::ImportRegion, &import),
            send(EventType::SetRegion, &moved),
            send(EventType::CloseFile, &CloseFile { file_id: 0 }),
            Step::Deliver(3),
            Step::Drop,
        ] {
            world.step(&step);
        }
        world.settle();
        world.drop_and_resume();
    }
}
