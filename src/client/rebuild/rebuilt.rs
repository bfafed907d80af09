//! What came of rebuilding a viewer, for its user and for the archive.

use super::{Rebuilding, Step, Work};
use crate::client::{
    Driver, Effect, Machine, Report,
    offer::{KeptView, Reason, RestoreOutcome},
    timers::Timer,
};
use crate::{
    protocol::handshake::Handshake,
    rebuild::Outcome,
    workspace::{Restored, ViewPart},
};

impl<D: Driver, H: Handshake> Machine<D, H> {
    /// The images are open. A change of how they are shown has the viewer draw each region
    /// again, so it is time for that before there are any.
    pub(super) fn images_are_open(&mut self) {
        if let Some(work) = self.work_mut().filter(|work| !work.view.is_empty()) {
            let view = kept_view(work.view.clone(), &work.rebuild.outcome());
            self.effects.push_back(Effect::ViewOfImages(view));
        }
    }

    pub(super) fn rebuilt(&mut self) {
        self.timers.clear(Timer::Rebuild);
        let Some(Rebuilding { kept, step: Step::Working(work) }) = self.own.rebuilding.take()
        else {
            return;
        };
        let Work { mut rebuild, whole, wanted, view, lost_regions, since, .. } = *work;
        let changed_images = rebuild.changed(self.own.tracker.workspace());
        let outcome = rebuild.outcome();
        let success = outcome.failed_images.is_empty()
            && outcome.failed_regions.is_empty()
            && outcome.failed_catalogs.is_empty()
            && outcome.messages.is_empty();
        for (id, name) in &outcome.region_names {
            self.own.tracker.workspace_mut().name_region(*id, name);
        }
        for wanted in wanted {
            let (images, regions) = (&outcome.images, &outcome.regions);
            let workspace = self.own.tracker.workspace_mut();
            if let Some(calculation) = workspace.put_wanted(wanted, images, regions) {
                self.not_made(calculation, "The data it was made from could not be restored.");
            }
        }
        let whole = whole && success;
        if kept.reason == Reason::Archive {
            let outcome = if whole { RestoreOutcome::Whole } else { RestoreOutcome::Part };
            self.end_restore(Ok(outcome));
        } else {
            self.effects.push_back(Effect::Rebuilt { whole });
        }
        if !view.is_empty() {
            self.effects.push_back(Effect::View(kept_view(view, &outcome)));
        }
        self.effects.push_back(Effect::Resumed(Report {
            reason: kept.reason,
            restored: Restored {
                success,
                message: outcome.messages.join(" "),
                images: outcome.images.iter().map(|&(_, new)| new).collect(),
                failed_images: outcome.failed_images,
                lost_images: Vec::new(),
                failed_regions: [outcome.failed_regions, lost_regions].concat(),
                region_count: outcome.regions.len(),
                changed_images,
                catalogs: outcome.catalogs.iter().map(|&(_, new)| new).collect(),
            },
            remaking: self.remakes(),
            duration_ms: self.now.monotonic - since,
            bytes_sent: 0,
        }));
        self.remake_next();
    }
}

fn kept_view(parts: Vec<ViewPart>, outcome: &Outcome) -> KeptView {
    let Outcome { images, regions, catalogs, .. } = outcome.clone();
    KeptView { parts, images, regions, catalogs }
}
