//! The outcome, read from the effects.

use carta_resume::{
    client::{Offer, Report},
    workspace::Workspace,
};
use serde_json::{Value, json};

use super::Page;
use crate::client::support::driver::Effect;

impl Page {
    pub fn offers(&self) -> Vec<&Offer> {
        let offers = self.effects.iter().filter_map(|effect| match effect {
            Effect::Ask(offer) => Some(offer),
            _ => None,
        });
        offers.collect()
    }

    pub fn reports(&self) -> Vec<&Report> {
        let reports = self.effects.iter().filter_map(|effect| match effect {
            Effect::Resumed(report) => Some(report),
            _ => None,
        });
        reports.collect()
    }

    /// Effects on the archive and the outcomes of restores, in order.
    pub fn outcome(&self) -> Vec<String> {
        let told = self.effects.iter().filter_map(|effect| match effect {
            Effect::ArchiveKept(why) => Some(format!("kept archived: {why:?}")),
            Effect::Archive(why) => Some(format!("archived: {why:?}")),
            Effect::Discard => Some("discarded".into()),
            Effect::Rebuilt { whole } => Some(format!("rebuilt, whole: {whole}")),
            Effect::RestoreEnded(Ok(outcome)) => Some(outcome.name().to_owned()),
            Effect::RestoreEnded(Err(problem)) => Some(problem.code.name().to_owned()),
            _ => None,
        });
        told.collect()
    }

    pub fn times(&self, matches: impl Fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|effect| matches(effect)).count()
    }

    /// How often this method was called.
    pub fn called(&self, action: &str) -> usize {
        self.called.iter().filter(|called| *called == action).count()
    }

    pub fn workspace(&self) -> &Workspace {
        self.machine.tracker().workspace()
    }

    /// File, channel, and region names of every image that is kept.
    pub fn images(&self) -> Value {
        let images = self.workspace().viewer_state().images;
        let told = images.iter().map(|image| {
            let regions = image.regions.iter().map(|region| {
                let name = self.workspace().region_name(region.region_id);
                json!([name, region.control_points[0].x])
            });
            json!([image.file, image.channel, regions.collect::<Vec<_>>()])
        });
        told.collect()
    }
}
