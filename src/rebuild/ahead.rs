//! What is still to be restored.

use serde::Serialize;

use super::{Outcome, Rebuild, importing::Import, plan::Task};

/// So many are still to be restored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ahead {
    /// Images.
    pub images: usize,
    /// Regions of these, and of images that are open.
    pub regions: usize,
    /// Catalogs.
    pub catalogs: usize,
}

impl Rebuild {
    /// What is not there yet and not given up either. Regions that the backend has are
    /// there.
    pub fn ahead(&self) -> Ahead {
        let Outcome { images, regions, failed_images, failed_regions, .. } = &self.outcome;
        let at_backend = self.import.as_ref().map_or(0, Import::there);
        let there = regions.len() + failed_regions.len() + at_backend;
        let tasks = self.tasks.iter().chain(&self.under_way);
        Ahead {
            images: self.plan.images.len().saturating_sub(images.len() + failed_images.len()),
            regions: self.regions.saturating_sub(there),
            catalogs: tasks.filter(|task| matches!(task, Task::OpenCatalog(_))).count(),
        }
    }
}
