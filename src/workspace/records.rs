//! The workspace as records for a store, one for each part that can change by
//! itself. The format is described in `proto/stored.proto`.

use prost::{Message, bytes::Bytes};

use super::{
    Workspace,
    acknowledged::readable_stokes_files,
    calculations::Calculation,
    changes::Changes,
    envelope::{seal, unseal},
    image::{Image, kept},
    requirements::{Requirement, RequirementKey, RequirementKind},
    view::ViewPart,
};
use crate::protocol::{
    EventType,
    messages::{
        OpenCatalogFile, OpenFile, RegionInfo,
        stored::{
            Kind, StoredAnswer, StoredCalculation, StoredCatalog, StoredImage, StoredRegion,
            StoredRequirement, StoredViewPart,
        },
        views::OpenFileAck,
    },
};

/// A part of the workspace that can change by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKey {
    /// An image by its file id: everything but its regions and requirements.
    Image(i32),
    /// A region by its id.
    Region(i32),
    /// A catalog by its file id.
    Catalog(i32),
    /// A requirement.
    Requirement(RequirementKey),
    /// The answer to OPEN_FILE for an image, by its file id.
    Answer(i32),
    /// What made images in the backend's memory, by its number.
    Calculation(i32),
    /// A part of the view, by its number.
    ViewPart(u32),
}

/// Stored records that are not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

impl RecordKey {
    /// The record's name in a store.
    pub fn name(self) -> String {
        match self {
            Self::Image(id) => format!("image {id}"),
            Self::Catalog(id) => format!("catalog {id}"),
            Self::Region(id) => format!("region {id}"),
            Self::Answer(id) => format!("answer {id}"),
            Self::Calculation(id) => format!("calculation {id}"),
            Self::ViewPart(number) => format!("view {number}"),
            Self::Requirement(RequirementKey { kind, file_id, region_id }) => {
                format!("requirement {} {file_id} {region_id}", kind.event().number())
            }
        }
    }
}

impl Workspace {
    /// A part of the workspace as a record, `None` if there is nothing to
    /// restore of it. A region is as in `sent`, an encoded `RegionInfo`, if the
    /// viewer has sent it and the backend has not answered yet.
    pub(crate) fn record(&self, key: RecordKey, sent: Option<Bytes>) -> Option<Vec<u8>> {
        Some(match key {
            RecordKey::Image(id) => {
                seal(Kind::Image, &stored_image(id, self.images.get(&id)?).encode_to_vec())
            }
            RecordKey::Catalog(id) => {
                let stored = StoredCatalog { open: Some(self.catalogs.get(&id)?.clone()) };
                seal(Kind::Catalog, &stored.encode_to_vec())
            }
            RecordKey::Region(id) => {
                let region = self.regions.get(id)?;
                // Generated images cannot be restored, nor what is on them.
                self.images.get(&region.owner)?;
                let stored = StoredRegion {
                    region_id: id,
                    owner: region.owner,
                    info: Some(sent.unwrap_or_else(|| kept(region.info))),
                    name: self.region_name(id).to_owned(),
                };
                seal(Kind::Region, &stored.encode_to_vec())
            }
            RecordKey::Requirement(key) => {
                let stored = StoredRequirement {
                    event_type: key.kind.event().number().into(),
                    message: Some(self.requirements.get(&key)?.clone()),
                };
                seal(Kind::Requirement, &stored.encode_to_vec())
            }
            RecordKey::Answer(id) => {
                let open_file_ack = self.images.get(&id)?.open_file_ack.clone();
                open_file_ack.as_ref()?;
                seal(Kind::Answer, &StoredAnswer { file_id: id, open_file_ack }.encode_to_vec())
            }
            RecordKey::Calculation(id) => {
                let stored = self.stored_calculation(id)?;
                seal(Kind::Calculation, &stored.encode_to_vec())
            }
            RecordKey::ViewPart(number) => {
                let ViewPart { key, json } = self.view.get(number)?.clone();
                let stored = StoredViewPart { number, key, json };
                seal(Kind::ViewPart, &stored.encode_to_vec())
            }
        })
    }

    /// Rebuilds a workspace from all of its records, in any order.
    pub fn from_records(records: &[Vec<u8>]) -> Result<Self, Damaged> {
        let mut workspace = Self::default();
        let mut sound = Vec::with_capacity(records.len());
        for record in records {
            sound.push(unseal(record).ok_or(Damaged)?);
        }
        // What is on an image comes after it.
        let (images, others): (Vec<_>, Vec<_>) =
            sound.into_iter().partition(|(kind, _)| *kind == Kind::Image);
        for (kind, body) in images.into_iter().chain(others) {
            workspace.load(kind, body).ok_or(Damaged)?;
        }
        workspace.changes = Changes::default();
        Ok(workspace)
    }

    /// Takes one record up; `None` if it makes no sense, or if there is one of
    /// the same thing already.
    fn load(&mut self, kind: Kind, body: Bytes) -> Option<()> {
        match kind {
            Kind::None => return None,
            Kind::Image => {
                let (id, image) = loaded_image(StoredImage::decode(body).ok()?)?;
                self.images.insert(id, image).is_none().then_some(())?;
            }
            Kind::Catalog => {
                let open = StoredCatalog::decode(body).ok()?.open?;
                let id = OpenCatalogFile::decode(open.clone()).ok()?.file_id;
                self.catalogs.insert(id, open).is_none().then_some(())?;
            }
            Kind::Region => {
                let stored = StoredRegion::decode(body).ok()?;
                let StoredRegion { region_id, owner, info, name } = stored;
                let info = info?;
                RegionInfo::decode(info.clone()).ok()?;
                let sound = region_id > 0 && self.images.contains_key(&owner);
                let is_new = self.regions.get(region_id).is_none();
                (sound && is_new && self.regions.set(region_id, owner, &info)).then_some(())?;
                self.name_region(region_id, &name);
            }
            Kind::Requirement => {
                let StoredRequirement { event_type, message } =
                    StoredRequirement::decode(body).ok()?;
                let event = EventType::from_number(u16::try_from(event_type).ok()?)?;
                let (kind, message) = (RequirementKind::of(event)?, message?);
                // A region on a generated image has no requirements.
                let key = Requirement::read(kind, message.clone())?.key;
                self.images.get(&key.file_id)?;
                self.requirements.insert(key, message).is_none().then_some(())?;
            }
            Kind::Answer => {
                let StoredAnswer { file_id, open_file_ack } = StoredAnswer::decode(body).ok()?;
                let ack = open_file_ack?;
                OpenFileAck::decode(ack.clone()).ok()?;
                let image = self.images.get_mut(&file_id)?;
                image.open_file_ack.replace(ack).is_none().then_some(())?;
            }
            Kind::Calculation => {
                let stored = StoredCalculation::decode(body).ok()?;
                let id = stored.number;
                let calculation = Calculation::loaded(stored)?;
                self.calculations.insert(id, calculation).is_none().then_some(())?;
            }
            Kind::ViewPart => {
                let StoredViewPart { number, key, json } = StoredViewPart::decode(body).ok()?;
                self.view.load(number, ViewPart { key, json }).then_some(())?;
            }
        }
        Some(())
    }
}

fn stored_image(id: i32, image: &Image) -> StoredImage {
    let open = OpenFile {
        directory: image.directory.clone(),
        file: image.file.clone(),
        hdu: image.hdu.clone(),
        file_id: id,
        render_mode: image.render_mode,
        lel_expr: image.lel_expr,
        support_aips_beam: image.support_aips_beam,
    };
    StoredImage {
        open: Some(open.encode_to_vec().into()),
        channel: image.channel,
        stokes: image.stokes,
        depth: image.depth.unwrap_or_default(),
        stokes_planes: image.stokes_planes.unwrap_or_default(),
        stokes_files: image.stokes_files.clone(),
        contours: image.contours.as_ref().map(|contours| contours.settings.clone()),
        overlay: image.overlay.clone(),
        cursor: image.cursor.clone(),
    }
}

fn loaded_image(stored: StoredImage) -> Option<(i32, Image)> {
    let open = OpenFile::decode(stored.open?).ok()?;
    let above_0 = |count: i32| (count > 0).then_some(count);
    readable_stokes_files(&stored.stokes_files)?;
    let mut image = Image {
        directory: open.directory,
        file: open.file,
        hdu: open.hdu,
        lel_expr: open.lel_expr,
        render_mode: open.render_mode,
        support_aips_beam: open.support_aips_beam,
        depth: above_0(stored.depth),
        stokes_planes: above_0(stored.stokes_planes),
        stokes_files: stored.stokes_files,
        live: true,
        ..Image::default()
    };
    let sound = open.file_id >= 0
        && image.set_channel(stored.channel, stored.stokes)
        && stored.contours.is_none_or(|settings| image.set_contours(&settings))
        && stored.overlay.is_none_or(|settings| image.set_overlay(&settings))
        && stored.cursor.is_none_or(|point| image.set_cursor(&point));
    sound.then_some((open.file_id, image))
}
