//! After a reload of a viewer that does not know this client: it starts empty,
//! and is given back what the page before had, by calls that it carries out
//! because they come in on its socket.
//!
//! The viewer then asks the backend for everything itself, under new ids.

use super::{
    offer::{Answer, Aside, Kept, Reason, Report, RestoreOutcome},
    problem::{Code, Problem},
    time::Now,
    timers::{Due, Timer},
};
use crate::{
    protocol::{EventType, Frame, Header, handshake::Handshake, messages::ScriptingResponse},
    rebuild::{Call, Rebuild},
    workspace::Restored,
};

use super::{Effect, FIRST_REQUEST_ID, Machine, State};

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
    /// The user is asked; `None` = not on this connection yet.
    Asking { offer: Option<u32> },
    /// The user wants it; the viewer is opening an image by itself, which may be one of
    /// those that were kept.
    Adopting { whole: bool, since: u64 },
    /// The viewer carries out a call.
    Calling { rebuild: Box<Rebuild>, request_id: u32, whole: bool, since: u64 },
}

impl<H: Handshake> Machine<H> {
    /// Takes up what an earlier page kept for this backend. Once the viewer
    /// shows that it can be rebuilt, the user is asked. False if the viewer is
    /// not new: then it has everything itself.
    pub fn keep_for_rebuilding(&mut self, kept: Kept) -> bool {
        let is_new = self.registered.is_some_and(|viewer| viewer.is_new);
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
            None | Some(Step::Asking { offer: None }) => true,
            Some(Step::Recognising { probes }) => *probes > PROBES,
            Some(Step::Asking { .. } | Step::Adopting { .. } | Step::Calling { .. }) => false,
        };
        if !rests {
            return false;
        }
        self.begin_rebuilding(kept);
        true
    }

    fn begin_rebuilding(&mut self, kept: Kept) {
        self.rebuilding = Some(Rebuilding { kept, step: Step::Recognising { probes: 0 } });
        self.go_on_rebuilding();
    }

    /// Begins, or goes on where the connection was lost: asks the viewer something
    /// harmless, and then its user.
    pub(super) fn go_on_rebuilding(&mut self) {
        if !matches!(self.state, State::Active) {
            return;
        }
        match self.rebuilding.as_ref().map(|rebuilding| &rebuilding.step) {
            Some(Step::Recognising { .. }) => {
                self.put_step(Step::Recognising { probes: 0 });
                self.probe_viewer();
            }
            Some(Step::Asking { offer: None }) => self.ask_about_rebuilding(),
            Some(Step::Adopting { .. } | Step::Calling { .. }) => {
                self.timers.set(Timer::Rebuild, self.last.after(STEP_MS));
            }
            Some(Step::Asking { .. }) | None => {}
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
            self.timers.set(Timer::Rebuild, self.last.after(PROBE_MS));
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
        self.timers.set(Timer::Rebuild, self.last.after(STEP_MS));
        request_id
    }

    /// Whether a frame of the viewer's is its answer to a call of ours, which the
    /// backend must not see.
    pub(super) fn answers_us(&mut self, now: Now, frame: &Frame) -> bool {
        if frame.event() != Some(EventType::ScriptingResponse) {
            return false;
        }
        let Ok(response) = frame.decode::<ScriptingResponse>() else { return false };
        let answered = response.scripting_request_id.cast_unsigned();
        // A backend numbers its own from 1.
        if answered < FIRST_REQUEST_ID {
            return false;
        }
        match self.rebuilding.as_mut().map(|rebuilding| &mut rebuilding.step) {
            Some(Step::Recognising { .. }) => {
                self.timers.clear(Timer::Rebuild);
                self.put_step(Step::Asking { offer: None });
                self.go_on_rebuilding();
            }
            Some(Step::Calling { rebuild, request_id, .. }) if *request_id == answered => {
                rebuild.answered(response.success, &response.response, &response.message);
                self.next_call(now);
            }
            // To a probe or a call that was given up.
            _ => {}
        }
        self.refresh_status();
        true
    }

    fn ask_about_rebuilding(&mut self) {
        let id = self.new_offer();
        let Some(Rebuilding { kept, step }) = &mut self.rebuilding else { return };
        *step = Step::Asking { offer: Some(id) };
        let (reason, saved_at, workspace) = (kept.reason, kept.saved_at, kept.workspace.clone());
        let offer = self.offer_of(id, reason, "", saved_at, &workspace);
        self.effects.push_back(Effect::Ask(offer));
    }

    pub(super) fn asks_about_rebuilding(&self, offer: u32) -> bool {
        let step = self.rebuilding.as_ref().map(|rebuilding| &rebuilding.step);
        matches!(step, Some(Step::Asking { offer: Some(asked) }) if *asked == offer)
    }

    /// The user is asked again on the next connection, or by the next page.
    pub(super) fn rebuilding_was_not_asked(&mut self, message: &str) {
        let problem = Problem::new(
            Code::ConfirmFailed,
            format!("confirmResume failed: {message}. What was stored is there still."),
        );
        if self.rebuilding.take_if(|rebuilding| rebuilding.is_from_archive()).is_some() {
            return self.end_restore(Err(problem));
        }
        self.put_step(Step::Asking { offer: None });
        self.effects.push_back(Effect::Error(problem));
    }

    pub(super) fn answered_about_rebuilding(&mut self, now: Now, answer: Answer) {
        let Some(Rebuilding { mut kept, .. }) = self.rebuilding.take() else { return };
        // A page that ends before the viewer is rebuilt loses nothing.
        let from_archive = kept.reason == Reason::Archive;
        if !from_archive {
            let why = if answer == Answer::No { Aside::Declined } else { Aside::Superseded };
            self.effects.push_back(Effect::PutAway(why));
        }
        let whole = match answer {
            Answer::No if from_archive => {
                return self.end_restore(Ok(RestoreOutcome::Declined));
            }
            Answer::No => return,
            Answer::Yes => true,
            Answer::Part { images, catalogs } => {
                !kept.workspace.retain(&images, catalogs.as_deref())
            }
        };
        let step = Step::Adopting { whole, since: now.monotonic };
        self.rebuilding = Some(Rebuilding { kept, step });
        self.timers.set(Timer::Rebuild, self.last.after(STEP_MS));
        self.adopt_when_open(now);
    }

    /// Begins with the calls once the viewer has opened what the page's address has
    /// told it to.
    pub(super) fn adopt_when_open(&mut self, now: Now) {
        let step = self.rebuilding.as_ref().map(|rebuilding| &rebuilding.step);
        if matches!(step, Some(Step::Adopting { .. })) && !self.tracker.is_opening_image() {
            self.begin_calls(now);
        }
    }

    fn begin_calls(&mut self, now: Now) {
        let Some(Rebuilding { kept, step }) = &mut self.rebuilding else { return };
        let Step::Adopting { whole, since } = *step else { return };
        let mut rebuild = Box::new(Rebuild::new(std::mem::take(&mut kept.workspace)));
        rebuild.adopt(self.tracker.workspace());
        *step = Step::Calling { rebuild, request_id: 0, whole, since };
        self.next_call(now);
    }

    fn next_call(&mut self, now: Now) {
        let Some(Rebuilding { step: Step::Calling { rebuild, .. }, .. }) = &mut self.rebuilding
        else {
            return;
        };
        let next = rebuild.next();
        let (done, all) = rebuild.progress();
        self.effects.push_back(Effect::Rebuilding { done, all });
        let Some(call) = next else { return self.rebuilt(now) };
        let called = self.call(&call);
        if let Some(Rebuilding { step: Step::Calling { request_id, .. }, .. }) =
            &mut self.rebuilding
        {
            *request_id = called;
        }
    }

    fn rebuilt(&mut self, now: Now) {
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
            duration_ms: now.monotonic - since,
            bytes_sent: 0,
        }));
    }

    /// The viewer does not answer. What it does may be waiting for a connection.
    pub(super) fn rebuilding_overdue(&mut self, now: Now, due: Due) {
        let rebuilding = self.rebuilding.as_ref().map(|rebuilding| &rebuilding.step);
        if matches!(rebuilding, Some(Step::Recognising { .. })) {
            return self.probe_viewer();
        }
        if due == Due::Late || !matches!(self.state, State::Active) {
            self.timers.extend(Timer::Rebuild, now.after(STEP_MS));
            return;
        }
        match self.rebuilding.as_mut().map(|rebuilding| &mut rebuilding.step) {
            Some(Step::Adopting { .. }) => self.begin_calls(now),
            Some(Step::Calling { rebuild, .. }) => {
                rebuild.answered(false, "", "The viewer did not answer in time.");
                self.next_call(now);
            }
            Some(Step::Recognising { .. } | Step::Asking { .. }) | None => {}
        }
    }

    /// There is nothing left to rebuild.
    pub(super) fn end_rebuilding(&mut self) {
        self.pause_rebuilding();
        if self.rebuilding.take().is_some_and(|rebuilding| rebuilding.is_from_archive()) {
            self.end_restore(Err(Problem::closed()));
        }
    }

    /// The connection is gone; the question is asked again on the next one.
    pub(super) fn pause_rebuilding(&mut self) {
        if let Some(Rebuilding { step: Step::Asking { offer }, .. }) = &mut self.rebuilding
            && offer.take().is_some()
        {
            self.effects.push_back(Effect::WithdrawOffer);
        }
    }
}
