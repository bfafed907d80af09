//! After a reload of a viewer that does not know this client: it starts empty,
//! and is given back what the page before had, by calls that it carries out
//! because they come in on its socket.
//!
//! The viewer then asks the backend for everything itself, under new ids.

mod importing;
mod rebuilt;
mod working;

use super::{
    Code, Driver, Effect, Machine, Problem,
    offer::Kept,
    requests::FIRST_OWN_ID,
    timers::{Due, Timer},
};
use crate::{
    protocol::{
        EventType, Frame, Header, handshake::Handshake, messages::ScriptingResponse, words::quoted,
    },
    rebuild::{Call, Idle, Rebuild},
    workspace::{ViewPart, Wanted, Workspace},
};

/// How long the viewer may take for one call, in milliseconds: the backend may
/// have a large file to open.
const STEP_MS: u64 = 120_000;

/// A viewer that has just been loaded may not listen yet: it is asked this often
/// whether it can be rebuilt, and this long after each other, in milliseconds.
const PROBES: u32 = 30;
const PROBE_MS: u64 = 1_000;

/// How long after each other a viewer is asked whether it is still opening something
/// by itself, in milliseconds.
const POLL_MS: u64 = 250;

/// What a viewer is rebuilt from, and how far it is.
#[derive(Debug)]
pub(super) struct Rebuilding {
    kept: Kept,
    step: Step,
}

impl Rebuilding {
    fn is_from_archive(&self) -> bool {
        self.kept.reason.is_from_elsewhere()
    }
}

#[derive(Debug)]
enum Step {
    /// It is not known yet whether the viewer can be rebuilt.
    Recognising { probes: u32 },
    /// It can be, and its user is to be asked. While that is done, what was kept
    /// is with the [`Question`](super::question::Question).
    Recognised,
    /// The user wants it.
    Working(Box<Work>),
}

/// Calls that the viewer carries out one after another, never while it is opening
/// something by itself.
#[derive(Debug)]
struct Work {
    rebuild: Rebuild,
    /// What the viewer has opened by itself is taken for what was kept.
    adopted: bool,
    idle: Idle,
    /// A call that is made when the viewer opens nothing.
    held: Option<Call>,
    /// The call that is not answered.
    under_way: Option<UnderWay>,
    /// The progress that was told last.
    told: Option<Progress>,
    /// All of what was kept is wanted.
    whole: bool,
    /// What is to be made again afterwards.
    wanted: Vec<Wanted>,
    /// How it was shown.
    view: Vec<ViewPart>,
    /// Regions on computed images, by their ids in the previous page.
    lost_regions: Vec<i32>,
    since: u64,
}

/// Calls done and in all; the same of regions while they are restored.
type Progress = ((usize, usize), Option<(usize, usize)>);

#[derive(Clone, Copy, Debug)]
struct UnderWay {
    request_id: u32,
    /// It asks whether the viewer is opening something.
    asks: bool,
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// The viewer is being rebuilt, and has nothing yet but of what is in the archive.
    pub(super) fn is_part_of_rebuilding(&self) -> bool {
        match &self.own.rebuilding {
            Some(Rebuilding { kept, step: Step::Working(_) }) => {
                self.own.tracker.workspace().is_subset_of(&kept.workspace)
            }
            _ => false,
        }
    }

    /// Takes up what an earlier page kept for this backend. Once the viewer
    /// shows that it can be rebuilt, the user is asked. False if the viewer is
    /// not new: then it has everything itself.
    pub fn offer_for_rebuilding(&mut self, kept: Kept) -> bool {
        let is_new = self.own.registrar.viewer().is_some_and(|viewer| viewer.is_new);
        if !is_new || self.is_closed() {
            return false;
        }
        self.begin_rebuilding(kept);
        true
    }

    /// The same for what comes from the archive; false if another one is under
    /// way.
    pub(super) fn rebuild_from_archive(&mut self, kept: Kept) -> bool {
        let may = self.may_rebuild_from_archive();
        if may {
            self.begin_rebuilding(kept);
        }
        may
    }

    pub(super) fn may_rebuild_from_archive(&self) -> bool {
        let rests = match self.own.rebuilding.as_ref().map(|rebuilding| &rebuilding.step) {
            // What was not asked about is there still, for the next page.
            None | Some(Step::Recognised) => true,
            Some(Step::Recognising { probes }) => *probes > PROBES,
            Some(Step::Working(_)) => false,
        };
        rests && !self.own.question.is_about_rebuilding()
    }

    fn begin_rebuilding(&mut self, kept: Kept) {
        if self.own.question.is_about_rebuilding() {
            self.settle_question();
        }
        self.own.rebuilding = Some(Rebuilding { kept, step: Step::Recognising { probes: 0 } });
        self.go_on_rebuilding();
    }

    /// Begins, or goes on where the connection was lost: asks the viewer something
    /// harmless, and then its user.
    pub(super) fn go_on_rebuilding(&mut self) {
        if !self.state.is_active() {
            return;
        }
        match self.own.rebuilding.as_ref().map(|rebuilding| &rebuilding.step) {
            Some(Step::Recognising { .. }) => {
                self.put_step(Step::Recognising { probes: 0 });
                self.probe_viewer();
            }
            Some(Step::Recognised) => {
                if let Some(Rebuilding { kept, .. }) = self.own.rebuilding.take() {
                    self.ask_about_rebuilding(kept);
                }
            }
            Some(Step::Working(work)) if work.under_way.is_some() => {
                self.give_time_to_rebuild();
                if let Some(rebuild) = self.rebuild_and_workspace().0 {
                    rebuild.connection_lost();
                }
                self.go_on_importing();
            }
            Some(Step::Working(_)) => self.go_on_working(),
            None => {}
        }
    }

    fn probe_viewer(&mut self) {
        let Some(Rebuilding { step: Step::Recognising { probes }, .. }) = &mut self.own.rebuilding
        else {
            return;
        };
        *probes += 1;
        if *probes <= PROBES {
            self.call(&Rebuild::probe());
            self.timers.set(Timer::Rebuild, self.now.after(PROBE_MS));
        } else if self.own.rebuilding.take_if(|rebuilding| rebuilding.is_from_archive()).is_some() {
            let message = "This viewer cannot be rebuilt from the archive.";
            self.end_restore(Err(Problem::new(Code::NotActive, message)));
        }
    }

    fn put_step(&mut self, step: Step) {
        if let Some(rebuilding) = &mut self.own.rebuilding {
            rebuilding.step = step;
        }
    }

    fn call(&mut self, call: &Call) -> u32 {
        self.give_time_to_rebuild();
        self.feed_call(call)
    }

    pub(super) fn give_time_to_rebuild(&mut self) {
        self.timers.set(Timer::Rebuild, self.now.after(STEP_MS));
    }

    pub(super) fn feed_call(&mut self, call: &Call) -> u32 {
        let request_id = self.new_request_id();
        let event_type = EventType::ScriptingRequest.number();
        let header = Header { event_type, icd_version: self.own.handshake.version(), request_id };
        let frame = Frame::from_payload(header, &call.encode(request_id));
        self.effects.push_back(Effect::Feed(frame));
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
        self.has_called(answered);
        self.own.ghosts.answered(answered);
        match self.own.rebuilding.as_mut().map(|rebuilding| &mut rebuilding.step) {
            Some(Step::Recognising { .. }) => {
                self.timers.clear(Timer::Rebuild);
                self.put_step(Step::Recognised);
                self.go_on_rebuilding();
            }
            Some(Step::Working(work)) => {
                // Others are to a probe or a call that was given up.
                if let Some(UnderWay { asks, .. }) =
                    work.under_way.take_if(|call| call.request_id == answered)
                {
                    let ScriptingResponse { success, response, message, .. } = &response;
                    if asks {
                        self.told_whether_idle(if *success { response } else { "" });
                    } else {
                        let why = quoted("the viewer", message);
                        work.rebuild.answered(*success, response, &why);
                        work.rebuild.check(self.own.tracker.workspace());
                        self.remove_regions();
                        self.go_on_working();
                    }
                }
            }
            Some(Step::Recognised) | None => {}
        }
        self.refresh_status();
        true
    }

    /// The user could not be asked, or not on this connection: they are on the
    /// next one, or by the next page.
    pub(super) fn rebuild_later(&mut self, kept: Kept) {
        self.own.rebuilding = Some(Rebuilding { kept, step: Step::Recognised });
    }

    /// The user wants this back; `whole`: all of what was kept.
    pub(super) fn begin_work(&mut self, mut kept: Kept, whole: bool) {
        let lost_regions = kept.workspace.regions_on_generated();
        let unwanted = kept.workspace.want(&self.take_ticked());
        self.not_wanted(unwanted);
        let wanted = kept.workspace.take_wanted();
        let view = kept.workspace.view_parts();
        let rebuild = Rebuild::new(&kept.workspace);
        let work = Work {
            rebuild,
            adopted: false,
            idle: Idle::default(),
            held: None,
            under_way: None,
            told: None,
            whole,
            wanted,
            view,
            lost_regions,
            since: self.now.monotonic,
        };
        self.own.rebuilding = Some(Rebuilding { kept, step: Step::Working(Box::new(work)) });
        self.tell_progress();
        self.go_on_working();
    }

    /// The viewer is being rebuilt.
    pub(super) fn is_rebuilding(&self) -> bool {
        matches!(self.own.rebuilding, Some(Rebuilding { step: Step::Working(_), .. }))
    }

    fn work_mut(&mut self) -> Option<&mut Work> {
        match &mut self.own.rebuilding {
            Some(Rebuilding { step: Step::Working(work), .. }) => Some(work),
            Some(_) | None => None,
        }
    }

    pub(super) fn rebuild(&self) -> Option<&Rebuild> {
        match &self.own.rebuilding {
            Some(Rebuilding { step: Step::Working(work), .. }) => Some(&work.rebuild),
            Some(_) | None => None,
        }
    }

    pub(super) fn rebuild_and_workspace(&mut self) -> (Option<&mut Rebuild>, &mut Workspace) {
        let rebuild = match &mut self.own.rebuilding {
            Some(Rebuilding { step: Step::Working(work), .. }) => Some(&mut work.rebuild),
            Some(_) | None => None,
        };
        (rebuild, self.own.tracker.workspace_mut())
    }

    /// The viewer does not answer. What it does may be waiting for a connection.
    pub(super) fn rebuilding_overdue(&mut self, due: Due) {
        let rebuilding = self.own.rebuilding.as_ref().map(|rebuilding| &rebuilding.step);
        if matches!(rebuilding, Some(Step::Recognising { .. })) {
            return self.probe_viewer();
        }
        if !self.state.is_active() || self.silent_since().is_some() {
            return self.timers.extend(Timer::Rebuild, self.now.after(STEP_MS));
        }
        let Some(work) = self.work_mut() else { return };
        match work.under_way {
            Some(_) if due == Due::Late => {
                self.timers.extend(Timer::Rebuild, self.now.after(STEP_MS));
            }
            Some(_) if work.rebuild.regions_overdue() => self.go_on_importing(),
            Some(UnderWay { asks, .. }) => {
                work.under_way = None;
                if asks && work.held.take().is_none() {
                    self.adopt_open();
                } else {
                    work.rebuild.answered(false, "", "The viewer did not answer in time.");
                }
                self.remove_regions();
                self.go_on_working();
            }
            None => self.go_on_working(),
        }
    }

    /// There is nothing left to rebuild.
    pub(super) fn end_rebuilding(&mut self) {
        if self.own.rebuilding.take().is_some_and(|rebuilding| rebuilding.is_from_archive()) {
            self.end_restore(Err(Problem::closed()));
        }
    }
}
