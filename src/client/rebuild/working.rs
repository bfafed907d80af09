//! The calls that rebuild a viewer, one after another, never while it is opening
//! something by itself.

use super::{POLL_MS, Rebuilding, Step, UnderWay};
use crate::client::{Driver, Effect, Machine, Now, timers::Timer};
use crate::{
    protocol::handshake::Handshake,
    rebuild::{Call, Verdict, opens_file},
};

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Makes the next call. While the viewer is opening something, there is none; and
    /// before one that opens something, it is asked whether it is.
    pub(super) fn go_on_working(&mut self) {
        let makes_region = self.own.tracker.is_making_region();
        let waits = self.rebuild().is_some_and(|rebuild| makes_region && rebuild.imports_next());
        if self.own.tracker.is_opening_image() || waits {
            return self.work_later();
        }
        let Some(work) = self.work_mut() else { return };
        let mut next = None;
        if work.adopted && work.held.is_none() {
            next = work.rebuild.next();
            let done = next.is_none();
            let regions_follow = work.rebuild.regions_follow();
            work.held = next.take_if(|call| opens_file(call));
            self.tell_progress();
            if regions_follow {
                self.images_are_open();
            }
            if done {
                return self.rebuilt();
            }
        }
        match (next, self.work_mut()) {
            (Some(call), _) => self.make(&call, false),
            (None, Some(work)) => {
                let ask = work.idle.ask();
                self.make(&ask, true);
            }
            (None, None) => {}
        }
    }

    /// The user does not want to wait for the rest: it stays in the archive. What is
    /// under way comes to its end.
    pub fn stop_rebuilding(&mut self, now: Now) {
        self.note_time(now);
        let Some(work) = self.work_mut() else { return };
        work.rebuild.stop();
        if work.held.take().is_some() {
            work.rebuild.answered(false, "", "");
        }
        self.go_on_importing();
        let Some(work) = self.work_mut() else { return };
        // Nothing is opened any more.
        work.adopted = true;
        if work.under_way.take_if(|call| call.asks).is_some() || work.under_way.is_none() {
            self.go_on_working();
        }
        self.refresh_status();
    }

    fn work_later(&mut self) {
        self.timers.set(Timer::Rebuild, self.now.after(POLL_MS));
    }

    pub(super) fn told_whether_idle(&mut self, value: &str) {
        // A workspace of the viewer's own is there before its regions are.
        let is_adopting = self.work_mut().is_some_and(|work| !work.adopted);
        let opens = self.own.tracker.is_opening_image()
            || (is_adopting && self.own.tracker.is_setting_region());
        let Some(work) = self.work_mut() else { return };
        match work.idle.answered(value) {
            Verdict::AskOn => self.go_on_working(),
            Verdict::Idle if !opens => {
                if let Some(call) = work.held.take() {
                    return self.make(&call, false);
                }
                self.adopt_open();
                self.go_on_working();
            }
            Verdict::Busy | Verdict::Idle => self.work_later(),
        }
    }

    /// Takes what the viewer has opened by itself for what was kept.
    pub(super) fn adopt_open(&mut self) {
        if let Some(Rebuilding { step: Step::Working(work), .. }) = &mut self.own.rebuilding {
            work.rebuild.adopt(self.own.tracker.workspace());
            work.adopted = true;
        }
    }

    fn make(&mut self, call: &Call, asks: bool) {
        let request_id = self.call(call);
        if let Some(work) = self.work_mut() {
            work.under_way = Some(UnderWay { request_id, asks });
        }
    }

    pub(super) fn tell_progress(&mut self) {
        if let Some(work) = self.work_mut() {
            let told = (work.rebuild.progress(), work.rebuild.regions_progress());
            if work.told.replace(told) != Some(told) {
                let ((done, all), regions) = told;
                self.effects.push_back(Effect::Rebuilding { done, all, regions });
            }
        }
    }
}
