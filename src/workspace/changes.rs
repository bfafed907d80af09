//! The records of a workspace. Every change goes through here and is noted.

use litemap::LiteMap;
use prost::bytes::Bytes;

use super::{
    IdSet, RecordKey, Workspace,
    calculations::Calculation,
    image::{Image, kept},
    requirements::{Requirement, RequirementKey, RequirementKind},
};

/// What was added, changed or removed. Kept apart by kind, which takes a third
/// of the memory of a set of keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    images: IdSet,
    regions: IdSet,
    catalogs: IdSet,
    requirements: LiteMap<RequirementKey, ()>,
    answers: IdSet,
    calculations: IdSet,
    pub(super) view: LiteMap<u32, ()>,
}

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        self.images.is_empty()
            && self.regions.is_empty()
            && self.catalogs.is_empty()
            && self.requirements.is_empty()
            && self.answers.is_empty()
            && self.calculations.is_empty()
            && self.view.is_empty()
    }

    pub(super) fn keys(&self) -> Vec<RecordKey> {
        let mut keys = Vec::new();
        for &id in self.images.keys() {
            keys.push(RecordKey::Image(id));
        }
        for &id in self.answers.keys() {
            keys.push(RecordKey::Answer(id));
        }
        for &id in self.regions.keys() {
            keys.push(RecordKey::Region(id));
        }
        for &id in self.catalogs.keys() {
            keys.push(RecordKey::Catalog(id));
        }
        for &key in self.requirements.keys() {
            keys.push(RecordKey::Requirement(key));
        }
        for &id in self.calculations.keys() {
            keys.push(RecordKey::Calculation(id));
        }
        for &number in self.view.keys() {
            keys.push(RecordKey::ViewPart(number));
        }
        keys
    }
}

impl Workspace {
    /// Edits an open image, noted as changed if `edit` says that it is.
    /// Returns what it says; false if the image is not open.
    pub(crate) fn edit_image(&mut self, id: i32, edit: &mut dyn FnMut(&mut Image) -> bool) -> bool {
        let edited = self.images.get_mut(&id).is_some_and(edit);
        if edited {
            self.changes.images.insert(id, ());
        }
        edited
    }

    /// Puts an image in place of whatever had its id.
    pub(super) fn put_image(&mut self, id: i32, image: Image) {
        self.close(id);
        self.note_image(id);
        self.images.insert(id, image);
    }

    pub(super) fn note_image(&mut self, id: i32) {
        self.changes.images.insert(id, ());
        self.changes.answers.insert(id, ());
    }

    /// What is to be stored of a region may have changed.
    pub(crate) fn note_region(&mut self, id: i32) {
        if self.regions.get(id).is_some() {
            self.changes.regions.insert(id, ());
        }
    }

    /// Notes these as changed.
    pub fn note(&mut self, keys: &[RecordKey]) {
        for &key in keys {
            let _ = match key {
                RecordKey::Image(id) => self.changes.images.insert(id, ()),
                RecordKey::Region(id) => self.changes.regions.insert(id, ()),
                RecordKey::Catalog(id) => self.changes.catalogs.insert(id, ()),
                RecordKey::Requirement(key) => self.changes.requirements.insert(key, ()),
                RecordKey::Answer(id) => self.changes.answers.insert(id, ()),
                RecordKey::Calculation(id) => self.changes.calculations.insert(id, ()),
                RecordKey::ViewPart(number) => self.changes.view.insert(number, ()),
            };
        }
    }

    /// Everything is to be stored, as if it were new.
    pub fn note_all(&mut self) {
        let keys = self.record_keys();
        self.note(&keys);
    }

    /// The parts of which the workspace consists. Not each has a record.
    pub(crate) fn record_keys(&self) -> Vec<RecordKey> {
        let mut keys = Vec::new();
        for &id in self.images.keys() {
            keys.extend([RecordKey::Image(id), RecordKey::Answer(id)]);
        }
        for region in self.regions.iter() {
            keys.push(RecordKey::Region(region.id));
        }
        for &id in self.catalogs.keys() {
            keys.push(RecordKey::Catalog(id));
        }
        for &key in self.requirements.keys() {
            keys.push(RecordKey::Requirement(key));
        }
        for &id in self.calculations.keys() {
            keys.push(RecordKey::Calculation(id));
        }
        for number in self.view.numbers() {
            keys.push(RecordKey::ViewPart(number));
        }
        keys
    }

    pub(super) fn put_calculation(&mut self, id: i32, calculation: Calculation) {
        self.changes.calculations.insert(id, ());
        self.calculations.insert(id, calculation);
    }

    pub(super) fn drop_calculation(&mut self, id: i32) -> bool {
        let was_there = self.calculations.remove(&id).is_some();
        if was_there {
            self.changes.calculations.insert(id, ());
        }
        was_there
    }

    /// Removes a generated image; false if there is none with that id.
    fn close_generated(&mut self, file_id: i32) -> bool {
        let has = |it: &Calculation| it.images.iter().any(|image| image.file_id == file_id);
        let mut there = self.calculations.iter_mut();
        let Some((&id, of)) = there.find(|(_, it)| it.is_there() && has(it)) else {
            return false;
        };
        of.images.retain(|image| image.file_id != file_id);
        self.changes.calculations.insert(id, ());
        if of.images.is_empty() {
            self.calculations.remove(&id);
        }
        true
    }

    /// Removes an image with its regions and requirements.
    pub(super) fn close(&mut self, id: i32) {
        let generated = self.close_generated(id);
        if self.images.remove(&id).is_some() {
            self.note_image(id);
        } else if !generated {
            return;
        }
        self.drop_what_is_on(id);
    }

    /// Removes the regions and requirements of an image. Returns the ids of the regions.
    pub(super) fn drop_what_is_on(&mut self, id: i32) -> IdSet {
        let mut leaving = IdSet::new();
        self.regions.retain(|region, owner| {
            if owner == id {
                leaving.insert(region, ());
            }
            owner != id
        });
        self.drop_requirements(&|key| key.file_id == id || leaving.contains_key(&key.region_id));
        self.missing_regions.retain(|region, ()| !leaving.contains_key(region));
        for &region in leaving.keys() {
            self.changes.regions.insert(region, ());
        }
        self.region_names.retain(&self.regions);
        leaving
    }

    /// Removes every image and every region; catalogs stay.
    pub(super) fn close_all_images(&mut self) {
        for &id in std::mem::take(&mut self.calculations).keys() {
            self.changes.calculations.insert(id, ());
        }
        for &id in self.images.keys() {
            self.changes.images.insert(id, ());
            self.changes.answers.insert(id, ());
        }
        self.images.clear();
        for region in std::mem::take(&mut self.regions).iter() {
            self.changes.regions.insert(region.id, ());
        }
        self.missing_regions.clear();
        self.region_names.retain(&self.regions);
        self.drop_requirements(&|_| true);
    }

    /// Adds or replaces a region of an open image. Ids that are not above 0
    /// are special or temporary and never kept.
    pub(super) fn put_region(&mut self, id: i32, owner: i32, info: &[u8]) {
        let before = self.owner(id);
        if id > 0 && self.knows_image(owner) && self.regions.set(id, owner, info) {
            self.missing_regions.remove(&id);
            self.changes.regions.insert(id, ());
            if before != Some(owner) {
                self.note_calculation_of(owner);
            }
        }
    }

    /// The regions of a generated image are stored with what made it.
    fn note_calculation_of(&mut self, file_id: i32) {
        let made = |it: &Calculation| it.images.iter().any(|image| image.file_id == file_id);
        if !self.images.contains_key(&file_id)
            && let Some((&id, _)) = self.calculations.iter().find(|(_, it)| made(it))
        {
            self.changes.calculations.insert(id, ());
        }
    }

    /// Removes a region with its requirements.
    pub(super) fn drop_region(&mut self, id: i32) {
        let owner = self.owner(id);
        if self.regions.remove(id) {
            self.changes.regions.insert(id, ());
            self.note_calculation_of(owner.unwrap_or_default());
            self.missing_regions.remove(&id);
            self.region_names.set(id, "");
            self.drop_requirements(&|key| key.region_id == id);
        }
    }

    /// Takes a requirement message for an open image and a known region. A
    /// region on a generated image does not come back, nor what is wanted of
    /// it.
    pub(super) fn put_requirement(&mut self, kind: RequirementKind, payload: &Bytes) {
        let Some(Requirement { key, ends }) = Requirement::read(kind, payload.clone()) else {
            return;
        };
        let region = self.regions.get(key.region_id);
        let known =
            key.region_id <= 0 || region.is_some_and(|r| self.images.contains_key(&r.owner));
        if !known || !self.images.contains_key(&key.file_id) {
            return;
        }
        if ends {
            self.drop_requirement(key);
        } else if self.requirements.insert(key, kept(payload)).as_ref() != Some(payload) {
            self.changes.requirements.insert(key, ());
        }
    }

    pub(crate) fn put_catalog(&mut self, id: i32, open: &[u8]) {
        self.changes.catalogs.insert(id, ());
        self.catalogs.insert(id, kept(open));
    }

    pub(super) fn remove_catalog(&mut self, id: i32) {
        if self.catalogs.remove(&id).is_some() {
            self.changes.catalogs.insert(id, ());
        }
    }

    pub(super) fn drop_requirement(&mut self, key: RequirementKey) {
        if self.requirements.remove(&key).is_some() {
            self.changes.requirements.insert(key, ());
        }
    }

    fn drop_requirements(&mut self, leaves: &dyn Fn(&RequirementKey) -> bool) {
        let changes = &mut self.changes.requirements;
        self.requirements.retain(|key, _| {
            let stays = !leaves(key);
            if !stays {
                changes.insert(*key, ());
            }
            stays
        });
    }
}
