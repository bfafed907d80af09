//! Images that exist only in the backend's memory, and the requests by which they can
//! be made again.

use prost::{DecodeError, Message, bytes::Bytes};
use serde::Serialize;

use super::{CannotRestore, Workspace, image::kept};
use crate::protocol::{
    EventType,
    messages::{
        stored::{GeneratedImage, StoredCalculation},
        views::{OpenFileAck, PvRequest, RegionCalculation},
    },
};

/// Bytes of a request that is kept; only a fit may have more.
const MAX_REQUEST: usize = 16 * 1024;

/// Calculations whose requests are kept.
const MAX_REQUESTS: usize = 200;

/// What made a generated image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Moment,
    PositionVelocity,
    Fit,
    Remote,
}

impl Origin {
    /// What this request makes images by, `None` if it makes none.
    pub(crate) const fn of(request: EventType) -> Option<Self> {
        Some(match request {
            EventType::MomentRequest => Self::Moment,
            EventType::PvRequest => Self::PositionVelocity,
            EventType::FittingRequest => Self::Fit,
            EventType::RemoteFileRequest => Self::Remote,
            _ => return None,
        })
    }

    pub(crate) const fn request(self) -> EventType {
        match self {
            Self::Moment => EventType::MomentRequest,
            Self::PositionVelocity => EventType::PvRequest,
            Self::Fit => EventType::FittingRequest,
            Self::Remote => EventType::RemoteFileRequest,
        }
    }

    /// For people: why the image cannot come back.
    pub(super) const fn why(self) -> &'static str {
        match self {
            Self::Moment => "A moment image exists only in the backend's memory.",
            Self::PositionVelocity => {
                "A position-velocity image exists only in the backend's memory."
            }
            Self::Fit => "An image made by fitting exists only in the backend's memory.",
            Self::Remote => "An image fetched from a service exists only in the backend's memory.",
        }
    }
}

/// A request that the backend has carried out, and what it made.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Calculation {
    pub(super) origin: Origin,
    /// `None` = it is not known, or cannot be made again.
    pub(super) request: Option<Request>,
    /// The images that the viewer has not closed.
    pub(super) images: Vec<GeneratedImage>,
    pub(super) standing: Standing,
}

/// A request with what it was calculated from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    /// The message, as it was sent.
    pub(super) payload: Bytes,
    pub(super) source: Source,
    /// The encoded `RegionInfo` of its region, at the time.
    pub(super) region: Option<Bytes>,
    /// Channel and plane of the image, at the time.
    pub(super) plane: (i32, i32),
}

/// What a request is about, by its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_field_names)] // By its numbers.
pub(crate) struct Source {
    pub(crate) file_id: i32,
    /// Not above 0: no region that is drawn.
    pub(crate) region_id: i32,
    /// The number of the preview that it shows, in place of an image.
    pub(crate) preview_id: Option<i32>,
}

impl Source {
    fn read(origin: Origin, payload: Bytes) -> Result<Self, DecodeError> {
        let (file_id, region_id, preview_settings) = if origin == Origin::PositionVelocity {
            let PvRequest { file_id, region_id, preview_settings } = PvRequest::decode(payload)?;
            (file_id, region_id, preview_settings)
        } else {
            let RegionCalculation { file_id, region_id } = RegionCalculation::decode(payload)?;
            (file_id, region_id, None)
        };
        Ok(Self {
            file_id: file_id.unwrap_or_default(),
            region_id: region_id.unwrap_or_default(),
            preview_id: preview_settings.map(|settings| settings.preview_id),
        })
    }

    /// A request that is made of this: of a field that is there twice, the last counts.
    fn put_into(self, origin: Origin, payload: &[u8]) -> Bytes {
        let (file_id, region_id) = (Some(self.file_id), Some(self.region_id));
        let ids = if origin == Origin::PositionVelocity {
            PvRequest { file_id, region_id, preview_settings: None }.encode_to_vec()
        } else {
            RegionCalculation { file_id, region_id }.encode_to_vec()
        };
        [payload, &ids].concat().into()
    }
}

/// Whether the backend has what was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    There,
    /// It has, or had before the connection was lost, and the user wants it made again.
    Wanted,
    /// It has not.
    Gone,
    /// It is being made again.
    Asked,
}

/// What can be made again, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferCalculation {
    /// Among the calculations of a workspace.
    pub id: i32,
    /// `moments`, `pv-image`, `pv-preview` or `fit`.
    pub kind: &'static str,
    /// The image that it is calculated from.
    pub file_id: i32,
    /// The name of that image.
    pub file: String,
    /// The images that were made; none of a preview.
    pub images: Vec<OfferGenerated>,
}

/// An image that was in the backend's memory only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferGenerated {
    /// The file id that it had.
    pub file_id: i32,
    /// Its name.
    pub name: String,
}

/// Something that is to be made again where nothing of it is open yet.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    described: OfferCalculation,
    calculation: Calculation,
}

/// How something is made again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Remake {
    pub(crate) id: i32,
    pub(crate) event: EventType,
    pub(crate) payload: Bytes,
    pub(crate) source: Source,
}

impl Workspace {
    /// The backend made images and chose their ids. `request`: by which they can be made
    /// again.
    pub(crate) fn generated(
        &mut self,
        origin: Origin,
        request: Option<Bytes>,
        acks: impl IntoIterator<Item = OpenFileAck>,
    ) {
        // Not the number of one that it takes the place of.
        let number = self.next_calculation();
        let mut images = Vec::new();
        for (place, ack) in (0..).zip(acks) {
            if ack.success && ack.file_id >= 0 {
                self.close(ack.file_id);
                let name = ack.file_info.unwrap_or_default().name;
                images.push(GeneratedImage { file_id: ack.file_id, name, place });
            }
        }
        let request = request.and_then(|payload| self.repeatable(origin, &payload));
        let preview = request.as_ref().and_then(|request| request.source.preview_id);
        if let Some(preview_id) = preview {
            self.close_preview(preview_id);
        }
        if images.is_empty() && preview.is_none() {
            return;
        }
        let calculation = Calculation { origin, request, images, standing: Standing::There };
        self.put_calculation(number, calculation);
    }

    /// A request with what it is calculated from now, if it can be kept.
    fn repeatable(&self, origin: Origin, payload: &Bytes) -> Option<Request> {
        let kept_requests = self.calculations.values().filter(|it| it.request.is_some());
        if payload.len() > MAX_REQUEST || kept_requests.count() >= MAX_REQUESTS {
            return None;
        }
        let source = Source::read(origin, payload.clone()).ok()?;
        let image = self.images.get(&source.file_id)?;
        let region = self.regions.get(source.region_id).map(|region| kept(region.info));
        let plane = (image.channel, image.stokes);
        Some(Request { payload: kept(payload), source, region, plane })
    }

    pub(super) fn next_calculation(&self) -> i32 {
        self.calculations.keys().last().map_or(0, |last| last.wrapping_add(1))
    }

    /// A preview of a position-velocity image is not shown any more.
    pub(super) fn close_preview(&mut self, preview_id: i32) -> bool {
        let shows = |it: &Calculation| {
            it.request.as_ref().is_some_and(|it| it.source.preview_id == Some(preview_id))
        };
        let found = self.calculations.iter().find(|(_, it)| shows(it)).map(|(&id, _)| id);
        found.is_some_and(|id| self.drop_calculation(id))
    }

    /// An image that the backend has made, and has.
    pub(super) fn generated_image(&self, id: i32) -> Option<&GeneratedImage> {
        let there = self.calculations.values().filter(|it| it.is_there());
        there.flat_map(|it| &it.images).find(|image| image.file_id == id)
    }

    /// Why something cannot be made again as it was, "" = that is not known.
    fn obstacle<'a>(&self, calculation: &'a Calculation) -> Result<&'a Request, &'static str> {
        let request = calculation.request.as_ref().ok_or("")?;
        let source = request.source;
        let Some(image) = self.images.get(&source.file_id) else {
            return Err("The image that it was made from is not open.");
        };
        if source.preview_id.is_some() {
            // It follows them.
            return Ok(request);
        }
        let by_now = self.regions.get(source.region_id).map(|region| region.info);
        // A fit of the field of view has that in its request.
        if source.region_id == 0 && calculation.origin != Origin::Fit {
            return Err("It was made at the cursor.");
        }
        if source.region_id > 0 && by_now != request.region.as_deref() {
            return Err("Its region has changed since.");
        }
        let channel = calculation.origin != Origin::Fit || image.channel == request.plane.0;
        if !channel || image.stokes != request.plane.1 {
            return Err("The image that it was made from shows another plane now.");
        }
        Ok(request)
    }

    fn described(&self, id: i32, calculation: &Calculation) -> OfferCalculation {
        let source = calculation.request.as_ref().map(|request| request.source);
        let Source { file_id, preview_id, .. } = source.unwrap_or_default();
        let images = calculation
            .images
            .iter()
            .map(|image| OfferGenerated { file_id: image.file_id, name: image.name.clone() });
        let kind = match calculation.origin {
            Origin::Moment => "moments",
            Origin::PositionVelocity if preview_id.is_some() => "pv-preview",
            Origin::PositionVelocity => "pv-image",
            Origin::Fit | Origin::Remote => "fit",
        };
        let file = self.images.get(&file_id).map(|image| image.file.clone());
        let (file, images) = (file.unwrap_or_default(), images.collect());
        OfferCalculation { id, kind, file_id, file, images }
    }

    /// What can be made again.
    pub fn offer_calculations(&self) -> Vec<OfferCalculation> {
        let mut offer = Vec::new();
        for (&id, calculation) in &self.calculations {
            if calculation.standing != Standing::Asked && self.obstacle(calculation).is_ok() {
                offer.push(self.described(id, calculation));
            }
        }
        offer
    }

    /// The images of a calculation, what is lost with them, and why they cannot be made
    /// again, if there is a reason to tell.
    pub(super) fn lost_with(&self, calculation: &Calculation, lost: &mut Vec<CannotRestore>) {
        let obstacle = self.obstacle(calculation).err().unwrap_or_default();
        for image in &calculation.images {
            let mut why = calculation.origin.why().to_owned();
            // The id of one that is gone may be another's.
            match if calculation.is_there() { self.region_count(image.file_id) } else { 0 } {
                0 => {}
                1 => why.push_str(" The region drawn on it is lost too."),
                count => {
                    let count = count.to_string();
                    why.push_str(&[" The ", &count, " regions drawn on it are lost too."].concat());
                }
            }
            if !obstacle.is_empty() {
                why.push_str(" It cannot be made again. ");
                why.push_str(obstacle);
            }
            let (file_id, name) = (image.file_id, image.name.clone());
            lost.push(CannotRestore { file_id, name, why });
        }
    }

    /// The user wants these made again after the resume, and the rest not. Returns what
    /// was wanted before and is not any more.
    pub(crate) fn want(&mut self, wanted: &[i32]) -> Vec<OfferCalculation> {
        let mut unwanted = Vec::new();
        let ids: Vec<i32> = self.calculations.keys().copied().collect();
        for id in ids {
            let Some(calculation) = self.calculations.get_mut(&id) else { continue };
            match (calculation.standing, wanted.contains(&id)) {
                (Standing::There | Standing::Wanted, is_wanted) => {
                    calculation.standing =
                        if is_wanted { Standing::Wanted } else { Standing::There };
                }
                (Standing::Gone, false) => {
                    unwanted.extend(self.describe(id));
                    self.drop_calculation(id);
                }
                (Standing::Gone, true) | (Standing::Asked, _) => {}
            }
        }
        unwanted
    }

    pub(crate) fn describe(&self, id: i32) -> Option<OfferCalculation> {
        Some(self.described(id, self.calculations.get(&id)?))
    }

    /// Previews that nobody wants made again, for when the session that made them is gone:
    /// nothing else tells of those, because they have no image.
    pub(crate) fn unwanted_previews(&self) -> Vec<OfferCalculation> {
        let mut unwanted = Vec::new();
        for (&id, calculation) in &self.calculations {
            let is_unwanted = calculation.standing == Standing::There
                && self.obstacle(calculation).is_ok_and(|it| it.source.preview_id.is_some());
            if is_unwanted {
                unwanted.push(self.described(id, calculation));
            }
        }
        unwanted
    }

    /// The session that made them is gone. Returns the file ids of what it had.
    pub(super) fn lose_generated(&mut self) -> Vec<i32> {
        let mut lost = Vec::new();
        let ids: Vec<i32> = self.calculations.keys().copied().collect();
        for id in ids {
            let Some(calculation) = self.calculations.get_mut(&id) else { continue };
            if !calculation.is_there() {
                continue;
            }
            let images = calculation.images.clone();
            if calculation.standing == Standing::Wanted {
                calculation.standing = Standing::Gone;
            } else {
                self.drop_calculation(id);
            }
            for image in images {
                lost.push(image.file_id);
                self.drop_what_is_on(image.file_id);
            }
        }
        lost.sort_unstable();
        lost
    }

    /// The numbers of what is to be made again, or is being made.
    pub(crate) fn remakes(&self) -> Vec<i32> {
        let remade = self.calculations.iter().filter(|(_, it)| !it.is_there());
        remade.map(|(&id, _)| id).collect()
    }

    /// How something that is gone is made again; the error says why it is not.
    pub(crate) fn remake(&mut self, id: i32) -> Option<Result<Remake, &'static str>> {
        let calculation = self.calculations.get(&id)?;
        if calculation.standing != Standing::Gone {
            return None;
        }
        let is_back = |source: Source| {
            self.images.get(&source.file_id).is_some_and(|image| image.live)
                && (source.region_id <= 0 || self.has_live_region(source.region_id))
        };
        Some(match self.obstacle(calculation) {
            Err(why) => Err(why),
            Ok(request) if !is_back(request.source) => {
                Err("What it is made from could not be restored.")
            }
            Ok(Request { payload, source, .. }) => Ok(Remake {
                id,
                event: calculation.origin.request(),
                payload: payload.clone(),
                source: *source,
            }),
        })
    }

    /// Takes out what is wanted.
    pub(crate) fn take_wanted(&mut self) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        for id in self.remakes() {
            if let Some(described) = self.describe(id)
                && let Some(calculation) = self.calculations.remove(&id)
            {
                wanted.push(Wanted { described, calculation });
            }
        }
        wanted
    }

    /// Takes over what was wanted of another workspace, whose images and regions have come
    /// back under other ids: each before, and now. Gives back what cannot be made, because
    /// something of it has not come back.
    pub(crate) fn put_wanted(
        &mut self,
        wanted: Wanted,
        images: &[(i32, i32)],
        regions: &[(i32, i32)],
    ) -> Option<OfferCalculation> {
        let Wanted { described, mut calculation } = wanted;
        let now = |ids: &[(i32, i32)], before: i32| {
            ids.iter().find(|(old, _)| *old == before).map(|&(_, new)| new)
        };
        let source = calculation.request.as_ref().map(|request| request.source);
        let Source { file_id, region_id, preview_id } = source.unwrap_or_default();
        let region = if region_id > 0 { now(regions, region_id) } else { Some(region_id) };
        match (&mut calculation.request, now(images, file_id).zip(region)) {
            (Some(request), Some((file_id, region_id))) => {
                request.source = Source { file_id, region_id, preview_id };
                request.payload = request.source.put_into(calculation.origin, &request.payload);
                // It is where it was.
                request.region = self.regions.get(region_id).map(|region| kept(region.info));
                self.put_calculation(self.next_calculation(), calculation);
                None
            }
            _ => Some(described),
        }
    }

    /// Something is being made again, or not any more.
    pub(crate) fn set_asked(&mut self, id: i32, asked: bool) {
        if let Some(calculation) = self.calculations.get_mut(&id)
            && !calculation.is_there()
        {
            calculation.standing = if asked { Standing::Asked } else { Standing::Gone };
        }
    }

    /// Images that were made again, each with the one in whose place it is, `None` if the
    /// viewer had closed that.
    pub(crate) fn replaced(&self, id: i32, acks: &[OpenFileAck]) -> Vec<(i32, Option<i32>)> {
        let before = self.calculations.get(&id).map(|it| it.images.as_slice()).unwrap_or_default();
        let mut replaced = Vec::new();
        for (place, ack) in (0..).zip(acks) {
            if ack.success && ack.file_id >= 0 {
                let old = before.iter().find(|image| image.place == place);
                replaced.push((ack.file_id, old.map(|image| image.file_id)));
            }
        }
        replaced
    }

    /// It has been made again, or will not be.
    pub(crate) fn forget_calculation(&mut self, id: i32) {
        self.drop_calculation(id);
    }
}

impl Calculation {
    /// As a record; `None` for a preview, whose window is gone with the page.
    pub(super) fn stored(&self, number: i32) -> Option<StoredCalculation> {
        if self.images.is_empty() {
            return None;
        }
        let request = self.request.as_ref();
        let (channel, stokes) = request.map(|request| request.plane).unwrap_or_default();
        Some(StoredCalculation {
            number,
            event_type: self.origin.request().number().into(),
            request: request.map(|request| request.payload.clone()),
            images: self.images.clone(),
            region: request.and_then(|request| request.region.clone()),
            channel,
            stokes,
        })
    }

    /// Of a record: the backend that had the images is gone. `None` if it makes no sense.
    pub(super) fn loaded(stored: StoredCalculation) -> Option<Self> {
        let event = EventType::from_number(u16::try_from(stored.event_type).ok()?)?;
        let origin = Origin::of(event)?;
        let (region, plane) = (stored.region, (stored.channel, stored.stokes));
        let request = match stored.request {
            None => None,
            Some(payload) => {
                let source = Source::read(origin, payload.clone()).ok()?;
                Some(Request { payload, source, region, plane })
            }
        };
        let images = stored.images;
        (!images.is_empty()).then_some(Self { origin, request, images, standing: Standing::Gone })
    }

    pub(super) fn is_there(&self) -> bool {
        matches!(self.standing, Standing::There | Standing::Wanted)
    }
}
