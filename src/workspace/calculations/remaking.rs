//! What is made again after a resume or a rebuild.

use prost::bytes::Bytes;

use super::{Calculation, OfferCalculation, Request, Source, Standing};
use crate::{
    protocol::{EventType, messages::views::OpenFileAck},
    workspace::{Workspace, image::kept},
};

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
                Err("The data it was made from could not be restored.")
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
        let Source { file_id, region_id, channels, preview_id } = source.unwrap_or_default();
        let region = if region_id > 0 { now(regions, region_id) } else { Some(region_id) };
        match (&mut calculation.request, now(images, file_id).zip(region)) {
            (Some(request), Some((file_id, region_id))) => {
                request.source = Source { file_id, region_id, channels, preview_id };
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
