//! The workspace as records for a store, one for each part that can change by
//! itself. The format is described in `proto/stored.proto`.

use crate::protocol::{
    EventType,
    views::{OpenCatalogFile, OpenFile, OpenFileAck, RegionInfo, StokesFile},
    wire::{
        Fields,
        Kind::{Bytes, Fixed32, Text, Varint},
        Schema,
    },
    writer::Writer,
};

use super::{
    RecordKey, Workspace,
    changes::Changes,
    image::Image,
    requirements::{Requirement, RequirementKey, RequirementKind},
};

/// The format of a record. One of another format is not read.
const FORMAT: u8 = 1;

const IMAGE: u8 = 1;
const CATALOG: u8 = 2;
const REGION: u8 = 3;
const REQUIREMENT: u8 = 4;
const ANSWER: u8 = 5;

const STORED_IMAGE: &Schema = &[
    (1, Bytes),
    (2, Fixed32),
    (3, Fixed32),
    (4, Fixed32),
    (5, Fixed32),
    (6, Bytes),
    (7, Bytes),
    (8, Bytes),
    (9, Bytes),
];
const STORED_CATALOG: &Schema = &[(1, Bytes)];
const STORED_REGION: &Schema = &[(1, Fixed32), (2, Fixed32), (3, Bytes), (4, Text)];
const STORED_REQUIREMENT: &Schema = &[(1, Varint), (2, Bytes)];
const STORED_ANSWER: &Schema = &[(1, Fixed32), (2, Bytes)];

/// Format, kind, checksum.
const HEAD: usize = 6;

/// Stored records that are not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

impl RecordKey {
    /// The record's name in a store.
    pub fn name(self) -> String {
        match self {
            Self::Image(id) => name("image", &[id]),
            Self::Catalog(id) => name("catalog", &[id]),
            Self::Region(id) => name("region", &[id]),
            Self::Answer(id) => name("answer", &[id]),
            Self::Requirement(RequirementKey { kind, file_id, region_id }) => {
                name("requirement", &[kind.event().number().into(), file_id, region_id])
            }
        }
    }
}

fn name(kind: &str, ids: &[i32]) -> String {
    let mut name = kind.to_owned();
    for id in ids {
        name.push(' ');
        name.push_str(&id.to_string());
    }
    name
}

impl Workspace {
    /// A part of the workspace as a record, `None` if there is nothing to
    /// restore of it. A region is as in `sent`, an encoded `RegionInfo`, if the
    /// viewer has sent it and the backend has not answered yet.
    pub(crate) fn record(&self, key: RecordKey, sent: Option<&[u8]>) -> Option<Vec<u8>> {
        let mut body = Writer::new();
        let kind = match key {
            RecordKey::Image(id) => {
                write_image(&mut body, id, self.images.get(&id)?);
                IMAGE
            }
            RecordKey::Catalog(id) => {
                body.message(1, self.catalogs.get(&id)?);
                CATALOG
            }
            RecordKey::Region(id) => {
                let region = self.regions.get(id)?;
                // Generated images cannot be restored, nor what is on them.
                self.images.get(&region.owner)?;
                let info = sent.unwrap_or(region.info);
                body.sfixed32(1, id).sfixed32(2, region.owner).message(3, info);
                body.text(4, self.region_name(id));
                REGION
            }
            RecordKey::Requirement(key) => {
                let payload = self.requirements.get(&key)?;
                body.varint(1, key.kind.event().number().into()).message(2, payload);
                REQUIREMENT
            }
            RecordKey::Answer(id) => {
                let ack = self.images.get(&id)?.open_file_ack.as_ref()?;
                body.sfixed32(1, id).message(2, ack);
                ANSWER
            }
        };
        Some(seal(kind, &body.into_bytes()))
    }

    /// Rebuilds a workspace from all of its records, in any order.
    pub fn from_records(records: &[Vec<u8>]) -> Result<Self, Damaged> {
        let mut workspace = Self::default();
        // What is on an image comes after it.
        for images in [true, false] {
            for record in records {
                let (kind, body) = unseal(record).ok_or(Damaged)?;
                if images == (kind == IMAGE) {
                    workspace.load(kind, body).ok_or(Damaged)?;
                }
            }
        }
        workspace.changes = Changes::default();
        Ok(workspace)
    }

    /// Takes one record up; `None` if it makes no sense, or if there is one of
    /// the same thing already.
    fn load(&mut self, kind: u8, body: &[u8]) -> Option<()> {
        let read = |schema| Fields::read(body, schema).ok();
        match kind {
            IMAGE => {
                let (id, image) = read_image(read(STORED_IMAGE)?)?;
                self.images.insert(id, image).is_none().then_some(())?;
            }
            CATALOG => {
                let open = read(STORED_CATALOG)?.bytes(1)?;
                let id = OpenCatalogFile::read(open).ok()?.file_id;
                self.catalogs.insert(id, open.into()).is_none().then_some(())?;
            }
            REGION => {
                let fields = read(STORED_REGION)?;
                let (id, owner, info) = (fields.i32(1), fields.i32(2), fields.bytes(3)?);
                RegionInfo::read(info).ok()?;
                let sound = id > 0 && self.images.contains_key(&owner);
                let is_new = self.regions.get(id).is_none();
                (sound && is_new && self.regions.set(id, owner, info)).then_some(())?;
                self.name_region(id, fields.text(4));
            }
            REQUIREMENT => {
                let fields = read(STORED_REQUIREMENT)?;
                let event = EventType::from_number(u16::try_from(fields.i32(1)).ok()?)?;
                let (kind, payload) = (RequirementKind::of(event)?, fields.bytes(2)?);
                // Of a region on a generated image there is nothing to want.
                let key = Requirement::read(kind, payload)?.key;
                self.images.get(&key.file_id)?;
                self.requirements.insert(key, payload.into()).is_none().then_some(())?;
            }
            ANSWER => {
                let fields = read(STORED_ANSWER)?;
                let ack = fields.bytes(2)?;
                OpenFileAck::read(ack).ok()?;
                let image = self.images.get_mut(&fields.i32(1))?;
                image.open_file_ack.replace(ack.into()).is_none().then_some(())?;
            }
            _ => return None,
        }
        Some(())
    }
}

fn write_image(body: &mut Writer, id: i32, image: &Image) {
    let mut open = Writer::new();
    open.text(1, &image.directory)
        .text(2, &image.file)
        .text(3, &image.hdu)
        .sfixed32(4, id)
        .varint(5, image.render_mode)
        .varint(6, image.lel_expr.into())
        .varint(7, image.support_aips_beam.into());
    body.message(1, &open.into_bytes())
        .sfixed32(2, image.channel)
        .sfixed32(3, image.stokes)
        .sfixed32(4, image.depth.unwrap_or_default())
        .sfixed32(5, image.stokes_planes.unwrap_or_default());
    for file in &image.stokes_files {
        body.message(6, file);
    }
    if let Some(contours) = &image.contours {
        body.message(7, &contours.settings);
    }
    for (field, message) in [(8, &image.overlay), (9, &image.cursor)] {
        if let Some(message) = message {
            body.message(field, message);
        }
    }
}

fn read_image(fields: Fields) -> Option<(i32, Image)> {
    let open = OpenFile::read(fields.bytes(1)?).ok()?;
    let count = |field| Some(fields.i32(field)).filter(|&count| count > 0);
    let mut image = Image {
        directory: open.directory.to_owned(),
        file: open.file.to_owned(),
        hdu: open.hdu.to_owned(),
        lel_expr: open.lel_expr,
        render_mode: open.render_mode,
        support_aips_beam: open.support_aips_beam,
        depth: count(4),
        stokes_planes: count(5),
        live: true,
        ..Image::default()
    };
    let mut sound = open.file_id >= 0 && image.set_channel(fields.i32(2), fields.i32(3));
    for file in fields.messages(6) {
        sound &= StokesFile::read(file.as_bytes()).is_ok();
        image.stokes_files.push(file.as_bytes().into());
    }
    sound &= fields.bytes(7).is_none_or(|settings| image.set_contours(settings));
    sound &= fields.bytes(8).is_none_or(|settings| image.set_overlay(settings));
    sound &= fields.bytes(9).is_none_or(|point| image.set_cursor(point));
    sound.then_some((open.file_id, image))
}

fn seal(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut record = Vec::with_capacity(HEAD + body.len());
    record.extend_from_slice(&[FORMAT, kind]);
    record.extend_from_slice(&checksum(kind, body).to_le_bytes());
    record.extend_from_slice(body);
    record
}

fn unseal(record: &[u8]) -> Option<(u8, &[u8])> {
    let (&[format, kind, a, b, c, d], body) = record.split_first_chunk::<HEAD>()?;
    let sound = format == FORMAT && checksum(kind, body) == u32::from_le_bytes([a, b, c, d]);
    sound.then_some((kind, body))
}

/// FNV-1a over the kind, the length and the body. Each step can be undone, so
/// that one changed byte always changes the sum.
#[allow(clippy::cast_possible_truncation)]
fn checksum(kind: u8, body: &[u8]) -> u32 {
    let length = (body.len() as u32).to_le_bytes();
    let mut sum: u32 = 0x811C_9DC5;
    for part in [&[kind], length.as_slice(), body] {
        for &byte in part {
            sum = (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    sum
}
