//! Whether what has come back is what was kept: regions on their own images, and files
//! that are the same as before.

use super::{
    Rebuild,
    plan::{Image, Task},
};
use crate::workspace::{ChangedImage, Workspace};

impl Rebuild {
    /// An image that is matched to another shows that one's regions, and a region that
    /// is drawn on it is drawn on the other.
    pub(super) fn told_of_matching(&mut self, at: usize, reference: Option<i32>) {
        let Some(reference) = reference else { return };
        if !self.drawn_on.contains_key(&reference) {
            self.again = Some(Task::Unmatch(at));
        } else if let Some(image) = self.plan.images.get_mut(at) {
            image.shows_others = true;
            self.lost("The regions of ", at, Some("the image is matched to another one"));
        }
    }

    /// Compares the region that was drawn last with what the backend has by now. It is
    /// removed if it is on another image or in another place. To be called after
    /// [`answered`](Self::answered).
    pub fn check(&mut self, open: &Workspace) {
        let Some((at, place, id)) = self.drawn.take() else { return };
        let Some(image) = self.plan.images.get(at) else { return };
        let Some(region) = image.regions.get(place) else { return };
        let there = open.region(id);
        if there.is_some_and(|(owner, there)| {
            Some(owner) == image.id && there.is_at_same_place(&region.kept)
        }) {
            return;
        }
        let kept = region.kept.region_id;
        self.outcome.regions.retain(|&(_, new)| new != id);
        self.outcome.region_names.retain(|&(new, _)| new != id);
        self.outcome.failed_regions.push(kept);
        self.lost("A region of ", at, Some("the viewer drew it in another place"));
        self.again = Some(Task::RemoveRegion(at, id));
        self.done -= 1;
    }

    /// The images that are open again and whose files have changed since they were kept,
    /// by their assigned ids. What is lost with that is told in the outcome.
    pub fn changed(&mut self, open: &Workspace) -> Vec<ChangedImage> {
        let mut changed = Vec::new();
        let mut moved = Vec::new();
        for (at, image) in self.plan.images.iter().enumerate() {
            let Image { kept, id: Some(file_id), .. } = image else { continue };
            let before = kept.open_file_ack.as_deref().unwrap_or_default();
            if !before.is_empty() && open.has_changed(*file_id, before) {
                changed.push(ChangedImage { file_id: *file_id, file: kept.file.clone() });
                let channel = open.image(*file_id).map(|image| (image.channel, image.stokes));
                if channel != Some((kept.channel, kept.stokes)) {
                    moved.push(at);
                }
            }
        }
        for at in moved {
            self.lost("The channel of ", at, Some("the file has changed"));
        }
        changed
    }
}
