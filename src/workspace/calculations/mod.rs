//! Images that exist only in the backend's memory, and the requests by which they can
//! be made again.

mod offered;
mod remaking;
mod source;

use prost::bytes::Bytes;

use super::{Workspace, image::kept};
use crate::protocol::{
    EventType,
    messages::{
        stored::{GeneratedImage, StoredCalculation},
        views::OpenFileAck,
    },
};

pub use offered::{OfferCalculation, OfferGenerated};
pub(crate) use remaking::{Remake, Wanted};
pub(crate) use source::Source;

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
                images.push(GeneratedImage {
                    file_id: ack.file_id,
                    name,
                    place,
                    regions: Vec::new(),
                });
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

    /// The session that made them is gone. Returns the file ids of what it had, and the ids
    /// of the regions on them.
    pub(super) fn lose_generated(&mut self) -> (Vec<i32>, Vec<i32>) {
        let (mut lost, mut regions) = (Vec::new(), Vec::new());
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
                regions.extend(self.drop_what_is_on(image.file_id).keys());
            }
        }
        lost.sort_unstable();
        (lost, regions)
    }
}

impl Workspace {
    /// As a record; `None` for a preview, whose window is gone with the page.
    pub(super) fn stored_calculation(&self, number: i32) -> Option<StoredCalculation> {
        let calculation = self.calculations.get(&number).filter(|it| !it.images.is_empty())?;
        let request = calculation.request.as_ref();
        let mut images = calculation.images.clone();
        if calculation.is_there() {
            for image in &mut images {
                let on_it = self.regions.iter().filter(|region| region.owner == image.file_id);
                image.regions = on_it.map(|region| region.id).collect();
            }
        }
        let (channel, stokes) = request.map(|request| request.plane).unwrap_or_default();
        Some(StoredCalculation {
            number,
            event_type: calculation.origin.request().number().into(),
            request: request.map(|request| request.payload.clone()),
            images,
            region: request.and_then(|request| request.region.clone()),
            channel,
            stokes,
        })
    }

    /// The regions that were on generated images in the page that stored this, in ascending
    /// id.
    pub(crate) fn regions_on_generated(&self) -> Vec<i32> {
        let images = self.calculations.values().flat_map(|it| &it.images);
        let mut regions: Vec<i32> = images.flat_map(|image| image.regions.clone()).collect();
        regions.sort_unstable();
        regions
    }
}

impl Calculation {
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
