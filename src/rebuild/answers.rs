//! What a viewer answers to the call of a task.

use super::{Overlays, Rebuild, plan::Task, told};

impl Rebuild {
    /// The viewer's answer to the call under way: its result as JSON, and for
    /// people why there is none. Ignored if no call is under way.
    pub fn answered(&mut self, success: bool, value: &str, message: &str) {
        let Some(task) = self.under_way.take() else { return };
        let failed = (!success).then_some(message);
        let id = id(value).filter(|_| success);
        match task {
            Task::Open(at) => self.opened(at, id, message),
            Task::AskMatching(at) => self.told_of_matching(at, id),
            Task::AskAboutImporting => self.told_of_importing(id.is_some()),
            Task::Import(at) => self.imported(at, success),
            Task::AddRegion(at, region) => self.region_added(at, region, id),
            Task::OpenCatalog(at) => self.catalog_opened(at, id, message),
            Task::SetChannels(at) => self.lost("The channel of ", at, failed),
            Task::SetContours(at) | Task::DrawContours(at) => {
                self.lost("The contours of ", at, failed);
            }
            Task::SetOverlay(at) | Task::DrawOverlay(at) => {
                self.lost("The vector overlay of ", at, failed);
            }
            Task::AskAboutOverlays { older } => self.told_of_overlays(older, value),
            Task::AskAboutShowing { image, older } if id.is_some() => {
                self.again = Some(Task::Show { image, older });
            }
            Task::AskAboutShowing { image, older: false } => {
                self.again = Some(Task::AskAboutShowing { image, older: true });
            }
            // Nothing is lost without them: the viewer itself tells the backend
            // of an image's channel once the image is looked at, and whether a region
            // is on its image is checked.
            Task::NameStokesFiles(_)
            | Task::Unmatch(_)
            | Task::RemoveRegion(..)
            | Task::AnnounceChannels(_)
            | Task::FlushChannels(_)
            | Task::AskAboutShowing { .. }
            | Task::Show { .. } => {}
        }
        if self.again.is_none() {
            self.done += task.weight();
        }
    }

    pub(super) fn told_of_importing(&mut self, imports: bool) {
        self.imports = imports;
        let tasks = if imports { self.plan.imports() } else { self.plan.regions() };
        self.tasks.extend(tasks.into_iter().rev());
    }

    fn opened(&mut self, at: usize, id: Option<i32>, message: &str) {
        // Each is believed once.
        let id = id.filter(|&id| self.outcome.images.iter().all(|&(_, other)| other != id));
        let Some(image) = self.plan.images.get_mut(at) else { return };
        image.id = id;
        let kept = image.kept.file_id;
        if let Some(id) = id {
            self.outcome.images.push((kept, id));
        } else {
            self.outcome.failed_images.push(kept);
            for region in std::mem::take(&mut image.regions) {
                self.outcome.failed_regions.push(region.kept.region_id);
                self.done += 1;
            }
            self.lost("", at, Some(message));
        }
    }

    fn region_added(&mut self, at: usize, place: usize, id: Option<i32>) {
        let image = self.plan.images.get_mut(at);
        let Some(region) = image.and_then(|image| image.regions.get_mut(place)) else { return };
        let name = std::mem::take(&mut region.style.name);
        match id {
            Some(id) if id > 0 && !self.region_ids.contains_key(&id) => {
                self.region_ids.insert(id, ());
                self.drawn = Some((at, place, id));
                self.outcome.regions.push((region.kept.region_id, id));
                if !name.is_empty() {
                    self.outcome.region_names.push((id, name));
                }
            }
            _ => self.outcome.failed_regions.push(region.kept.region_id),
        }
    }

    fn catalog_opened(&mut self, at: usize, id: Option<i32>, message: &str) {
        let Some(catalog) = self.plan.catalogs.get(at) else { return };
        match id {
            Some(id) if self.outcome.catalogs.iter().all(|&(_, other)| other != id) => {
                self.outcome.catalogs.push((catalog.file_id, id));
            }
            _ => {
                self.outcome.failed_catalogs.push(catalog.file_id);
                let message = told(&[&catalog.name], message);
                self.tell(message);
            }
        }
    }

    /// The value of a property that only newer, or only older viewers have.
    fn told_of_overlays(&mut self, older: bool, value: &str) {
        let known = !matches!(value.trim(), "" | "null");
        match (known, older) {
            (true, false) => self.overlays = Overlays::Newer,
            (true, true) => self.overlays = Overlays::Older,
            (false, false) => self.again = Some(Task::AskAboutOverlays { older: true }),
            (false, true) => {}
        }
    }
}

/// A number of 0 or above that a viewer gave as JSON.
fn id(value: &str) -> Option<i32> {
    let value = value.trim();
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    value.parse().ok()
}
