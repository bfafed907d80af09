//! After a reload of a viewer that does not know this client: it starts empty,
//! and is given back what the page before had, by calls that it carries out
//! because they come in on its socket.
//!
//! The viewer then asks the backend for everything itself, under new ids.

use super::{
    Code, Driver, Effect, Machine, Problem, Report,
    offer::{Kept, Reason, RestoreOutcome},
    requests::FIRST_OWN_ID,
    timers::{Due, Timer},
};
use crate::{
    protocol::{EventType, Frame, Header, handshake::Handshake, messages::ScriptingResponse},
    rebuild::{Call, Rebuild},
    workspace::Restored,
};

/// How long the viewer may take for one call, in milliseconds: the backend may
/// have a large file to open.
const STEP_MS: u64 = 120_000;

/// A viewer that has just been loaded may not listen yet: it is asked this often
/// whether it can be rebuilt, and this long after each other, in milliseconds.
const PROBES: u32 = 30;
const PROBE_MS: u64 = 1_000;

/// What a viewer is rebuilt from, and how far it is.
#[derive(Debug)]
pub(super) struct Rebuilding {
    kept: Kept,
    step: Step,
}

impl Rebuilding {
    fn is_from_archive(&self) -> bool {
        self.kept.reason == Reason::Archive
    }
}

#[derive(Debug)]
enum Step {
    /// It is not known yet whether the viewer can be rebuilt.
    Recognising { probes: u32 },
    /// It can be, and its user is to be asked. While that is done, what was kept
    /// is with the [`Question`](super::question::Question).
    Recognised,
    /// The user wants it; the viewer is opening an image by itself, which may be one of
    /// those that were kept.
    Adopting { whole: bool, since: u64 },
    /// The viewer carries out a call.
    Calling { rebuild: Box<Rebuild>, request_id: u32, whole: bool, since: u64 },
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// Takes up what an earlier page kept for this backend. Once the viewer
    /// shows that it can be rebuilt, the user is asked. False if the viewer is
    /// not new: then it has everything itself.
    pub fn offer_for_rebuilding(&mut self, kept: Kept) -> bool {
        let is_new = self.registrar.viewer().is_some_and(|viewer| viewer.is_new);
        if !is_new || self.is_closed() {
            return false;
        }
        self.begin_rebuilding(kept);
        true
    }

    /// The same for what comes from the archive; false if another one is under
    /// way.
    pub(super) fn rebuild_from_archive(&mut self, kept: Kept) -> bool {
        let rests = match self.rebuilding.as_ref().map(|rebuilding| &rebuilding.step) {
            // What was not asked about is there still, for the next page.
            None | Some(Step::Recognised) => true,
            Some(Step::Recognising { probes }) => *probes > PROBES,
            Some(Step::Adopting { .. } | Step::Calling { .. }) => false,
        };
        if !rests || self.question.is_about_rebuilding() {
            return false;
        }
        self.begin_rebuilding(kept);
        true
    }

    fn begin_rebuilding(&mut self, kept: Kept) {
        if self.question.is_about_rebuilding() {
            self.settle_question();
        }
        self.rebuilding = Some(Rebuilding { kept, step: Step::Recognising { probes: 0 } });
        self.go_on_rebuilding();
    }

    /// Begins, or goes on where the connection was lost: asks the viewer something
    /// harmless, and then its user.
    pub(super) fn go_on_rebuilding(&mut self) {
        if !self.state.is_active() {
            return;
        }
        match self.rebuilding.as_ref().map(|rebuilding| &rebuilding.step) {
            Some(Step::Recognising { .. }) => {
                self.put_step(Step::Recognising { probes: 0 });
                self.probe_viewer();
            }
            Some(Step::Recognised) => {
                if let Some(Rebuilding { kept, .. }) = self.rebuilding.take() {
                    self.ask_about_rebuilding(kept);
                }
            }
            Some(Step::Adopting { .. } | Step::Calling { .. }) => {
                self.timers.set(Timer::Rebuild, self.now.after(STEP_MS));
            }
            None => {}
        }
    }

    fn probe_viewer(&mut self) {
        let Some(Rebuilding { step: Step::Recognising { probes }, .. }) = &mut self.rebuilding
        else {
            return;
        };
        *probes += 1;
        if *probes <= PROBES {
            self.call(&Rebuild::probe());
            self.timers.set(Timer::Rebuild, self.now.after(PROBE_MS));
        } else if self.rebuilding.take_if(|rebuilding| rebuilding.is_from_archive()).is_some() {
            let message = "This viewer cannot be rebuilt from the archive.";
            self.end_restore(Err(Problem::new(Code::NotActive, message)));
        }
    }

    fn put_step(&mut self, step: Step) {
        if let Some(rebuilding) = &mut self.rebuilding {
            rebuilding.step = step;
        }
    }

    fn call(&mut self, call: &Call) -> u32 {
        let request_id = self.new_request_id();
        let event_type = EventType::ScriptingRequest.number();
        let header = Header { event_type, icd_version: self.handshake.version(), request_id };
        let frame = Frame::from_payload(header, &call.encode(request_id));
        self.effects.push_back(Effect::Feed(frame));
        self.timers.set(Timer::Rebuild, self.now.after(STEP_MS));
        request_id
    }

    /// Whether a frame of the viewer's is its answer to a call of ours, which the
    /// backend must not see.
    pub(super) fn answers_us(&mut self, frame: &Frame) -> bool {
        if frame.event() != Some(EventType::ScriptingResponse) {
            return false;
        }
        let Ok(response) = frame.decode::<ScriptingResponse>() else { return false };
        let answered = response.scripting_request_id.cast_unsigned();
        // A backend numbers its own from 1.
        if answered < FIRST_OWN_ID {
            return false;
        }
        match self.rebuilding.as_mut().map(|rebuilding| &mut rebuilding.step) {
            Some(Step::Recognising { .. }) => {
                self.timers.clear(Timer::Rebuild);
                self.put_step(Step::Recognised);
                self.go_on_rebuilding();
            }
            Some(Step::Calling { rebuild, request_id, .. }) if *request_id == answered => {
                rebuild.answered(response.success, &response.response, &response.message);
                self.next_call();
            }
            // To a probe or a call that was given up.
            Some(Step::Recognised | Step::Adopting { .. } | Step::Calling { .. }) | None => {}
        }
        self.refresh_status();
        true
    }

    /// The user could not be asked, or not on this connection: they are on the
    /// next one, or by the next page.
    pub(super) fn rebuild_later(&mut self, kept: Kept) {
        self.rebuilding = Some(Rebuilding { kept, step: Step::Recognised });
    }

    /// The user wants this back; `whole`: all of what was kept.
    pub(super) fn rebuild(&mut self, kept: Kept, whole: bool) {
        let step = Step::Adopting { whole, since: self.now.monotonic };
        self.rebuilding = Some(Rebuilding { kept, step });
        self.timers.set(Timer::Rebuild, self.now.after(STEP_MS));
        self.adopt_when_open();
    }

    /// Begins with the calls once the viewer has opened what the page's address has
    /// told it to.
    pub(super) fn adopt_when_open(&mut self) {
        let step = self.rebuilding.as_ref().map(|rebuilding| &rebuilding.step);
        if matches!(step, Some(Step::Adopting { .. })) && !self.tracker.is_opening_image() {
            self.begin_calls();
        }
    }

    fn begin_calls(&mut self) {
        let Some(Rebuilding { kept, step }) = &mut self.rebuilding else { return };
        let Step::Adopting { whole, since } = *step else { return };
        let mut rebuild = Box::new(Rebuild::new(std::mem::take(&mut kept.workspace)));
        rebuild.adopt(self.tracker.workspace());
        *step = Step::Calling { rebuild, request_id: 0, whole, since };
        self.next_call();
    }

    fn next_call(&mut self) {
        let Some(Rebuilding { step: Step::Calling { rebuild, .. }, .. }) = &mut self.rebuilding
        else {
            return;
        };
        let next = rebuild.next();
        let (done, all) = rebuild.progress();
        self.effects.push_back(Effect::Rebuilding { done, all });
        let Some(call) = next else { return self.rebuilt() };
        let called = self.call(&call);
        if let Some(Rebuilding { step: Step::Calling { request_id, .. }, .. }) =
            &mut self.rebuilding
        {
            *request_id = called;
        }
    }

    fn rebuilt(&mut self) {
        self.timers.clear(Timer::Rebuild);
        let Some(Rebuilding { kept, step: Step::Calling { rebuild, whole, since, .. } }) =
            self.rebuilding.take()
        else {
            return;
        };
        let outcome = rebuild.outcome();
        let success = outcome.failed_images.is_empty()
            && outcome.failed_regions.is_empty()
            && outcome.failed_catalogs.is_empty()
            && outcome.messages.is_empty();
        for (id, name) in &outcome.region_names {
            self.tracker.workspace_mut().name_region(*id, name);
        }
        let whole = whole && success;
        if kept.reason == Reason::Archive {
            let outcome = if whole { RestoreOutcome::Whole } else { RestoreOutcome::Part };
            self.end_restore(Ok(outcome));
        } else {
            self.effects.push_back(Effect::Rebuilt { whole });
        }
        self.effects.push_back(Effect::Resumed(Report {
            reason: kept.reason,
            restored: Restored {
                success,
                message: outcome.messages.join(" "),
                images: outcome.images.iter().map(|&(_, new)| new).collect(),
                failed_images: outcome.failed_images,
                failed_regions: outcome.failed_regions,
                catalogs: outcome.catalogs,
            },
            duration_ms: self.now.monotonic - since,
            bytes_sent: 0,
        }));
    }

    /// The viewer does not answer. What it does may be waiting for a connection.
    pub(super) fn rebuilding_overdue(&mut self, due: Due) {
        let rebuilding = self.rebuilding.as_ref().map(|rebuilding| &rebuilding.step);
        if matches!(rebuilding, Some(Step::Recognising { .. })) {
            return self.probe_viewer();
        }
        if due == Due::Late || !self.state.is_active() || self.silent_since().is_some() {
            self.timers.extend(Timer::Rebuild, self.now.after(STEP_MS));
            return;
        }
        match self.rebuilding.as_mut().map(|rebuilding| &mut rebuilding.step) {
            Some(Step::Adopting { .. }) => self.begin_calls(),
            Some(Step::Calling { rebuild, .. }) => {
                rebuild.answered(false, "", "The viewer did not answer in time.");
                self.next_call();
            }
            Some(Step::Recognising { .. } | Step::Recognised) | None => {}
        }
    }

    /// There is nothing left to rebuild.
    pub(super) fn end_rebuilding(&mut self) {
        if self.rebuilding.take().is_some_and(|rebuilding| rebuilding.is_from_archive()) {
            self.end_restore(Err(Problem::closed()));
        }
    }
}
