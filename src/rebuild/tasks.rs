//! The call that each task of the plan is.

use super::{
    Overlays, Rebuild, calls,
    plan::{self, Task},
};
use crate::protocol::scripting::Call;

impl Rebuild {
    /// The call of a task; `None` if there is nothing to do it on.
    pub(super) fn call(&mut self, task: Task) -> Option<Call> {
        match task {
            Task::Open(at) => {
                // A viewer that shows nothing yet shows the first one.
                let in_view = self.outcome.images.is_empty();
                let image = self.plan.images.get(at).filter(|image| image.id.is_none())?;
                Some(if image.kept.is_joined() {
                    calls::join(&image.kept)
                } else {
                    calls::open(&image.kept, in_view)
                })
            }
            Task::NameStokesFiles(at) => {
                let (id, image) = self.image(at)?;
                Some(calls::name_stokes_files(id, &image.kept))
            }
            Task::SetChannels(at) => {
                let (id, image) = self.image(at)?;
                Some(calls::set_channels(id, &image.kept))
            }
            Task::AnnounceChannels(at) => Some(calls::announce_channels(self.image(at)?.0)),
            Task::FlushChannels(at) => self.image(at).map(|_| calls::flush_channels()),
            Task::AskMatching(at) => Some(calls::reference(self.image(at)?.0)),
            Task::Unmatch(at) => Some(calls::unmatch(self.image(at)?.0)),
            Task::AskAboutImporting if self.outcome.images.is_empty() => {
                self.told_of_importing(false);
                None
            }
            Task::AskAboutImporting => Some(calls::imports()),
            Task::Import(at) => self.import_call(at),
            Task::AddRegion(at, region) => self.region_call(at, region),
            Task::RemoveRegion(at, id) => Some(calls::remove_region(self.image(at)?.0, id)),
            Task::SetContours(at) => {
                let (id, image) = self.image(at)?;
                Some(calls::set_contours(id, image.kept.contours.as_ref()?))
            }
            Task::DrawContours(at) => Some(calls::draw_contours(self.image(at)?.0)),
            Task::AskAboutOverlays { older, .. } => {
                // Any open image can tell.
                let &(_, id) = self.outcome.images.first()?;
                let property = if older { "pixelAveragingEnabled" } else { "thresholdOption" };
                Some(calls::property(id, &format!("vectorOverlayConfig.{property}")))
            }
            Task::SetOverlay(at) => {
                let (id, image) = self.image(at)?;
                let overlay = image.overlay.as_ref()?;
                match self.overlays {
                    Overlays::Newer => Some(calls::set_overlay(id, overlay, false)),
                    Overlays::Older => Some(calls::set_overlay(id, overlay, true)),
                    Overlays::Unknown => {
                        self.lost(
                            "The vector overlay of ",
                            at,
                            Some("the viewer does not support it"),
                        );
                        None
                    }
                }
            }
            Task::DrawOverlay(at) => match self.overlays {
                Overlays::Unknown => None,
                Overlays::Older | Overlays::Newer => Some(calls::draw_overlay(self.image(at)?.0)),
            },
            Task::AskAboutShowing { image, older } => {
                self.image(image).map(|_| calls::shows(older))
            }
            Task::Show { image, older } => Some(calls::show(self.image(image)?.0, older)),
            Task::OpenCatalog(at) => {
                let catalog = self.plan.catalogs.get(at)?;
                if self.outcome.images.is_empty() {
                    let id = catalog.file_id;
                    self.outcome.failed_catalogs.push(id);
                    return None;
                }
                Some(calls::open_catalog(catalog))
            }
        }
    }

    fn region_call(&mut self, at: usize, region: usize) -> Option<Call> {
        let image = self.plan.images.get(at)?;
        let region = image.regions.get(region)?;
        match image.id {
            Some(id) if region.is_finite() && !image.shows_others => {
                Some(calls::add_region(id, &region.kept, &region.style.name))
            }
            _ => {
                self.outcome.failed_regions.push(region.kept.region_id);
                None
            }
        }
    }

    /// An image that is open.
    fn image(&self, at: usize) -> Option<(i32, &plan::Image)> {
        let image = self.plan.images.get(at)?;
        Some((image.id?, image))
    }
}
