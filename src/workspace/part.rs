//! The parts of a workspace that may be what stops the backend.

use super::{RequirementKey, Workspace};

/// Something that the backend does for a workspace when it is resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Opens an image, by its file id, with its channel and its regions.
    Image(i32),
    /// Opens a catalog, by its file id.
    Catalog(i32),
    /// Draws the contours of an image.
    Contours(i32),
    /// Draws the vector overlay of an image.
    Overlay(i32),
    /// Sets the cursor of an image.
    Cursor(i32),
    /// Calculates profiles, statistics or histograms.
    Requirement(RequirementKey),
}

impl Part {
    /// Whether it is a file, whose user decides whether it is opened again.
    pub(crate) const fn is_file(self) -> bool {
        matches!(self, Self::Image(_) | Self::Catalog(_))
    }
}

impl Workspace {
    /// What RESUME_SESSION asks for.
    pub(crate) fn resumed_parts(&self) -> Vec<Part> {
        let images = self.images.keys().map(|&id| Part::Image(id));
        images.chain(self.catalogs.keys().map(|&id| Part::Catalog(id))).collect()
    }

    /// Whether it has this part still.
    pub(crate) fn has(&self, part: Part) -> bool {
        let image = |id| self.images.get(&id);
        match part {
            Part::Image(id) => image(id).is_some(),
            Part::Catalog(id) => self.catalogs.contains_key(&id),
            Part::Contours(id) => image(id).is_some_and(|it| it.shown_contours().is_some()),
            Part::Overlay(id) => image(id).is_some_and(|it| it.overlay.is_some()),
            Part::Cursor(id) => image(id).is_some_and(|it| it.cursor.is_some()),
            Part::Requirement(key) => self.requirements.contains_key(&key),
        }
    }

    /// Leaves out how something is shown, or what is wanted of it. Files stay.
    pub(crate) fn leave_out(&mut self, part: Part) {
        match part {
            Part::Image(_) | Part::Catalog(_) => {}
            Part::Contours(id) => {
                self.edit_image(id, &mut |image| image.contours.take().is_some());
            }
            Part::Overlay(id) => {
                self.edit_image(id, &mut |image| image.overlay.take().is_some());
            }
            Part::Cursor(id) => {
                self.edit_image(id, &mut |image| image.cursor.take().is_some());
            }
            Part::Requirement(key) => self.drop_requirement(key),
        }
    }

    /// The name of an image, a computed one too.
    pub(crate) fn image_name(&self, id: i32) -> Option<&str> {
        let opened = self.images.get(&id).map(|image| &image.file);
        opened.or(self.generated_image(id).map(|image| &image.name)).map(String::as_str)
    }
}
