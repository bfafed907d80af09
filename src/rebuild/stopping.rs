//! The user does not want to wait for the rest.

use super::{Rebuild, plan::Task};

impl Rebuild {
    /// What is left counts as failed.
    pub(super) fn leave_the_rest(&mut self) {
        let again = self.again.take();
        for task in again.into_iter().chain(std::mem::take(&mut self.tasks).into_iter().rev()) {
            let regions = match task {
                Task::Open(at) => {
                    let image = self.plan.images.get(at).filter(|image| image.id.is_none());
                    self.outcome.failed_images.extend(image.map(|image| image.kept.file_id));
                    continue;
                }
                Task::OpenCatalog(at) => {
                    let catalog = self.plan.catalogs.get(at);
                    self.outcome.failed_catalogs.extend(catalog.map(|catalog| catalog.file_id));
                    continue;
                }
                Task::AskAboutImporting => self.plan.regions(),
                Task::Import(at) => {
                    let count = self.plan.images.get(at).map_or(0, |image| image.regions.len());
                    (0..count).map(|place| Task::AddRegion(at, place)).collect()
                }
                Task::AddRegion(..) => vec![task],
                _ => continue,
            };
            for task in regions {
                let Task::AddRegion(at, place) = task else { continue };
                let image = self.plan.images.get(at);
                let region = image.and_then(|image| image.regions.get(place));
                self.outcome.failed_regions.extend(region.map(|region| region.kept.region_id));
            }
        }
        if self.done < self.all || !self.outcome.failed_regions.is_empty() {
            self.done = self.all;
            self.tell("The restore was stopped before everything was back.".to_owned());
        }
    }
}
