//! Whatever happens between a page and its store: what is stored is a state that the workspace has
//! had, and a recent one.

use std::collections::VecDeque;

use crate::tracking::support::{
    ICD,
    backend::Backend,
    raw_frame,
    steps::{Step as Said, any_step},
    store::Store,
    stored::{records, reloaded, shown},
};
use carta_resume::{
    keeping::writes::Writes,
    protocol::{EventType, Frame, messages::ResumeSessionAck},
    tracking::Tracker,
    workspace::{ContourSpec, RegionSpec},
};
use proptest::{collection::vec, prelude::*};

/// The longest time from a change to its write, as long as nothing fails.
const GATHER_MS: u64 = 60;
/// How long a write waits for the outcome of the previous one.
const OUTCOME_MS: u64 = 1_000;

/// The longest time from a failed write to the next.
const RETRY_MS: u64 = 300_000;

#[derive(Clone, Debug)]
enum Step {
    /// Between the viewer and the backend.
    Said(Said),
    /// The backend's next answer cannot be read.
    Spoilt,
    /// The viewer gives up its nth unanswered request.
    Forgets(usize),
    /// The viewer states things by calls.
    States(i32, i32),
    /// The user says no.
    Declined,
    Passes(u64),
    /// The page is hidden or left: everything is written at once.
    Hidden,
    /// The oldest write arrives; the page learns of it later.
    Commits,
    /// The oldest write fails; the page learns of it later.
    Fails,
    /// The page learns of this many outcomes.
    Told(usize),
    /// Storage was cleared under the page.
    Cleared,
    /// The page is suddenly gone, and another one continues.
    Crash(u8),
}

fn anything() -> impl Strategy<Value = Step> {
    prop_oneof![
        24 => any_step().prop_map(Step::Said),
        1 => Just(Step::Spoilt),
        2 => (0..3_usize).prop_map(Step::Forgets),
        2 => (0..3_i32, 1..6_i32).prop_map(|(file, region)| Step::States(file, region)),
        1 => Just(Step::Declined),
        8 => (0..100_u64).prop_map(Step::Passes),
        1 => (1_000..400_000_u64).prop_map(Step::Passes),
        4 => Just(Step::Hidden),
        6 => Just(Step::Commits),
        2 => Just(Step::Fails),
        6 => (1..4_usize).prop_map(Step::Told),
        1 => Just(Step::Cleared),
        2 => any::<u8>().prop_map(Step::Crash),
    ]
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Written(u64),
    Failed,
}

/// A page with its store, and a backend.
#[derive(Default)]
struct World {
    now: u64,
    tracker: Tracker,
    writes: Writes,
    store: Store,
    /// Stores that are gone and still report outcomes.
    old: VecDeque<Store>,
    outcomes: VecDeque<Outcome>,
    /// The newest write that the page knows has arrived.
    confirmed: u64,
    /// The newest write, and the newest of a store that is gone.
    begun: u64,
    cleared_after: u64,
    /// Since when something that has to be written has not been written.
    changed_at: Option<u64>,
    /// When the outcome of a write was last told, or last stopped mattering.
    told_at: u64,
    failures: usize,
    backend: Backend,
    on_the_way: VecDeque<Frame>,
    last_id: u32,
}

impl World {
    fn new() -> Self {
        Self { tracker: Tracker::new(1_000), ..Self::default() }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Said(Said::Send(event, payload)) => self.send(event, &payload),
            Step::Said(Said::Deliver(count)) => self.deliver(count),
            Step::Said(Said::Drop) => {
                self.tracker.dropped();
                self.note_changes();
                self.resume();
            }
            Step::Spoilt => self.spoil(),
            Step::Forgets(nth) => {
                let unanswered = self.tracker.unanswered();
                if let Some(frame) = unanswered.get(nth) {
                    self.tracker.forget(frame.event().unwrap(), frame.header().request_id);
                }
            }
            Step::States(file_id, region_id) => self.state(file_id, region_id),
            Step::Declined => {
                self.tracker.declined();
                self.on_the_way.clear();
                self.backend = Backend::default();
            }
            Step::Passes(ms) => self.pass(ms),
            Step::Hidden => self.flush(),
            Step::Commits => {
                let store = self.old.front_mut().unwrap_or(&mut self.store);
                self.outcomes.extend(store.commit().map(Outcome::Written));
            }
            Step::Fails => {
                let store = self.old.front_mut().unwrap_or(&mut self.store);
                self.outcomes.extend(store.abort().map(|_| Outcome::Failed));
                self.failures += 1;
            }
            Step::Told(count) => self.tell(count),
            Step::Cleared => self.cleared(),
            Step::Crash(survivors) => self.crash(survivors),
        }
        self.old.retain(|store| store.under_way() > 0);
        self.note_changes();
    }

    /// As a page does after every event.
    fn note_changes(&mut self) {
        if self.tracker.workspace().has_changes() {
            self.writes.changed(self.now);
            self.changed_at.get_or_insert(self.now);
        }
    }

    fn send(&mut self, event: EventType, payload: &[u8]) {
        self.last_id += 1;
        let frame = raw_frame(event, self.last_id, payload);
        self.tracker.sent(&frame);
        self.on_the_way.extend(self.backend.handle(&frame));
    }

    fn deliver(&mut self, count: usize) {
        for _ in 0..count {
            let Some(frame) = self.on_the_way.pop_front() else { return };
            if self.tracker.wants(frame.header()) {
                self.tracker.received(&frame).unwrap();
            } else {
                self.tracker.answered(frame.header());
            }
            self.note_changes();
        }
    }

    fn spoil(&mut self) {
        if let Some(frame) = self.on_the_way.pop_front() {
            let header = frame.header();
            let spoilt = raw_frame(frame.event().unwrap(), header.request_id, &[0xFF]);
            if self.tracker.wants(header) {
                self.tracker.received(&spoilt).unwrap_err();
            }
        }
    }

    fn state(&mut self, file_id: i32, region_id: i32) {
        let workspace = self.tracker.workspace_mut();
        let region = RegionSpec {
            region_type: 3,
            points: vec![(1.0, 2.0), (3.0, 4.0)],
            rotation: f32::from(u16::try_from(region_id).unwrap()),
        };
        // Refused if the image is not open.
        let _ = workspace.set_region(file_id, region_id, &region);
        let _ = workspace.set_contours(file_id, (region_id > 3).then(ContourSpec::default));
        let _ = match region_id {
            1 => workspace.close_catalog(file_id),
            2 => workspace.remove_region(file_id + 1),
            3 => workspace.close_image(file_id),
            _ => workspace.set_channel(file_id, region_id, 0),
        };
    }

    fn resume(&mut self) {
        self.on_the_way.clear();
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
    }

    fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        while let Some(due) = self.writes.deadline().filter(|&due| due <= end) {
            self.now = self.now.max(due);
            self.write();
        }
        self.now = end;
    }

    fn flush(&mut self) {
        self.note_changes();
        self.write();
    }

    fn write(&mut self) {
        let Some(batch) = self.writes.take(&mut self.tracker) else {
            assert!(!self.tracker.workspace().has_changes());
            return;
        };
        assert!(!self.tracker.workspace().has_changes());
        if let Some(changed) = self.changed_at.take()
            && self.failures == 0
        {
            let waits = self.confirmed < self.begun && self.begun > self.cleared_after;
            let at_most = if waits { OUTCOME_MS } else { GATHER_MS };
            let waited = self.now - changed.max(self.told_at);
            assert!(waited <= at_most, "{waited} ms");
        }
        self.begun = batch.number;
        self.store.begin(batch, records(&self.tracker));
    }

    fn tell(&mut self, count: usize) {
        for _ in 0..count {
            match self.outcomes.pop_front() {
                Some(Outcome::Written(number)) => {
                    self.writes.written(number);
                    self.told_at = self.now;
                    if number > self.cleared_after {
                        self.confirmed = number;
                    }
                }
                Some(Outcome::Failed) => {
                    self.writes.failed(self.now);
                }
                None => return,
            }
        }
    }

    fn cleared(&mut self) {
        self.old.push_back(std::mem::take(&mut self.store));
        self.confirmed = 0;
        self.cleared_after = self.begun;
        self.told_at = self.now;
        self.writes.start_over(self.now);
    }

    /// Another page takes over what has survived.
    fn crash(&mut self, mut survivors: u8) {
        let newest = self.confirmed;
        let survives = || {
            survivors = survivors.rotate_right(1);
            survivors & 1 == 1
        };
        let stored = self.store.crash(survives).clone();
        assert!(self.store.newest >= newest, "what was confirmed has been written");
        self.tracker = reloaded(&stored);
        assert_eq!(records(&self.tracker), stored);
        self.old.clear();
        self.outcomes.clear();
        self.writes = Writes::default();
        (self.begun, self.cleared_after) = (0, 0);
        self.changed_at = None;
        self.confirmed = 0;
        // The new page starts counting again.
        self.store = Store::holding(stored);
        self.resume();
    }

    /// From now on nothing fails.
    fn settle(&mut self) {
        self.failures += 1;
        for _ in 0..3 {
            while let Some(number) =
                self.old.front_mut().map_or_else(|| self.store.commit(), Store::commit)
            {
                self.outcomes.push_back(Outcome::Written(number));
                self.old.retain(|store| store.under_way() > 0);
            }
            self.tell(usize::MAX);
            self.pass(RETRY_MS);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_stored_is_a_state_that_was(
        steps in vec(anything(), 0..120), survivors: u8
    ) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.crash(survivors);
    }

    #[test]
    fn once_nothing_fails_any_more_everything_is_stored(steps in vec(anything(), 0..80)) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.settle();
        prop_assert_eq!(world.store.under_way(), 0);
        prop_assert_eq!(world.writes.deadline(), None, "there is nothing left to do");
        let now = records(&world.tracker);
        prop_assert_eq!(world.store.crash(|| false), &now);
        let (back, state) = (shown(&reloaded(&now)), shown(&world.tracker));
        if world.tracker.unanswered().is_empty() {
            prop_assert_eq!(back, state);
        }
    }
}

/// The viewer closes an image by a call and goes on drawing on it: the backend has a region that
/// the client does not know.
#[test]
fn senseless_points_of_an_unknown_region_are_not_stored() {
    let mut world = World::new();
    let send = |event, payload: &[u8]| Step::Said(Said::Send(event, payload.to_vec()));
    let rectangle_without_points = [21, 1, 0, 0, 0, 26, 7, 8, 3, 29, 0, 0, 112, 65];
    for step in [
        send(EventType::OpenFile, &[18, 1, 97]),
        send(EventType::ConcatStokesFiles, &[10, 0, 10, 0, 21, 2, 0, 0, 0]),
        Step::Said(Said::Deliver(2)),
        Step::States(2, 3),
        send(EventType::ImportRegion, &[13, 2, 0, 0, 0, 42, 1, 48]),
        send(EventType::SetRegion, &rectangle_without_points),
        Step::Said(Said::Deliver(2)),
        Step::Passes(1_000),
    ] {
        world.step(step);
    }
    world.crash(0xFF);
}
