//! Making images again that the backend had in its memory only, where the user has ticked
//! them: one after another, each by the request that made it before.
//!
//! The client asks under an id of its own. A viewer that does not know it is called to
//! ask by itself, so that it takes the answer for its own; what it sends is replaced by
//! what it sent before.

use prost::bytes::Bytes;
use serde::Serialize;

use super::{Driver, Effect, Machine};
use crate::{
    connection::{Now, timers::Timer},
    protocol::{
        EventType, Frame, Header,
        handshake::Handshake,
        messages::views::{FirstId, Outcome, Progress},
        words::quoted,
    },
    rebuild::{close_image, remake},
    tracking::generated_images,
    workspace::{OfferCalculation, Remake},
};

/// How long the viewer may take to ask, in milliseconds.
const CALL_MS: u64 = 30_000;

/// What is being made again, and what came of it so far.
#[derive(Debug, Default)]
pub(super) struct Remaking {
    /// What the user has ticked, of the open offer.
    ticked: Vec<i32>,
    current: Option<Current>,
    /// How many are done, for the progress.
    done: usize,
    outcome: Remade,
}

#[derive(Debug)]
struct Current {
    what: OfferCalculation,
    event: EventType,
    payload: Bytes,
    stage: Stage,
    stopped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The viewer is called to ask, under this id.
    Called(u32),
    /// The backend is asked, under this id.
    Asked(u32),
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemakeProgress {
    /// What is being made.
    pub calculation: OfferCalculation,
    /// Of this one, from 0 to 1.
    pub progress: f32,
    /// Those that are done.
    pub done: usize,
    /// All of them.
    pub all: usize,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Remade {
    /// What was made again.
    pub made: Vec<Made>,
    /// What was not.
    pub not_made: Vec<NotMade>,
}

/// Something that was made again.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// As it was offered.
    pub calculation: OfferCalculation,
    /// The new images; none of a preview.
    pub images: Vec<RemadeImage>,
}

/// An image that was made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemadeImage {
    /// Its file id now.
    pub file_id: i32,
    /// The file id of the image in whose place it is; `None` if the viewer had closed
    /// that one.
    pub was: Option<i32>,
}

/// Something that was not made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotMade {
    /// As it was offered.
    pub calculation: OfferCalculation,
    /// Why, often in the backend's words; "" = it was not ticked.
    pub message: String,
}

impl<D: Driver, H: Handshake> Machine<D, H> {
    // What the user wants

    /// The user has ticked what is to be made again, and answers next.
    pub(super) fn ticked(&mut self, offer: u32, calculations: Vec<i32>) {
        if self.own.question.open_offer() == Some(offer) {
            self.own.remaking.ticked = calculations;
        }
    }

    pub(super) fn take_ticked(&mut self) -> Vec<i32> {
        std::mem::take(&mut self.own.remaking.ticked)
    }

    /// The answer is carried out: what is ticked is made again after the resume.
    pub(super) fn want_remakes(&mut self) {
        let unwanted = self.own.tracker.workspace_mut().want(&self.own.remaking.ticked);
        self.not_wanted(unwanted);
    }

    pub(super) fn not_wanted(&mut self, unwanted: Vec<OfferCalculation>) {
        for calculation in unwanted {
            self.own
                .remaking
                .outcome
                .not_made
                .push(NotMade { calculation, message: String::new() });
        }
    }

    pub(super) fn not_made(&mut self, calculation: OfferCalculation, message: &str) {
        let message = message.to_owned();
        self.own.remaking.outcome.not_made.push(NotMade { calculation, message });
        self.own.remaking.done += 1;
    }

    /// What was made again and is gone with another backend is not told as made.
    pub(super) fn lost_again(&mut self, images: &[i32], previews: &[OfferCalculation]) {
        self.own.remaking.outcome.made.retain(|made| {
            let preview = made.calculation.preview_id;
            let image_lost = made.images.iter().any(|image| images.contains(&image.file_id));
            let preview_lost = previews.iter().any(|lost| lost.preview_id == preview);
            !image_lost && (preview.is_none() || !preview_lost)
        });
    }

    /// What is to be made again, or is being made.
    pub(super) fn remakes(&self) -> Vec<OfferCalculation> {
        let workspace = self.own.tracker.workspace();
        workspace.remakes().into_iter().filter_map(|id| workspace.describe(id)).collect()
    }

    // One after another

    /// Makes the next one, if none is being made.
    pub(super) fn remake_next(&mut self) {
        if !self.state.is_active() || self.is_rebuilding() {
            return;
        }
        if let Some(Current { what, stage, .. }) = &self.own.remaking.current {
            let is_under_way = match *stage {
                Stage::Called(_) => true,
                Stage::Asked(id) => self.own.tracker.awaits(id),
            };
            if is_under_way {
                return self.tell_remaking(0.0);
            }
            // The viewer has closed what it is made from.
            self.own.tracker.workspace_mut().set_asked(what.id, false);
            self.own.remaking.current = None;
        }
        for id in self.own.tracker.workspace().remakes() {
            let Some(what) = self.own.tracker.workspace().describe(id) else { continue };
            match self.own.tracker.workspace_mut().remake(id) {
                Some(Ok(remake)) => return self.begin_remake(what, &remake),
                Some(Err(why)) => {
                    self.own.tracker.workspace_mut().forget_calculation(id);
                    self.not_made(what, why);
                }
                None => {}
            }
        }
        self.own.remaking.done = 0;
        let outcome = std::mem::take(&mut self.own.remaking.outcome);
        if outcome != Remade::default() {
            self.effects.push_back(Effect::Remade(outcome));
        }
    }

    fn begin_remake(&mut self, what: OfferCalculation, wanted: &Remake) {
        self.own.tracker.workspace_mut().set_asked(wanted.id, true);
        let (event, payload) = (wanted.event, wanted.payload.clone());
        let stage = if self.is_drop_in() {
            self.timers.set(Timer::Remake, self.now.after(CALL_MS));
            Stage::Called(self.feed_call(&remake(wanted)))
        } else {
            Stage::Asked(self.new_request_id())
        };
        let current = Current { what, event, payload: payload.clone(), stage, stopped: false };
        self.own.remaking.current = Some(current);
        self.tell_remaking(0.0);
        if let Stage::Asked(request_id) = stage {
            let icd_version = self.own.handshake.version();
            let header = Header { event_type: event.number(), icd_version, request_id };
            self.transmit(Frame::from_payload(header, &payload));
        }
    }

    fn tell_remaking(&mut self, progress: f32) {
        let Some(current) = &self.own.remaking.current else { return };
        let calculation = current.what.clone();
        let done = self.own.remaking.done;
        let all = done + self.own.tracker.workspace().remakes().len();
        let progress = RemakeProgress { calculation, progress, done, all };
        self.effects.push_back(Effect::Remaking(progress));
    }

    /// The viewer asks for what it was called to ask for: it sends what it sent before.
    pub(super) fn as_before(&mut self, frame: Frame) -> Frame {
        let Some(current) = &mut self.own.remaking.current else { return frame };
        let asks = matches!(current.stage, Stage::Called(_))
            && frame.event() == Some(current.event)
            && frame.decode().is_ok_and(|FirstId { id }| id == current.what.file_id);
        if !asks {
            return frame;
        }
        self.timers.clear(Timer::Remake);
        current.stage = Stage::Asked(frame.header().request_id);
        Frame::from_payload(frame.header(), &current.payload)
    }

    /// The viewer has answered a call: if it has not asked by now, it does not.
    pub(super) fn has_called(&mut self, call: u32) {
        if self.own.remaking.current.as_ref().is_some_and(|it| it.stage == Stage::Called(call)) {
            self.give_up_remake("The viewer did not ask the backend for it.");
        }
    }

    /// The viewer was called and does nothing.
    pub(super) fn remake_overdue(&mut self) {
        if matches!(self.own.remaking.current, Some(Current { stage: Stage::Called(_), .. })) {
            self.give_up_remake("The viewer did not ask the backend for it in time.");
        }
    }

    fn give_up_remake(&mut self, why: &str) {
        if let Some(Current { what, .. }) = self.own.remaking.current.take() {
            self.timers.clear(Timer::Remake);
            self.own.tracker.workspace_mut().forget_calculation(what.id);
            self.not_made(what, why);
        }
        self.remake_next();
    }

    // What the backend says

    /// Whether this is the backend's word on what is being made again.
    pub(super) fn is_about_remake(&self, header: Header) -> bool {
        let Some(Current { event, stage: Stage::Asked(id), .. }) = self.own.remaking.current else {
            return false;
        };
        header.event().is_some_and(|of| progress_of(event) == of)
            || (event.answer() == header.event() && header.request_id == id)
    }

    /// The backend tells how far it is, or has answered. To be called after the tracker
    /// has heard it.
    pub(super) fn told_of_remake(&mut self, frame: &Frame) {
        let Some(Current { event, what, .. }) = &self.own.remaking.current else { return };
        if frame.event() != event.answer() {
            if let Ok(Progress { file_id, second, third }) = frame.decode()
                && file_id == what.file_id
            {
                let is_pv = *event == EventType::PvRequest;
                let progress = if is_pv { third } else { second }.unwrap_or_default();
                self.tell_remaking(if progress > 0.0 { progress.min(1.0) } else { 0.0 });
            }
            return;
        }
        let Some(Current { what, stopped, .. }) = self.own.remaking.current.take() else { return };
        let Outcome { success, message } = frame.decode().unwrap_or_default();
        let acks = generated_images(frame).unwrap_or_default();
        let replaced = self.own.tracker.workspace().replaced(what.id, &acks);
        self.own.tracker.workspace_mut().forget_calculation(what.id);
        let is_preview = what.images.is_empty();
        if !success || (replaced.is_empty() && !is_preview) {
            let stopped = if stopped { "It was stopped." } else { "The backend made no image." };
            let said = quoted("The backend", &message);
            self.not_made(what, if said.is_empty() { stopped } else { &said });
            return self.remake_next();
        }
        let mut images = Vec::new();
        for (file_id, was) in replaced {
            if was.is_none() && self.is_drop_in() {
                // The viewer had closed that one.
                self.feed_call(&close_image(file_id));
            } else {
                images.push(RemadeImage { file_id, was });
            }
        }
        if self.is_drop_in() && !images.is_empty() {
            self.effects.push_back(Effect::RemadeImages(images.clone()));
        }
        self.own.remaking.done += 1;
        self.own.remaking.outcome.made.push(Made { calculation: what, images });
        self.remake_next();
    }

    // What ends it

    /// The user does not want to wait for it.
    pub fn stop_remaking(&mut self, now: Now) {
        self.note_time(now);
        for what in self.remakes() {
            let is_current = self
                .own
                .remaking
                .current
                .as_ref()
                .is_some_and(|current| current.what.id == what.id);
            if !is_current {
                self.own.tracker.workspace_mut().forget_calculation(what.id);
                self.not_made(what, "It was stopped.");
            }
        }
        let Some(Current { event, what, stage, stopped, .. }) = &mut self.own.remaking.current
        else {
            return self.remake_next();
        };
        let stop = match event {
            EventType::MomentRequest => EventType::StopMomentCalc,
            EventType::PvRequest => EventType::StopPvCalc,
            _ => EventType::StopFitting,
        };
        *stopped = true;
        let (file_id, stage) = (what.file_id, *stage);
        match stage {
            Stage::Asked(_) if self.state.is_active() => self.send_id(stop, file_id),
            Stage::Asked(_) => {}
            Stage::Called(_) => self.give_up_remake("It was stopped."),
        }
    }

    /// A connection is lost. What was asked is asked again after the resume; what was not
    /// is offered again.
    pub(super) fn interrupt_remaking(&mut self) {
        let Some(Current { what, stage, .. }) = &self.own.remaking.current else { return };
        if let Stage::Asked(id) = *stage
            && self.own.tracker.awaits(id)
        {
            return;
        }
        self.own.tracker.workspace_mut().set_asked(what.id, false);
        self.own.remaking.current = None;
        self.timers.clear(Timer::Remake);
    }

    /// It was being made again when two connections were lost.
    pub(super) fn remake_lost_twice(&mut self, request: Header, why: &str) {
        let asked = Stage::Asked(request.request_id);
        let of_it = |it: &mut Current| it.stage == asked && it.event.number() == request.event_type;
        if let Some(Current { what, .. }) = self.own.remaking.current.take_if(of_it) {
            self.own.tracker.workspace_mut().forget_calculation(what.id);
            self.not_made(what, why);
        }
    }

    /// What was to be made belongs to a session that is given up.
    pub(super) fn forget_remaking(&mut self) {
        self.own.remaking = Remaking::default();
        self.timers.clear(Timer::Remake);
    }
}

const fn progress_of(request: EventType) -> EventType {
    match request {
        EventType::MomentRequest => EventType::MomentProgress,
        EventType::PvRequest => EventType::PvProgress,
        _ => EventType::FittingProgress,
    }
}
