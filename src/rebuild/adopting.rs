//! What a viewer has opened by itself is not opened again.

use super::Rebuild;
use crate::workspace::Workspace;

impl Rebuild {
    /// Takes what the viewer has open already, because its page's address told it
    /// to or because it came back before, for what was kept, so that nothing is
    /// there twice. To be called before the first [`next`](Self::next).
    pub fn adopt(&mut self, open: &Workspace) {
        let open = open.viewer_state();
        for mut image in open.images {
            if !image.regions.is_empty() {
                self.drawn_on.insert(image.file_id, ());
            }
            let mut kept = self.plan.images.iter_mut();
            let Some(kept) = kept.find(|kept| kept.id.is_none() && kept.kept.is_same_file(&image))
            else {
                continue;
            };
            kept.id = Some(image.file_id);
            kept.at = (image.channel, image.stokes);
            self.outcome.images.push((kept.kept.file_id, image.file_id));
            kept.regions.retain(|region| {
                let mut there = image.regions.iter();
                let Some(at) = there.position(|there| there.is_same_shape(&region.kept)) else {
                    return true;
                };
                // Two that look the same are two.
                let id = image.regions.remove(at).region_id;
                self.region_ids.insert(id, ());
                self.outcome.regions.push((region.kept.region_id, id));
                false
            });
        }
        for catalog in open.catalogs {
            let mut kept = self.plan.catalogs.iter();
            if let Some(at) = kept.position(|kept| kept.is_same_file(&catalog)) {
                let kept = self.plan.catalogs.remove(at);
                self.outcome.catalogs.push((kept.file_id, catalog.file_id));
            }
        }
        self.begin();
    }
}
